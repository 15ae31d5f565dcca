import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { StreamChangeEvent } from '../../components/internal/events.js';
import { MediaGenerator } from '../../components/media-generator/media-generator.js';
import type {
  FrameDropEvent,
  GeneratorStateChangeEvent,
} from '../../components/media-generator/media-generator.events.js';
import { pixel, play, soundAbove } from '../support/media.js';
import { standingTests } from '../support/standing.js';
import { nextEvent, until } from '../support/wait.js';

const anyEnded = (stream: MediaStream | null): boolean =>
  stream?.getTracks().every(({ readyState }) => readyState === 'ended') ?? true;

describe('<media-generator>', () => {
  const warnings: string[] = [];
  const { warn } = console;

  afterEach(async () => {
    for (const element of document.querySelectorAll('media-generator')) element.stop();
    document.body.replaceChildren();
  });

  function create(attributes: Record<string, string> = {}): MediaGenerator {
    const element = document.createElement('media-generator');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  async function started(attributes: Record<string, string> = {}): Promise<MediaGenerator> {
    const element = create({ autostart: '', ...attributes });
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  const kindsOf = (element: MediaGenerator): string[] =>
    (element.stream?.getTracks() ?? []).map(({ kind }) => kind).sort();

  const shows = (video: HTMLVideoElement, wanted: readonly number[], x = 0.5, y = 0.5): Promise<unknown> =>
    until(
      () => video.videoWidth && pixel(video, x, y).every((value, at) => Math.abs(value - wanted[at]!) < 40),
      `rgb ${wanted.join(' ')}`,
    );

  function failures(element: MediaGenerator): MediaKitError[] {
    const heard: MediaKitError[] = [];
    element.addEventListener('error', ({ error }) => heard.push(error as MediaKitError));
    return heard;
  }

  // The first ones: they define the tag.
  standingTests<MediaGenerator>({
    tag: 'media-generator',
    define: () => import('../../components/media-generator/define.js'),
    early: ['pattern', 'ball'],
    start: (element) => element.start(),
    stream: (element) => element.stream,
    released: (_element, before) => anyEnded(before),
    facts: ['stream-change', 'generator-state-change'],
  });

  describe('defaults', () => {
    beforeEach(() => {
      warnings.length = 0;
      console.warn = (...words: unknown[]) => warnings.push(words.join(' '));
    });

    afterEach(() => {
      console.warn = warn;
    });

    it('makes nothing until it is told to', async () => {
      const element = create();
      document.body.append(element);
      await element.updateComplete;
      expect(element.state).to.equal('idle');
      expect([element.stream, element.track, element.activeBackend, element.clone()]).to.deep.equal([
        null,
        null,
        null,
        null,
      ]);
    });

    it('shows colour bars with nothing but autostart', async () => {
      const element = await started();
      expect(element.state).to.equal('running');
      expect(kindsOf(element)).to.deep.equal(['video']);
      const video = await play(element.stream!);
      await shows(video, [191, 191, 0], 1.5 / 7, 0.3);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([640, 360]);
      expect(warnings).to.deep.equal([]);
    });

    it('says what the browser can do', () => {
      const native = 'MediaStreamTrackGenerator' in window;
      expect(MediaGenerator.supports('video')).to.equal(true);
      expect(MediaGenerator.supports('audio')).to.equal(true);
      expect(MediaGenerator.supports('video', 'canvas')).to.equal(true);
      expect(MediaGenerator.supports('audio', 'native')).to.equal(native);
      expect(MediaGenerator.supports('video', 'carrier pigeon' as 'canvas')).to.equal(false);
    });

    it('uses the browser’s own generator where there is one', async () => {
      const element = await started();
      expect(element.activeBackend).to.equal('MediaStreamTrackGenerator' in window ? 'native' : 'canvas');
    });
  });

  describe('properties and attributes', () => {
    beforeEach(() => {
      warnings.length = 0;
      console.warn = (...words: unknown[]) => warnings.push(words.join(' '));
    });

    afterEach(() => {
      console.warn = warn;
    });

    it('makes picture and sound in one stream', async () => {
      const element = await started({ pattern: 'smpte', tone: 'sine' });
      expect(kindsOf(element)).to.deep.equal(['audio', 'video']);
      expect(element.videoTrack?.kind).to.equal('video');
      expect(element.audioTrack?.kind).to.equal('audio');
      expect(element.track === element.videoTrack).to.equal(true);
      await soundAbove(element.stream!, 0.1);
    });

    it('makes sound alone', async () => {
      const element = await started({ kind: 'audio' });
      expect(kindsOf(element)).to.deep.equal(['audio']);
      expect(element.track === element.audioTrack).to.equal(true);
      await soundAbove(element.stream!, 0.1);
    });

    it('follows its attributes while it runs, on the same track', async () => {
      const element = await started({ pattern: 'solid', color: '#ff0000' });
      const { stream } = element;
      const video = await play(stream!);
      await shows(video, [255, 0, 0]);
      element.setAttribute('color', '#0000ff');
      await shows(video, [0, 0, 255]);
      element.setAttribute('width', '320');
      element.height = 240;
      await until(() => video.videoWidth === 320 && video.videoHeight === 240, 'the size');
      element.removeAttribute('width');
      await until(() => video.videoWidth === 640, 'the default');
      expect(element.stream === stream).to.equal(true);
    });

    it('follows kind with new tracks', async () => {
      const element = await started({ kind: 'video' });
      const { videoTrack } = element;
      element.kind = 'audio';
      const { stream } = await nextEvent<StreamChangeEvent>(element, 'stream-change');
      expect(stream === element.stream).to.equal(true);
      expect(kindsOf(element)).to.deep.equal(['audio']);
      expect(videoTrack?.readyState).to.equal('ended');
    });

    it('starts when autostart is set later', async () => {
      const element = create();
      document.body.append(element);
      await element.updateComplete;
      element.autostart = true;
      await nextEvent(element, 'stream-change');
      expect(element.state).to.equal('running');
    });

    const senseless: Record<string, string>[] = [
      { pattern: 'plaid' },
      { tone: 'hum' },
      { kind: 'smell' },
      { width: '-4' },
      { height: '0' },
      { width: 'wide' },
      { 'frame-rate': '0' },
      { volume: 'loud' },
    ];
    for (const attributes of senseless) {
      it(`warns, fires error and makes the default for ${JSON.stringify(attributes)}`, async () => {
        const element = create({ autostart: '', ...attributes });
        const heard = failures(element);
        document.body.append(element);
        await nextEvent(element, 'stream-change');
        expect(heard.map(({ code }) => code)).to.deep.equal(['bad-input']);
        expect(warnings.length).to.equal(1);
        expect(warnings[0]).to.contain(heard[0]!.message);
        element.text = 'again';
        await element.updateComplete;
        expect(warnings.length, 'once').to.equal(1);
        expect(element.track?.readyState).to.equal('live');
      });
    }

    it('only warns for what is too much', async () => {
      const element = create({ autostart: '', 'frame-rate': '1000', width: '1e9' });
      const heard = failures(element);
      document.body.append(element);
      await nextEvent(element, 'stream-change');
      expect(heard.length).to.equal(0);
      expect(warnings.length).to.equal(2);
    });

    it('counts', async () => {
      const element = await started({ pattern: 'none' });
      await element.write(new OffscreenCanvas(9, 9).getContext('2d')!.canvas);
      await until(() => element.stats.video.delivered > 0, 'delivered');
      expect(element.stats.video).to.include({ written: 1, dropped: 0, queueLength: 0 });
      expect(element.stats.audio).to.deep.equal({ written: 0, delivered: 0, dropped: 0, queueLength: 0 });
    });
  });

  describe('events', () => {
    it('fires stream-change, generator-state-change and ended', async () => {
      const element = create();
      const heard: string[] = [];
      element.addEventListener('stream-change', ({ stream }) => {
        heard.push(stream === element.stream ? `stream ${stream ? 'made' : 'null'}` : 'wrong stream');
      });
      element.addEventListener('generator-state-change', ({ state }: GeneratorStateChangeEvent) => {
        heard.push(state);
      });
      element.addEventListener('ended', () => heard.push('ended event'));
      await element.start();
      await element.start();
      element.pause();
      element.pause();
      await element.start();
      element.stop();
      element.stop();
      element.pause();
      expect(heard).to.deep.equal([
        'stream made',
        'running',
        'paused',
        'running',
        'stream null',
        'ended',
        'ended event',
      ]);
    });

    it('fires the same error that write() rejects with, and stays usable', async () => {
      const element = await started();
      const heard = failures(element);
      const error = await element.write('no picture' as never).catch((thrown: unknown) => thrown);
      expect(heard.length).to.equal(1);
      expect(heard[0] === error).to.equal(true);
      expect(heard[0]!.code).to.equal('bad-input');
      await element.write(new ImageData(4, 4));
    });

    it('fires error for what push() cannot take, and does not throw', async () => {
      const element = await started();
      const heard = failures(element);
      element.push(null as never);
      element.push(new Float32Array(8));
      expect(heard.map(({ code }) => code)).to.deep.equal(['bad-input', 'bad-input']);
    });

    it('fires frame-drop', async () => {
      const element = await started({ pattern: 'none', 'frame-rate': '1' });
      const drop = nextEvent<FrameDropEvent>(element, 'frame-drop');
      for (let count = 0; count < 5; count++) element.push(new ImageData(4, 4));
      const { kind, count, total } = await drop;
      expect([kind, count, total]).to.deep.equal(['video', 1, 1]);
    });

    it('ends when its track is stopped by somebody else', async () => {
      const element = await started();
      const ended = nextEvent(element, 'ended');
      element.track!.stop();
      await ended;
      expect(element.state).to.equal('ended');
      expect(element.stream === null).to.equal(true);
      await element.start();
      expect(element.track?.readyState).to.equal('live');
    });

    it('rejects and fires error where the browser cannot', async () => {
      const { MediaStreamTrackGenerator } = window as unknown as Record<string, unknown>;
      const real = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'captureStream')!;
      Reflect.deleteProperty(window, 'MediaStreamTrackGenerator');
      Reflect.deleteProperty(HTMLCanvasElement.prototype, 'captureStream');
      const element = create();
      const heard = failures(element);
      try {
        const error = await element.start().catch((thrown: unknown) => thrown);
        expect(heard.map(({ code }) => code)).to.deep.equal(['unsupported']);
        expect(heard[0] === error).to.equal(true);
        expect(element.state).to.equal('idle');
      } finally {
        Object.defineProperty(HTMLCanvasElement.prototype, 'captureStream', real);
        if (MediaStreamTrackGenerator) Object.assign(window, { MediaStreamTrackGenerator });
      }
      await element.start();
      expect(element.state).to.equal('running');
      element.stop();
    });
  });

  describe('commands', () => {
    it('is started, paused and stopped by buttons without a script', async function () {
      if (!('commandForElement' in HTMLButtonElement.prototype)) return this.skip();
      const element = create({ id: 'generator' });
      document.body.append(element);
      for (const [command, state] of [
        ['--start', 'running'],
        ['--pause', 'paused'],
        ['--stop', 'ended'],
      ] as const) {
        const button = document.createElement('button');
        button.setAttribute('commandfor', 'generator');
        button.setAttribute('command', command);
        document.body.append(button);
        button.click();
        await until(() => element.state === state, state);
      }
    });
  });

  describe('slots and parts', () => {
    it('renders nothing and takes no room', async () => {
      const element = await started();
      expect(element.shadowRoot!.childElementCount).to.equal(0);
      expect(getComputedStyle(element).display).to.equal('none');
    });
  });

  describe('states', () => {
    it('has one custom state for its condition', async () => {
      const element = create();
      document.body.append(element);
      const is = (...names: string[]): Promise<unknown> =>
        until(
          () =>
            ['running', 'paused', 'ended', 'blocked'].every(
              (name) => element.matches(`:state(${name})`) === names.includes(name),
            ),
          names.join() || 'none',
        );
      await is();
      await element.start();
      await is('running');
      element.pause();
      await is('paused');
      element.stop();
      await is('ended');
    });
  });

  describe('accessibility', () => {
    it('is not in the accessibility tree, and cannot be focused', async () => {
      const element = await started();
      element.focus();
      expect(document.activeElement === element).to.equal(false);
      expect(element.getClientRects().length).to.equal(0);
    });
  });

  describe('lifecycle', () => {
    it('keeps making while it is away with keep-alive', async () => {
      const element = await started({ 'keep-alive': '' });
      const { stream } = element;
      element.remove();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(anyEnded(stream)).to.equal(false);
      document.body.append(element);
      await element.updateComplete;
      expect(element.stream === stream).to.equal(true);
      element.stop();
    });

    it('starts by itself again after it was away', async () => {
      const element = await started();
      element.remove();
      await nextEvent(element, 'ended');
      document.body.append(element);
      await nextEvent(element, 'stream-change');
      expect(element.state).to.equal('running');
    });

    it('stays stopped when it is moved', async () => {
      const element = await started();
      element.stop();
      document.body.append(document.createElement('div'), element);
      await element.updateComplete;
      expect(element.state).to.equal('ended');
    });

    it('works in no document, until stop()', async () => {
      const element = create({ pattern: 'ball', tone: 'sine' });
      await element.start();
      expect(kindsOf(element)).to.deep.equal(['audio', 'video']);
      const { stream } = element;
      const clone = element.clone();
      element.stop();
      expect(anyEnded(stream) && anyEnded(clone)).to.equal(true);
    });
  });
});
