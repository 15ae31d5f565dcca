import { expect } from '@open-wc/testing';
import type { MediaInput } from '../../../components/engine/generator/input.js';
import type { Kind } from '../../../components/engine/generator/settings.js';
import { TrackGenerator } from '../../../components/engine/generator/track-generator.js';
import '../../../components/media-generator/define.js';
import {
  failure,
  frame,
  green,
  isClosed,
  painted,
  readsAudioData,
  shows,
  sound,
} from '../../support/frames.js';
import { play, soundAbove } from '../../support/media.js';
import { until } from '../../support/wait.js';

/** What both have in common. */
interface Maker {
  readonly track: MediaStreamTrack | null;
  readonly writable: WritableStream<any>;
  write(data: MediaInput): Promise<void>;
  push(data: MediaInput): void;
  stop(): void;
}

/** What differs: how it comes to be. */
interface Way {
  create(kind: Kind, format?: { sampleRate?: number; channels?: number }): Promise<Maker>;
  /** Resolves with what it says of `push(data)`. */
  pushFails(maker: Maker, data: MediaInput): Promise<string>;
}

const made: Maker[] = [];

const ways: Record<string, Way> = {
  TrackGenerator: {
    create: async (kind, format) => new TrackGenerator({ kind, ...format }),
    pushFails: (maker, data) => failure((async () => maker.push(data))()),
  },
  '<media-generator>': {
    create: async (kind, format) => {
      const element = document.createElement('media-generator');
      Object.assign(element, { kind, pattern: 'none', tone: 'none', ...format });
      document.body.append(element);
      await element.start();
      return element;
    },
    pushFails: (maker, data) =>
      new Promise((resolve) => {
        const listener = ({ error }: ErrorEvent): void => resolve(`${error.name}: ${error.message}`);
        (maker as unknown as HTMLElement).addEventListener('error', listener, { once: true });
        maker.push(data);
      }),
  },
};

afterEach(() => {
  for (const maker of made.splice(0)) maker.stop();
  document.body.replaceChildren();
});

/** A square wave of 500 Hz. */
const wave = (length: number, rate: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, at) => (Math.floor((at * 1000) / rate) % 2 ? 0.7 : -0.7));

