import { expect } from '@open-wc/testing';
import '../../components/media-generator/define.js';
import '../../components/stream-preview/define.js';
import type { MediaGenerator } from '../../components/media-generator/media-generator.js';
import type { ProcessorGiven } from '../../components/engine/effect/processor.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { StreamEffect } from '../../components/stream-effect/stream-effect.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { blue, green, shows } from '../support/frames.js';
import { framesShown, pixel, play, soundAbove } from '../support/media.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, hastened, nextEvent, until } from '../support/wait.js';
import { moduleUrl, near } from '../engine/effect/support.js';

type Attributes = Readonly<Record<string, string>>;

function add<K extends 'media-generator' | 'stream-effect'>(
  tag: K,
  attributes: Attributes,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  return element;
}

/** A generator that runs. */
async function addSource(attributes: Attributes = {}): Promise<MediaGenerator> {
  const generator = add('media-generator', {
    id: 'source',
    pattern: 'solid',
    color: 'red',
    width: '160',
    height: '120',
    ...attributes,
  });
  await generator.start();
  return generator;
}

/** An effect that has a stream. */
async function addEffect(attributes: Attributes, before?: (effect: StreamEffect) => void) {
  const effect = document.createElement('stream-effect');
  for (const [name, value] of Object.entries({ source: 'source', ...attributes }))
    effect.setAttribute(name, value);
  before?.(effect);
  document.body.append(effect);
  await until(() => effect.stream, 'a stream');
  return effect;
}

/** The attributes of an effect that finds people, with what stands in for the library that does. */
const vision = (model = 'people.tflite'): Attributes => ({
  'vision-path': new URL('../support/vision/', import.meta.url).href,
  'vision-model': model,
});

