import { expect } from '@open-wc/testing';
import { deviceInUse, isOfUse, type DeviceOwner } from '../../components/device-select/choices.js';
import type { DeviceSelect } from '../../components/device-select/device-select.js';
import { nameDevice } from '../../components/device-select/naming.js';
import { Speaker } from '../../components/engine/capture/speaker.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import '../../components/peer-call/define.js';
import '../../components/stream-preview/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import type { StreamPreview } from '../../components/stream-preview/stream-preview.js';
import { camera, FakeDevices, microphone, speaker } from '../support/fake-devices.js';
import { useOwnStorage } from '../support/own-storage.js';
import { canvasStream } from '../support/source.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { warningsOf } from '../support/warnings.js';

const KEY = 'rtc-elements.devices';

describe('<device-select>', () => {
  let devices: FakeDevices;
  before(useOwnStorage);

  const make = (): FakeDevices =>
    new FakeDevices(
      camera('front'),
      camera('usb'),
      microphone('built-in'),
      microphone('headset'),
      speaker('desk'),
    );

  async function add<T extends keyof HTMLElementTagNameMap>(
    tag: T,
    attributes: Record<string, string> = {},
    parent: Node = document.body,
  ): Promise<HTMLElementTagNameMap[T]> {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.appendChild(element);
    await (element as unknown as StreamPreview).updateComplete;
    return element;
  }

  const list = (element: DeviceSelect): HTMLSelectElement => element.renderRoot.querySelector('select')!;
  const options = (element: DeviceSelect): string[] =>
    [...list(element).options].filter(({ hidden }) => !hidden).map(({ label }) => label);
  const shown = (element: DeviceSelect): boolean => element.checkVisibility();

  /** Chooses as a person does. */
  function choose(element: DeviceSelect, deviceId: string): void {
    list(element).value = deviceId;
    list(element).dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    list(element).dispatchEvent(new Event('change', { bubbles: true }));
  }

  async function withPreview(
    attributes: Record<string, string> = {},
  ): Promise<{ select: DeviceSelect; preview: StreamPreview }> {
    const preview = await add('stream-preview', { id: 'preview', capture: 'user' });
    const before = devices.listed;
    await preview.start();
    await until(() => devices.listed > before, 'the devices are looked after');
    const select = await add('device-select', { for: 'preview', ...attributes });
    await until(() => select.devices.length > 0, 'the devices');
    await select.updateComplete;
    return { select, preview };
  }

  const previewIn = (element: DeviceSelect): StreamPreview | null => element.querySelector('stream-preview');

  // It owns nothing: the stream of a preview inside stands for that.
  standingTests<DeviceSelect>({
    tag: 'device-select',
    define: () => import('../../components/device-select/define.js'),
    early: ['kind', 'microphone'],
    surroundings: async () => {
      devices?.release();
      devices = make();
    },
    start: async (element) => {
      const id = crypto.randomUUID();
      const preview = previewIn(element) ?? (await add('stream-preview', { id, capture: 'user' }, element));
      await preview.start();
      element.htmlFor = preview.id;
      await until(() => element.devices.length > 0 && element.value, 'the devices');
      await element.updateComplete;
      choose(element, element.value === 'usb' ? 'front' : 'usb');
      await until(() => preview.state === 'live', 'the other camera');
    },
    stream: (element) => previewIn(element)!.stream,
    released: (_element, before) => !before!.active,
    facts: ['device-change'],
    requests: ['device-request'],
  });

  beforeEach(() => {
    devices?.release();
    devices = make();
    localStorage.removeItem(KEY);
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    localStorage.removeItem(KEY);
  });

  after(() => devices.release());

  describe('properties and attributes', () => {
    it('lists the devices of its kind, and shows which is in use', async () => {
      const { select } = await withPreview();
      expect(options(select)).to.deep.equal(['Camera front', 'Camera usb']);
      expect([select.value, list(select).value]).to.deep.equal(['front', 'front']);
      const other = await add('device-select', { for: 'preview', kind: 'microphone' });
      await until(() => other.value === 'built-in', 'the microphone');
      expect(other.devices.map(({ deviceId }) => deviceId)).to.deep.equal(['built-in', 'headset']);
      other.kind = 'speaker';
      await other.updateComplete;
      expect(options(other)).to.deep.equal(['System default', 'Speaker desk']);
    });

    it('takes an unknown kind for a camera', async () => {
      const { select } = await withPreview({ kind: 'nonsense' });
      expect(options(select).length).to.equal(2);
    });

    it('warns of an unknown kind', async () => {
      const warnings = await warningsOf(() => withPreview({ kind: 'speakers' }));
      expect(warnings).to.deep.equal([
        '<device-select>: kind="speakers" is not one of camera, microphone, speaker; camera is used.',
      ]);
    });

    it('is no wider than there is room, whatever the names', async () => {
      const label = 'A camera with a name as long as some are '.repeat(3);
      devices.replace({ ...camera('long'), label }, microphone('m'));
      const { select } = await withPreview();
      const box = document.body.appendChild(document.createElement('div'));
      box.style.inlineSize = '200px';
      box.append(select);
      await select.updateComplete;
      expect(list(select).getBoundingClientRect().width).to.be.within(150, 200);
    });

    it('numbers what has no name', async () => {
      devices.replace(microphone('m'), ...[1, 2].map((id) => ({ ...camera(String(id)), label: '' })));
      const { select } = await withPreview({ label: 'Kamera' });
      expect(options(select)).to.deep.equal(['Kamera 1', 'Kamera 2']);
    });

    it('names the devices as soon as permission gives them names', async () => {
      devices.replace({ ...camera(''), label: '' });
      const preview = await add('stream-preview', { id: 'preview', capture: 'user', video: '' });
      const select = await add('device-select', { for: 'preview' });
      await until(() => select.devices.length === 1, 'a nameless one');
      await select.updateComplete;
      expect(list(select).disabled).to.equal(true);
      // As browsers do, without an event.
      const { enumerateDevices } = navigator.mediaDevices;
      navigator.mediaDevices.enumerateDevices = async () =>
        [{ groupId: '', ...camera('front'), toJSON: () => ({}) }] as MediaDeviceInfo[];
      await preview.start();
      await until(() => options(select)[0] === 'Camera front', 'its name');
      expect(list(select).disabled).to.equal(false);
      navigator.mediaDevices.enumerateDevices = enumerateDevices;
    });

    it('lists speakers that the browser did not list before permission', async () => {
      devices.replace({ ...microphone(''), label: '' });
      const preview = await add('stream-preview', { id: 'preview', capture: 'user', audio: '' });
      const select = await add('device-select', { for: 'preview', kind: 'speaker' });
      await until(() => devices.listed > 0, 'a list without speakers');
      const { enumerateDevices } = navigator.mediaDevices;
      navigator.mediaDevices.enumerateDevices = async () =>
        [microphone('desk'), speaker('hall')].map((one) => ({ groupId: '', ...one, toJSON: () => ({}) }));
      await preview.start();
      await until(() => options(select).includes('Speaker hall'), 'the speaker');
      navigator.mediaDevices.enumerateDevices = enumerateDevices;
    });

    it('names them also where it stands alone', async () => {
      devices.permit('camera', 'prompt');
      devices.replace({ ...camera('front'), label: '' });
      const warned = console.warn;
      const warnings: unknown[] = [];
      console.warn = (...words: unknown[]) => void warnings.push(words);
      const select = await add('device-select');
      await until(() => select.devices.length === 1, 'a nameless one');
      const { enumerateDevices } = navigator.mediaDevices;
      navigator.mediaDevices.enumerateDevices = async () =>
        [{ groupId: '', ...camera('front'), toJSON: () => ({}) }] as MediaDeviceInfo[];
      devices.permit('camera', 'granted');
      await until(() => options(select)[0] === 'Camera front', 'its name');
      navigator.mediaDevices.enumerateDevices = enumerateDevices;
      console.warn = warned;
      expect(warnings, 'it need not have an owner').to.deep.equal([]);
    });

    it('forgets what was chosen of another kind', async () => {
      const { select } = await withPreview({ kind: 'microphone' });
      expect(select.value).to.equal('built-in');
      select.kind = 'speaker';
      await select.updateComplete;
      expect([select.value, list(select).value]).to.deep.equal(['', '']);
      Object.assign(select, { kind: 'camera', value: 'usb' });
      await until(() => select.value === 'usb' && devices.live.includes('usb'), 'the camera');
    });

    it('follows what is plugged in and out', async () => {
      const { select } = await withPreview();
      const changed = nextEvent<HTMLElementEventMap['device-change']>(select, 'device-change');
      devices.plug(camera('third'));
      expect((await changed).devices.map(({ deviceId }) => deviceId)).to.deep.equal([
        'front',
        'usb',
        'third',
      ]);
      await select.updateComplete;
      expect(options(select).at(-1)).to.equal('Camera third');
      devices.unplug('front');
      await until(() => select.value !== 'front', 'another one is in use');
      await select.updateComplete;
      expect(list(select).value).to.equal(select.value);
    });

    it('is silent when a device of another kind comes', async () => {
      const { select } = await withPreview();
      let heard = 0;
      select.addEventListener('device-change', () => heard++);
      const before = devices.listed;
      devices.plug(microphone('third'));
      await until(() => devices.listed > before, 'looked at');
      await select.updateComplete;
      expect(heard).to.equal(0);
    });
  });

  describe('with a <stream-preview>', () => {
    it('has it take the camera, and fires input and change once', async () => {
      const { select, preview } = await withPreview();
      const heard: string[] = [];
      for (const type of ['device-request', 'input', 'change'])
        select.addEventListener(type, () => heard.push(type));
      choose(select, 'usb');
      expect(heard).to.deep.equal(['device-request', 'input', 'change']);
      expect([select.value, preview.camera]).to.deep.equal(['usb', 'usb']);
      await until(() => preview.settings.video?.deviceId === 'usb', 'the other camera');
    });

    it('has it take the camera again that it names, when another was switched to', async () => {
      const { select, preview } = await withPreview();
      choose(select, 'usb');
      await until(() => devices.live.includes('usb'), 'the other camera');
      const { stream } = preview;
      await preview.switchCamera();
      await until(() => select.value === 'front', 'what is in use now');
      choose(select, 'usb');
      await until(() => devices.live.includes('usb'), 'the one that is named all the time');
      expect([preview.camera, select.value, preview.stream === stream]).to.deep.equal(['usb', 'usb', true]);
      expect(devices.live.sort()).to.deep.equal(['built-in', 'usb']);
      // Also where the page names it at the same moment.
      select.addEventListener('change', () => (preview.camera = select.value));
      await preview.switchCamera();
      await until(() => select.value === 'front', 'what is in use now');
      choose(select, 'usb');
      await until(() => devices.live.includes('usb'), 'the one that the page names, too');
      expect([preview.camera, select.value]).to.deep.equal(['usb', 'usb']);
    });

    it('around it, too', async () => {
      const preview = await add('stream-preview', { capture: 'user' });
      const select = await add('device-select', { kind: 'microphone', slot: 'overlay' }, preview);
      await until(() => select.devices.length > 0, 'the devices');
      choose(select, 'headset');
      expect(preview.microphone).to.equal('headset');
      await preview.start();
      expect(preview.settings.audio!.deviceId).to.equal('headset');
    });

    it('leaves all to a page that prevents the request', async () => {
      const { select, preview } = await withPreview();
      document.body.addEventListener('device-request', (event) => event.preventDefault(), { once: true });
      choose(select, 'usb');
      await select.updateComplete;
      expect([select.value, list(select).value, preview.camera]).to.deep.equal(['front', 'front', null]);
    });

    it('chooses by value, in silence', async () => {
      const { select, preview } = await withPreview();
      let heard = 0;
      for (const type of ['device-request', 'input', 'change']) select.addEventListener(type, () => heard++);
      select.value = 'usb';
      expect([preview.camera, heard]).to.deep.equal(['usb', 0]);
    });

    it('shows what is in use when the chosen one cannot be had', async () => {
      const { select, preview } = await withPreview({ kind: 'speaker' });
      const failed = nextEvent(preview, 'error');
      choose(select, 'desk');
      expect(select.value).to.equal('desk');
      await failed;
      await until(() => select.value === '', 'what is in use');
      expect(preview.sinkId).to.equal('');
    });

    it('the system’s own speaker plays while the chosen one is unplugged', async () => {
      devices.playThrough();
      const { select, preview } = await withPreview({ kind: 'speaker' });
      const video = preview.renderRoot.querySelector('video')!;
      const shown = (): string => list(select).selectedOptions[0]!.label;
      choose(select, 'desk');
      await until(() => video.sinkId === 'desk', 'the chosen one plays');
      devices.plug(speaker('hall'));
      await until(() => options(select).includes('Speaker hall'), 'another one');
      expect(video.sinkId).to.equal('desk');

      devices.unplug('desk');
      await until(() => video.sinkId === '', 'the system’s own plays');
      await until(() => shown() === 'System default', 'it is shown');
      expect(preview.sinkId, 'the choice').to.equal('desk');

      devices.plug(speaker('desk'));
      await until(() => video.sinkId === 'desk', 'the chosen one plays again');
      await until(() => shown() === 'Speaker desk', 'it is shown again');

      devices.unplug('desk');
      await until(() => video.sinkId === '', 'the system’s own plays once more');
      choose(select, 'hall');
      await until(() => video.sinkId === 'hall', 'another choice plays');
      devices.plug(speaker('desk'));
      await until(() => options(select).includes('Speaker desk'), 'it comes back');
      expect([video.sinkId, preview.sinkId]).to.deep.equal(['hall', 'hall']);
    });

    it('shows the speaker that the page has chosen', async () => {
      devices.playThrough();
      const { select, preview } = await withPreview({ kind: 'speaker' });
      await preview.setSinkId('desk');
      expect(select.value).to.equal('desk');
      await preview.setSinkId('');
      expect(select.value).to.equal('');
    });

    it('shows what the user has chosen while another element gets its own', async () => {
      devices.playThrough();
      const { select, preview } = await withPreview({ kind: 'speaker' });
      const other = await add('stream-preview', {});
      const { prototype } = HTMLMediaElement;
      const { setSinkId } = prototype;
      let answer: (() => void) | undefined;
      prototype.setSinkId = async function (id) {
        await new Promise<void>((resolve) => (answer = resolve));
        return setSinkId.call(this, id);
      };
      choose(select, 'desk');
      await until(() => answer, 'it is asked for');
      prototype.setSinkId = setSinkId;
      await other.setSinkId('desk');
      expect(select.value, 'while the speaker is asked for').to.equal('desk');
      answer!();
      await until(() => preview.sinkId === 'desk', 'it plays');
      expect(select.value).to.equal('desk');
    });

    it('listens for speakers only while one is chosen, and for none that nobody has', async function () {
      devices.playThrough();
      const { mediaDevices } = navigator;
      const signals: AbortSignal[] = [];
      const { addEventListener } = mediaDevices;
      mediaDevices.addEventListener = (...words: Parameters<typeof addEventListener>) => {
        signals.push((words[2] as AddEventListenerOptions).signal!);
        addEventListener.apply(mediaDevices, words);
      };
      const aborted = (): boolean[] => signals.map((signal) => signal.aborted);
      try {
        const chosen = new Speaker();
        await chosen.choose([], '');
        expect(aborted()).to.deep.equal([]);
        await chosen.choose([], 'desk');
        expect(aborted()).to.deep.equal([false]);
        await chosen.choose([], '');
        expect(aborted()).to.deep.equal([true]);
        const { gc } = globalThis as { gc?: () => void };
        // Firefox cannot be told to collect.
        if (!gc) return this.skip();
        await (async () => new Speaker().choose([], 'desk'))();
        await until(() => {
          gc();
          return signals.length === 2 && !aborted().includes(false);
        }, 'collected');
      } finally {
        delete (mediaDevices as Partial<MediaDevices>).addEventListener;
      }
    });

    it('has it take what was chosen before it was there', async () => {
      const select = await add('device-select', { for: 'preview' });
      select.value = 'usb';
      const preview = await add('stream-preview', { id: 'preview', capture: 'user' });
      await until(() => preview.camera === 'usb', 'it is told');
      expect(select.value).to.equal('usb');
    });

    it('leaves alone what it has chosen of another kind before', async () => {
      const select = await add('device-select', { for: 'preview' });
      select.value = 'usb';
      await select.updateComplete;
      select.kind = 'microphone';
      await select.updateComplete;
      const preview = await add('stream-preview', { id: 'preview', capture: 'user', microphone: 'headset' });
      await until(() => select.value === 'headset', 'it has found its owner');
      expect(preview.microphone).to.equal('headset');
    });

    it('opens the browser’s own list of speakers where it has one', async () => {
      type Chooser = { selectAudioOutput?: () => Promise<unknown> };
      const { mediaDevices } = navigator as unknown as { mediaDevices: Chooser };
      let answer: () => Promise<unknown> = async () => ({ deviceId: 'desk' });
      Object.defineProperty(mediaDevices, 'selectAudioOutput', {
        configurable: true,
        value: () => answer(),
      });
      const { setSinkId } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.setSinkId = async () => {};
      try {
        const { select, preview } = await withPreview({ kind: 'speaker' });
        const button = select.renderRoot.querySelector<HTMLButtonElement>('[part="other-button"]')!;
        button.click();
        await until(() => preview.sinkId === 'desk', 'the speaker');
        await until(() => select.value === 'desk', 'it is shown');
        let errors = 0;
        select.addEventListener('error', () => errors++);
        answer = () => Promise.reject(new DOMException('', 'NotAllowedError'));
        button.click();
        // No event tells of it: by the next task all that follows a refusal has happened.
        await new Promise((resolve) => setTimeout(resolve));
        expect(errors, 'who closes it has chosen nothing').to.equal(0);
        answer = () => Promise.reject(new DOMException('', 'NotFoundError'));
        const failed = nextEvent<ErrorEvent>(select, 'error');
        button.click();
        expect(((await failed).error as MediaKitError).code).to.equal('device-not-found');
      } finally {
        HTMLMediaElement.prototype.setSinkId = setSinkId;
        delete mediaDevices.selectAudioOutput;
      }
    });

    it('remembers with persist, and chooses again the next time', async () => {
      const { select } = await withPreview({ persist: '' });
      choose(select, 'usb');
      expect(localStorage.getItem(KEY)).to.contain('usb');
      document.body.replaceChildren();
      await afterGrace();
      const preview = await add('stream-preview', { id: 'preview', capture: 'user' });
      await add('device-select', { for: 'preview', persist: '' });
      await until(() => preview.camera === 'usb', 'chosen again');
    });

    it('chooses again where persist comes later', async () => {
      localStorage.setItem(KEY, JSON.stringify({ camera: 'usb' }));
      const { select, preview } = await withPreview();
      preview.stop();
      expect(preview.camera).to.equal(null);
      select.persist = true;
      await until(() => preview.camera === 'usb', 'chosen again');
    });

    it('chooses again after another kind', async () => {
      localStorage.setItem(KEY, JSON.stringify({ camera: 'usb', microphone: 'headset' }));
      const { select, preview } = await withPreview({ persist: '' });
      await until(() => preview.camera === 'usb', 'the camera');
      select.kind = 'microphone';
      await until(() => preview.microphone === 'headset', 'the microphone');
      expect(select.value).to.equal('headset');
    });

    it('remembers nothing without persist', async () => {
      const { select } = await withPreview();
      choose(select, 'usb');
      expect(localStorage.getItem(KEY)).to.equal(null);
    });
  });

  describe('with a <peer-call>', () => {
    async function prepared(): Promise<PeerCall> {
      const call = await add('peer-call', { id: 'call', audio: '', video: '' });
      await call.prepare();
      return call;
    }

    it('changes the camera in the same stream', async () => {
      const call = await prepared();
      const { localStream } = call;
      const select = await add('device-select', { for: 'call' });
      await until(() => select.value === 'front', 'what is in use');
      choose(select, 'usb');
      await until(() => devices.live.includes('usb'), 'the other camera');
      expect(call.localStream === localStream).to.equal(true);
      expect(localStream!.getVideoTracks()[0]!.getSettings().deviceId).to.equal('usb');
      expect(devices.live.sort()).to.deep.equal(['built-in', 'usb']);
    });

    it('shows which one took over for it', async () => {
      const call = await prepared();
      const select = await add('device-select', { for: 'call' });
      await until(() => select.value === 'front', 'what is in use');
      devices.unplug('front');
      await until(() => devices.live.includes('usb'), 'the other camera');
      await until(() => select.value === 'usb', 'what is in use now');
      devices.plug(camera('third'));
      call.camera = 'third';
      await until(() => select.value === 'third', 'what the page has chosen');
    });

    it('plays it through another speaker', async () => {
      const { setSinkId } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.setSinkId = async () => {};
      try {
        const call = await add('peer-call', { id: 'call' });
        const select = await add('device-select', { for: 'call', kind: 'speaker' });
        await until(() => shown(select), 'the speakers');
        choose(select, 'desk');
        await until(() => call.sinkId === 'desk', 'the speaker');
        expect(select.value).to.equal('desk');
        await call.setSinkId('');
        expect(select.value, 'what the page has chosen').to.equal('');
      } finally {
        HTMLMediaElement.prototype.setSinkId = setSinkId;
      }
    });

    it('has it take the microphone when it joins later', async () => {
      const call = await add('peer-call', { id: 'call', audio: '' });
      const select = await add('device-select', { for: 'call', kind: 'microphone' });
      await until(() => select.devices.length > 0, 'the devices');
      choose(select, 'headset');
      await call.prepare();
      expect(devices.live).to.deep.equal(['headset']);
    });
  });

  describe('with an owner that is another one after a move', () => {
    type WithMove = Node & { moveBefore(node: Node, child: null): void };
    const move = (to: Node, node: Node): void => (to as WithMove).moveBefore(node, null);

    /** Two previews, each with another camera, and what is around a list. */
    async function two(): Promise<[StreamPreview, StreamPreview, HTMLElement]> {
      devices.plug(camera('third'));
      const one = await add('stream-preview', { capture: 'user', camera: 'front' });
      const other = await add('stream-preview', { capture: 'user', camera: 'third' });
      return [one, other, document.createElement('div')];
    }

    it('moved by itself, or with what is around it', async () => {
      const [one, other, box] = await two();
      one.append(box);
      const select = await add('device-select', {}, box);
      await until(() => select.value === 'front', 'the first');
      move(other, select);
      await until(() => select.value === 'third', 'the second');
      move(box, select);
      await until(() => select.value === 'front', 'the first again');
      move(other, box);
      await until(() => select.value === 'third', 'with its box');
      await until(() => select.devices.length === 3, 'the devices');
      choose(select, 'usb');
      expect([one.camera, other.camera]).to.deep.equal(['front', 'usb']);
    });

    it('moved away, while the list stays', async () => {
      const [one, other, box] = await two();
      one.id = 'named';
      document.body.append(box);
      const select = await add('device-select', { for: 'named' });
      await until(() => select.value === 'front' && select.devices.length === 3, 'the first');
      await select.updateComplete;
      // It has the same name there.
      move(box, one);
      await select.updateComplete;
      choose(select, 'usb');
      expect(one.camera).to.equal('usb');
      box.attachShadow({ mode: 'open' });
      move(box.shadowRoot!, one);
      other.id = 'named';
      await until(() => select.value === 'third', 'the second');
      choose(select, 'front');
      expect([one.camera, other.camera]).to.deep.equal(['usb', 'front']);
    });
  });

  describe('without an owner', () => {
    it('warns of an id that nothing has, and names both that it is for', async () => {
      const { warn } = console;
      const warnings: string[] = [];
      console.warn = (words: string) => warnings.push(words);
      await add('device-select', { for: 'nobody' });
      await until(() => warnings.length > 0, 'a warning');
      console.warn = warn;
      expect(warnings).to.deep.equal([
        '<device-select for="nobody">: no <stream-preview> or <peer-call> has that id; it waits for one.',
      ]);
    });
  });

  describe('where a choice would have no effect', () => {
    it('hides itself', async () => {
      const shows = await add('stream-preview', { id: 'shows' });
      const call = await add('peer-call', { id: 'call', source: 'shows' });
      for (const id of [shows.id, call.id]) {
        const select = await add('device-select', { for: id });
        await until(() => select.devices.length > 0, 'the devices');
        await select.updateComplete;
        expect(shown(select), id).to.equal(false);
        select.kind = 'speaker';
        await select.updateComplete;
        expect(shown(select), `${id}, speaker`).to.equal(true);
      }
    });

    it('comes up when there is something to choose', async () => {
      devices.replace();
      const preview = await add('stream-preview', { id: 'preview', capture: 'user' });
      const select = await add('device-select', { for: 'preview' });
      expect(shown(select)).to.equal(false);
      devices.plug(camera('front'));
      await until(() => shown(select), 'one to choose');
      preview.srcObject = canvasStream();
      await preview.updateComplete;
      await until(() => !shown(select), 'a lent stream has no camera to choose');
      for (const track of preview.srcObject.getTracks()) track.stop();
    });

    const owner = (facts: Partial<DeviceOwner>): DeviceOwner =>
      ({
        source: null,
        srcObject: null,
        capture: 'user',
        camera: null,
        stream: null,
        ...facts,
      }) as DeviceOwner;
    const table: [...given: Parameters<typeof isOfUse>, use: boolean][] = [
      ['camera', owner({}), 1, false, true],
      ['camera', owner({}), 0, false, false],
      ['camera', owner({ capture: 'display' }), 2, false, false],
      ['camera', owner({ capture: null }), 2, false, false],
      ['camera', owner({ capture: undefined }), 2, false, true],
      ['camera', owner({ capture: undefined, source: 'bars' }), 2, false, false],
      ['camera', owner({ source: 'bars' }), 2, false, true],
      ['camera', owner({ srcObject: new MediaStream() }), 2, false, false],
      ['camera', null, 2, false, true],
      ['speaker', owner({ source: 'bars' }), 2, false, true],
      ['speaker', null, 1, false, false],
      ['speaker', null, 1, true, true],
    ];
    table.forEach(([kind, by, choices, asks, use], row) => {
      it(`decides, row ${row + 1}: ${use}`, () => expect(isOfUse(kind, by, choices, asks)).to.equal(use));
    });

    it('knows what an owner uses, or will ask for', () => {
      expect(deviceInUse('camera', owner({ camera: 'c' }))).to.equal('c');
      expect(deviceInUse('camera', owner({}))).to.equal('');
      expect(deviceInUse('speaker', owner({ sinkId: 's' }))).to.equal('s');
      expect(deviceInUse('camera', owner({ camera: 'c', localStream: null }))).to.equal('c');
    });
  });

  describe('naming a device', () => {
    /** An owner that names one camera and uses another one, and what it is told. */
    function switched(camera: string, deviceId: string): { owner: DeviceOwner; said: (string | null)[] } {
      const said: (string | null)[] = [];
      const track = { getSettings: () => ({ deviceId }) };
      const owner = {
        stream: { getVideoTracks: () => [track] },
        updateComplete: Promise.resolve(true),
        get camera() {
          return said.length > 0 ? said.at(-1)! : camera;
        },
        set camera(value) {
          said.push(value);
        },
      };
      return { owner: owner as unknown as DeviceOwner, said };
    }

    it('says no more of a device after which another was named', async () => {
      const { owner, said } = switched('usb', 'front');
      nameDevice(owner, 'camera', 'usb');
      nameDevice(owner, 'camera', 'front');
      await owner.updateComplete;
      expect(said).to.deep.equal([null, 'front']);
    });

    const table: [named: string, inUse: string, deviceId: string, said: (string | null)[]][] = [
      ['usb', 'front', 'third', ['third']],
      ['usb', 'front', '', [null]],
      ['usb', 'usb', 'usb', ['usb']],
      ['usb', 'front', 'usb', [null, 'usb']],
    ];
    for (const [named, inUse, deviceId, expected] of table) {
      it(`says ${JSON.stringify(expected)} where ${named} is named and ${inUse} in use`, async () => {
        const { owner, said } = switched(named, inUse);
        nameDevice(owner, 'camera', deviceId);
        await owner.updateComplete;
        expect(said).to.deep.equal(expected);
      });
    }
  });

  describe('in a form', () => {
    async function inForm(attributes: Record<string, string> = {}): Promise<[HTMLFormElement, DeviceSelect]> {
      const form = document.body.appendChild(document.createElement('form'));
      const preview = await add('stream-preview', { id: 'preview', capture: 'user' });
      await preview.updateComplete;
      const select = await add('device-select', { for: 'preview', name: 'camera', ...attributes }, form);
      await until(() => select.devices.length > 0, 'the devices');
      await select.updateComplete;
      return [form, select];
    }

    it('has told the form when its change is heard', async () => {
      const [form, select] = await inForm({ required: '' });
      const heard: unknown[] = [];
      for (const type of ['input', 'change'])
        form.addEventListener(type, () =>
          heard.push([type, new FormData(form).get('camera'), form.checkValidity()]),
        );
      choose(select, 'usb');
      expect(heard).to.deep.equal([
        ['input', 'usb', true],
        ['change', 'usb', true],
      ]);
    });

    it('forgets with a reset what it has for an owner that comes later', async () => {
      const form = document.body.appendChild(document.createElement('form'));
      const select = await add('device-select', { for: 'preview' }, form);
      select.value = 'usb';
      await select.updateComplete;
      form.reset();
      expect(select.value).to.equal('');
      const preview = await add('stream-preview', { id: 'preview', capture: 'user', camera: 'front' });
      await until(() => select.devices.length > 0, 'it has found its owner');
      await afterGrace();
      expect([preview.camera, select.value]).to.deep.equal(['front', 'front']);
    });

    it('gives its value', async () => {
      const [form, select] = await inForm();
      expect([select.form === form, new FormData(form).get('camera')]).to.deep.equal([true, null]);
      choose(select, 'usb');
      await select.updateComplete;
      expect(new FormData(form).get('camera')).to.equal('usb');
    });

    it('is missing where it is required and nothing is chosen', async () => {
      const [form, select] = await inForm({ required: '' });
      expect([form.checkValidity(), select.validity.valueMissing]).to.deep.equal([false, true]);
      expect(select.validationMessage).to.equal('Choose a device.');
      expect([list(select).required, list(select).matches(':invalid')]).to.deep.equal([true, true]);
      choose(select, 'front');
      await select.updateComplete;
      expect([form.checkValidity(), select.checkValidity(), select.reportValidity()]).to.deep.equal([
        true,
        true,
        true,
      ]);
    });

    it('can be told where it is missing before anything can be chosen', async () => {
      devices.replace({ ...camera(''), label: '' });
      const [form, select] = await inForm({ required: '' });
      expect(select.validationMessage).to.equal('Allow its use first: Camera.');
      form.requestSubmit();
      expect(select.shadowRoot!.activeElement === list(select)).to.equal(true);
      devices.replace(camera('front'));
      await until(() => select.validationMessage === 'Choose a device.', 'there is one to choose');
    });

    it('tells of a speaker neither that it is required nor that it is missing', async () => {
      const [form, select] = await inForm({ kind: 'speaker', required: '' });
      expect([form.checkValidity(), list(select).required]).to.deep.equal([true, false]);
    });

    it('is disabled with its fieldset, or by itself', async () => {
      const [form, select] = await inForm();
      const fieldset = form.appendChild(document.createElement('fieldset'));
      fieldset.disabled = true;
      fieldset.append(select);
      await select.updateComplete;
      expect(list(select).disabled).to.equal(true);
      fieldset.disabled = false;
      await select.updateComplete;
      expect(list(select).disabled).to.equal(false);
      select.disabled = true;
      await select.updateComplete;
      expect(list(select).disabled).to.equal(true);
    });

    it('has again what the browser restores, as after going back', async () => {
      const [form, select] = await inForm();
      const preview = document.querySelector('stream-preview')!;
      select.formStateRestoreCallback('usb');
      await select.updateComplete;
      expect([select.value, preview.camera, new FormData(form).get('camera')]).to.deep.equal([
        'usb',
        'usb',
        'usb',
      ]);
    });

    it('shows what is in use again when the form is reset', async () => {
      const [form, select] = await inForm();
      const preview = document.querySelector('stream-preview')!;
      select.addEventListener('device-request', () => {});
      await preview.start();
      await until(() => select.value === 'front', 'in use');
      form.reset();
      expect(select.value).to.equal('front');
    });
  });

  describe('accessibility', () => {
    it('is clean, and its label names the list', async () => {
      const { select } = await withPreview();
      await expect(select).to.be.accessible();
      expect(list(select).labels![0]!.textContent!.trim().startsWith('Camera')).to.equal(true);
      select.strings = { camera: 'Kamera' };
      await select.updateComplete;
      expect(select.renderRoot.querySelector('[part="label"]')!.textContent).to.equal('Kamera');
      select.focus();
      expect(select.shadowRoot!.activeElement === list(select)).to.equal(true);
    });

    it('has the words of a label on the page in its name, also in place of its own', async () => {
      const names: (string | null)[] = [];
      const label = document.body.appendChild(document.createElement('label'));
      label.append('Filmed by ');
      for (const parent of [label, document.body]) {
        for (const attributes of [{}, { label: '' }, { label: 'Front' }] as Record<string, string>[]) {
          const select = await add('device-select', attributes, parent);
          names.push(list(select).ariaLabel);
          select.remove();
        }
      }
      expect(names).to.deep.equal([
        ...['Filmed by Camera', 'Filmed by', 'Filmed by Front'],
        ...['Camera', 'Camera', 'Front'],
      ]);
      label.remove();
    });
  });
});