for (const [name, { create, pushFails }] of Object.entries(ways)) {
  describe(`Examples, on ${name}`, () => {
    const open: typeof create = async (...given) => {
      const maker = await create(...given);
      made.push(maker);
      return maker;
    };

    it('pushing an AudioBuffer of 44,100 samples', async () => {
      const maker = await open('audio');
      const heard = soundAbove(new MediaStream([maker.track!]), 0.1);
      const buffer = new AudioBuffer({ length: 44_100, sampleRate: 44_100, numberOfChannels: 1 });
      buffer.copyToChannel(wave(44_100, 44_100), 0);
      await again(heard, () => maker.push(buffer), 500);
    });

    it('writing Float32Array(1024) blocks', async () => {
      const maker = await open('audio', { sampleRate: 48_000, channels: 1 });
      const heard = soundAbove(new MediaStream([maker.track!]), 0.1);
      await again(heard, () => maker.write(wave(1024, 48_000)));
    });

    it('writing an ImageBitmap', async () => {
      const maker = await open('video');
      const bitmap = await createImageBitmap(painted(green));
      await maker.write(bitmap);
      expect(bitmap.width).to.equal(0);
      await shows(await play(new MediaStream([maker.track!])), green);
    });

    it('getting a writer, writing and releasing the lock', async () => {
      const maker = await open('video');
      const video = play(new MediaStream([maker.track!]));
      for (let count = 0; count < 3; count++) {
        const writer = maker.writable.getWriter();
        const picture = frame(green, count * 33_333);
        await writer.write(picture);
        writer.releaseLock();
        expect([isClosed(picture), maker.writable.locked]).to.deep.equal([true, false]);
      }
      await shows(await video, green);
    });

    it('adding the track to a MediaStream and playing it', async () => {
      const maker = await open('video');
      const stream = new MediaStream();
      stream.addTrack(maker.track!);
      expect(stream.getVideoTracks()[0] === maker.track).to.equal(true);
      const video = play(stream);
      await maker.write(frame(green));
      await shows(await video, green);
    });

    it('stopping after a time', async () => {
      const maker = await open('video');
      const { track } = maker;
      const copy = track!.clone();
      const writer = maker.writable.getWriter();
      setTimeout(() => {
        maker.stop();
        copy.stop();
      }, 200);
      let written = 0;
      await failure(
        (async () => {
          for (;;) {
            await writer.write(frame());
            written++;
          }
        })(),
      );
      await writer.closed;
      expect([written > 2, track!.readyState]).to.deep.equal([true, 'ended']);
    });

    const wrong: Record<string, [Kind, () => unknown, RegExp, boolean?]> = {
      "write('x')": ['video', () => 'x', /got a string, .* video: it takes VideoFrame, ImageBitmap/],
      'audio into video': [
        'video',
        () => wave(480, 48_000),
        /got a Float32Array, .* video: it takes VideoFrame/,
      ],
      'video into audio': [
        'audio',
        () => frame(),
        /got a VideoFrame, .* audio: it takes AudioData, AudioBuffer/,
      ],
      'a closed frame': ['video', () => closed(frame()), /This VideoFrame is closed/],
      'a closed AudioData': ['audio', () => closed(sound()), /This AudioData is closed/, readsAudioData],
      'NaN samples': [
        'audio',
        () => new Float32Array(480).fill(NaN),
        /Float32Array has samples that are not numbers/,
      ],
      'no samples': ['audio', () => new Float32Array(0), /no samples in this Float32Array/],
    };
    for (const [what, [kind, data, message, possible = true]] of Object.entries(wrong)) {
      (possible ? it : it.skip)(`the wrong format: ${what}`, async () => {
        const maker = await open(kind);
        expect(await failure(maker.write(data() as MediaInput))).to.match(message);
        expect(await pushFails(maker, data() as MediaInput)).to.match(message);
        await maker.write(kind === 'video' ? frame() : wave(480, 48_000));
        expect(maker.track!.readyState).to.equal('live');
      });
    }

    it('the wrong format: a detached bitmap', async () => {
      const maker = await open('video');
      const detached = await createImageBitmap(painted(green));
      structuredClone(detached, { transfer: [detached] }).close();
      expect(await failure(maker.write(detached))).to.match(/This ImageBitmap is closed/);
    });
  });
}

describe('Examples: the wrong format: 0 channels', () => {
  it('on TrackGenerator', () => {
    expect(() => new TrackGenerator({ kind: 'audio', channels: 0 })).to.throw(
      /channels "0" .*; 1 is used|channels "0"/,
    );
  });

  it('on <media-generator>', async () => {
    const element = document.createElement('media-generator');
    const errors: string[] = [];
    const { warn } = console;
    console.warn = (...words: unknown[]) => void errors.push(words.join(' '));
    try {
      element.addEventListener('error', ({ message }) => errors.push(message));
      element.setAttribute('kind', 'audio');
      element.setAttribute('channels', '0');
      document.body.append(element);
      await until(() => errors.some((message) => /channels/.test(message)));
    } finally {
      console.warn = warn;
    }
  });
});

function closed<T extends VideoFrame | AudioData>(chunk: T): T {
  chunk.close();
  return chunk;
}

/** Does it again and again until the promise is settled. */
async function again(done: Promise<unknown>, act: () => unknown, pause = 0): Promise<void> {
  let over = false;
  const ended = done.finally(() => (over = true));
  ended.catch(() => {});
  while (!over) {
    await act();
    if (pause) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, pause))]);
  }
  await ended;
}
