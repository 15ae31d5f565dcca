import { expect } from '@open-wc/testing';
import type { CallControls } from '../../components/call-controls/call-controls.js';
import type { ControlRequestEvent } from '../../components/call-controls/call-controls.events.js';
import '../../components/call-chat/define.js';
import '../../components/device-select/define.js';
import '../../components/peer-call/define.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import { addCall, camera, newRoom, stop, withDisplay } from '../peer-call/calls.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, until } from '../support/wait.js';
import { warningsOf } from '../support/warnings.js';
import { addControls, addFake, button, buttons, devices, names, type FakeCall } from './fake-call.js';

const standing: { call?: FakeCall } = {};
const requests = ['microphone', 'camera', 'screen', 'devices', 'chat', 'join', 'leave'].map(
  (name) => `${name}-request`,
);

describe('<call-controls>', () => {
  let localStream: MediaStream;
  before(() => {
    localStream = devices();
  });
  after(() => stop(localStream));

  // It owns nothing: that it follows a call stands for a stream.
  standingTests<CallControls>({
    tag: 'call-controls',
    define: () => import('../../components/call-controls/define.js'),
    early: ['hide', 'early'],
    surroundings: async () => {
      standing.call?.remove();
      standing.call = addFake({ localStream });
    },
    start: async (controls) => {
      const call = standing.call!;
      Object.assign(controls, { htmlFor: call.id, devices: '', chat: '' });
      call.become({ status: 'idle' });
      await until(() => button(controls, 'join')?.ariaDisabled === null, 'a way in');
      button(controls, 'join').click();
      call.become({ localStream });
      await until(() => controls.matches(':state(active)'), 'in the call');
      for (const one of buttons(controls)) one.click();
    },
    stream: (controls) =>
      controls.matches(':state(active)')
        ? (controls.shadowRoot!.querySelector('.toolbar') as unknown as MediaStream)
        : null,
    released: (controls) => !controls.matches(':state(active)'),
    facts: [],
    requests,
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  describe('defaults', () => {
    it('has buttons for what every call has', async () => {
      const { controls } = await addControls({ localStream });
      expect([controls.htmlFor !== null, controls.hide, controls.devices, controls.chat]).to.deep.equal([
        true,
        null,
        null,
        null,
      ]);
      expect(names(controls)).to.equal('microphone camera share-screen leave');
    });

    it('is of no use, and in order, without a call', async () => {
      const controls = document.createElement('call-controls');
      document.body.append(controls);
      await controls.updateComplete;
      expect(names(controls)).to.equal('microphone camera share-screen join');
      expect(buttons(controls).every(({ ariaDisabled }) => ariaDisabled === 'true')).to.equal(true);
      for (const one of buttons(controls)) one.click();
      await expect(controls).to.be.accessible();
    });
  });

  describe('a call', () => {
    it('is controlled where it is, with real buttons', async () => {
      const call = await addCall({
        id: 'elsewhere',
        hidden: true,
        room: newRoom(),
        signaling: new MemorySignaling(),
        srcObject: camera('#ff0000'),
      });
      const controls = document.createElement('call-controls');
      controls.htmlFor = call.id;
      document.body.append(controls);
      await until(() => button(controls, 'join')?.ariaDisabled === null, 'a way in');
      button(controls, 'join').click();
      await until(() => call.state.status === 'waiting' && button(controls, 'leave'), 'joined');
      const pressed = (name: string): string | null => button(controls, name).ariaPressed;
      expect([pressed('microphone'), pressed('camera'), pressed('share-screen')].join()).to.equal(
        'true,true,false',
      );
      button(controls, 'microphone').click();
      button(controls, 'camera').click();
      await until(() => pressed('microphone') === 'false' && pressed('camera') === 'false', 'both are off');
      expect([call.state.audio, call.state.video]).to.deep.equal([false, false]);
      const shared = camera('#00ff00', { audio: false });
      await withDisplay(shared, async () => {
        button(controls, 'share-screen').click();
        await until(() => pressed('share-screen') === 'true', 'shared');
      });
      button(controls, 'share-screen').click();
      await until(() => pressed('share-screen') === 'false', 'shared no longer');
      button(controls, 'leave').click();
      expect(call.state.status).to.equal('left');
      stop(call.srcObject);
    });

    it('is shown as it is, whoever changed it', async () => {
      const call = await addCall({
        ...{ id: 'shared', controls: true, room: newRoom(), signaling: new MemorySignaling() },
        srcObject: camera('#ff0000'),
      });
      document.body.insertAdjacentHTML(
        'beforeend',
        '<call-controls for="shared"></call-controls><call-controls for="shared"></call-controls>',
      );
      const [one, other] = [...document.querySelectorAll('call-controls')] as [CallControls, CallControls];
      const own = (name: string): HTMLButtonElement | null =>
        call.shadowRoot!.querySelector<HTMLButtonElement>(`[role="toolbar"] .${name}`);
      /** In the two bars, and in that of the call itself. */
      const shows = (name: string, pressed: string): Promise<unknown> => {
        const all = (): (HTMLButtonElement | null)[] => [button(one, name), button(other, name), own(name)];
        return until(() => all().every((each) => each?.ariaPressed === pressed), `${name}: ${pressed}`);
      };
      await call.join();
      await shows('microphone', 'true');
      button(one, 'microphone').click();
      await shows('microphone', 'false');
      own('microphone')!.click();
      await shows('microphone', 'true');
      call.toggleVideo(false);
      await shows('camera', 'false');
      await withDisplay(camera('#00ff00', { audio: false }), () => call.shareScreen());
      await shows('share-screen', 'true');
      call.stopSharing();
      await shows('share-screen', 'false');
      call.leave();
      await until(() => [button(one, 'join'), button(other, 'join'), own('join')].every(Boolean), 'left');
      stop(call.srcObject);
    });

    it('is shown as it is, also where it does not do what is asked', async () => {
      const { call, controls } = await addControls({ localStream });
      button(controls, 'microphone').click();
      button(controls, 'share-screen').click();
      button(controls, 'leave').click();
      call.become({ localStream });
      await controls.updateComplete;
      expect(call.asked).to.deep.equal(['audio false', 'share', 'leave']);
      const pressed = ['microphone', 'share-screen'].map((name) => button(controls, name).ariaPressed);
      expect([...pressed, names(controls)]).to.deep.equal([
        'true',
        'false',
        'microphone camera share-screen leave',
      ]);
    });

    it('is the one around it where none is named', async () => {
      const call = addFake({ localStream });
      call.append(document.createElement('call-controls'));
      const controls = call.querySelector('call-controls')!;
      await until(() => controls.matches(':state(active)'), 'it follows');
      button(controls, 'camera').click();
      expect(call.asked).to.deep.equal(['video false']);
    });

    it('is another one after a move into it', async () => {
      const [first, second] = [addFake({ localStream }), addFake({ localStream, audio: false })];
      const controls = first.appendChild(document.createElement('call-controls'));
      await until(() => button(controls, 'microphone')?.ariaPressed === 'true', 'the first');
      (second as unknown as { moveBefore(node: Node, child: null): void }).moveBefore(controls, null);
      await until(() => button(controls, 'microphone').ariaPressed === 'false', 'the second');
      button(controls, 'microphone').click();
      expect([first.asked, second.asked]).to.deep.equal([[], ['audio true']]);
    });

    it('may be another one', async () => {
      const { call, controls } = await addControls({ localStream });
      const other = addFake({ localStream, audio: false });
      controls.htmlFor = other.id;
      await until(() => button(controls, 'microphone').ariaPressed === 'false', 'the other');
      button(controls, 'microphone').click();
      call.become({ status: 'left' });
      await controls.updateComplete;
      expect([call.asked, other.asked, controls.matches(':state(active)')]).to.deep.equal([
        [],
        ['audio true'],
        true,
      ]);
    });
  });

  describe('properties and attributes', () => {
    it('hides what it is told to', async () => {
      const { controls } = await addControls({}, { hide: 'camera  screen leave nonsense' });
      expect(names(controls)).to.equal('microphone');
      controls.setAttribute('hide', 'leave');
      controls.removeAttribute('hide');
      await controls.updateComplete;
      expect(names(controls)).to.equal('microphone camera share-screen leave');
      controls.setAttribute('hide', 'devices chat');
      Object.assign(controls, { devices: '', chat: '' });
      await controls.updateComplete;
      expect(names(controls)).to.equal('microphone camera share-screen leave');
    });

    it('keeps the focus when it hides the button that had it', async () => {
      const { controls } = await addControls({ localStream });
      button(controls, 'microphone').focus();
      controls.hide = 'microphone';
      await controls.updateComplete;
      expect(controls.shadowRoot!.activeElement === button(controls, 'camera')).to.equal(true);
    });

    it('warns of what it cannot hide', async () => {
      const warnings = await warningsOf(() => addControls({}, { hide: 'camera mic' }));
      expect(warnings).to.deep.equal([
        '<call-controls>: hide="mic" is not one of microphone, camera, screen, devices, chat, leave; it hides nothing.',
      ]);
    });

    it('has no button for a screen where the browser shares none', async () => {
      const own = Object.getOwnPropertyDescriptor(navigator, 'mediaDevices');
      Object.defineProperty(navigator, 'mediaDevices', { configurable: true, value: {} });
      try {
        const { controls } = await addControls();
        expect(names(controls)).to.equal('microphone camera leave');
      } finally {
        if (own) Object.defineProperty(navigator, 'mediaDevices', own);
        else delete (navigator as any).mediaDevices;
      }
    });

    it('uses the words that it is given', async () => {
      const { controls } = await addControls({}, { strings: { leave: 'Auflegen', controls: 'Leiste' } });
      expect(button(controls, 'leave').ariaLabel).to.equal('Auflegen');
      expect(controls.shadowRoot!.querySelector('[role="toolbar"]')!.ariaLabel).to.equal('Leiste');
    });
  });

  describe('events', () => {
    it('asks before it acts, and leaves to the page what the page prevents', async () => {
      const { call, controls } = await addControls(
        { localStream, audio: false, localScreen: localStream },
        { devices: '', chat: '' },
      );
      const asked: string[] = [];
      let prevents = true;
      const around = controls.parentElement!.appendChild(document.createElement('div'));
      around.append(call, controls);
      for (const type of requests) {
        around.addEventListener(type, (event) => {
          asked.push(`${type} ${(event as ControlRequestEvent).on}`);
          if (prevents) event.preventDefault();
        });
      }
      await controls.updateComplete;
      for (const one of buttons(controls)) one.click();
      expect(asked).to.deep.equal([
        'microphone-request true',
        'camera-request false',
        'screen-request false',
        'devices-request true',
        'chat-request true',
        'leave-request false',
      ]);
      expect(call.asked).to.deep.equal([]);
      prevents = false;
      for (const one of buttons(controls)) one.click();
      expect(call.asked).to.deep.equal(['audio true', 'video false', 'stop sharing', 'leave']);
      call.become({ status: 'left' });
      await until(() => button(controls, 'join'), 'the way in');
      button(controls, 'join').click();
      expect([call.asked.at(-1), asked.at(-1)]).to.deep.equal(['join', 'join-request true']);
    });

    it('takes no double click for two', async () => {
      const { call, controls } = await addControls();
      for (const detail of [1, 2])
        button(controls, 'leave').dispatchEvent(new MouseEvent('click', { detail }));
      expect(call.asked).to.deep.equal(['leave']);
    });

    it('asks for nothing that is of no use', async () => {
      const { call, controls } = await addControls({ status: 'idle', audio: false, video: false });
      for (const name of ['microphone', 'camera', 'share-screen']) {
        expect(button(controls, name).ariaDisabled, name).to.equal('true');
        button(controls, name).click();
      }
      expect(call.asked).to.deep.equal([]);
    });
  });

  describe('what its buttons show', () => {
    async function addPanel(html: string): Promise<{ controls: CallControls; panel: HTMLElement }> {
      document.body.insertAdjacentHTML('beforeend', html);
      const panel = document.getElementById('panel')!;
      const { controls } = await addControls({}, { chat: 'panel' });
      return { controls, panel };
    }
    const expanded = (controls: CallControls): string | null => button(controls, 'chat').ariaExpanded;

    it('is shown and hidden, and its focus comes back', async () => {
      const { controls, panel } = await addPanel('<div id="panel" hidden><button>in it</button></div>');
      expect(expanded(controls)).to.equal('false');
      button(controls, 'chat').click();
      expect(panel.hidden).to.equal(false);
      await until(() => expanded(controls) === 'true', 'shown');
      panel.querySelector('button')!.focus();
      button(controls, 'chat').click();
      expect(panel.hidden).to.equal(true);
      expect(controls.shadowRoot!.activeElement === button(controls, 'chat')).to.equal(true);
      panel.hidden = false;
      await until(() => expanded(controls) === 'true', 'shown by the page');
    });

    it('may be a popover, which closes by itself', async () => {
      const { controls, panel } = await addPanel('<div id="panel" popover>devices</div>');
      const open = (): boolean => panel.matches(':popover-open');
      button(controls, 'chat').click();
      await until(() => open() && expanded(controls) === 'true', 'open');
      button(controls, 'chat').click();
      await until(() => !open() && expanded(controls) === 'false', 'closed');
      panel.showPopover();
      await until(() => expanded(controls) === 'true', 'opened by the page');
      panel.hidePopover();
      await until(() => expanded(controls) === 'false', 'closed by the page');
      controls.addEventListener('chat-request', (event) => event.preventDefault());
      button(controls, 'chat').click();
      expect(open(), 'prevented').to.equal(false);
    });

    it('is marked when there is something unread', async () => {
      const { controls, panel } = await addPanel('<div id="panel" hidden></div>');
      Object.assign(panel, { unread: 3 });
      panel.dispatchEvent(new Event('unread-change'));
      await until(() => button(controls, 'chat').ariaLabel === 'Chat, 3 new', 'told');
      expect(button(controls, 'chat').querySelector('.unread') !== null).to.equal(true);
      await expect(controls).to.be.accessible();
      Object.assign(panel, { unread: 0 });
      panel.dispatchEvent(new Event('unread-change'));
      await until(() => button(controls, 'chat').ariaLabel === 'Chat', 'read');
    });

    it('may be a chat, which tells of what came meanwhile', async () => {
      const [room, signaling] = [newRoom(), new MemorySignaling()];
      const ann = await addCall({ id: 'ann', hidden: true, room, signaling, name: 'Ann' });
      const ben = await addCall({ hidden: true, room, signaling, name: 'Ben' });
      document.body.insertAdjacentHTML(
        'beforeend',
        '<call-chat id="chat" for="ann" hidden></call-chat><call-controls for="ann" chat="chat"></call-controls>',
      );
      const controls = document.querySelector('call-controls')!;
      await Promise.all([ann.join(), ben.join()]);
      await until(() => ben.state.status === 'connected', 'connected');
      await ben.send('Hello');
      await until(() => button(controls, 'chat').ariaLabel === 'Chat, 1 new', 'told');
      button(controls, 'chat').click();
      await until(() => button(controls, 'chat').ariaLabel === 'Chat', 'read');
      expect([expanded(controls), document.querySelector('call-chat')!.hidden]).to.deep.equal([
        'true',
        false,
      ]);
      await expect(controls).to.be.accessible();
    });

    it('is not told of where nothing is named', async () => {
      const { controls } = await addControls({}, { chat: '' });
      expect(expanded(controls)).to.equal(null);
    });

    it('may be the choice of devices', async () => {
      const { controls } = await addPanel('<device-select id="panel" kind="speaker" hidden></device-select>');
      const select = document.querySelector('device-select')!;
      button(controls, 'chat').click();
      await until(() => !select.hidden && expanded(controls) === 'true', 'shown');
      button(controls, 'chat').click();
      await until(() => select.hidden && expanded(controls) === 'false', 'hidden');
    });

    it('may come later, and until then there is one warning', async () => {
      const warnings: string[] = [];
      const { warn } = console;
      console.warn = (words: string) => warnings.push(words);
      try {
        const { controls } = await addControls({}, { chat: 'later' });
        await until(() => warnings.length > 0, 'a warning');
        controls.requestUpdate();
        await controls.updateComplete;
        button(controls, 'chat').click();
        document.body.insertAdjacentHTML('beforeend', '<div id="later"></div>');
        await until(() => expanded(controls) === 'true', 'found');
        expect(warnings.map((words) => words.includes('"later"'))).to.deep.equal([true]);
      } finally {
        console.warn = warn;
      }
    });
  });

  describe('shortcuts', () => {
    /** Presses a key; whether somebody took it. */
    const press = (key: string, at: EventTarget = document.body, init: KeyboardEventInit = {}): boolean =>
      !at.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }),
      );

    it('press the buttons from anywhere on the page', async () => {
      const { call, controls } = await addControls({ localStream }, { devices: '', chat: '' });
      const asked: string[] = [];
      for (const type of ['devices-request', 'chat-request'])
        controls.addEventListener(type, () => asked.push(type));
      expect([...'mVsdC'].map((key) => press(key))).to.deep.equal([true, true, true, true, true]);
      expect(call.asked).to.deep.equal(['audio false', 'video false', 'share']);
      expect(asked).to.deep.equal(['devices-request', 'chat-request']);
      expect(['l', 'x', 'Escape', 'ArrowLeft'].map((key) => press(key))).to.deep.equal([
        false,
        false,
        false,
        false,
      ]);
    });

    it('rest while somebody types', async () => {
      const { call } = await addControls({ localStream });
      document.body.insertAdjacentHTML(
        'beforeend',
        `<input><input type="search"><textarea></textarea><select></select>
        <p contenteditable><b class="within">text</b></p><p contenteditable="plaintext-only">text</p>
        <div role="textbox" tabindex="0"></div><ul role="listbox"><li class="within" role="option"></li></ul>`,
      );
      const host = document.createElement('div');
      host.attachShadow({ mode: 'open' }).innerHTML = '<input>';
      const sealed = document.createElement('sealed-field');
      // eslint-disable-next-line wc/no-closed-shadow-root -- those of others may be
      const within = sealed.attachShadow({ mode: 'closed' });
      within.innerHTML = '<input>';
      document.body.append(host, sealed);
      const places = [
        ...document.querySelectorAll('input, textarea, select, [contenteditable], [role], .within'),
      ];
      for (const root of [host.shadowRoot!, within]) places.push(root.querySelector('input')!);
      for (const place of places) expect(press('m', place), place.outerHTML).to.equal(false);
      document.designMode = 'on';
      const editable = press('m');
      document.designMode = 'off';
      expect([editable, call.asked]).to.deep.equal([false, []]);
      document.body.insertAdjacentHTML(
        'beforeend',
        '<input class="no-text" type="checkbox"><button class="no-text"></button><p class="no-text" contenteditable="false"></p>',
      );
      const others = [...document.querySelectorAll('.no-text')];
      expect(others.map((place) => press('m', place))).to.deep.equal([true, true, true]);
    });

    it('leave to the browser and to the page what is theirs', async () => {
      const { call } = await addControls({ localStream });
      for (const init of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { repeat: true }])
        expect(press('m', document.body, init), JSON.stringify(init)).to.equal(false);
      document.body.addEventListener('keydown', (event) => event.preventDefault(), { once: true });
      press('m');
      document.body.dispatchEvent(new Event('keydown', { bubbles: true }));
      expect(call.asked).to.deep.equal([]);
    });

    it('press what is there, seen and of use', async () => {
      const { call, controls } = await addControls({ localStream }, { hide: 'microphone' });
      expect(press('m')).to.equal(false);
      controls.hidden = true;
      expect(press('v')).to.equal(false);
      controls.hidden = false;
      call.become({ localStream: null });
      await until(() => button(controls, 'camera').ariaDisabled, 'of no use');
      press('v');
      expect(call.asked).to.deep.equal([]);
    });

    it('may be others, or none', async () => {
      const { call, controls } = await addControls(
        { localStream },
        { strings: { 'key-microphone': 'x', 'key-camera': '' } },
      );
      expect(['m', 'v', 'x'].map((key) => press(key))).to.deep.equal([false, false, true]);
      expect(call.asked).to.deep.equal(['audio false']);
      const told = (name: string): (string | null)[] => [
        button(controls, name).title,
        button(controls, name).getAttribute('aria-keyshortcuts'),
      ];
      expect([told('microphone'), told('camera')]).to.deep.equal([
        ['Microphone (x)', 'x'],
        ['Camera', null],
      ]);
    });

    it('press one button where there are several bars: the nearest to the focus', async () => {
      const { call: first } = await addControls({ localStream });
      const { call: second, controls } = await addControls({ localStream });
      const again = document.createElement('call-controls');
      again.htmlFor = second.id;
      document.body.append(again);
      await again.updateComplete;
      press('m');
      expect([first.asked.length, second.asked.length]).to.deep.equal([1, 0]);
      press('m', second.appendChild(document.createElement('p')));
      press('m', button(controls, 'leave'));
      press('m', button(again, 'leave'));
      expect([first.asked.length, second.asked.length]).to.deep.equal([1, 3]);
    });

    it('are over when the bar is gone', async () => {
      const { call, controls } = await addControls({ localStream });
      controls.remove();
      const within = call.appendChild(document.createElement('p'));
      expect([press('m'), press('m', within)]).to.deep.equal([false, false]);
    });
  });

  describe('slots and parts', () => {
    it('has a part for its buttons', async () => {
      const { controls } = await addControls({}, { devices: '', chat: '' });
      expect(buttons(controls).map((one) => one.getAttribute('part'))).to.deep.equal(Array(6).fill('button'));
    });
  });

  describe('states', () => {
    it('tells whether somebody is in the call', async () => {
      const { call, controls } = await addControls({ status: 'idle' });
      expect(controls.matches(':state(active)')).to.equal(false);
      call.become({ status: 'joining' });
      await until(() => controls.matches(':state(active)'));
      call.become({ status: 'left' });
      await until(() => !controls.matches(':state(active)'));
    });

    it('is one row of round buttons on a phone', async () => {
      const { call, controls } = await addControls({ localStream }, { devices: '', chat: '' });
      for (const width of [344, 304]) {
        controls.style.inlineSize = `${width}px`;
        const boxes = buttons(controls).map((one) => one.getBoundingClientRect());
        expect(boxes.map(({ top }) => top - boxes[0]!.top).join(), `${width} px`).to.equal('0,0,0,0,0,0');
        expect(boxes.map((box) => box.width - box.height).join(), `${width} px`).to.equal('0,0,0,0,0,0');
      }
      controls.style.inlineSize = '344px';
      call.become({ localStream, status: 'left' });
      await until(() => button(controls, 'join'), 'the way in');
      const tops = buttons(controls).map((one) => one.getBoundingClientRect().top);
      expect(new Set(tops).size).to.equal(1);
    });

    it('needs no more than 200 pixels', async () => {
      const { controls } = await addControls({}, { devices: '', chat: '' });
      controls.style.inlineSize = '200px';
      const { left, right } = controls.getBoundingClientRect();
      for (const one of buttons(controls)) {
        const box = one.getBoundingClientRect();
        expect(box.left >= left && box.right <= right, one.className).to.equal(true);
        expect(Math.min(box.width, box.height), one.className).to.be.at.least(44);
      }
    });
  });

  describe('accessibility', () => {
    for (const scheme of ['light', 'dark']) {
      it(`is clean by the rules of axe: ${scheme}`, async () => {
        document.documentElement.style.colorScheme = scheme;
        const { call, controls } = await addControls({ localStream }, { devices: '', chat: '' });
        await expect(controls).to.be.accessible();
        call.become({ localStream, audio: false, video: false, localScreen: localStream });
        await controls.updateComplete;
        await expect(controls).to.be.accessible();
        call.become({ status: 'left' });
        await controls.updateComplete;
        await expect(controls).to.be.accessible();
        document.documentElement.style.colorScheme = '';
      });
    }

    it('has one tab stop, and arrows that follow the reading direction', async () => {
      const { controls } = await addControls({ localStream });
      const all = buttons(controls);
      const focused = (): number => all.indexOf(controls.shadowRoot!.activeElement as HTMLButtonElement);
      const press = (key: string, held: KeyboardEventInit = {}): void => {
        const init = { key, bubbles: true, composed: true, cancelable: true, ...held };
        controls.shadowRoot!.activeElement!.dispatchEvent(new KeyboardEvent('keydown', init));
      };
      expect(all.map(({ tabIndex }) => tabIndex)).to.deep.equal([0, -1, -1, -1]);
      all[0]!.focus();
      press('ArrowRight');
      expect([focused(), all[1]!.tabIndex]).to.deep.equal([1, 0]);
      press('ArrowLeft', { altKey: true });
      expect(focused(), "the browser's").to.equal(1);
      press('End');
      press('ArrowRight');
      expect(focused()).to.equal(0);
      controls.dir = 'rtl';
      press('ArrowLeft');
      expect(focused()).to.equal(1);
      press('Home');
      expect(focused()).to.equal(0);
    });

    it('keeps the focus on the button that joins and leaves', async () => {
      const { call, controls } = await addControls();
      button(controls, 'leave').focus();
      call.become({ status: 'left' });
      await until(() => button(controls, 'join'), 'the way in');
      expect(controls.shadowRoot!.activeElement === button(controls, 'join')).to.equal(true);
    });
  });

  describe('lifecycle', () => {
    it('follows a call that comes later, and shows when it is gone', async () => {
      const controls = document.createElement('call-controls');
      controls.htmlFor = 'later';
      document.body.append(controls);
      await controls.updateComplete;
      expect(button(controls, 'join').getAttribute('aria-disabled')).to.equal('true');
      const call = addFake({ status: 'idle' });
      call.id = 'later';
      await until(() => !button(controls, 'join').hasAttribute('aria-disabled'), 'it can be joined');
      call.become({ status: 'connected' });
      await until(() => controls.matches(':state(active)'), 'in a call');
      call.remove();
      await until(() => !controls.matches(':state(active)'), 'it is gone');
    });

    it('asks once after many moves, and for nothing when it is gone', async () => {
      const { call, controls } = await addControls({ localStream });
      for (let times = 0; times < 3; times++) document.body.append(controls);
      await controls.updateComplete;
      button(controls, 'microphone').click();
      expect(call.asked.length).to.equal(1);
      controls.remove();
      await until(() => !controls.matches(':state(active)'), 'it has let go');
      button(controls, 'microphone').click();
      expect(call.asked.length).to.equal(1);
    });
  });
});