/** The URL of a picture of one colour. */
const picture = (color: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"><rect width="16" height="9" fill="${color}"/></svg>`,
  )}`;

/** What a module with this text has as its default export. */
async function moduleDefault(text: string): Promise<ProcessorGiven> {
  const module = (await import(moduleUrl(`export default ${text}`))) as { default: ProcessorGiven };
  return module.default;
}

const ended = (stream: MediaStream | null): boolean =>
  stream?.getTracks().every(({ readyState }) => readyState === 'ended') ?? true;

/** Hears the errors of an element. */
function errorsOf(element: HTMLElement): MediaKitError[] {
  const errors: MediaKitError[] = [];
  element.addEventListener('error', (event) => errors.push((event as ErrorEvent).error as MediaKitError));
  return errors;
}

describe('<stream-effect>', () => {
  standingTests<StreamEffect>({
    tag: 'stream-effect',
    define: () => import('../../components/stream-effect/define.js'),
    early: ['effect', 'mirror'],
    surroundings: async () => {
      if (!document.querySelector('media-generator')) await addSource();
    },
    start: async (effect) => {
      effect.effect = 'grayscale';
      effect.source = 'source';
      await until(() => effect.stream, 'a stream');
    },
    stream: (effect) => effect.stream,
    released: (effect, before) => effect.stream === null && ended(before),
    facts: ['stream-change'],
    lend: async (effect, stream) => {
      effect.effect = 'mirror';
      effect.srcObject = stream;
      await until(() => effect.stream, 'a stream');
    },
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  describe('defaults', () => {
    it('makes nothing of nothing', async () => {
      const effect = add('stream-effect', {});
      await effect.updateComplete;
      expect([effect.stream, effect.effect, effect.amount, effect.processor]).to.deep.equal([
        null,
        null,
        null,
        null,
      ]);
      expect(effect.stats.video).to.deep.equal({ processed: 0, dropped: 0, passed: 0 });
      expect(getComputedStyle(effect).display).to.equal('none');
    });

    it('hands the tracks on as they are without an effect', async () => {
      const source = await addSource({ kind: 'audio video' });
      const effect = await addEffect({});
      const [given, made] = [source.stream!.getTracks(), effect.stream!.getTracks()];
      expect(made.length === 2 && made.every((track) => given.includes(track))).to.equal(true);
    });
  });

  describe('properties and attributes', () => {
    it('shows what the effect makes', async () => {
      await addSource();
      const effect = await addEffect({ effect: 'grayscale' });
      const video = await play(effect.stream!);
      await framesShown(video, 1);
      await until(() => {
        const [r, g, b] = pixel(video, 0.5, 0.5);
        return Math.abs(r - g) < 12 && Math.abs(g - b) < 12;
      }, 'gray');
      expect(effect.stats.video.processed > 0).to.equal(true);
    });

    it('goes on through the same track with another effect, and another source', async () => {
      await addSource();
      await addSource({ id: 'other', color: 'blue' });
      const effect = await addEffect({ effect: 'grayscale' });
      const { stream } = effect;
      const video = await play(stream!);
      effect.effect = 'mirror';
      await shows(video, [255, 0, 0]);
      effect.source = 'other';
      await shows(video, blue);
      expect(effect.stream === stream).to.equal(true);
    });

    it('goes on through the same tracks when devices are unplugged, and when the camera is off for a while', async () => {
      const devices = new FakeDevices(camera('front'), microphone('built-in'));
      try {
        const preview = Object.assign(document.createElement('stream-preview'), { id: 'source' });
        preview.setAttribute('capture', 'user');
        document.body.append(preview);
        await preview.start();
        const pictures = await addEffect({ effect: 'mirror' });
        // A page that hands on the stream by itself is told, too.
        const sound = await addEffect({ source: '', effect: 'gain' }, (effect) => {
          effect.srcObject = preview.stream;
        });
        const made = [pictures.stream!.getVideoTracks()[0]!, sound.stream!.getAudioTracks()[0]!];
        for (const [kind, deviceId, effect, next] of [
          ['video', 'front', pictures, camera('usb')],
          ['audio', 'built-in', sound, microphone('headset')],
        ] as const) {
          const lost = nextEvent(preview, 'device-lost');
          devices.unplug(deviceId);
          await lost;
          devices.plug(next);
          await until(() => devices.live.includes(next.deviceId), 'another one');
          const { processed } = effect.stats[kind];
          await until(() => effect.stats[kind].processed > processed + 3, `${kind} goes on`);
        }
        await hastened(5000, () => preview.toggleVideo(false));
        await until(() => !devices.live.includes('usb'), 'the camera is off, whoever reads it');
        await preview.toggleVideo(true);
        const { processed } = pictures.stats.video;
        await until(() => pictures.stats.video.processed > processed + 3, 'on again');
        const now = [pictures.stream!.getVideoTracks()[0], sound.stream!.getAudioTracks()[0]];
        expect(now.every((track, index) => track === made[index])).to.equal(true);
        expect(made.map(({ readyState }) => readyState)).to.deep.equal(['live', 'live']);
        preview.stop();
        await until(() => pictures.stream === null, 'the end');
        await until(() => made.every(({ readyState }) => readyState === 'ended'), 'its tracks end');
      } finally {
        devices.release();
      }
    });

    it('leads what the effect is not for past it', async () => {
      const source = await addSource({ kind: 'audio video', tone: 'sine' });
      const effect = await addEffect({ effect: 'mirror' });
      expect(effect.stream!.getAudioTracks()[0] === source.audioTrack).to.equal(true);
      expect(effect.stream!.getVideoTracks()[0] === source.videoTrack).to.equal(false);
    });

    it('makes sound louder', async function () {
      await addSource({ kind: 'audio', tone: 'sine', volume: '0.1' });
      const effect = await addEffect({ effect: 'gain', amount: '5' });
      expect(await soundAbove(effect.stream!, 0.3)).to.be.within(0.3, 0.7);
    });

    it('follows the amount', async () => {
      await addSource();
      const effect = await addEffect({ effect: 'grayscale', amount: '1' });
      const video = await play(effect.stream!);
      effect.amount = 0;
      await shows(video, [255, 0, 0]);
    });

    const code = {
      video: `({ timestamp }) => {
        const canvas = new OffscreenCanvas(16, 12);
        const context = canvas.getContext('2d');
        context.fillStyle = 'rgb(0 160 0)';
        context.fillRect(0, 0, 16, 12);
        return new VideoFrame(canvas, { timestamp });
      }`,
      audio: `(given) => {
        const { numberOfFrames, sampleRate, timestamp } = given;
        const data = new Float32Array(numberOfFrames);
        given.copyTo(data, { planeIndex: 0, format: 'f32-planar' });
        data.forEach((sample, at) => (data[at] = sample * 5));
        return new AudioData({ format: 'f32-planar', numberOfChannels: 1, numberOfFrames, sampleRate, timestamp, data });
      }`,
    };
    for (const kind of ['video', 'audio'] as const) {
      const kept = `class { #run = ${code[kind]}; process(chunk) { return this.#run(chunk); } }`;
      const inWorker = `if (typeof document !== 'undefined') throw new Error('on the page');`;
      for (const [name, made] of Object.entries<() => ProcessorGiven | Promise<ProcessorGiven>>({
        'a function': () => moduleDefault(code[kind]),
        'a class': () => moduleDefault(kept),
        'a module with a function': () => moduleUrl(`${inWorker} export default ${code[kind]}`),
        'a module with a class': () => moduleUrl(`${inWorker} export default ${kept}`),
      })) {
        it(`makes ${kind} with ${name}`, async () => {
          await addSource({ kind: 'audio video', tone: 'sine', volume: '0.1' });
          const processor = await made();
          const effect = await addEffect({ kind }, (one) => (one.processor = processor));
          if (kind === 'video') await shows(await play(effect.stream!), green);
          else expect(await soundAbove(effect.stream!, 0.3)).to.be.within(0.3, 0.7);
          expect([effect.stats[kind].passed, effect.stream!.getTracks().length]).to.deep.equal([0, 2]);
        });
      }
    }

    it('blurs the background with files that the page names', async () => {
      await addSource({ pattern: 'smpte', width: '640', height: '360' });
      const effect = await addEffect({ effect: 'background-blur', amount: '100', ...vision() });
      const video = await play(effect.stream!);
      // Beside the blue bar, where nobody is, grey becomes blue; the edge of the green one, where somebody is, is sharp.
      await until(() => video.videoWidth > 0 && pixel(video, 0.54, 0.3)[1] > 100, 'bars');
      const [mixed, sharp] = [pixel(video, 0.89, 0.3), pixel(video, 0.54, 0.3)];
      expect(mixed[2] - mixed[0] > 20, mixed.join()).to.equal(true);
      expect(sharp[0] < 60 && sharp[2] < 60, sharp.join()).to.equal(true);
      const { opened } = globalThis as unknown as { opened: { wasm: string; model: string; closed: number } };
      expect(opened.wasm).to.equal(new URL('../support/vision/wasm', import.meta.url).href);
      expect(opened.model).to.equal(new URL('people.tflite', document.baseURI).href);
      effect.effect = 'mirror';
      await until(() => opened.closed === 1, 'closed');
    });

    for (const model of ['people.tflite', 'several.tflite']) {
      it(`shows a picture behind people, with ${model}`, async () => {
        await addSource();
        const effect = await addEffect({
          effect: 'background-replace',
          background: picture('rgb(0 0 255)'),
          ...vision(model),
        });
        const video = await play(effect.stream!);
        await shows(video, [255, 0, 0]);
        for (const x of [0.05, 0.95]) expect(near(pixel(video, x, 0.5), blue), `${x}`).to.equal(true);
        effect.background = picture('rgb(0 160 0)');
        await until(() => near(pixel(video, 0.05, 0.5), green), 'another picture');
        expect(near(pixel(video, 0.5, 0.5), [255, 0, 0])).to.equal(true);
      });
    }

    it('shows nothing rather than the background when people are not found any more', async () => {
      await addSource();
      const effect = add('stream-effect', {
        ...{ source: 'source', effect: 'background-replace', background: picture('rgb(0 0 255)') },
        ...vision('broken.tflite'),
      });
      const { error } = await nextEvent<ErrorEvent>(effect, 'error');
      expect((error as MediaKitError).message).to.contain('the context is lost');
      await until(() => effect.stats.video.dropped > 3);
      expect([effect.stats.video.processed, effect.stats.video.passed]).to.deep.equal([2, 0]);
      const { stream } = effect;
      effect.effect = 'mirror';
      await shows(await play(stream!), [255, 0, 0]);
    });

    it('changes nothing in markup that it was not told', async () => {
      const effect = add('stream-effect', { effect: 'blur' });
      await effect.updateComplete;
      effect.effect = 'mirror';
      await effect.updateComplete;
      expect(effect.getAttributeNames()).to.deep.equal(['effect']);
    });
  });

  describe('events', () => {
    it('tells of its stream, and of its end', async () => {
      const source = await addSource();
      const effect = add('stream-effect', { effect: 'mirror', source: 'source' });
      const begun = await nextEvent<Event & { stream: MediaStream }>(effect, 'stream-change');
      expect(begun.stream === effect.stream && begun.stream.active).to.equal(true);
      const over = nextEvent<Event & { stream: null }>(effect, 'stream-change');
      source.stop();
      expect([(await over).stream, effect.stream]).to.deep.equal([null, null]);
      expect(ended(begun.stream)).to.equal(true);
    });

    const failing = `() => { throw new Error('out of order'); }`;
    for (const [name, kind, made] of [
      ['a function', 'video', () => moduleDefault(failing)],
      ['a function', 'audio', () => moduleDefault(failing)],
      ['a module', 'video', () => moduleUrl(`export default ${failing}`)],
      ['a module', 'audio', () => moduleUrl(`export default ${failing}`)],
    ] as const) {
      it(`tells once of ${name} that throws, and ${kind} goes on untouched`, async () => {
        await addSource({ kind: 'audio video', tone: 'sine', volume: '0.1' });
        const processor = await made();
        let errors: MediaKitError[] = [];
        const effect = await addEffect({ kind }, (one) => {
          one.processor = processor;
          errors = errorsOf(one);
        });
        if (kind === 'video') await shows(await play(effect.stream!), [255, 0, 0]);
        else expect(await soundAbove(effect.stream!, 0.05)).to.be.within(0.05, 0.2);
        await until(() => effect.stats[kind].passed > 3);
        expect([effect.stats[kind].processed, errors.map(({ code }) => code)]).to.deep.equal([
          0,
          ['bad-input'],
        ]);
        expect(errors[0]!.message).to.contain('out of order');
      });
    }

    it('tells of an effect that there is not', async () => {
      const { warn } = console;
      console.warn = () => {};
      const effect = document.createElement('stream-effect');
      const errors = errorsOf(effect);
      effect.effect = 'sepia';
      document.body.append(effect);
      await effect.updateComplete;
      console.warn = warn;
      expect(errors.map(({ code }) => code)).to.deep.equal(['bad-input']);
      expect(errors[0]!.message).to.contain('sepia');
    });

    it('warns of an amount as it is written, and takes the usual one', async () => {
      const { warn } = console;
      const warnings: unknown[] = [];
      console.warn = (message: unknown) => warnings.push(message);
      const effect = add('stream-effect', { effect: 'pixelate', amount: 'much' });
      const errors = errorsOf(effect);
      await effect.updateComplete;
      effect.amount = 999;
      await effect.updateComplete;
      console.warn = warn;
      expect(errors.length).to.equal(0);
      expect(warnings).to.deep.equal([
        '<stream-effect>: amount="much" is not from 1 to 200: 16 stands in.',
        '<stream-effect>: amount="999" is not from 1 to 200: 200 stands in.',
      ]);
    });

    it('shows nothing of an effect that there is not, or without its processor, until there is one', async () => {
      await addSource();
      const { warn } = console;
      console.warn = () => {};
      for (const name of ['background-blurr', 'custom']) {
        const effect = await addEffect({ effect: name });
        await until(() => effect.stats.video.dropped > 3);
        expect([effect.stats.video.passed, effect.stats.video.processed]).to.deep.equal([0, 0]);
        effect.effect = 'mirror';
        await shows(await play(effect.stream!), [255, 0, 0]);
        effect.remove();
      }
      console.warn = warn;
    });

    for (const [name, attributes] of Object.entries<Attributes>({
      'a module that there is not': { processor: './nowhere.js' },
      'a background without its files': { effect: 'background-blur' },
      'a background without a picture': { effect: 'background-replace', ...vision() },
      'a background that is no picture': {
        ...{ effect: 'background-replace', background: 'data:image/png,none' },
        ...vision(),
      },
      'a background whose files are not there': {
        effect: 'background-blur',
        'vision-path': '/nowhere/',
        'vision-model': 'people.tflite',
      },
    })) {
      it(`makes no stream of ${name}, rather than an untouched one`, async () => {
        await addSource();
        const effect = add('stream-effect', { source: 'source', ...attributes });
        const { error } = await nextEvent<ErrorEvent>(effect, 'error');
        expect((error as MediaKitError).code).to.equal('bad-input');
        await afterGrace();
        expect(effect.stream).to.equal(null);
      });
    }

    it('makes no stream any longer of an effect that cannot be had, until there is another', async () => {
      await addSource();
      const effect = await addEffect({ effect: 'mirror' });
      const { stream } = effect;
      effect.effect = 'background-blur';
      await nextEvent(effect, 'error');
      await until(() => effect.stream === null, 'no stream');
      expect(ended(stream)).to.equal(true);
      effect.effect = 'grayscale';
      await until(() => effect.stream, 'a stream');
    });
  });

  describe('states', () => {
    it('is active while it makes a stream', async () => {
      const source = await addSource();
      const effect = await addEffect({ effect: 'mirror' });
      await until(() => effect.matches(':state(active)'));
      source.stop();
      await until(() => !effect.matches(':state(active)'));
    });
  });

  describe('lifecycle', () => {
    it('is itself a source of an effect', async () => {
      await addSource();
      await addEffect({ id: 'first', effect: 'grayscale' });
      const second = await addEffect({ source: 'first', effect: 'mirror' });
      const video = await play(second.stream!);
      await until(() => {
        const [r, g, b] = pixel(video, 0.5, 0.5);
        return video.videoWidth > 0 && r > 20 && Math.abs(r - g) < 12 && Math.abs(g - b) < 12;
      }, 'gray');
    });

    it('counts what is dropped by a processor that leaves the page no time, and is not late', async () => {
      // Not of the page: its clock goes on while the page stands still.
      const camera = await navigator.mediaDevices.getUserMedia({ video: { frameRate: 20 } });
      const effect = document.createElement('stream-effect');
      let last = 0;
      let longest = 0;
      effect.processor = (frame: VideoFrame) => {
        if (last) longest = Math.max(longest, (frame.timestamp - last) / 1000);
        last = frame.timestamp;
        const end = performance.now() + 150;
        while (performance.now() < end);
        return frame;
      };
      effect.srcObject = camera;
      document.body.append(effect);
      await until(() => effect.stats.video.processed > 2, 'begun');
      const before = effect.stats.video;
      await until(() => effect.stats.video.processed > before.processed + 7, 'frames');
      const { processed, dropped } = effect.stats.video;
      expect(dropped - before.dropped).to.be.above(processed - before.processed);
      // Each is the newest: those that follow each other are as far apart as their ends.
      expect(longest).to.be.above(100);
      for (const track of camera.getTracks()) track.stop();
    });

    it('does not let a slow processor grow a queue', async () => {
      await addSource({ pattern: 'ball', 'frame-rate': '30' });
      let open = 0;
      let most = 0;
      const effect = await addEffect({}, (made) => {
        made.processor = async (frame: VideoFrame) => {
          most = Math.max(most, ++open);
          await new Promise((resolve) => setTimeout(resolve, 150));
          open--;
          return frame;
        };
      });
      await until(() => effect.stats.video.dropped > 5, 'drops');
      expect(most).to.equal(1);
    });

    it('counts what a module that takes its time drops, and gives it one frame at a time', async () => {
      await addSource({ kind: 'video', pattern: 'ball', 'frame-rate': '30' });
      // It fails, and is told of, where another frame comes before it is done with one.
      const slow = `let busy = false;
        export default async (frame) => {
          if (busy || typeof document !== 'undefined') throw new Error('too many');
          busy = true;
          await new Promise((resolve) => setTimeout(resolve, 100));
          busy = false;
          return frame;
        };`;
      let errors: MediaKitError[] = [];
      const effect = await addEffect({}, (made) => {
        made.processor = moduleUrl(slow);
        errors = errorsOf(made);
      });
      await until(() => effect.stats.video.processed > 0, 'begun');
      const before = effect.stats.video;
      await until(() => effect.stats.video.processed > before.processed + 7, 'frames');
      const { processed, dropped, passed } = effect.stats.video;
      expect(dropped - before.dropped).to.be.above(processed - before.processed);
      expect([passed, errors.length]).to.deep.equal([0, 0]);
    });

    // Of 60 ms for each 10.
    const leavesNoTime = (data: AudioData): AudioData => {
      const end = performance.now() + 60;
      while (performance.now() < end);
      return data;
    };
    let atWork = 0;
    let mostAtWork = 0;
    class TakesItsTime {
      async process(data: AudioData): Promise<AudioData> {
        mostAtWork = Math.max(mostAtWork, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 60));
        atWork--;
        return data;
      }
    }
    for (const [name, processor] of Object.entries<ProcessorGiven>({
      'a function that leaves the page no time': leavesNoTime,
      'a class that takes its time': TakesItsTime,
    })) {
      it(`drops the sound that ${name} is too slow for, and counts it`, async () => {
        await addSource({ kind: 'audio', tone: 'sine' });
        const effect = await addEffect({ kind: 'audio' }, (made) => (made.processor = processor));
        await until(() => effect.stats.audio.dropped > 0, 'drops');
        const before = effect.stats.audio;
        await until(() => effect.stats.audio.processed > before.processed + 7, 'sound');
        const { processed, dropped, passed } = effect.stats.audio;
        expect(dropped - before.dropped).to.be.above(2 * (processed - before.processed));
        expect(passed).to.equal(0);
        if (processor === TakesItsTime) expect(mostAtWork).to.equal(1);
      });
    }
  });
});
