import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { StreamPreview } from '../../components/stream-preview/stream-preview.js';
import { canvasStream, endingStream, TestSource } from '../support/source.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { warningsOf } from '../support/warnings.js';

type Devices = Pick<MediaDevices, 'getUserMedia' | 'getDisplayMedia'>;

customElements.define('test-source', TestSource);

describe('<stream-preview>', () => {
  const { mediaDevices } = navigator;
  const lent: MediaStream[] = [];

  const define = (): Promise<unknown> => import('../../components/stream-preview/define.js');
  const tracksLive = (stream: MediaStream | null): number =>
    stream?.getTracks().filter(({ readyState }) => readyState === 'live').length ?? 0;
  const same = (value: unknown, expected: unknown, what?: string): void => {
    expect(value === expected, what).to.equal(true);
  };

  /** A stream that the test stops in the end. */
  function borrowed(width?: number, height?: number): MediaStream {
    const stream = canvasStream(width, height);
    lent.push(stream);
    return stream;
  }

  async function preview(
    attributes: Record<string, string> = {},
    parent: Node = document.body,
  ): Promise<StreamPreview> {
    const element = document.createElement('stream-preview');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.appendChild(element);
    await element.updateComplete;
    return element;
  }

  const part = (element: StreamPreview, name: string): HTMLElement =>
    element.renderRoot.querySelector<HTMLElement>(`[part="${name}"]`)!;
  const videoOf = (element: StreamPreview): HTMLVideoElement => part(element, 'video') as HTMLVideoElement;
  const status = (element: StreamPreview): string => part(element, 'status').innerText.trim();

  /** Waits until a first picture is shown. */
  async function shown(element: StreamPreview): Promise<void> {
    await until(() => element.videoWidth > 0, 'a picture');
    await element.updateComplete;
  }

  /** The code that a promise is rejected with; the element must have fired `error` with the same object. */
  async function failure(element: StreamPreview, act: () => Promise<unknown>): Promise<MediaKitError> {
    const fired: unknown[] = [];
    const hear = (event: ErrorEvent): void => void fired.push(event.error);
    element.addEventListener('error', hear);
    const thrown = await act().then(
      () => undefined,
      (error: MediaKitError) => error,
    );
    element.removeEventListener('error', hear);
    expect(thrown !== undefined, 'rejected').to.equal(true);
    expect(fired.length, 'error is fired once').to.equal(1);
    same(fired[0], thrown, 'the same error');
    return thrown!;
  }

  /** Lets the browser refuse as it does when the person says no, and so on. */
  function refuse(method: keyof Devices, name: string): void {
    mediaDevices[method] = () => Promise.reject(new DOMException('', name));
  }

  function refusePlaying(): void {
    HTMLVideoElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  }

  /** `play` is the one that is inherited again. */
  function allowPlaying(): void {
    delete (HTMLVideoElement.prototype as Partial<HTMLVideoElement>).play;
  }

  afterEach(async () => {
    allowPlaying();
    delete (mediaDevices as Partial<Devices>).getUserMedia;
    delete (mediaDevices as Partial<Devices>).getDisplayMedia;
    document.body.replaceChildren();
    await afterGrace();
    for (const stream of lent.splice(0)) for (const track of stream.getTracks()) track.stop();
  });

  const early = canvasStream();
  after(() => {
    for (const track of early.getTracks()) track.stop();
  });

  // First: one of them defines the tag.
  standingTests<StreamPreview>({
    tag: 'stream-preview',
    define,
    early: ['srcObject', early],
    start: async (element) => {
      const playing = nextEvent(element, 'playing');
      element.capture = 'user';
      await element.start();
      await playing;
      await shown(element);
    },
    stream: (element) => element.stream,
    released: (_, before) => tracksLive(before) === 0,
    facts: ['stream-change', 'preview-state-change', 'play', 'playing', 'resize', 'loadedmetadata'],
    lend: async (element, stream) => {
      element.srcObject = stream;
      await shown(element);
    },
  });

  describe('defaults', () => {
    it('shows something sensible and captures nothing', async () => {
      mediaDevices.getUserMedia = () => expect.fail('it captured');
      const element = await preview();
      expect(element.state).to.equal('empty');
      expect([element.stream, element.srcObject, element.source, element.capture]).to.deep.equal([
        null,
        null,
        null,
        null,
      ]);
      expect([element.streamId, element.active, element.paused, element.volume]).to.deep.equal([
        '',
        false,
        true,
        1,
      ]);
      expect([element.videoWidth, element.videoHeight]).to.deep.equal([0, 0]);
      expect(element.settings).to.deep.equal({ audio: null, video: null });
      expect([element.getAudioTracks(), element.getVideoTracks(), element.clone()]).to.deep.equal([
        [],
        [],
        null,
      ]);
      expect(status(element)).to.equal('No picture');
    });

    it('is as wide as there is room, 16 to 9, and keeps its size when the picture comes', async () => {
      const element = await preview();
      const before = element.getBoundingClientRect();
      expect(before.width).to.equal(document.body.clientWidth);
      expect(before.width / before.height).to.be.closeTo(16 / 9, 0.01);
      element.srcObject = borrowed(40, 90);
      await shown(element);
      const after = element.getBoundingClientRect();
      expect([after.width, after.height]).to.deep.equal([before.width, before.height]);
    });

    it('keeps the box that the page has given it when the picture changes its size', async () => {
      const canvas = document.createElement('canvas');
      const paint = (width: number, height: number): void => {
        Object.assign(canvas, { width, height });
        canvas.getContext('2d')!.fillRect(0, 0, width, height);
      };
      paint(64, 36);
      const stream = canvas.captureStream();
      lent.push(stream);
      const element = await preview({ style: 'inline-size: 300px; --stream-preview-aspect-ratio: 3 / 2' });
      element.srcObject = stream;
      paint(64, 36);
      await shown(element);
      const resized = nextEvent(element, 'resize');
      paint(40, 90);
      await resized;
      expect([element.videoWidth, element.videoHeight]).to.deep.equal([40, 90]);
      const { width, height } = element.getBoundingClientRect();
      expect([width, height]).to.deep.equal([300, 200]);
    });

    it('plays what there is, or nothing, on start() without capture', async () => {
      const element = await preview();
      expect(await element.start()).to.equal(null);
      const stream = borrowed();
      element.srcObject = stream;
      await element.updateComplete;
      same(await element.start(), stream);
      expect(element.paused).to.equal(false);
      element.stop();
      expect(tracksLive(stream)).to.equal(1);
    });
  });

  describe('properties and attributes', () => {
    it('shows srcObject', async () => {
      const element = await preview();
      const stream = borrowed(64, 36);
      element.srcObject = stream;
      await nextEvent(element, 'playing');
      same(element.stream, stream);
      expect([element.videoWidth, element.videoHeight]).to.deep.equal([64, 36]);
      expect([element.streamId, element.active, element.paused]).to.deep.equal([stream.id, true, false]);
      expect(element.getVideoTracks().length).to.equal(1);
      const copy = element.clone()!;
      lent.push(copy);
      same(copy.getTracks()[0] === stream.getTracks()[0], false);
      element.srcObject = null;
      await element.updateComplete;
      expect([element.stream, element.state]).to.deep.equal([null, 'empty']);
      expect(tracksLive(stream)).to.equal(1);
    });

    it('shows a source, which srcObject goes before, and is a source itself', async () => {
      const [one, two] = [borrowed(), borrowed()];
      document.body.append(Object.assign(new TestSource(), { id: 'bars', stream: one }));
      const element = await preview({ source: 'bars', id: 'first' });
      const second = await preview({ source: 'first' });
      same(second.stream, one);
      element.srcObject = two;
      await element.updateComplete;
      same(element.stream, two);
      same(second.stream, two, 'through the first');
      element.srcObject = null;
      await element.updateComplete;
      same(second.stream, one);
      element.remove();
      await until(() => second.stream === null, 'the second has lost its source');
    });

    it('captures what the attributes say', async () => {
      const asked: unknown[] = [];
      mediaDevices.getUserMedia = (constraints) => {
        asked.push(constraints);
        return Promise.resolve(borrowed());
      };
      const element = await preview({ capture: 'environment', video: '', width: '320', 'frame-rate': '15' });
      await element.start();
      element.stop();
      element.constraints = { audio: true };
      await element.start();
      expect(asked).to.deep.equal([
        {
          audio: false,
          video: { width: { ideal: 320 }, frameRate: { ideal: 15 }, facingMode: { ideal: 'environment' } },
        },
        { audio: true },
      ]);
    });

    for (const [attribute, audio, video] of [
      ['audio', 1, 0],
      ['video', 0, 1],
    ] as const) {
      it(`captures ${attribute} alone`, async () => {
        const element = await preview({ capture: 'user', [attribute]: '' });
        await element.start();
        expect([element.getAudioTracks().length, element.getVideoTracks().length]).to.deep.equal([
          audio,
          video,
        ]);
      });
    }

    it('captures one camera by its id', async () => {
      const first = await preview({ capture: 'user', video: '' });
      await first.start();
      const { deviceId } = first.settings.video!;
      first.stop();
      const element = await preview({ capture: 'user', video: '', camera: deviceId! });
      await element.start();
      expect(element.settings.video!.deviceId).to.equal(deviceId);
      element.stop();
      element.camera = 'no such camera';
      const error = await failure(element, () => element.start());
      expect(error.code).to.equal('overconstrained');
      expect(error.message).to.contain('deviceId').and.to.contain('no such camera');
    });

    it('starts by itself with autostart, once', async () => {
      const element = await preview({ capture: 'user', autostart: '' });
      await until(() => element.state === 'live', 'live');
      element.capture = 'environment';
      await element.updateComplete;
      await until(() => element.state === 'live', 'live again');
      element.stop();
      document.body.append(document.createElement('div'), element);
      element.requestUpdate();
      await element.updateComplete;
      expect(element.state, 'after stop() and a move').to.equal('empty');
    });

    it('captures again when the attributes change, and stops without capture', async () => {
      const element = await preview({ capture: 'user', audio: '' });
      const old = await element.start();
      element.video = true;
      await until(() => element.getVideoTracks().length === 1 && element.state === 'live', 'a picture too');
      expect(tracksLive(old)).to.equal(0);
      const { stream } = element;
      element.title = 'something else';
      element.muted = true;
      await element.updateComplete;
      same(element.stream, stream, 'other attributes do not matter');
      element.removeAttribute('capture');
      await element.updateComplete;
      expect([element.stream, element.state, tracksLive(stream)]).to.deep.equal([null, 'empty', 0]);
    });

    it('captures once when start() comes before the first update', async () => {
      let asked = 0;
      mediaDevices.getUserMedia = () => {
        asked++;
        return Promise.resolve(borrowed());
      };
      const element = document.createElement('stream-preview');
      element.capture = 'user';
      document.body.append(element);
      await element.start();
      await element.updateComplete;
      expect(asked).to.equal(1);
    });

    it('mutes its own capture only', async () => {
      const element = await preview({ capture: 'user' });
      await element.start();
      expect(videoOf(element).muted).to.equal(true);
      expect(element.muted).to.equal(false);
      element.stop();
      const context = new AudioContext();
      const { stream } = context.createMediaStreamDestination();
      element.srcObject = stream;
      await element.updateComplete;
      expect(videoOf(element).muted).to.equal(false);
      element.muted = true;
      await element.updateComplete;
      expect(videoOf(element).muted).to.equal(true);
      await context.close();
    });

    it('mutes what has no sound, as no browser blocks that, and stays unmuted itself', async () => {
      const element = await preview();
      element.srcObject = borrowed();
      const context = new AudioContext();
      const [sound] = context.createMediaStreamDestination().stream.getTracks();
      await element.updateComplete;
      expect([videoOf(element).muted, element.muted]).to.deep.equal([true, false]);
      for (const [method, mutes] of [
        ['addTrack', false],
        ['removeTrack', true],
      ] as const) {
        const heard = nextEvent(element, 'volumechange');
        element.srcObject[method](sound!);
        element.requestUpdate();
        await heard;
        expect([videoOf(element).muted, element.muted]).to.deep.equal([mutes, false]);
      }
      await context.close();
    });

    it('keeps the volume in range', async () => {
      const element = document.createElement('stream-preview');
      element.volume = 0.5;
      document.body.append(element);
      await element.updateComplete;
      expect(videoOf(element).volume).to.equal(0.5);
      for (const [given, taken] of [
        [2, 1],
        [-1, 0],
        [NaN, 0],
      ] as const) {
        element.volume = given;
        expect(element.volume).to.equal(taken);
      }
    });

    it('takes unknown words for the default', async () => {
      const element = await preview({ capture: 'nonsense', mirror: 'nonsense', fit: 'nonsense' });
      await element.start();
      expect(element.state).to.equal('live');
      expect(getComputedStyle(videoOf(element)).objectFit).to.equal('contain');
      element.fit = 'cover';
      await element.updateComplete;
      expect(getComputedStyle(videoOf(element)).objectFit).to.equal('cover');
    });

    it('warns of an unknown capture, once', async () => {
      const warnings = await warningsOf(async () => {
        const element = await preview();
        // As frameworks set it.
        Object.assign(element, { capture: 'screen', video: true });
        await element.start();
        element.audio = true;
        await until(() => element.getAudioTracks().length > 0, 'captured anew');
      });
      expect(warnings).to.deep.equal([
        '<stream-preview>: capture="screen" is not one of user, environment, display; user is used.',
      ]);
    });

    it('captures nothing where a framework says that capture is undefined', async () => {
      const element = await preview({ capture: 'user', autostart: '' });
      await until(() => element.state === 'live', 'live');
      const captured = element.stream;
      Object.assign(element, { capture: undefined });
      await element.updateComplete;
      expect([element.state, tracksLive(captured), await element.start()]).to.deep.equal(['empty', 0, null]);
    });

    it('lets srcObject end a capture, and a later start() go before it', async () => {
      const element = await preview({ capture: 'user', autostart: '' });
      await until(() => element.state === 'live', 'live');
      const captured = element.stream;
      const stream = borrowed();
      element.srcObject = stream;
      await element.updateComplete;
      same(element.stream, stream);
      expect(tracksLive(captured)).to.equal(0);
      const again = await element.start();
      same(element.stream, again);
      element.stop();
      same(element.stream, stream, 'what was lent is shown again');
    });
  });

  describe('errors', () => {
    for (const [name, code] of [
      ['NotAllowedError', 'permission-denied'],
      ['NotFoundError', 'device-not-found'],
      ['NotReadableError', 'device-in-use'],
    ] as const) {
      it(`${code}, and works after it`, async () => {
        const element = await preview({ capture: 'user' });
        refuse('getUserMedia', name);
        const error = await failure(element, () => element.start());
        expect([error.code, element.state]).to.deep.equal([code, 'failed']);
        await element.updateComplete;
        expect(status(element)).to.equal(error.message);
        delete (mediaDevices as Partial<Devices>).getUserMedia;
        await element.start();
        expect(element.state).to.equal('live');
      });
    }

    it('shows the words of the page for an error', async () => {
      const element = await preview({ capture: 'user' });
      element.strings = { 'error-permission-denied': 'Keine Kamera' };
      refuse('getUserMedia', 'NotAllowedError');
      await failure(element, () => element.start());
      await element.updateComplete;
      expect(status(element)).to.equal('Keine Kamera');
    });

    it('overconstrained names the constraint and its value', async () => {
      const element = await preview({ capture: 'user' });
      element.constraints = { video: { width: { exact: 99999 } } };
      const error = await failure(element, () => element.start());
      expect(error.code).to.equal('overconstrained');
      expect(error.message).to.contain('"width"').and.to.contain('99999');
    });

    it('bad-input for a size that is none, and for nothing to capture', async () => {
      const element = await preview({ capture: 'user', width: '-5' });
      expect((await failure(element, () => element.start())).code).to.equal('bad-input');
      const nothing = { audio: false, video: false };
      expect((await failure(element, () => element.getUserMedia(nothing))).code).to.equal('bad-input');
    });

    it('fires error once, also when nobody holds the promise', async () => {
      let unhandled = 0;
      const count = (): void => void unhandled++;
      window.addEventListener('unhandledrejection', count);
      refuse('getUserMedia', 'NotFoundError');
      const element = document.createElement('stream-preview');
      const heard = nextEvent<ErrorEvent>(element, 'error');
      Object.assign(element, { capture: 'user', autostart: true });
      document.body.append(element);
      expect(((await heard).error as MediaKitError).code).to.equal('device-not-found');
      await new Promise((resolve) => setTimeout(resolve));
      window.removeEventListener('unhandledrejection', count);
      expect(unhandled).to.equal(0);
    });

    it('aborted when it is stopped or removed while it starts, and the late stream is stopped', async () => {
      for (const act of [
        (element: StreamPreview) => element.stop(),
        (element: StreamPreview) => element.remove(),
      ]) {
        let give: ((stream: MediaStream) => void) | undefined;
        mediaDevices.getUserMedia = () => new Promise((resolve) => (give = resolve));
        const element = await preview({ capture: 'user' });
        const late = borrowed();
        let other: Promise<unknown> | undefined;
        const error = await failure(element, async () => {
          const starting = element.start();
          other = element.start().catch((thrown: unknown) => thrown);
          await until(() => give, 'it is asked for');
          act(element);
          return starting;
        });
        same(await other, error, 'both are told the same');
        give!(late);
        expect(error.code).to.equal('aborted');
        await until(() => tracksLive(late) === 0, 'the late stream is stopped');
        expect([element.stream, element.state]).to.deep.equal([null, 'empty']);
      }
    });

    it('aborted when it is stopped before it is asked for', async () => {
      let asked = 0;
      mediaDevices.getUserMedia = async () => {
        asked++;
        return borrowed();
      };
      const element = await preview();
      const error = await failure(element, () => {
        const starting = element.getUserMedia({ video: true });
        element.stop();
        return starting;
      });
      expect([error.code, element.state, asked]).to.deep.equal(['aborted', 'empty', 0]);
      same(await element.getUserMedia({ video: true }), element.stream, 'and begins again');
    });
  });

  describe('methods', () => {
    it('getUserMedia() captures with its own constraints', async () => {
      const element = await preview();
      const stream = await element.getUserMedia({ audio: true });
      same(element.stream, stream);
      expect(element.getVideoTracks().length).to.equal(0);
      element.width = 100;
      await element.updateComplete;
      same(element.stream, stream, 'attributes do not matter without capture');
    });

    it('applyConstraints() constrains what is captured, and names what cannot be', async () => {
      const element = await preview({ capture: 'user', video: '' });
      await element.start();
      const [track] = element.getVideoTracks();
      await element.applyConstraints({ video: { width: 320, height: 240 } });
      expect(track!.getConstraints()).to.deep.equal({ width: 320, height: 240 });
      // Firefox's camera for tests does whatever it is told.
      const refusal = Object.assign(new Error(), { name: 'OverconstrainedError', constraint: 'width' });
      track!.applyConstraints = () => Promise.reject(refusal);
      const error = await failure(element, () =>
        element.applyConstraints({ video: { width: { exact: 99999 } } }),
      );
      expect([error.code, element.state]).to.deep.equal(['overconstrained', 'live']);
      expect(error.message).to.contain('"width" {"exact":99999}');
    });

    it('getDisplayMedia() captures a display, which is never mirrored', async () => {
      // Firefox asks for a real click.
      if (navigator.userAgent.includes('Firefox'))
        mediaDevices.getDisplayMedia = () => Promise.resolve(borrowed());
      const element = await preview({ mirror: 'on' });
      const stream = await element.getDisplayMedia({ video: true });
      same(element.stream, stream);
      await shown(element);
      expect(element.matches(':state(mirrored)')).to.equal(false);
    });

    it('hear when the browser ends what they captured', async () => {
      const { stream, end, close } = await endingStream(borrowed());
      mediaDevices.getDisplayMedia = () => Promise.resolve(stream);
      const element = await preview();
      await element.getDisplayMedia();
      const told: string[] = [];
      element.addEventListener('stream-change', (event) => told.push(event.stream ? 'stream' : 'no stream'));
      element.addEventListener('preview-state-change', (event) => told.push(event.state));
      await end(stream.getTracks()[0]!);
      close();
      expect([element.state, element.stream]).to.deep.equal(['ended', null]);
      expect(told).to.include('ended').and.to.include('no stream');
      await element.updateComplete;
      expect(status(element)).to.equal('The stream has ended');
    });

    it('capture="display" starts one', async () => {
      const asked: unknown[] = [];
      mediaDevices.getDisplayMedia = (options) => {
        asked.push(options);
        return Promise.resolve(borrowed());
      };
      const element = await preview({ capture: 'display', video: '' });
      await element.start();
      expect(asked).to.deep.equal([{ audio: false, video: {} }]);
    });

    it('pause() holds until play(), also over a move', async () => {
      const element = await preview();
      element.srcObject = borrowed();
      await nextEvent(element, 'playing');
      element.pause();
      await nextEvent(element, 'pause');
      document.body.append(document.createElement('div'), element);
      await element.updateComplete;
      expect(element.paused).to.equal(true);
      await element.play();
      expect(element.paused).to.equal(false);
    });
  });

  describe('events', () => {
    it('tell the state in order', async () => {
      const element = await preview({ capture: 'user' });
      const told: string[] = [];
      element.addEventListener('preview-state-change', (event) =>
        told.push(`${event.state} ${element.state}`),
      );
      element.addEventListener('stream-change', ({ stream }) => {
        same(stream, element.stream);
        told.push(stream ? 'stream' : 'no stream');
      });
      await element.start();
      element.stop();
      expect(told).to.deep.equal(['starting starting', 'stream', 'live live', 'no stream', 'empty empty']);
    });

    it('re-fire addtrack and removetrack with the track', async () => {
      const element = await preview();
      const stream = borrowed();
      element.srcObject = stream;
      await element.updateComplete;
      // Only the browser fires them: as when a peer adds a track.
      const [track] = borrowed().getTracks();
      for (const type of ['addtrack', 'removetrack']) {
        const heard = nextEvent<MediaStreamTrackEvent>(element, type);
        const changed = nextEvent(element, 'stream-change');
        if (type === 'addtrack') stream.addTrack(track!);
        else stream.removeTrack(track!);
        stream.dispatchEvent(new MediaStreamTrackEvent(type, { track: track! }));
        same((await heard).track, track);
        await changed;
      }
    });

    it('pause and volumechange are re-fired', async () => {
      const element = await preview();
      element.srcObject = borrowed();
      await nextEvent(element, 'playing');
      element.volume = 0.3;
      await nextEvent(element, 'volumechange');
      element.pause();
      await nextEvent(element, 'pause');
    });

    for (const moved of [false, true]) {
      it(`play what comes to a stream that has ended${moved ? ', also after a move' : ''}`, async () => {
        const element = await preview();
        const stream = borrowed();
        element.srcObject = stream;
        await shown(element);
        const [former] = stream.getTracks();
        former!.stop();
        await until(() => element.state === 'ended', 'ended');
        if (moved) {
          const parent = document.createElement('div');
          document.body.append(parent);
          parent.append(element);
        }
        const [track] = borrowed().getTracks();
        stream.removeTrack(former!);
        stream.addTrack(track!);
        stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track: track! }));
        await until(() => element.state === 'live', 'live');
        const video = element.renderRoot.querySelector('video')!;
        for (let shown = 0; shown < 3; shown++)
          await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      });
    }

    it('tell when a lent stream ends, track by track or all at once', async () => {
      const element = await preview();
      const stream = borrowed();
      const ending = await endingStream(borrowed());
      const [extra] = ending.stream.getTracks();
      stream.addTrack(extra!);
      element.srcObject = stream;
      await shown(element);
      const changed = nextEvent(element, 'stream-change');
      await ending.end(extra!);
      await changed;
      ending.close();
      expect(element.state).to.equal('live');
      // No event of the track tells of this.
      stream.getTracks()[0]!.stop();
      await until(() => element.state === 'ended', 'ended');
      same(element.stream, stream);
    });
  });

  describe('a browser that refuses to play', () => {
    it('is told, and a press on the button plays', async () => {
      refusePlaying();
      const element = document.createElement('stream-preview');
      const blocked = nextEvent(element, 'autoplay-blocked');
      element.srcObject = borrowed();
      document.body.append(element);
      await blocked;
      await element.updateComplete;
      expect(element.state).to.equal('blocked');
      expect(element.matches(':state(blocked)')).to.equal(true);
      const button = await until(() => part(element, 'play-button'), 'the button');
      expect(button.getAttribute('aria-label')).to.equal('Play');
      await expect(element).to.be.accessible();
      allowPlaying();
      button.click();
      await until(() => element.state === 'live', 'live');
      await element.updateComplete;
      expect(part(element, 'play-button')).to.equal(null);
      expect(element.paused).to.equal(false);
    });

    it('keeps the focus when the button goes', async () => {
      refusePlaying();
      const element = await preview();
      element.srcObject = borrowed();
      const button = await until(() => part(element, 'play-button'), 'the button');
      button.focus();
      allowPlaying();
      button.click();
      await until(() => !button.isConnected, 'gone');
      same(element.shadowRoot!.activeElement, videoOf(element));
    });

    it('rejects play(), and the next stream is tried anew', async () => {
      refusePlaying();
      const element = await preview();
      element.srcObject = borrowed();
      await nextEvent(element, 'autoplay-blocked');
      expect((await failure(element, () => element.play())).code).to.equal('permission-denied');
      allowPlaying();
      element.srcObject = borrowed();
      await nextEvent(element, 'playing');
      expect(element.state).to.equal('live');
    });
  });

  describe('slots and parts', () => {
    it('slots take the place of what is built in', async () => {
      const element = await preview({ capture: 'user' });
      for (const name of ['placeholder', 'overlay', 'controls', 'error']) {
        element.append(Object.assign(document.createElement('p'), { slot: name, textContent: name }));
      }
      const visible = (name: string): boolean =>
        element.querySelector(`[slot="${name}"]`)!.checkVisibility() &&
        element.querySelector(`[slot="${name}"]`)!.assignedSlot !== null;
      expect(['placeholder', 'overlay', 'controls', 'error'].map(visible)).to.deep.equal([
        true,
        true,
        true,
        false,
      ]);
      refuse('getUserMedia', 'NotFoundError');
      await element.start().catch(() => {});
      await element.updateComplete;
      expect(visible('error')).to.equal(true);
      delete (mediaDevices as Partial<Devices>).getUserMedia;
      await element.start();
      await shown(element);
      await until(() => !visible('placeholder'), 'the picture in place of the placeholder');
      expect(['overlay', 'controls', 'error'].map(visible)).to.deep.equal([true, true, false]);
    });

    it('has all its parts', async () => {
      const element = await preview();
      for (const name of ['video', 'placeholder', 'status', 'overlay', 'controls']) {
        expect(part(element, name) !== null, name).to.equal(true);
      }
    });

    it('shows buttons with controls', async () => {
      const element = await preview({ controls: '' });
      const buttons = (): string[] =>
        [...part(element, 'controls').querySelectorAll('button')]
          .map((button) => button.getAttribute('aria-label')!)
          .slice(0, 2);
      expect(buttons()).to.deep.equal([]);
      const stream = borrowed();
      const context = new AudioContext();
      for (const track of context.createMediaStreamDestination().stream.getTracks()) stream.addTrack(track);
      element.srcObject = stream;
      await nextEvent(element, 'playing');
      await until(() => buttons().length === 2, 'the bar');
      expect(buttons()).to.deep.equal(['Pause', 'Mute']);
      const press = async (index: number): Promise<void> => {
        part(element, 'controls').querySelectorAll('button')[index]!.click();
        await element.updateComplete;
      };
      await press(1);
      expect(element.muted && videoOf(element).muted).to.equal(true);
      expect(part(element, 'controls').querySelector('[aria-pressed="true"]') !== null).to.equal(true);
      await press(0);
      await until(() => buttons()[0] === 'Play', 'paused');
      await press(0);
      await until(() => buttons()[0] === 'Pause', 'playing');
      element.strings = { pause: 'Anhalten' };
      await element.updateComplete;
      expect(buttons()[0]).to.equal('Anhalten');
      await context.close();
    });

    it('needs no inline style', async () => {
      const element = await preview({ controls: '', capture: 'user' });
      await element.start();
      await shown(element);
      expect(element.renderRoot.querySelectorAll('[style]').length).to.equal(0);
    });
  });

  describe('states', () => {
    it('follow the capture', async () => {
      const element = await preview({ capture: 'user', video: '' });
      const on = async (name: string): Promise<boolean> => {
        await element.updateComplete;
        return element.matches(`:state(${name})`);
      };
      expect(await on('empty')).to.equal(true);
      const starting = element.start();
      expect(await on('starting')).to.equal(true);
      await starting;
      expect(await on('live')).to.equal(true);
      expect((await on('starting')) || (await on('audio-only'))).to.equal(false);
      refuse('getUserMedia', 'NotFoundError');
      element.stop();
      await element.start().catch(() => {});
      expect(await on('failed')).to.equal(true);
    });

    it('say that there is only sound', async () => {
      const element = await preview({ capture: 'user', audio: '' });
      await element.start();
      await element.updateComplete;
      expect(element.matches(':state(audio-only)')).to.equal(true);
      expect(status(element)).to.equal('Sound only');
      expect(part(element, 'placeholder').checkVisibility()).to.equal(true);
    });

    it('say that the picture is mirrored, which is looks only', async () => {
      const element = await preview({ mirror: 'on' });
      element.srcObject = borrowed();
      await element.updateComplete;
      expect(element.matches(':state(mirrored)')).to.equal(true);
      expect(getComputedStyle(videoOf(element)).transform).to.equal('matrix(-1, 0, 0, 1, 0, 0)');
      element.mirror = 'auto';
      await element.updateComplete;
      expect(element.matches(':state(mirrored)')).to.equal(false);
    });
  });

  describe('accessibility', () => {
    it('is clean in every state', async () => {
      const element = await preview({ capture: 'user', controls: '' });
      await expect(element).to.be.accessible();
      refuse('getUserMedia', 'NotAllowedError');
      await element.start().catch(() => {});
      await element.updateComplete;
      await expect(element).to.be.accessible();
      element.srcObject = borrowed();
      await nextEvent(element, 'playing');
      await element.updateComplete;
      await expect(element).to.be.accessible();
    });

    it('says its state once, in a status that is always there', async () => {
      const element = await preview({ capture: 'user' });
      const region = part(element, 'status');
      expect(region.getAttribute('role')).to.equal('status');
      const said: string[] = [];
      const observer = new MutationObserver(() => said.push(region.textContent.trim()));
      observer.observe(region, { childList: true, characterData: true, subtree: true });
      await element.start();
      await shown(element);
      same(part(element, 'status'), region);
      expect(region.checkVisibility(), 'read out, though not seen').to.equal(true);
      expect(said.at(-1)).to.equal('Live');
      const count = said.length;
      element.pause();
      await nextEvent(element, 'pause');
      await element.updateComplete;
      expect(said.length).to.equal(count);
      observer.disconnect();
    });
  });

  describe('lifecycle', () => {
    it('plays again after a move', async () => {
      const element = await preview();
      element.srcObject = borrowed();
      await nextEvent(element, 'playing');
      const parent = document.createElement('div');
      document.body.append(parent);
      parent.append(element);
      await until(() => !element.paused, 'playing again');
    });

    it('lets go of a lent stream after the grace, and shows it again when it is back', async () => {
      const element = await preview();
      const stream = borrowed();
      element.srcObject = stream;
      await shown(element);
      element.remove();
      await until(() => element.stream === null, 'let go');
      expect(videoOf(element).srcObject).to.equal(null);
      document.body.append(element);
      await element.updateComplete;
      same(element.stream, stream);
      await until(() => !element.paused, 'playing again');
    });

    it('keeps capturing with keep-alive', async () => {
      const element = await preview({ capture: 'user', 'keep-alive': '' });
      const stream = await element.start();
      element.remove();
      await afterGrace();
      await afterGrace();
      expect(tracksLive(stream)).to.equal(2);
      document.body.append(element);
      await until(() => !element.paused, 'playing again');
      same(element.stream, stream);
      element.stop();
      expect(tracksLive(stream)).to.equal(0);
    });

    it('starts by itself again after it was released', async () => {
      const element = await preview({ capture: 'user', autostart: '' });
      await until(() => element.state === 'live', 'live');
      const { stream } = element;
      element.remove();
      await until(() => tracksLive(stream) === 0, 'released');
      document.body.append(element);
      await until(() => element.state === 'live', 'live again');
    });

    it('hears nothing of a lent stream while it is disconnected', async () => {
      const element = await preview();
      const stream = borrowed();
      element.srcObject = stream;
      await shown(element);
      const parent = element.parentNode!;
      element.remove();
      let heard = 0;
      element.addEventListener('addtrack', () => heard++);
      const [track] = stream.getTracks();
      stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track: track! }));
      expect(heard).to.equal(0);
      parent.append(element);
      stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track: track! }));
      expect(heard).to.equal(1);
    });
  });
});
