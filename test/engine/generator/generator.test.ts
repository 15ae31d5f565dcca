import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { backends, supports, type BackendName } from '../../../components/engine/generator/backend.js';
import { Generator, type Drop } from '../../../components/engine/generator/generator.js';
import type { MediaInput } from '../../../components/engine/generator/input.js';
import type { Settings } from '../../../components/engine/generator/settings.js';
import { framesShown, pixel, play, soundAbove } from '../../support/media.js';
import { until } from '../../support/wait.js';

const red = [255, 0, 0] as const;
const green = [0, 160, 0] as const;
const blue = [0, 0, 255] as const;
type Color = readonly [number, number, number];

/** The middle of a colour bar, in parts of the width: an eighth of it is grey on either side. */
const bar = (index: number): number => 1 / 8 + ((index + 0.5) / 7) * (3 / 4);

const css = (color: Color): string => `rgb(${color.join(' ')})`;

const common: Settings = {
  video: true,
  audio: false,
  pattern: 'solid',
  tone: 'sine',
  frequency: 1000,
  volume: 0.25,
  width: 160,
  height: 90,
  frameRate: 30,
  sampleRate: 48_000,
  channels: 1,
  text: '',
  color: css(red),
  backend: 'auto',
  muted: false,
  contentHint: '',
  workerPath: '',
};

function near(actual: Color, wanted: Color, distance = 40): boolean {
  return actual.every((value, index) => Math.abs(value - wanted[index]!) <= distance);
}

async function shows(
  video: HTMLVideoElement,
  color: Color,
  x = 0.5,
  y = 0.5,
  timeout = 10_000,
): Promise<void> {
  let last: Color | undefined;
  const what = (): string => `${css(color)} at ${x}, ${y}; it was ${last ? css(last) : 'nothing'}`;
  try {
    await until(() => video.videoWidth > 0 && near((last = pixel(video, x, y)), color), 'a colour', timeout);
  } catch {
    throw new Error(`not within ${timeout} ms: ${what()}`);
  }
}

function painted(color: Color, width = 64, height = 48): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d')!;
  context.fillStyle = css(color);
  context.fillRect(0, 0, width, height);
  return canvas;
}

const frame = (color: Color = red): VideoFrame => new VideoFrame(painted(color), { timestamp: 0 });
const isClosed = (data: VideoFrame): boolean => data.format === null && data.codedWidth === 0;

/** Half a second of a 500 Hz square wave, interleaved. */
function square(channels = 1, seconds = 0.5): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: seconds * 48_000 * channels }, (_, at) =>
    Math.floor(at / channels / 48) % 2 ? 0.7 : -0.7,
  );
}

function audioBuffer(): AudioBuffer {
  const buffer = new AudioBuffer({ length: 24_000, sampleRate: 48_000, numberOfChannels: 1 });
  buffer.copyToChannel(square(), 0);
  return buffer;
}

function audioData(sampleRate = 48_000): AudioData {
  return new AudioData({
    format: 'f32',
    sampleRate,
    numberOfFrames: 24_000,
    numberOfChannels: 2,
    timestamp: 0,
    data: square(2),
  });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = (await promise.then(
    () => ({ code: 'no error', message: '' }),
    (thrown: MediaKitError) => thrown,
  )) as MediaKitError;
  return `${error.code}: ${error.message}`;
}

const here = backends.filter((name) => supports('video', name));

