import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import '../../components/stream-preview/define.js';
import { StreamPreview } from '../../components/stream-preview/stream-preview.js';
import { camera, FakeDevices, microphone, speaker } from '../support/fake-devices.js';
import { useOwnStorage } from '../support/own-storage.js';
import { canvasStream } from '../support/source.js';
import { afterGrace, hastened, nextEvent, until } from '../support/wait.js';

describe('<stream-preview>: devices', () => {
  let devices: FakeDevices;
  const KEY = 'rtc-elements.devices';
  before(useOwnStorage);

  async function preview(attributes: Record<string, string>): Promise<StreamPreview> {
    const element = document.createElement('stream-preview');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  async function captured(attributes: Record<string, string> = {}): Promise<StreamPreview> {
    const element = await preview({ capture: 'user', ...attributes });
    const before = devices.listed;
    await element.start();
    await until(() => devices.listed > before, 'the devices are looked after');
    return element;
  }

  const part = (element: StreamPreview, name: string): HTMLElement | null =>
    element.renderRoot.querySelector<HTMLElement>(`[part="${name}"]`);
  const status = (element: StreamPreview): string => part(element, 'status')!.innerText.trim();
  const on = (element: StreamPreview, state: string): boolean => element.matches(`:state(${state})`);
  /** Whether the words about the state are seen, and not only heard. */
  const seen = (element: StreamPreview): boolean =>
    !part(element, 'status')!.classList.contains('visually-hidden');

  /** What is fired from now on. */
  function told(element: StreamPreview, ...types: string[]): string[] {
    const heard: string[] = [];
    for (const type of types) element.addEventListener(type, () => heard.push(type));
    return heard;
  }

  beforeEach(() => {
    devices = new FakeDevices(camera('front'), camera('usb'), microphone('built-in'), microphone('headset'));
    localStorage.removeItem(KEY);
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    devices.release();
    localStorage.removeItem(KEY);
  });

  const denied = (message = 'Permission denied'): DOMException =>
    new DOMException(message, 'NotAllowedError');

  // The first of them: what is loaded for one preview is there for all from then on.
  it('large words about a capture are scrolled where there is no bar', async () => {
    const { style } = document.documentElement;
    style.fontSize = '200%';
    try {
      const element = await captured();
      element.style.inlineSize = '240px';
      await until(() => element.videoWidth > 0, 'a picture');
      devices.mute('front', true);
      const words = part(element, 'status')!;
      const layer = words.parentElement!;
      await until(() => getComputedStyle(layer).overflowY === 'auto', 'words to scroll');
      expect(layer.scrollHeight).to.be.above(layer.clientHeight);
      const { top, left, right } = words.getBoundingClientRect();
      const whole = element.getBoundingClientRect();
      expect([top >= whole.top, left >= whole.left, right <= whole.right]).to.deep.equal([true, true, true]);
    } finally {
      style.removeProperty('font-size');
    }
  });

  describe('permission', () => {
    it('is a state before the question, which a button leads to', async () => {
      devices.permit('camera', 'prompt');
      const element = await preview({ capture: 'user' });
      await until(() => element.permission === 'prompt', 'prompt');
      await element.updateComplete;
      expect(status(element)).to.equal('The browser will ask whether this page may use it.');
      await expect(element).to.be.accessible();
      const changed = nextEvent(element, 'permission-change');
      (await until(() => part(element, 'continue-button'), 'a button')).click();
      await until(() => element.state === 'live', 'live');
      expect((await changed).type).to.equal('permission-change');
      expect(element.permission).to.equal('granted');
      await element.updateComplete;
      expect(part(element, 'continue-button')).to.equal(null);
    });

    it('is not looked at where nothing is captured', async () => {
      const element = await preview({});
      expect(element.permission).to.equal('unknown');
      expect(element.renderRoot.querySelector('slot[name="permission"]')).to.equal(null);
    });

    it('shows what the page has put into the slot', async () => {
      devices.permit('camera', 'prompt');
      const element = await preview({ capture: 'user' });
      const own = Object.assign(document.createElement('p'), { slot: 'permission', textContent: 'Please' });
      element.append(own);
      await until(() => own.checkVisibility() && own.assignedSlot, 'it is shown');
      await element.start();
      await until(() => !own.assignedSlot, 'it is gone');
    });

    it('takes the stream of a slotted <usermedia>', async () => {
      devices.permit('camera', 'prompt');
      const element = await preview({ capture: 'user', video: '' });
      const stream = canvasStream();
      const told: MediaStreamConstraints[] = [];
      const offer = Object.assign(document.createElement('usermedia'), { slot: 'permission' });
      // Where the element exists its stream is the browser's own.
      Object.defineProperty(offer, 'stream', { value: stream });
      Object.assign(offer, { setConstraints: (wanted: MediaStreamConstraints) => told.push(wanted) });
      element.append(offer);
      await until(() => offer.assignedSlot, 'it is shown');
      await new Promise((resolve) => setTimeout(resolve));
      expect(told).to.deep.equal([{ video: { facingMode: { ideal: 'user' } } }]);
      offer.dispatchEvent(new Event('stream'));
      expect([element.stream === stream, element.state]).to.deep.equal([true, 'live']);
      await element.updateComplete;
      expect([element.stream === stream, devices.asked.length], 'and no other').to.deep.equal([true, 0]);
      element.stop();
      expect(stream.active).to.equal(false);
    });

    describe('of a slotted <usermedia>', () => {
      /** Stands in for the browser's own, of which it does as its specification says. */
      class Offer {
        readonly element = document.createElement('usermedia');
        readonly told: MediaStreamConstraints[] = [];
        stream: MediaStream | null = null;
        error: unknown = null;

        constructor() {
          this.element.slot = 'permission';
          for (const name of ['stream', 'error'] as const)
            Object.defineProperty(this.element, name, { get: () => this[name] });
          const setConstraints = (wanted: MediaStreamConstraints): number => this.told.push(wanted);
          Object.defineProperty(this.element, 'setConstraints', { value: setConstraints });
        }

        /** The user says no, or the browser cannot. */
        refuse(type: 'cancel' | 'error', error: unknown): void {
          this.error = error;
          this.element.dispatchEvent(new Event(type));
        }

        give(stream: MediaStream): void {
          this.stream = stream;
          this.element.dispatchEvent(new Event('stream'));
        }
      }

      async function offering(
        attributes: Record<string, string> = {},
      ): Promise<{ element: StreamPreview; offer: Offer }> {
        devices.permit('camera', 'prompt');
        const element = await preview({ capture: 'user', video: '', ...attributes });
        const offer = new Offer();
        element.append(offer.element);
        await until(() => offer.told.length === 1, 'it is shown');
        return { element, offer };
      }

      const tooMuch = Object.assign(new DOMException('', 'OverconstrainedError'), { constraint: 'width' });
      for (const [type, error, permission, code, words] of [
        ['cancel', denied('Permission dismissed'), 'dismissed', 'permission-dismissed', 'no answer'],
        ['cancel', denied(), 'denied', 'permission-denied', 'not allowed'],
        ['error', tooMuch, 'prompt', 'overconstrained', '"width" {"ideal":320}'],
        [
          'error',
          new DOMException('', 'NotReadableError'),
          'prompt',
          'device-in-use',
          'close other programs',
        ],
      ] as const) {
        it(`shows what came of it: ${type}, ${code}`, async () => {
          const { element, offer } = await offering({ width: '320' });
          const fired: string[] = [];
          element.addEventListener('error', ({ error: { code: one } }) => fired.push(String(one)));
          offer.refuse(type, error);
          await until(() => element.state === 'failed', 'failed');
          await element.updateComplete;
          expect([element.permission, ...fired]).to.deep.equal([permission, code]);
          expect(status(element)).to.contain(words);
          expect(on(element, 'failed')).to.equal(true);
          expect(part(element, 'status')!.checkVisibility() && offer.element.checkVisibility()).to.equal(
            true,
          );
          expect(offer.element.assignedSlot !== null, 'there is another try').to.equal(true);
          await expect(element).to.be.accessible();
          const stream = canvasStream();
          offer.give(stream);
          expect([element.stream === stream, element.state]).to.deep.equal([true, 'live']);
          await element.updateComplete;
          expect(status(element)).to.equal('Live');
        });
      }

      it('is told once, also after a move and with others beside it', async () => {
        const { element, offer } = await offering();
        element.append(Object.assign(document.createElement('p'), { slot: 'permission' }));
        await until(() => offer.told.length === 2, 'others');
        document.body.append(document.createElement('div'), element);
        await element.updateComplete;
        let heard = 0;
        element.addEventListener('error', () => heard++);
        offer.refuse('cancel', denied());
        await until(() => element.state === 'failed', 'failed');
        expect(heard).to.equal(1);
      });

      it('does not count when the permission that it got has begun a capture', async () => {
        const { element, offer } = await offering();
        offer.refuse('cancel', denied());
        await until(() => element.state === 'failed', 'failed');
        devices.permit('camera', 'granted');
        await until(() => element.state === 'live', 'live');
        const late = canvasStream();
        offer.give(late);
        expect([element.settings.video!.deviceId, late.getTracks().length]).to.deep.equal(['front', 0]);
      });

      it('does not count when the preview is gone', async () => {
        const { element, offer } = await offering();
        element.remove();
        await afterGrace();
        const late = canvasStream();
        const [track] = late.getTracks();
        offer.give(late);
        expect([element.stream, track!.readyState]).to.deep.equal([null, 'ended']);
      });

      it('asks for the devices that are remembered', async () => {
        localStorage.setItem(KEY, JSON.stringify({ camera: 'usb' }));
        const { offer } = await offering({ persist: '' });
        expect(offer.told).to.deep.equal([{ video: { deviceId: { ideal: 'usb' } } }]);
      });

      // Chromium's own takes no notice of what it is told.
      it('changes over to the devices that are named, remembered or face the other way', async () => {
        localStorage.setItem(KEY, JSON.stringify({ microphone: 'headset' }));
        for (const [attributes, sees] of [
          [{ camera: 'usb' }, 'usb'],
          [{ capture: 'environment' }, 'back'],
        ] as const) {
          devices.replace(
            camera('front', 'user'),
            camera('usb'),
            microphone('built-in'),
            microphone('headset'),
          );
          devices.plug(camera('back', 'environment'));
          const { element, offer } = await offering({ audio: '', persist: '', ...attributes });
          const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
          expect(devices.live.sort()).to.deep.equal(['built-in', 'front']);
          offer.give(stream);
          await until(() => devices.live.sort().join() === [sees, 'headset'].sort().join(), sees);
          expect([element.stream === stream, element.state]).to.deep.equal([true, 'live']);
          element.remove();
          await until(() => devices.live.length === 0, 'off');
        }
      });

      it('keeps what it got where something remembered is gone, in the size that is wanted', async () => {
        localStorage.setItem(KEY, JSON.stringify({ camera: 'gone' }));
        const { element, offer } = await offering({ persist: '', width: '320' });
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        const [track] = stream.getTracks();
        const size = new Promise((resolve) => {
          track!.applyConstraints = async (constraints) => resolve(constraints!.width);
        });
        const heard = told(element, 'error');
        offer.give(stream);
        expect(await size).to.deep.equal({ ideal: 320 });
        expect([track!.readyState, devices.asked.length, ...heard]).to.deep.equal(['live', 1]);
      });
    });

    for (const [message, permission, code] of [
      ['Permission dismissed', 'dismissed', 'permission-dismissed'],
      ['Permission denied', 'denied', 'permission-denied'],
      ['Permission denied by system', 'denied-by-system', 'permission-denied'],
    ] as const) {
      it(`is ${permission}, and captures by itself when it is granted`, async () => {
        devices.permit('camera', 'prompt');
        const element = await preview({ capture: 'user' });
        await until(() => element.permission === 'prompt', 'prompt');
        devices.refusal = denied(message);
        const error = await element.start().catch((thrown: MediaKitError) => thrown);
        expect((error as MediaKitError).code).to.equal(code);
        expect([element.permission, element.state]).to.deep.equal([permission, 'failed']);
        devices.refusal = null;
        devices.permit('camera', 'granted');
        await until(() => element.state === 'live', 'live');
        expect(element.permission).to.equal('granted');
      });
    }

    it('is told of in words that can be read to both ends, however large', async () => {
      const { style } = document.documentElement;
      style.fontSize = '200%';
      try {
        devices.permit('camera', 'prompt');
        const element = await preview({ capture: 'user' });
        element.style.inlineSize = '288px';
        await until(() => element.permission === 'prompt', 'prompt');
        devices.refusal = denied('Permission dismissed');
        await element.start().catch(() => {});
        const button = await until(() => part(element, 'continue-button'), 'a button');
        const words = part(element, 'status')!;
        const box = element.getBoundingClientRect();
        const layer = words.parentElement!;
        await until(() => layer.scrollHeight > layer.clientHeight, 'too large');
        layer.scrollTop = 0;
        expect(words.getBoundingClientRect().top >= box.top, 'the first line').to.equal(true);
        button.focus();
        await until(() => button.getBoundingClientRect().bottom <= box.bottom, 'the button is seen');
        expect(getComputedStyle(words).pointerEvents).to.equal('auto');
      } finally {
        style.removeProperty('font-size');
      }
    });

    for (const [how, comeBack] of Object.entries({
      'comes back to the page': () =>
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true })),
      'comes back to the window': () => window.dispatchEvent(new Event('focus')),
      'tries again': (element: StreamPreview) =>
        void until(() => part(element, 'continue-button'), 'the button').then((button) => button.click()),
    })) {
      it(`denied by the system, it captures when the user ${how}`, async () => {
        const element = await preview({ capture: 'user' });
        devices.refusal = denied('Permission denied by system');
        await element.start().catch(() => {});
        expect([element.permission, element.state]).to.deep.equal(['denied-by-system', 'failed']);
        await element.updateComplete;
        expect(status(element)).to.contain('system settings');
        devices.refusal = null;
        comeBack(element);
        await until(() => element.state === 'live', 'live');
      });
    }

    it('does not begin by itself what nobody has begun', async () => {
      devices.permit('camera', 'prompt');
      const element = await preview({ capture: 'user' });
      await until(() => element.permission === 'prompt', 'prompt');
      devices.permit('camera', 'granted');
      expect([element.permission, element.state]).to.deep.equal(['granted', 'empty']);
      expect(devices.asked.length).to.equal(0);
    });

    it('revoked during a capture, it fails with a reason and comes back', async () => {
      const element = await captured({ video: '' });
      await until(() => element.permission === 'granted', 'granted');
      const failed = nextEvent<ErrorEvent>(element, 'error');
      devices.permit('camera', 'denied');
      devices.end('front');
      expect(((await failed).error as MediaKitError).code).to.equal('permission-denied');
      expect([element.state, element.stream, element.permission]).to.deep.equal(['failed', null, 'denied']);
      devices.permit('camera', 'granted');
      await until(() => element.state === 'live', 'live');
    });

    it('revoked for the microphone alone, it says so over the picture, and goes on with it', async () => {
      const element = await captured();
      await until(() => element.videoWidth > 0, 'a picture');
      devices.permit('microphone', 'denied');
      devices.end('built-in');
      await until(() => seen(element), 'it is seen');
      expect(status(element)).to.contain('permission for the microphone was taken back');
      expect(element.state).to.equal('live');
      await expect(element).to.be.accessible();
      devices.permit('microphone', 'granted');
      await until(() => !seen(element), 'it is past');
      expect([status(element), ...devices.live.sort()]).to.deep.equal(['Live', 'built-in', 'front']);
    });
  });

  describe('a device that goes', () => {
    it('is told of, another takes over in the same stream, and gives way when it is back', async () => {
      const element = await captured({ camera: 'usb' });
      const { stream } = element;
      const heard = told(element, 'device-lost', 'device-restored', 'stream-change', 'preview-state-change');
      const lost = nextEvent(element, 'device-lost') as Promise<HTMLElementEventMap['device-lost']>;
      devices.unplug('usb');
      expect((await lost).device).to.deep.equal({ kind: 'camera', deviceId: 'usb', label: 'Camera usb' });
      await until(() => devices.live.includes('front'), 'the other camera');
      expect(element.stream === stream).to.equal(true);
      expect(element.settings.video!.deviceId).to.equal('front');
      expect(element.state).to.equal('live');
      devices.plug(camera('usb'));
      await until(() => heard.includes('device-restored'), 'restored');
      expect(element.settings.video!.deviceId).to.equal('usb');
      expect(heard.filter((type) => type === 'device-lost').length).to.equal(1);
      expect(heard).to.include('stream-change');
    });

    it('is told by its name, and whether another one took over', async () => {
      const headset = { ...microphone('headset'), label: 'A headset with a name as long as some names are' };
      devices.replace(camera('front'), microphone('built-in'), headset);
      const element = await captured({ microphone: 'headset' });
      await until(() => element.videoWidth > 0, 'a picture');
      devices.unplug('headset');
      await until(() => status(element).includes('taken its place'), 'told');
      expect(status(element)).to.contain(`${headset.label} was disconnected`);
      expect(seen(element), 'nothing is to be done').to.equal(false);
      devices.unplug('built-in');
      await until(() => seen(element), 'it is seen over the picture');
      expect(status(element)).to.contain(`${headset.label} was disconnected. Connect it again`);
      await expect(element).to.be.accessible();
      Object.assign(element, { controls: true }).style.inlineSize = '300px';
      const bar = await until(() => element.renderRoot.querySelector('.bar button'), 'the bar');
      const edge = part(element, 'status')!.getBoundingClientRect().bottom;
      expect(edge, 'above the bar').to.be.below(bar.getBoundingClientRect().top);
      devices.plug(headset);
      await until(() => status(element) === 'Live', 'restored');
      expect(seen(element)).to.equal(false);
    });

    it('says that it waits where there is no other', async () => {
      const element = await captured({ video: '' });
      devices.unplug('usb');
      devices.unplug('front');
      await until(() => element.state === 'lost', 'lost');
      await element.updateComplete;
      expect(on(element, 'lost')).to.equal(true);
      expect(status(element)).to.contain('Camera front was disconnected');
      await expect(element).to.be.accessible();
      devices.plug(camera('front'));
      await until(() => element.state === 'live', 'live');
      element.stop();
      expect([element.state, devices.live.length]).to.deep.equal(['empty', 0]);
    });

    it('is not wanted back when the user chooses another one meanwhile', async () => {
      devices.plug(camera('third'));
      const element = await captured({ camera: 'usb' });
      const heard = told(element, 'device-restored');
      devices.unplug('usb');
      await until(() => devices.live.includes('front'), 'the one that stands in');
      element.camera = 'third';
      await until(() => devices.live.includes('third'), 'the third');
      const before = devices.listed;
      devices.plug(camera('usb'));
      await until(() => devices.listed > before, 'looked at');
      await new Promise((resolve) => setTimeout(resolve));
      expect([element.settings.video!.deviceId, ...heard]).to.deep.equal(['third']);
    });

    it('does not say that it is back when the user stops meanwhile', async () => {
      const element = await captured({ camera: 'usb' });
      const heard = told(element, 'device-restored');
      devices.unplug('usb');
      await until(() => devices.live.includes('front'), 'the other camera');
      element.stop();
      await element.updateComplete;
      expect(heard).to.deep.equal([]);
    });
  });

  describe('a device that could not be had', () => {
    it('is tried again with a button', async () => {
      const element = await preview({ capture: 'user' });
      const own = Object.assign(document.createElement('p'), { slot: 'permission' });
      element.append(own);
      devices.refusal = new DOMException('', 'NotReadableError');
      await element.start().catch(() => {});
      const button = await until(() => part(element, 'continue-button'), 'a button');
      expect([button.innerText, own.assignedSlot]).to.deep.equal(['Try again', null]);
      await expect(element).to.be.accessible();
      devices.refusal = null;
      button.click();
      await until(() => element.state === 'live', 'live');
      await element.updateComplete;
      expect(part(element, 'continue-button')).to.equal(null);
    });

    it('is captured when it is connected', async () => {
      devices.replace(microphone('built-in'));
      const element = await preview({ capture: 'user' });
      const error = await element.start().catch((thrown: MediaKitError) => thrown);
      expect([(error as MediaKitError).code, ...devices.live]).to.deep.equal(['device-not-found']);
      devices.plug(camera('front'));
      await until(() => element.state === 'live', 'live');
    });

    it('a display that was not chosen is asked for again', async () => {
      navigator.mediaDevices.getDisplayMedia = () => Promise.reject(denied());
      const element = await preview({ capture: 'display' });
      await element.start().catch(() => {});
      const button = await until(() => part(element, 'continue-button'), 'a button');
      navigator.mediaDevices.getDisplayMedia = async () => canvasStream();
      button.click();
      await until(() => element.state === 'live', 'live');
    });
  });

  describe('an interruption', () => {
    it('is told of and shown, and plays on without a reload', async () => {
      const element = await captured();
      await until(() => element.videoWidth > 0, 'a picture');
      const { stream } = element;
      const heard = told(element, 'capture-interrupted', 'capture-resumed');
      devices.mute('front', true);
      await element.updateComplete;
      expect(on(element, 'interrupted')).to.equal(true);
      expect([status(element), seen(element)]).to.deep.equal(['Interrupted by the system', true]);
      // As the system does it.
      element.renderRoot.querySelector('video')!.pause();
      devices.mute('front', false);
      await until(() => !element.paused, 'playing');
      expect(heard).to.deep.equal(['capture-interrupted', 'capture-resumed']);
      expect(element.stream === stream).to.equal(true);
    });

    for (const dir of ['ltr', 'rtl']) {
      it(`is told of above the bar, however large the words and small the preview, ${dir}`, async () => {
        const { style } = document.documentElement;
        style.fontSize = '200%';
        try {
          const element = await captured({ controls: '', dir });
          element.style.inlineSize = '240px';
          await until(() => element.videoWidth > 0, 'a picture');
          devices.mute('front', true);
          const bar = await until(() => element.renderRoot.querySelector('.bar'), 'the bar');
          const words = part(element, 'status')!;
          const whole = element.getBoundingClientRect();
          // The scrolled words are of a part that is loaded.
          await until(() => getComputedStyle(words).pointerEvents === 'auto', 'words to scroll');
          const isWithin = ({ left, right, top, bottom }: DOMRect): boolean =>
            left >= whole.left && right <= whole.right && top >= whole.top && bottom <= whole.bottom;
          const look = (): void => {
            const box = words.getBoundingClientRect();
            const buttons = [...bar.querySelectorAll('button')].map((button) =>
              button.getBoundingClientRect(),
            );
            expect([box, ...buttons].every(isWithin), 'not cut off').to.equal(true);
            for (const { top, width, height } of buttons) {
              expect([top >= box.bottom, top]).to.deep.equal([true, buttons[0]!.top]);
              expect(Math.min(width, height)).to.be.at.least(24);
            }
            expect(words.clientHeight).to.be.above(parseFloat(getComputedStyle(words).lineHeight));
            expect(words.scrollHeight).to.be.above(words.clientHeight);
            expect(words.scrollWidth).to.equal(words.clientWidth);
          };
          look();
          devices.mute('front', false);
          devices.unplug('built-in');
          devices.unplug('headset');
          await until(() => status(element).includes('was disconnected'), 'what is lost');
          look();
        } finally {
          style.removeProperty('font-size');
        }
      });
    }
  });

  describe('the camera light', () => {
    it('goes off when the camera is switched off, and comes on again in the same stream', async () => {
      const element = await captured();
      const { stream } = element;
      const [track] = element.getVideoTracks();
      await element.toggleVideo(false);
      expect([element.videoEnabled, track!.enabled, track!.readyState]).to.deep.equal([false, false, 'live']);
      await element.updateComplete;
      expect(on(element, 'camera-off')).to.equal(true);
      expect(status(element)).to.equal('The camera is off');
      await until(() => track!.readyState === 'ended', 'off');
      expect([element.state, ...devices.live]).to.deep.equal(['live', 'built-in']);
      await element.toggleVideo();
      expect([element.videoEnabled, element.stream === stream]).to.deep.equal([true, true]);
      expect(element.getVideoTracks()[0]!.enabled).to.equal(true);
      await element.updateComplete;
      expect(on(element, 'camera-off')).to.equal(false);
    }).timeout(15_000);

    it('stays off, with a reason, when the camera cannot be had again', async () => {
      const element = await captured();
      const [track] = element.getVideoTracks();
      await hastened(5000, () => element.toggleVideo(false));
      await until(() => track!.readyState === 'ended', 'off');
      devices.refusal = new DOMException('', 'NotReadableError');
      const fired = nextEvent<ErrorEvent>(element, 'error');
      const error = await element.toggleVideo(true).catch((thrown: MediaKitError) => thrown);
      expect((error as MediaKitError).code).to.equal('device-in-use');
      expect((await fired).error === error).to.equal(true);
      expect(element.videoEnabled).to.equal(false);
    });

    it('is off as soon as the element is gone', async () => {
      const element = await captured();
      element.remove();
      await until(() => devices.live.length === 0, 'off');
    });
  });

  it('the microphone goes off and on, also over another device', async () => {
    const element = await captured({ microphone: 'headset' });
    element.toggleAudio();
    expect([element.audioEnabled, element.getAudioTracks()[0]!.enabled]).to.deep.equal([false, false]);
    devices.unplug('headset');
    await until(() => devices.live.includes('built-in'), 'the other microphone');
    expect(element.getAudioTracks()[0]!.enabled).to.equal(false);
    element.toggleAudio(true);
    expect(element.getAudioTracks()[0]!.enabled).to.equal(true);
  });

  it('switchCamera() puts the next camera into the same stream', async () => {
    const element = await captured();
    const { stream } = element;
    const changed = nextEvent(element, 'stream-change');
    await element.switchCamera();
    await changed;
    expect([element.stream === stream, element.settings.video!.deviceId]).to.deep.equal([true, 'usb']);
  });

  it('the camera that was switched off comes back, and another one where it is gone', async () => {
    const element = await captured({ video: '' });
    await element.switchCamera();
    const off = (): Promise<void> => hastened(5000, () => element.toggleVideo(false));
    await off();
    await until(() => devices.live.length === 0, 'the light is off');
    await element.toggleVideo(true);
    expect(devices.live).to.deep.equal(['usb']);
    await off();
    await until(() => devices.live.length === 0, 'the light is off again');
    devices.unplug('usb');
    await element.toggleVideo(true);
    expect(devices.live).to.deep.equal(['front']);
  });

  it('each command does what it says', async () => {
    const element = await preview({ capture: 'user', id: 'commanded' });
    const asked: string[] = [];
    const ask = (what: string) => (): Promise<never> => {
      asked.push(what);
      return new Promise(() => {});
    };
    const video = element.renderRoot.querySelector('video')!;
    // The browser's own want a real click.
    video.requestPictureInPicture = ask('a window');
    const { requestFullscreen } = Element.prototype;
    Element.prototype.requestFullscreen = ask('the screen');
    const done: Record<string, () => boolean> = {
      '--start': () => element.state === 'live' && !element.paused,
      '--pause': () => element.paused,
      '--play': () => !element.paused,
      '--switch-camera': () => devices.live.sort().join() === 'built-in,usb',
      '--toggle-audio': () => !element.audioEnabled,
      '--toggle-video': () => !element.videoEnabled,
      '--picture-in-picture': () => asked.join() === 'a window',
      '--full-screen': () => asked.join() === 'a window,the screen',
      '--stop': () => element.state === 'empty',
    };
    expect(Object.keys(done)).to.have.members(Object.keys(StreamPreview.commands));
    const button = document.createElement('button');
    button.setAttribute('commandfor', 'commanded');
    document.body.append(button);
    try {
      for (const [command, isDone] of Object.entries(done)) {
        expect(isDone(), `before ${command}`).to.equal(false);
        button.setAttribute('command', command);
        button.click();
        await until(isDone, command);
      }
    } finally {
      Element.prototype.requestFullscreen = requestFullscreen;
    }
  });

  it('is shown as in a mirror where its own camera faces the user, and not else', async () => {
    for (const [capture, given, mirrored] of [
      // Most computers do not say which way their camera faces.
      ['user', camera('any'), true],
      ['environment', camera('any'), false],
      ['user', camera('back', 'environment'), false],
      ['environment', camera('front', 'user'), true],
    ] as const) {
      devices.replace(given);
      const element = await captured({ capture, video: '' });
      await element.updateComplete;
      expect(on(element, 'mirrored'), `${capture}, ${given.facingMode}`).to.equal(mirrored);
    }
  });

  it('another camera or microphone by attribute takes its place in the same stream', async () => {
    const element = await captured();
    const { stream } = element;
    const [sound] = element.getAudioTracks();
    element.camera = 'usb';
    await until(() => devices.live.includes('usb'), 'the other camera');
    expect([element.stream === stream, element.getAudioTracks()[0] === sound]).to.deep.equal([true, true]);
    element.microphone = 'headset';
    await until(() => devices.live.includes('headset'), 'the other microphone');
    expect([element.stream === stream, ...devices.live.sort()]).to.deep.equal([true, 'headset', 'usb']);
  });

  it('what is named just before another start() is captured, be the last one live or under way', async () => {
    const element = await captured({ audio: '' });
    element.microphone = 'headset';
    await element.start();
    await until(() => devices.live.join() === 'headset', 'the other microphone');
    element.stop();
    element.start().catch(() => {});
    element.microphone = 'built-in';
    await element.start();
    await element.updateComplete;
    expect(devices.live).to.deep.equal(['built-in']);
  });

  it('the camera goes on when the other one cannot be had', async () => {
    const element = await captured({ video: '' });
    const { stream } = element;
    const failed = nextEvent<ErrorEvent>(element, 'error');
    element.camera = 'no such camera';
    expect(((await failed).error as MediaKitError).code).to.equal('overconstrained');
    await until(() => element.settings.video?.deviceId === 'front' && element.active, 'the first camera');
    expect([element.stream === stream, element.state]).to.deep.equal([true, 'live']);
  });

  it('is over with stop(), also while another camera is on its way', async () => {
    const element = await captured({ video: '' });
    const heard = told(element, 'error');
    const asked = devices.asked.length;
    const { getUserMedia } = navigator.mediaDevices;
    let late: MediaStream | undefined;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      element.stop();
      return (late = stream);
    };
    element.camera = 'usb';
    await until(() => late?.getTracks()[0]!.readyState === 'ended', 'the late camera is off');
    await element.updateComplete;
    expect([element.state, devices.asked.length - asked, ...heard]).to.deep.equal(['empty', 1]);
  });

  it('is captured once, with the camera that was named before', async () => {
    const element = document.createElement('stream-preview');
    Object.assign(element, { capture: 'user', camera: 'usb' });
    document.body.append(element);
    await element.start();
    await element.updateComplete;
    expect([devices.asked.length, ...devices.live.sort()]).to.deep.equal([1, 'built-in', 'usb']);
  });

  it('switchCamera() fires what it rejects with', async () => {
    const element = await preview({});
    const fired = nextEvent<ErrorEvent>(element, 'error');
    const error = await element.switchCamera().catch((thrown: MediaKitError) => thrown);
    expect((error as MediaKitError).code).to.equal('bad-input');
    expect((await fired).error === error).to.equal(true);
  });

  it('the browser is asked for what of a display, its pointer and its sound', async () => {
    const asked: unknown[] = [];
    navigator.mediaDevices.getDisplayMedia = async (options) => {
      asked.push(options);
      const stream = canvasStream();
      stream.getTracks()[0]!.getSettings = () => ({ deviceId: 'window:1' });
      return stream;
    };
    const wanted = { capture: 'display', audio: '', surface: 'window', cursor: 'never' };
    const element = await preview({ ...wanted, persist: '' });
    await element.start();
    expect(localStorage.getItem(KEY), 'it is no camera').to.equal(null);
    const own = { video: true, systemAudio: 'include' } as DisplayMediaStreamOptions;
    await element.getDisplayMedia(own);
    expect(asked).to.deep.equal([{ audio: true, video: { displaySurface: 'window', cursor: 'never' } }, own]);
  });

  describe('persist', () => {
    it('does not choose another speaker than the page has', async () => {
      const { setSinkId } = HTMLMediaElement.prototype;
      const sinks: string[] = [];
      HTMLMediaElement.prototype.setSinkId = async (sinkId) => void sinks.push(sinkId);
      try {
        localStorage.setItem(KEY, JSON.stringify({ speaker: 'of-old' }));
        const element = await captured({ persist: '' });
        sinks.length = 0;
        element.remove();
        const next = document.createElement('stream-preview');
        next.persist = true;
        document.body.append(next);
        await next.setSinkId('chosen');
        await until(() => JSON.parse(localStorage.getItem(KEY)!).speaker === 'chosen', 'remembered');
        await afterGrace();
        expect(sinks.includes('of-old')).to.equal(false);
      } finally {
        HTMLMediaElement.prototype.setSinkId = setSinkId;
      }
    });

    it('remembers the devices and the volume, and asks for them the next time', async () => {
      const element = await captured({ persist: '', microphone: 'headset' });
      await element.switchCamera();
      element.stop();
      element.volume = 0.4;
      await nextEvent(element, 'volumechange');
      element.remove();
      const next = await captured({ persist: '' });
      const { video, audio } = next.settings;
      expect([video!.deviceId, audio!.deviceId]).to.deep.equal(['usb', 'headset']);
      expect(next.volume).to.equal(0.4);
    });

    it('takes what is there where something remembered is gone', async () => {
      localStorage.setItem(KEY, JSON.stringify({ camera: 'gone', microphone: 'headset' }));
      const { state, settings } = await captured({ persist: '' });
      expect([state, settings.video!.deviceId]).to.deep.equal(['live', 'front']);
    });

    it('remembers nothing without it', async () => {
      devices.plug(speaker('desk'));
      devices.playThrough();
      const element = await captured();
      await element.switchCamera();
      element.volume = 0.4;
      await nextEvent(element, 'volumechange');
      await element.setSinkId('desk');
      expect(localStorage.getItem(KEY)).to.equal(null);
    });

    it('uses nothing that is remembered without it', async () => {
      devices.plug(speaker('desk'));
      devices.playThrough();
      localStorage.setItem(KEY, JSON.stringify({ camera: 'usb', volume: 0.4, speaker: 'desk' }));
      const used = ({ settings, volume, sinkId }: StreamPreview): unknown[] => [
        settings.video!.deviceId,
        volume,
        sinkId,
      ];
      const element = await captured({ video: '' });
      const other = await captured({ video: '', persist: '' });
      // By then the one that came first would use them, too.
      await until(() => other.sinkId === 'desk', 'the speaker of the one that remembers');
      expect(used(other)).to.deep.equal(['usb', 0.4, 'desk']);
      expect(used(element)).to.deep.equal(['front', 1, '']);
    });

    it('does not remember what only stands in', async () => {
      const element = await captured({ persist: '', camera: 'usb' });
      devices.unplug('usb');
      await until(() => devices.live.includes('front'), 'the other camera');
      expect(localStorage.getItem(KEY)).to.contain('usb');
      expect(element.state).to.equal('live');
    });
  });
});
