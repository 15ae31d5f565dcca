import { expect } from '@open-wc/testing';
import { createSurface, type Surface } from '../../../components/engine/generator/artwork.js';
import { SyncReader, type SyncSource } from '../../../components/engine/generator/sync-reader.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import { play } from '../../support/media.js';
import { drawSync } from '../../support/sync-picture.js';
import { until } from '../../support/wait.js';

const TIME = 1_800_000_012_345;
/** False in WebKitGTK, which tells of a captured canvas's first picture only. */
const tellsOfPictures = !navigator.vendor.startsWith('Apple');
const wallClock = (): number => performance.timeOrigin + performance.now();

function picture(width: number, height: number, number = 123_456, time = TIME): OffscreenCanvas {
  const surface = createSurface(width, height);
  drawSync(surface, { number, time });
  return surface.canvas;
}

/** Another picture of that one, drawn with a filter or after another. */
function redrawn(from: OffscreenCanvas, width: number, height: number, then?: (surface: Surface) => void) {
  const surface = createSurface(width, height);
  surface.drawImage(from, 0, 0, width, height);
  then?.(surface);
  return surface.canvas;
}

/** A number as good as random from 0 to 1 for each call, the same in each run. */
function random(seed = 1): () => number {
  return () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
}

function addNoise(surface: Surface, strength: number): void {
  const { width, height } = surface.canvas;
  const image = surface.getImageData(0, 0, width, height);
  const next = random();
  image.data.forEach((value, at) => (image.data[at] = value + (next() - 0.5) * strength));
  surface.putImageData(image, 0, 0);
}

function codeOf(error: unknown): string {
  return error instanceof MediaKitError ? error.code : String(error);
}

function thrownBy(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return codeOf(error);
  }
  return 'nothing';
}