for (const backend of here) {
  describe(`Generator, ${backend} backend`, () => {
    const base: Settings = { ...common, backend };
    const made: Generator[] = [];

    /** A worker makes no sound without a native generator. */
    function expectedBackend({ video = true }: Partial<Settings>): BackendName {
      return backend === 'worker' && !video && !supports('video', 'native') ? 'canvas' : backend;
    }

    afterEach(() => {
      for (const generator of made.splice(0)) generator.release();
      document.body.replaceChildren();
    });

    function create(changes: Partial<Settings> = {}, onDrop?: (drop: Drop) => void): Generator {
      const generator = new Generator({ settings: { ...base, ...changes }, onDrop });
      made.push(generator);
      return generator;
    }

    /** Where the worker writes, not before it does. */
    async function start(changes: Partial<Settings> = {}, onDrop?: (drop: Drop) => void): Promise<Generator> {
      const generator = create(changes, onDrop);
      await generator.start();
      await until(() => generator.store.snapshot.backend === expectedBackend(changes), 'the backend');
      return generator;
    }

    const streamOf = (generator: Generator): MediaStream => generator.store.snapshot.stream!;
    const status = (generator: Generator): string => generator.store.snapshot.status;

    describe('pictures', () => {
      it('shows a solid colour in its size', async () => {
        const generator = await start();
        const video = await play(streamOf(generator));
        await shows(video, red);
        expect([video.videoWidth, video.videoHeight]).to.deep.equal([160, 90]);
        expect(generator.store.snapshot.backend).to.equal(backend);
      });

      it('shows the colour bars', async () => {
        const video = await play(streamOf(await start({ pattern: 'smpte', width: 320, height: 180 })));
        const bars: Color[] = [
          [191, 191, 191],
          [191, 191, 0],
          [0, 191, 191],
          [0, 191, 0],
          [191, 0, 191],
          [191, 0, 0],
          [0, 0, 191],
        ];
        for (const [index, color] of bars.entries()) await shows(video, color, bar(index), 0.3);
      });

      for (const [width, height] of [
        [1, 1],
        [33, 17],
        [1280, 720],
      ] as const) {
        it(`makes ${width}×${height} pixels`, async () => {
          const video = await play(streamOf(await start({ pattern: 'ball', width, height })));
          await until(() => video.videoWidth === width && video.videoHeight === height, 'the size');
        });
      }

      it('moves the ball and the clock at the declared rate', async () => {
        for (const pattern of ['ball', 'clock'] as const) {
          const generator = await start({ pattern, frameRate: 20 });
          await until(() => generator.stats.video.delivered > 5, 'warm');
          const rates: number[] = [];
          // A crowded machine may need more than one second to get there.
          await until(async () => {
            const [before, since] = [generator.stats.video.delivered, performance.now()];
            await until(() => performance.now() - since > 1000, 'a second');
            rates.push(((generator.stats.video.delivered - before) * 1000) / (performance.now() - since));
            return rates.at(-1)! >= 10;
          }, `${pattern} at 20 a second`);
          // The worker tells of its pictures four times a second.
          expect(Math.max(...rates), pattern).to.be.below(26);
        }
      });

      it('writes the text over the picture', async () => {
        const video = await play(streamOf(await start({ text: 'MMMMMMMMMM' })));
        await shows(video, [11, 15, 28], 0.5, 0.81);
        await shows(video, red, 0.5, 0.3);
      });

      it('sends what does not change again, for late viewers', async () => {
        const generator = await start();
        await until(() => generator.stats.video.delivered >= 3, 'repeats');
        const video = await play(streamOf(generator));
        await shows(video, red, 0.5, 0.5, 3000);
        const since = generator.stats.video.delivered;
        const began = performance.now();
        await until(() => performance.now() - began > 1000, 'a second');
        expect(generator.stats.video.delivered - since).to.be.within(2, 6);
      });
    });

    describe('changes while it runs', () => {
      it('takes pattern, colour, text and size on the same track', async () => {
        const generator = await start();
        const stream = streamOf(generator);
        const video = await play(stream);
        await shows(video, red);
        await generator.update({ ...base, color: css(blue) });
        await shows(video, blue);
        await generator.update({ ...base, color: css(green), width: 320, height: 180 });
        await shows(video, green);
        await until(() => video.videoWidth === 320, 'the size');
        await generator.update({ ...base, pattern: 'smpte', frameRate: 10 });
        await shows(video, [191, 191, 0], bar(1), 0.3);
        expect(streamOf(generator) === stream).to.equal(true);
      });

      it('shows the last picture again when it was muted during a pause', async () => {
        const generator = await start();
        const video = await play(streamOf(generator));
        await shows(video, red);
        generator.pause();
        await generator.update({ ...base, muted: true });
        await shows(video, [0, 0, 0]);
        await generator.update(base);
        await shows(video, red);
      });

      it('adds and takes away a kind in a new stream, and keeps the other track', async () => {
        const generator = await start();
        const [stream, [video]] = [streamOf(generator), streamOf(generator).getVideoTracks()];
        await generator.update({ ...base, audio: true });
        const both = streamOf(generator);
        expect(both !== stream).to.equal(true);
        expect(both.getVideoTracks()[0] === video).to.equal(true);
        expect(both.getAudioTracks().length).to.equal(1);
        await generator.update({ ...base, video: false, audio: true });
        expect(video!.readyState).to.equal('ended');
        expect(streamOf(generator).getAudioTracks()[0] === both.getAudioTracks()[0]).to.equal(true);
      });

      it('makes a new audio track for another rate or another number of channels', async () => {
        const settings = { ...base, video: false, audio: true };
        const generator = await start(settings);
        const [first] = streamOf(generator).getAudioTracks();
        await generator.update({ ...settings, volume: 0.1, frequency: 300 });
        expect(streamOf(generator).getAudioTracks()[0] === first).to.equal(true);
        await generator.update({ ...settings, channels: 2 });
        expect(streamOf(generator).getAudioTracks()[0] !== first).to.equal(true);
        expect(first!.readyState).to.equal('ended');
      });
    });

    describe('sound', function () {
      // The mock of a sound card stops now and then on a crowded machine.
      this.retries(1);

      it('is heard beside the picture', async () => {
        const stream = streamOf(await start({ audio: true }));
        expect(
          stream
            .getTracks()
            .map(({ kind }) => kind)
            .sort(),
        ).to.deep.equal(['audio', 'video']);
        const level = await soundAbove(stream, 0.1);
        expect(level).to.be.below(0.3);
      });

      it('beeps', async () => {
        await soundAbove(streamOf(await start({ video: false, audio: true, tone: 'beep' })), 0.1);
      });

      it('follows the volume, down to silence', async () => {
        const settings: Settings = { ...base, video: false, audio: true };
        const generator = await start(settings);
        const stream = streamOf(generator);
        await soundAbove(stream, 0.1);
        await generator.update({ ...settings, volume: 0.9 });
        await soundAbove(stream, 0.7);
        await generator.update({ ...settings, tone: 'silence' });
        await until(
          () =>
            soundAbove(stream, 0.01, 300).then(
              () => false,
              () => true,
            ),
          'silence',
        );
      });

      for (const [name, make, channels] of [
        ['AudioBuffer', audioBuffer, 1],
        ['AudioData', audioData, 1],
        ['Float32Array', () => square(2), 2],
      ] as const) {
        it(`plays what is written: ${name}`, async () => {
          const generator = await start({ video: false, audio: true, tone: 'none', channels });
          let going = true;
          const writing = (async () => {
            while (going) await generator.write(make());
          })();
          expect(await soundAbove(streamOf(generator), 0.4)).to.be.below(1);
          going = false;
          generator.stop();
          await writing.catch(() => {});
        });
      }

      it('takes a second of sound in a second, and closes it', async () => {
        const generator = await start({ video: false, audio: true, tone: 'none' });
        const data = audioData();
        const since = performance.now();
        await generator.write(data);
        await generator.write(audioData());
        // 1 s of sound in all, of which 0.25 s may wait.
        expect(performance.now() - since).to.be.within(500, 3000);
        expect(data.numberOfFrames).to.equal(0);
        expect(generator.stats.audio.written).to.equal(2);
      });
    });

    describe('write()', () => {
      const inputs: [name: string, make: (color: Color) => MediaInput | Promise<MediaInput>][] = [
        ['VideoFrame', frame],
        ['ImageBitmap', (color) => createImageBitmap(painted(color))],
        ['ImageData', (color) => painted(color).getContext('2d')!.getImageData(0, 0, 64, 48)],
        ['HTMLCanvasElement', (color) => painted(color)],
        [
          'OffscreenCanvas',
          (color) => {
            const canvas = new OffscreenCanvas(64, 48);
            canvas.getContext('2d')!.drawImage(painted(color), 0, 0);
            return canvas;
          },
        ],
        [
          'HTMLImageElement',
          async (color) => {
            const image = new Image();
            image.src = painted(color).toDataURL();
            await image.decode();
            return image;
          },
        ],
        [
          'HTMLVideoElement',
          async (color) => {
            const video = await play(streamOf(await start({ color: css(color), width: 64, height: 48 })));
            await shows(video, color);
            return video;
          },
        ],
      ];

      for (const [name, make] of inputs) {
        it(`shows a ${name} in its own size, and again later`, async () => {
          const generator = await start({ pattern: 'none' });
          await generator.write(await make(green));
          const video = await play(streamOf(generator));
          await shows(video, green);
          expect([video.videoWidth, video.videoHeight]).to.deep.equal([64, 48]);
          await framesShown(video, 2);
        });
      }

      it('closes what it is given', async () => {
        const generator = await start({ pattern: 'none' });
        const [given, bitmap] = [frame(), await createImageBitmap(painted(red))];
        await generator.write(given);
        await generator.write(bitmap);
        expect(isClosed(given)).to.equal(true);
        expect(bitmap.width).to.equal(0);
      });

      it('writes the text over it too', async () => {
        const generator = await start({ pattern: 'none', text: 'MMMMMMMMMM' });
        await generator.write(painted(green, 160, 90));
        const video = await play(streamOf(generator));
        await shows(video, green, 0.5, 0.3);
        await shows(video, [11, 15, 28], 0.5, 0.81);
      });

      for (const text of ['', 'M']) {
        it(`shows nothing of the picture before through the holes of one${text && ' with a text'}`, async () => {
          const generator = await start({ pattern: 'none', text });
          const canvas = painted(red);
          await generator.write(canvas);
          const video = await play(streamOf(generator));
          await shows(video, red, 0.8, 0.2);
          canvas.getContext('2d')!.clearRect(0, 0, 64, 48);
          canvas.getContext('2d')!.fillStyle = css(green);
          canvas.getContext('2d')!.fillRect(0, 0, 32, 48);
          await generator.write(canvas);
          await shows(video, green, 0.2, 0.2);
          expect(near(pixel(video, 0.8, 0.2), [0, 0, 0])).to.equal(true);
        });
      }

      it('replaces the built-in picture until another pattern is set', async () => {
        const generator = await start();
        const video = await play(streamOf(generator));
        await shows(video, red);
        await generator.write(painted(green));
        await shows(video, green);
        await generator.update({ ...base, text: 'x' });
        await shows(video, green);
        await generator.update({ ...base, pattern: 'smpte' });
        await shows(video, [191, 191, 0], bar(1), 0.3);
      });

      it('lets the writer wait for the pace of the track', async () => {
        const generator = await start({ pattern: 'none', frameRate: 20 });
        const since = performance.now();
        let most = 0;
        for (let count = 0; count < 12; count++) {
          await generator.write(frame());
          most = Math.max(most, generator.stats.video.queueLength);
        }
        // Two wait, ten have gone, 50 ms apart.
        expect(performance.now() - since).to.be.above(400);
        expect(most).to.be.at.most(3);
        await until(() => generator.stats.video.written === 12, 'twelve written');
        expect(generator.stats.video.dropped).to.equal(0);
      });

      it('waits during a pause, and the picture stands still', async () => {
        const generator = await start({ pattern: 'none' });
        await generator.write(painted(green));
        const video = await play(streamOf(generator));
        await shows(video, green);
        generator.pause();
        expect(status(generator)).to.equal('paused');
        let last = false;
        const writing = [painted(red), painted(red), painted(blue)].map((canvas) => generator.write(canvas));
        void writing[2]!.then(() => (last = true));
        await framesShown(video, 2);
        expect(near(pixel(video, 0.5, 0.5), green)).to.equal(true);
        expect(last).to.equal(false);
        await generator.start();
        await Promise.all(writing);
        await shows(video, blue);
      });

      it('rejects what is wrong with bad-input, closes it, and lives on', async () => {
        const generator = await start({ pattern: 'none' });
        const closed = frame();
        closed.close();
        const detached = await createImageBitmap(painted(red));
        detached.close();
        const empty = document.createElement('canvas');
        empty.width = 0;
        const data = audioData();
        const wrong: [unknown, RegExp][] = [
          [null, /got null.*VideoFrame, ImageBitmap/],
          [undefined, /got undefined/],
          ['text', /got a string/],
          [{}, /got an Object/],
          [document.createElement('div'), /got an HTMLDivElement/],
          [audioBuffer(), /got an AudioBuffer, but this generator makes video: it takes/],
          [data, /got an AudioData/],
          [closed, /VideoFrame is closed/],
          [detached, /ImageBitmap is closed/],
          [empty, /no picture in this HTMLCanvasElement/],
          [new Image(), /no picture in this HTMLImageElement/],
          [document.createElement('video'), /no picture in this HTMLVideoElement/],
        ];
        for (const [input, message] of wrong) {
          const answer = await codeOf(generator.write(input as MediaInput));
          expect(answer).to.match(/^bad-input: /);
          expect(answer).to.match(message);
          expect(() => generator.push(input as MediaInput)).to.throw();
        }
        expect(data.numberOfFrames, 'closed').to.equal(0);
        await generator.write(painted(green));
        await shows(await play(streamOf(generator)), green);
      });

      it('rejects samples that are none', async () => {
        const generator = await start({ video: false, audio: true, tone: 'none', channels: 2 });
        const closed = audioData();
        closed.close();
        const picture = frame();
        const wrong: [unknown, RegExp][] = [
          [closed, /AudioData is closed/],
          [new Float32Array(0), /no samples/],
          [new Float32Array(3), /3 samples.*2 channels/],
          [Float32Array.of(0, NaN), /not numbers/],
          [Float32Array.of(0, Infinity), /not numbers/],
          [audioData(4000), /4000 samples a second/],
          [picture, /got a VideoFrame, but this generator makes audio/],
          [new Float64Array(2), /got a Float64Array/],
        ];
        for (const [input, message] of wrong) {
          const answer = await codeOf(generator.write(input as MediaInput));
          expect(answer).to.match(/^bad-input: /);
          expect(answer).to.match(message);
        }
        expect(isClosed(picture)).to.equal(true);
        expect(streamOf(generator).getTracks()[0]!.readyState).to.equal('live');
      });

      it('rejects a canvas with a picture of another origin', async () => {
        const generator = await start({ pattern: 'none' });
        const canvas = painted(red);
        const image = new Image();
        image.src = `data:image/svg+xml,${encodeURIComponent(
          '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><foreignObject width="9" height="9"><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject></svg>',
        )}`;
        await image.decode();
        canvas.getContext('2d')!.drawImage(image, 0, 0);
        const tainted = (() => {
          try {
            canvas.toDataURL();
            return false;
          } catch {
            return true;
          }
        })();
        // Which pictures taint differs; where this one does, it is refused.
        const answer = await codeOf(generator.write(canvas));
        expect(answer).to.match(tainted ? /^bad-input: .*tainted/ : /^no error/);
      });

      it('rejects with aborted, and closes, while it is not started', async () => {
        const generator = create();
        for (const step of ['idle', 'ended']) {
          const given = frame();
          expect(await codeOf(generator.write(given)), step).to.match(/^aborted: .*start\(\)/);
          expect(isClosed(given)).to.equal(true);
          await generator.start();
          generator.stop();
        }
      });
    });

    describe('push()', () => {
      it('drops the oldest, counts, and tells once a second', async () => {
        const drops: Drop[] = [];
        const generator = await start({ pattern: 'none', frameRate: 1 }, (drop) => drops.push(drop));
        // One goes at once, three wait.
        await generator.write(frame());
        await until(() => generator.stats.video.delivered === 1, 'the first');
        const given = Array.from({ length: 10 }, () => frame());
        for (const one of given) generator.push(one);
        expect(given.every(isClosed)).to.equal(true);
        await until(() => generator.stats.video.dropped === 7, 'seven dropped');
        const { written, queueLength } = generator.stats.video;
        expect([written, queueLength]).to.deep.equal([11, 3]);
        expect(drops[0]).to.deep.equal({ kind: 'video', count: 1, total: 1 });
        await until(() => drops.length > 1, 'the second report');
        expect(drops[1]).to.deep.equal({ kind: 'video', count: 6, total: 7 });
      });

      it('keeps 250 ms of sound', async () => {
        const generator = await start({ video: false, audio: true, tone: 'none' });
        generator.pause();
        for (let count = 0; count < 10; count++) generator.push(square(1, 0.1));
        await until(() => generator.stats.audio.dropped === 8, 'eight dropped');
        expect(generator.stats.audio.queueLength).to.equal(2);
      });

      it('closes and counts what comes while it is not started', () => {
        const generator = create();
        const given = frame();
        generator.push(given);
        expect(isClosed(given)).to.equal(true);
        expect(generator.stats.video.dropped).to.equal(1);
      });
    });

    describe('its end', () => {
      it('ends the tracks and the clones, closes the queue and lets writers go', async () => {
        const generator = await start({ pattern: 'none', audio: true, frameRate: 1 });
        const tracks = [...streamOf(generator).getTracks(), ...generator.clone()!.getTracks()];
        expect(tracks.length).to.equal(4);
        const given = Array.from({ length: 6 }, () => frame());
        const writing = given.map((one) => generator.write(one));
        generator.stop();
        await Promise.all(writing);
        expect(given.every(isClosed)).to.equal(true);
        expect(tracks.map(({ readyState }) => readyState)).to.deep.equal(Array(4).fill('ended'));
        expect(generator.store.snapshot).to.deep.equal({
          status: 'ended',
          stream: null,
          backend: null,
          blocked: false,
        });
        expect(generator.clone()).to.equal(null);
        generator.stop();
      });

      it('starts again with fresh tracks', async () => {
        const generator = await start();
        const first = streamOf(generator);
        generator.stop();
        await generator.start();
        expect(streamOf(generator) !== first).to.equal(true);
        await shows(await play(streamOf(generator)), red);
      });

      it('notices that somebody else stopped its track', async () => {
        const generator = await start();
        streamOf(generator).getTracks()[0]!.stop();
        await until(() => status(generator) === 'ended', 'the end');
      });

      it('notices it during a pause too', async () => {
        const generator = await start();
        generator.pause();
        streamOf(generator).getTracks()[0]!.stop();
        await until(() => status(generator) === 'ended', 'the end');
      });

      it('goes on with one track when the other was stopped', async () => {
        const generator = await start({ audio: true, pattern: 'ball' });
        const [video] = streamOf(generator).getVideoTracks();
        streamOf(generator).getAudioTracks()[0]!.stop();
        const before = generator.stats.video.delivered;
        await until(() => generator.stats.video.delivered > before + 10, 'it goes on');
        expect(status(generator)).to.equal('running');
        await generator.update({ ...base, audio: true, pattern: 'ball', text: 'x' });
        expect(streamOf(generator).getAudioTracks()[0]!.readyState, 'it stays stopped').to.equal('ended');
        expect(video!.readyState).to.equal('live');
      });

      it('leaves no worker, context or track behind after 20 starts', async () => {
        const { Worker: RealWorker, AudioContext: RealContext } = globalThis;
        let workers = 0;
        const contexts: AudioContext[] = [];
        const tracks: MediaStreamTrack[] = [];
        globalThis.Worker = class extends RealWorker {
          constructor(url: string | URL, options?: WorkerOptions) {
            super(url, options);
            workers++;
          }
          override terminate(): void {
            super.terminate();
            workers--;
          }
        };
        globalThis.AudioContext = class extends RealContext {
          constructor(options?: AudioContextOptions) {
            super(options);
            contexts.push(this);
          }
        };
        try {
          const generator = create({ audio: true });
          for (let count = 0; count < 20; count++) {
            await generator.start();
            tracks.push(...streamOf(generator).getTracks());
            generator.stop();
          }
        } finally {
          Object.assign(globalThis, { Worker: RealWorker, AudioContext: RealContext });
        }
        await until(() => workers === 0, 'no worker');
        // A worker makes no sound without a native generator.
        const graphs = backend === 'canvas' || !supports('audio', 'native');
        expect(contexts.length).to.equal(graphs ? 20 : 0);
        await until(() => contexts.every(({ state }) => state === 'closed'), 'closed contexts');
        expect(tracks.length).to.equal(40);
        expect(tracks.every(({ readyState }) => readyState === 'ended')).to.equal(true);
      });
    });

    it('arrives at the other end of a connection', async function () {
      // WebKitGTK has none.
      if (typeof RTCPeerConnection === 'undefined') this.skip();
      const stream = streamOf(await start({ audio: true, width: 320, height: 180, color: css(green) }));
      const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
      try {
        here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
        there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
        const remote = new MediaStream();
        there.ontrack = ({ track }) => remote.addTrack(track);
        for (const track of stream.getTracks()) here.addTrack(track, stream);
        await here.setLocalDescription();
        await there.setRemoteDescription(here.localDescription!);
        await there.setLocalDescription();
        await here.setRemoteDescription(there.localDescription!);
        await shows(await play(remote), green);
        expect(await soundAbove(remote, 0.05)).to.be.below(0.5);
      } finally {
        here.close();
        there.close();
      }
    });
  });
}

