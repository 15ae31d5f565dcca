import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { StreamChangeEvent } from '../../components/internal/events.js';
import { MediaGenerator } from '../../components/media-generator/media-generator.js';
import type {
  FrameDropEvent,
  GeneratorStateChangeEvent,
} from '../../components/media-generator/media-generator.events.js';
import { backends, supports } from '../../components/engine/generator/backend.js';
import { pixel, play, playSoon, soundAbove } from '../support/media.js';
import { record, tone, wav } from '../support/files.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';

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
      // The second of seven bars, between two that are grey.
      await shows(video, [191, 191, 0], 1 / 8 + (1.5 / 7) * (3 / 4), 0.3);
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

    it('uses the browser’s own generator where there is one, and feeds it in a worker', async () => {
      const element = await started();
      const best = 'MediaStreamTrackGenerator' in window ? 'worker' : 'canvas';
      await until(() => element.activeBackend === best, best);
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

    it('makes pictures as large as 4096×2160', async () => {
      const element = await started({ pattern: 'grid', width: '4096', height: '2160', 'frame-rate': '1' });
      const video = await play(element.stream!);
      await until(() => video.videoWidth === 4096 && video.videoHeight === 2160, 'the size');
      const frame = await element.readable!.getReader().read();
      expect((frame.value as VideoFrame).displayWidth).to.equal(4096);
      (frame.value as VideoFrame).close();
    });

    it('takes what is undefined, as frameworks give it, for what is not there', async () => {
      const element = create();
      const heard = failures(element);
      const words = ['kind', 'pattern', 'tone', 'color', 'src', 'source', 'backend', 'width', 'frameRate'];
      Object.assign(element, Object.fromEntries(words.map((name) => [name, undefined])));
      document.body.append(element);
      await element.start();
      expect([kindsOf(element), element.track!.getSettings().width]).to.deep.equal([['video'], 640]);
      expect(heard.length).to.equal(0);
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
      { 'frame-rate': 'fast' },
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
        const [[name, value]] = Object.entries(attributes) as [[string, string]];
        expect(heard[0]!.message).to.contain(`${name}="${value}"`);
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

  describe('backends', () => {
    for (const backend of backends.filter((name) => supports('video', name))) {
      it(`is made by ${backend} where that is asked for`, async () => {
        const element = await started({ backend, pattern: 'ball' });
        await until(() => element.activeBackend === backend, backend);
        const video = await play(element.stream!);
        await until(() => video.videoWidth === 640, 'a picture');
      });
    }

    it('rejects with unsupported what the browser has not', async function () {
      if (supports('video', 'native')) return this.skip();
      const element = create({ backend: 'native' });
      document.body.append(element);
      const error = (await element.start().catch((thrown: unknown) => thrown)) as MediaKitError;
      expect(error.code).to.equal('unsupported');
      expect(error.message).to.contain('backend="native"');
    });
  });

  describe('an element of the page as the source', () => {
    const canvasOf = (color: string): HTMLCanvasElement => {
      const canvas = document.createElement('canvas');
      canvas.id = 'picture';
      const context = canvas.getContext('2d')!;
      context.fillStyle = color;
      context.fillRect(0, 0, 300, 150);
      return canvas;
    };

    it('sends the picture of a canvas in its own size, and follows its changes', async () => {
      const canvas = canvasOf('#ff0000');
      document.body.append(canvas);
      const element = await started({ source: 'picture' });
      const video = await play(element.stream!);
      await shows(video, [255, 0, 0]);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([300, 150]);
      canvas.getContext('2d')!.fillStyle = '#0000ff';
      canvas.getContext('2d')!.fillRect(0, 0, 300, 150);
      await shows(video, [0, 0, 255]);
    });

    for (const [what, restart] of Object.entries<(element: MediaGenerator) => Promise<unknown>>({
      'a stop': (element) => {
        element.stop();
        return element.start();
      },
      'it was away': async (element) => {
        element.remove();
        await nextEvent(element, 'ended');
        document.body.append(element);
        await nextEvent(element, 'stream-change');
      },
    })) {
      it(`follows it again after ${what}`, async () => {
        document.body.append(canvasOf('#ff0000'));
        const element = await started({ source: 'picture' });
        await shows(playSoon(element.track!), [255, 0, 0]);
        await restart(element);
        await shows(playSoon(element.track!), [255, 0, 0]);
      });
    }

    it('shows its picture to a viewer who comes late in a pause', async () => {
      document.body.append(canvasOf('#ff0000'));
      const element = await started({ source: 'picture' });
      // So many that none of them is kept.
      await until(() => element.stats.video.delivered > 30, 'thirty frames');
      element.pause();
      const { delivered } = element.stats.video;
      await until(() => element.stats.video.delivered > delivered + 1, 'repeats');
      await shows(playSoon(element.track!), [255, 0, 0]);
    });

    it('holds the picture that a canvas had at the pause, though that is drawn on', async () => {
      const canvas = canvasOf('#ff0000');
      document.body.append(canvas);
      const element = await started({ source: 'picture' });
      await until(() => element.stats.video.delivered > 30, 'thirty frames');
      const video = playSoon(element.track!);
      await shows(video, [255, 0, 0]);
      element.pause();
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#0000ff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      const { delivered } = element.stats.video;
      await until(() => element.stats.video.delivered > delivered + 3, 'repeats');
      await shows(video, [255, 0, 0]);
    });

    for (const order of ['pause', 'mute'] as const) {
      it(`shows its picture again when it was muted ${order === 'pause' ? 'in' : 'before'} a pause`, async () => {
        document.body.append(canvasOf('#ff0000'));
        const element = await started({ source: 'picture' });
        await until(() => element.stats.video.delivered > 30, 'thirty frames');
        const video = playSoon(element.track!);
        await shows(video, [255, 0, 0]);
        if (order === 'pause') element.pause();
        element.muted = true;
        await shows(video, [0, 0, 0]);
        element.pause();
        element.muted = false;
        await shows(video, [255, 0, 0]);
      });
    }

    it('waits for an element that comes later, keeps the last picture of one that goes, and returns to the pattern', async () => {
      const said: string[] = [];
      console.warn = (...words: unknown[]) => said.push(words.join(' '));
      try {
        const element = await started({ source: 'picture', color: '#00ff00' });
        const { stream } = element;
        await until(() => said.length > 0, 'a warning');
        expect(said).to.deep.equal([
          '<media-generator source="picture">: no element has that id; it waits for one.',
        ]);
        const canvas = canvasOf('#ff0000');
        document.body.append(canvas);
        const video = await play(stream!);
        await shows(video, [255, 0, 0]);
        canvas.remove();
        await shows(video, [255, 0, 0]);
        element.pattern = 'solid';
        element.source = null;
        await shows(await play(element.stream!), [0, 255, 0]);
        expect(said.length, 'one warning').to.equal(1);
      } finally {
        console.warn = warn;
      }
    });
  });

  describe('changes in quick succession', () => {
    it('runs after it was started, stopped and started', async () => {
      for (const wait of [0, 5, 30]) {
        const element = create({ kind: 'audio video' });
        document.body.append(element);
        await element.start();
        await new Promise((resolve) => setTimeout(resolve, wait));
        element.stop();
        await element.start();
        const video = await play(element.stream!);
        await until(() => video.videoWidth === 640, 'a picture');
        expect(element.state).to.equal('running');
        expect(anyEnded(element.stream)).to.equal(false);
        element.stop();
      }
    });

    it('stays stopped, and away, while a file is still being opened', async () => {
      const src = URL.createObjectURL(wav([tone(1, 500)]));
      const element = create({ src, kind: 'audio' });
      document.body.append(element);
      const starting = element.start();
      element.stop();
      await starting;
      expect([element.state, element.stream === null]).to.deep.equal(['idle', true]);
    });

    it('has a stream when start() resolves, though another start with another file has overtaken it', async () => {
      const [first, second] = [500, 900].map((pitch) => URL.createObjectURL(wav([tone(1, pitch)])));
      const element = create({ src: first!, kind: 'audio' });
      document.body.append(element);
      const overtaken = element.start();
      element.src = second!;
      const starting = element.start();
      await overtaken;
      expect(kindsOf(element)).to.deep.equal(['audio']);
      await starting;
    });

    it('keeps its tracks when the worker has nothing to do any more', async () => {
      const canvas = document.createElement('canvas');
      canvas.id = 'late';
      canvas.getContext('2d')!.fillRect(0, 0, 9, 9);
      document.body.append(canvas);
      const said: string[] = [];
      console.warn = (...words: unknown[]) => said.push(words.join(' '));
      try {
        const element = await started({ pattern: 'ball' });
        await until(() => element.activeBackend !== null, 'the backend');
        element.source = 'late';
        await until(() => element.activeBackend !== 'worker', 'it is fed from the page');
        const { stream } = element;
        const since = performance.now();
        await until(() => performance.now() - since > 5000, 'longer than a worker may be silent');
        expect(element.stream === stream && !anyEnded(stream)).to.equal(true);
        expect(said).to.deep.equal([]);
      } finally {
        console.warn = warn;
      }
    });

    it('reads the track that it has now', async () => {
      const element = await started({ kind: 'video', pattern: 'ball' });
      const before = element.readable;
      element.kind = 'audio';
      await nextEvent(element, 'stream-change');
      expect(element.readable !== before).to.equal(true);
      await element.readable!.cancel();
      const { value } = await element.readable!.getReader().read();
      expect(Object.prototype.toString.call(value)).to.equal('[object AudioData]');
      (value as AudioData).close();
    });

    it('says that one of its tracks was stopped', async () => {
      const element = await started({ kind: 'audio video' });
      element.audioTrack!.stop();
      await until(
        () =>
          element.write(new Float32Array(480)).then(
            () => false,
            () => true,
          ),
        'a refusal',
      );
      const error = (await element.write(new Float32Array(480)).catch((e: unknown) => e)) as MediaKitError;
      expect(error.message).to.match(/audio track was stopped: stop\(\) and start\(\)/);
    });

    it('reports where it is in no document and so knows no ids', async () => {
      const element = create({ source: 'nowhere' });
      const said: string[] = [];
      console.warn = (...words: unknown[]) => said.push(words.join(' '));
      try {
        await element.start();
        expect(element.state).to.equal('running');
        expect(said.length).to.equal(1);
      } finally {
        console.warn = warn;
        element.stop();
      }
    });
  });

  describe('a file as the source', () => {
    it('tells once of one that cannot be used while it runs, and tries it again when it is started', async () => {
      const element = create({ kind: 'video' });
      document.body.append(element);
      await element.start();
      let errors = 0;
      element.addEventListener('error', () => errors++);
      element.src = '/nowhere.webm';
      await until(() => errors > 0, 'an error');
      element.text = 'something else';
      await element.updateComplete;
      // Whatever that would have asked for has been answered before this.
      await fetch('/nowhere-either.webm');
      await afterGrace();
      expect(errors).to.equal(1);
      await element.start().catch(() => {});
      expect(errors).to.equal(2);
    });

    it('loops as a camera, on the same track', async () => {
      const url = URL.createObjectURL(await record(1, { color: () => '#ff0000' }));
      const element = create({ src: url, kind: 'video' });
      document.body.append(element);
      await element.start();
      const { stream } = element;
      await shows(await play(stream!), [255, 0, 0]);
      expect(element.stream === stream).to.equal(true);
      element.src = null;
      element.setAttribute('pattern', 'solid');
      element.setAttribute('color', '#0000ff');
      await shows(await play(element.stream!), [0, 0, 255]);
      URL.revokeObjectURL(url);
    });

    it('sounds, without a picture', async () => {
      const src = URL.createObjectURL(wav([tone(1, 500)]));
      const element = create({ src, kind: 'audio' });
      document.body.append(element);
      await element.start();
      await soundAbove(element.stream!, 0.3);
      element.pause();
      await until(
        () =>
          soundAbove(element.stream!, 0.05, 200).then(
            () => false,
            () => true,
          ),
        'silence',
      );
    });

    for (const [what, src, message] of [
      ['is not there', '/no-such-file.webm', /HTTP 404/],
      ['is no media file', '/package.json', /no media file/],
      ['has no address', 'http://[', /no address/],
    ] as const) {
      it(`rejects one that ${what}, and is usable afterwards`, async () => {
        const element = create({ src });
        document.body.append(element);
        const heard = failures(element);
        const error = (await element.start().catch((thrown: unknown) => thrown)) as MediaKitError;
        expect(error.code).to.equal('bad-input');
        expect(error.message).to.match(message);
        expect(heard.length).to.equal(1);
        expect(element.state).to.equal('idle');
        element.src = null;
        await element.start();
        expect(element.state).to.equal('running');
      });
    }
  });

  describe('streams', () => {
    it('takes through writable what write() takes, one after the other', async () => {
      const element = await started({ kind: 'audio video', pattern: 'none', tone: 'none' });
      const writer = element.writable.getWriter();
      await writer.write(new ImageData(4, 4));
      await writer.write(new Float32Array(480));
      writer.releaseLock();
      expect(element.writable.locked).to.equal(false);
      await until(() => element.stats.video.written === 1 && element.stats.audio.written === 1, 'both');
    });

    it('errors writable at data that it cannot take, lives on, and has another one', async () => {
      const element = await started({ pattern: 'none' });
      const heard = failures(element);
      const { writable } = element;
      const writer = writable.getWriter();
      const error = (await writer.write('x' as never).catch((thrown: unknown) => thrown)) as MediaKitError;
      expect(error.code).to.equal('bad-input');
      expect(heard.length).to.equal(1);
      expect(element.writable !== writable).to.equal(true);
      await element.writable.getWriter().write(new ImageData(4, 4));
      expect(element.track!.readyState).to.equal('live');
    });

    it('stops when writable is closed', async () => {
      const element = await started();
      const ended = nextEvent(element, 'ended');
      await element.writable.close();
      await ended;
      expect(element.state).to.equal('ended');
    });

    it('sends what was written before it stops, when writable is closed', async () => {
      const element = await started({ pattern: 'none', 'frame-rate': '20' });
      const writer = element.writable.getWriter();
      for (let count = 0; count < 3; count++) void writer.write(new ImageData(4, 4));
      await writer.close();
      expect(element.state).to.equal('ended');
      expect(element.stats.video.delivered).to.be.at.least(3);
    });

    it('waits for that where there is but one picture a second', async () => {
      const element = await started({ pattern: 'none', 'frame-rate': '1' });
      const writer = element.writable.getWriter();
      for (let count = 0; count < 3; count++) void writer.write(new ImageData(4, 4));
      await writer.close();
      expect(element.stats.video.delivered).to.be.at.least(3);
    });

    it('gives what goes through the track', async () => {
      const element = await started({ pattern: 'ball', width: '160', height: '90' });
      const reader = element.readable!.getReader();
      for (let count = 0; count < 3; count++) {
        const { value } = await reader.read();
        const frame = value as VideoFrame;
        expect([frame.displayWidth, frame.displayHeight]).to.deep.equal([160, 90]);
        frame.close();
      }
      await reader.cancel();
      expect(element.track!.readyState).to.equal('live');
    });

    it('has nothing to read while it makes nothing', () => {
      expect(create().readable).to.equal(null);
    });

    it('takes sound through a port', async () => {
      const element = await started({ kind: 'audio', tone: 'none' });
      const port = await element.openSoundPort();
      const block = (): void =>
        port.postMessage({ channels: [new Float32Array(4800).fill(0.5)], rate: 48_000 });
      const posting = setInterval(block, 90);
      try {
        await soundAbove(element.stream!, 0.3);
      } finally {
        clearInterval(posting);
      }
    });

    it('has no port for sound while it makes none', async () => {
      const element = await started();
      const error = (await element.openSoundPort().catch((thrown: unknown) => thrown)) as MediaKitError;
      expect(error.code).to.equal('aborted');
    });
  });

  describe('muted', () => {
    const black = [0, 0, 0];

    it('shows black in place of what was written, and that again afterwards', async () => {
      const element = await started({ pattern: 'none' });
      const canvas = new OffscreenCanvas(64, 48);
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#ff0000';
      context.fillRect(0, 0, 64, 48);
      await element.write(canvas);
      const video = await play(element.stream!);
      await shows(video, [255, 0, 0]);
      element.muted = true;
      await shows(video, black);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([64, 48]);
      await element.write(canvas);
      await until(() => element.stats.video.dropped === 1, 'what is written is dropped');
      element.muted = false;
      await shows(video, [255, 0, 0]);
    });

    it('shows black in place of an element, and from the start', async () => {
      const canvas = document.createElement('canvas');
      canvas.id = 'shown';
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#ff0000';
      context.fillRect(0, 0, 300, 150);
      document.body.append(canvas);
      const element = await started({ source: 'shown', muted: '' });
      const video = await play(element.stream!);
      await until(() => video.videoWidth > 0, 'a picture');
      await shows(video, black);
      element.muted = false;
      await shows(video, [255, 0, 0]);
      element.muted = true;
      await shows(video, black);
    });
  });

  describe('muted and content-hint', () => {
    it('is told to the tracks', async () => {
      const element = await started({ 'content-hint': 'text' });
      const track = element.track!;
      expect(track.contentHint).to.equal('text');
      const muted = nextEvent(track, 'mute');
      element.muted = true;
      await muted;
      expect(track.muted).to.equal(true);
      const unmuted = nextEvent(track, 'unmute');
      element.muted = false;
      await unmuted;
      expect(track.muted).to.equal(false);
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