describe('SyncReader', () => {
  const reader = new SyncReader();
  let life: AbortController;
  beforeEach(() => (life = new AbortController()));
  afterEach(() => {
    life.abort();
    reader.release();
  });

  /** A stream that shows a new picture 30 times a second, and how many it has drawn. */
  function syncStream(width = 640, height = 360): MediaStream {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const surface = canvas.getContext('2d', { alpha: false })!;
    let number = 65_520;
    const draw = (): void => drawSync(surface, { number: number++, time: wallClock() });
    draw();
    const stream = canvas.captureStream();
    const timer = setInterval(draw, 1000 / 30);
    life.signal.addEventListener('abort', () => {
      clearInterval(timer);
      stream.getTracks().forEach((track) => track.stop());
    });
    return stream;
  }

  async function shown(stream: MediaStream): Promise<HTMLVideoElement> {
    const video = await play(stream);
    life.signal.addEventListener('abort', () => video.remove());
    return video;
  }

  describe('readFrame()', () => {
    const expected = { number: 123_456 % 65_536, sentAt: TIME, latency: 40 };
    const read = (source: SyncSource) => reader.readFrame(source, TIME + 40);

    for (const [width, height] of [
      [640, 360],
      [1280, 720],
      [1920, 1080],
      [360, 640],
      [333, 187],
      [160, 90],
    ] as const) {
      it(`reads a canvas of ${width}×${height}, and a quarter of it`, () => {
        const full = picture(width, height);
        expect(read(full)).to.deep.equal(expected);
        if (width < 640) return;
        expect(read(redrawn(full, width / 4, height / 4))).to.deep.equal(expected);
      });
    }

    it('reads through blur and noise', () => {
      const full = picture(640, 360);
      for (const noise of [0, 60, 120]) {
        for (const blur of ['none', 'blur(1px)', 'blur(3px)']) {
          const worn = redrawn(full, 640, 360, (surface) => {
            surface.filter = blur;
            surface.drawImage(full, 0, 0);
            addNoise(surface, noise);
          });
          expect(read(worn), `${blur}, noise ${noise}`).to.deep.equal(expected);
        }
      }
    });

    it('reads in whatever shape the picture was stretched, and with less contrast', () => {
      const full = picture(640, 360);
      expect(read(redrawn(full, 200, 300))).to.deep.equal(expected);
      const dull = redrawn(full, 320, 180, (surface) => {
        surface.fillStyle = 'rgb(128 128 128 / 60%)';
        surface.fillRect(0, 0, 320, 180);
      });
      expect(read(dull)).to.deep.equal(expected);
    });

    it('reads frames and bitmaps, and leaves them open', async () => {
      const frame = new VideoFrame(picture(640, 360), { timestamp: 0 });
      const bitmap = await createImageBitmap(picture(640, 360));
      expect(read(frame)).to.deep.equal(expected);
      expect(read(bitmap)).to.deep.equal(expected);
      expect([frame.displayWidth, bitmap.width]).to.deep.equal([640, 640]);
      frame.close();
      bitmap.close();
    });

    it('reads pictures of a clock that is ahead', () => {
      const { sentAt, latency } = reader.readFrame(picture(320, 180), TIME - 250)!;
      expect([sentAt, latency]).to.deep.equal([TIME, -250]);
    });

    it('finds nothing in other pictures, in damaged ones and in a video without any', () => {
      const blank = createSurface(640, 360);
      expect(read(blank.canvas)).to.equal(null);
      addNoise(blank, 255);
      expect(read(blank.canvas)).to.equal(null);
      const damaged = redrawn(picture(640, 360), 640, 360, (surface) => {
        surface.fillStyle = '#ffffff';
        surface.fillRect(200, 0, 200, 48);
      });
      expect(read(damaged)).to.equal(null);
      expect(read(document.createElement('video'))).to.equal(null);
    });

    it('never takes one code for another, however bad the picture is', () => {
      const next = random(7);
      let read = 0;
      for (let run = 0; run < 300; run++) {
        const number = Math.floor(next() * 65_536);
        const worn = redrawn(picture(160, 90, number), 160, 90, (surface) => addNoise(surface, run * 4));
        const reading = reader.readFrame(worn, TIME);
        if (!reading) continue;
        read++;
        expect([reading.number, reading.sentAt]).to.deep.equal([number, TIME]);
      }
      expect(read).to.be.within(50, 299);
    });

    it('refuses what has no picture, or one that is closed', () => {
      const closed = new VideoFrame(picture(64, 36), { timestamp: 0 });
      closed.close();
      for (const source of [closed, document.createElement('p'), null, 'x']) {
        expect(thrownBy(() => reader.readFrame(source as never))).to.equal('bad-input');
      }
      expect(read(picture(640, 360))).to.deep.equal(expected);
    });
  });

  describe('watch()', () => {
    it('reads each picture of a video, none of them wrong', async function () {
      if (!tellsOfPictures) this.skip();
      const video = await shown(syncStream());
      reader.watch(video, life.signal);
      const readings: number[] = [];
      reader.store.subscribe(({ last }) => last && readings.push(last.number), life.signal);
      await until(() => reader.store.snapshot.frames >= 30);
      const { unreadable, latency, latencyP95 } = reader.store.snapshot;
      expect(unreadable).to.equal(0);
      expect(latency!).to.be.within(0, 200);
      expect(latencyP95!).to.be.within(latency!, 500);
      // 65,520 and on, over the end of the numbers.
      const counted = readings.map((number) => (number - 65_000 + 65_536) % 65_536);
      expect(counted.every((number, at) => at === 0 || number >= counted[at - 1]!)).to.equal(true);
      expect(readings.some((number) => number < 100)).to.equal(true);
    });

    it('counts as unreadable what shows something else', async function () {
      if (!tellsOfPictures) this.skip();
      const canvas = document.createElement('canvas');
      const surface = canvas.getContext('2d')!;
      const timer = setInterval(() => surface.fillRect(0, 0, 9, 9), 30);
      life.signal.addEventListener('abort', () => clearInterval(timer));
      reader.watch(await shown(canvas.captureStream()), life.signal);
      await until(() => reader.store.snapshot.unreadable >= 3);
      expect([reader.store.snapshot.frames, reader.store.snapshot.latency]).to.deep.equal([0, null]);
    });

    it('ends with its signal, with another video and with release()', async () => {
      const [one, other] = [await shown(syncStream()), await shown(syncStream(320, 180))];
      const waiting = new Map([one, other].map((video) => [video, 0]));
      for (const video of [one, other]) {
        const { requestVideoFrameCallback, cancelVideoFrameCallback } = video;
        video.requestVideoFrameCallback = (callback) => {
          waiting.set(video, waiting.get(video)! + 1);
          return requestVideoFrameCallback.call(video, (...words) => {
            waiting.set(video, waiting.get(video)! - 1);
            callback(...words);
          });
        };
        video.cancelVideoFrameCallback = (handle) => {
          waiting.set(video, waiting.get(video)! - 1);
          cancelVideoFrameCallback.call(video, handle);
        };
      }
      const counts = (): number[] => [...waiting.values()];
      const looks = (): Promise<unknown> => {
        const { frames } = reader.store.snapshot;
        return until(() => reader.store.snapshot.frames > frames);
      };
      reader.watch(one);
      await looks();
      expect(counts()).to.deep.equal([1, 0]);
      reader.watch(other);
      expect(counts()).to.deep.equal([0, 1]);
      expect(reader.store.snapshot.frames).to.equal(0);
      reader.release();
      expect(counts()).to.deep.equal([0, 0]);
      const aborted = new AbortController();
      reader.watch(one, aborted.signal);
      expect(counts()).to.deep.equal([1, 0]);
      aborted.abort();
      expect(counts()).to.deep.equal([0, 0]);
      reader.watch(one, aborted.signal);
      expect(counts()).to.deep.equal([0, 0]);
    });

    it('refuses what tells nothing of its pictures', () => {
      for (const source of [document.createElement('canvas'), null]) {
        expect(thrownBy(() => reader.watch(source as never))).to.equal('unsupported');
      }
    });
  });

  describe('listen()', function () {
    // The mock of a sound card stops now and then on a crowded machine.
    this.retries(1);

    /** Beeps every half second by the clock of the sound. */
    function beeping(): MediaStream {
      const context = new AudioContext();
      life.signal.addEventListener('abort', () => void context.close());
      const output = new MediaStreamAudioDestinationNode(context);
      const length = context.sampleRate / 2;
      const buffer = context.createBuffer(1, length, context.sampleRate);
      buffer.copyToChannel(
        Float32Array.from({ length: length / 5 }, (_, at) => 0.25 * Math.sin(at / 8)),
        0,
        length / 2,
      );
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      source.connect(output);
      source.start();
      return output.stream;
    }

    const reasonOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'nothing', codeOf);

    it('tells when each beep begins, within 3 ms', async () => {
      const times: number[] = [];
      reader.store.subscribe(({ beepAt }) => times.push(beepAt!), life.signal);
      await reader.listen(beeping(), life.signal);
      // The clock of the sound may be slow, but it is steady: each beep is in the middle of its neighbours. A busy
      // machine delays one or the other, so that it may take more of them to see it.
      const stray = (): number => {
        const last = times.slice(-8);
        const strays = last
          .slice(2)
          .map((time, at) => Math.abs(time - 2 * last[at + 1]! + last[at]!) / 2)
          .sort((one, other) => one - other);
        return last.length < 8 ? Infinity : strays[strays.length >> 1]!;
      };
      await until(() => stray() < 3, 'eight steady beeps');
      expect(times.at(-1)! - wallClock()).to.be.within(-2000, 0);
      times.slice(1).forEach((time, at) => expect(time - times[at]!).to.be.within(450, 600));
    });

    it('compares with the pictures that are watched', async () => {
      reader.watch(await shown(syncStream()), life.signal);
      await reader.listen(beeping().getAudioTracks()[0]!, life.signal);
      await until(() => reader.store.snapshot.beeps >= 2);
      expect(reader.store.snapshot.offset!).to.be.within(-500, 500);
    });

    it('closes its sound with its signal, and hears no more', async () => {
      const contexts: AudioContext[] = [];
      const Native = window.AudioContext;
      const sound = beeping();
      window.AudioContext = class extends Native {
        constructor() {
          super();
          contexts.push(this);
        }
      };
      try {
        await reader.listen(sound, life.signal);
        const ended = reader.listen(sound, life.signal);
        await until(() => contexts[0]!.state === 'closed');
        reader.release();
        await ended;
        await until(() => contexts[1]!.state === 'closed');
        await reader.listen(sound, AbortSignal.abort());
        expect(contexts).to.have.length(2);
      } finally {
        window.AudioContext = Native;
      }
    });

    it('refuses what has no sound', async () => {
      const silent = syncStream();
      for (const source of [silent, silent.getVideoTracks()[0], null, 'x']) {
        expect(await reasonOf(reader.listen(source as never))).to.equal('bad-input');
      }
    });

    it('says so where a gesture is missing, and where its worklet may not run', async () => {
      const { resume } = AudioContext.prototype;
      AudioContext.prototype.resume = () => new Promise(() => {});
      try {
        expect(await reasonOf(reader.listen(beeping(), life.signal))).to.equal('permission-denied');
      } finally {
        AudioContext.prototype.resume = resume;
      }
      const { addModule } = AudioWorklet.prototype;
      AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException('refused', 'AbortError'));
      try {
        expect(await reasonOf(reader.listen(beeping(), life.signal))).to.equal('unsupported');
      } finally {
        AudioWorklet.prototype.addModule = addModule;
      }
    });
  });
});