describe('Generator', () => {
  it('throws a MediaKitError where the browser can make no such track, and can be asked again', async () => {
    const real = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'captureStream')!;
    const generator = new Generator({ settings: { ...common, backend: 'canvas' } });
    Reflect.deleteProperty(HTMLCanvasElement.prototype, 'captureStream');
    try {
      expect(await codeOf(generator.start())).to.match(/^unsupported: .*cannot make video/);
      expect(generator.store.snapshot.status).to.equal('idle');
    } finally {
      Object.defineProperty(HTMLCanvasElement.prototype, 'captureStream', real);
    }
    await generator.start();
    expect(generator.store.snapshot.status).to.equal('running');
    generator.release();
  });

  it('says that the sound is blocked, and goes on at the next gesture', async () => {
    const RealContext = globalThis.AudioContext;
    let allowed = false;
    // What a browser does before the first gesture; tests run with that rule switched off.
    globalThis.AudioContext = class extends RealContext {
      constructor(options?: AudioContextOptions) {
        super(options);
        void this.suspend();
      }
      override resume(): Promise<void> {
        return allowed ? super.resume() : new Promise(() => {});
      }
    };
    const generator = new Generator({
      settings: { ...common, video: false, audio: true, backend: 'canvas' },
    });
    try {
      await generator.start();
      await until(() => generator.store.snapshot.blocked, 'blocked');
      allowed = true;
      window.dispatchEvent(new Event('pointerdown'));
      await until(() => !generator.store.snapshot.blocked, 'running');
      await soundAbove(generator.store.snapshot.stream!, 0.1);
    } finally {
      globalThis.AudioContext = RealContext;
      generator.release();
    }
  });
});
