import { expect } from '@open-wc/testing';
import { readForeign } from '../../../components/engine/generator/foreign-track.js';
import { adopt } from '../../../components/engine/generator/own-track.js';
import { TrackProcessor } from '../../../components/engine/generator/track-processor.js';
import {
  frame,
  green,
  isClosed,
  painted,
  readsAudioData,
  red,
  sound,
  type Color,
} from '../../support/frames.js';
import { until } from '../../support/wait.js';

type Chunk = VideoFrame | AudioData;

const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const step of cleanUp.splice(0)) step();
});

/** A video track that nobody of ours made: its canvas is drawn again and again. */
function foreignVideo(color: Color): MediaStreamTrack {
  const canvas = painted(color);
  const context = canvas.getContext('2d')!;
  const timer = setInterval(() => context.fillRect(0, 0, 64, 48), 20);
  const track = canvas.captureStream(30).getVideoTracks()[0]!;
  cleanUp.push(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

/** An audio track that nobody of ours made: a loud tone. */
function foreignAudio(): MediaStreamTrack {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  const tone = new OscillatorNode(context);
  tone.connect(output);
  tone.start();
  cleanUp.push(() => void context.close());
  return output.stream.getAudioTracks()[0]!;
}

/** A track whose chunks the test sends by hand. */
function tapped(kind: 'video' | 'audio' = 'video') {
  const track = kind === 'video' ? foreignVideo(red) : foreignAudio();
  const listeners = new Set<(chunk: Chunk) => void>();
  const source = adopt(track, {
    ended: () => {},
    tap: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const send = (chunk: Chunk): Chunk => {
    for (const listener of listeners) listener(chunk);
    return chunk;
  };
  return { track, source, send, listeners };
}

function colorOf(picture: VideoFrame): Color {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d')!;
  context.drawImage(picture, 0, 0, 1, 1);
  const { data } = context.getImageData(0, 0, 1, 1);
  return [data[0]!, data[1]!, data[2]!];
}

const near = (one: Color, other: Color): boolean =>
  one.every((value, at) => Math.abs(value - other[at]!) <= 40);

function loudest(data: AudioData): number {
  const samples = new Float32Array(data.numberOfFrames);
  data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

describe('TrackProcessor', () => {
  it('throws a TypeError without a track', () => {
    for (const track of [undefined, null, {}, new MediaStream()]) {
      expect(() => new TrackProcessor({ track } as never)).to.throw(TypeError);
    }
  });

  it('has one readable, which gives what is sent', async () => {
    const { track, send } = tapped();
    const processor = new TrackProcessor({ track });
    expect(processor.readable === processor.readable).to.equal(true);
    const reader = processor.readable.getReader();
    for (const time of [500, 100, 100]) {
      const read = reader.read();
      const sent = send(frame(red, time));
      const { value } = await read;
      expect([value === sent, isClosed(sent)]).to.deep.equal([true, false]);
      sent.close();
    }
  });

  for (const maxBufferSize of [undefined, 1, 3]) {
    it(`keeps the newest (maxBufferSize ${maxBufferSize}) for its reader, and closes the others`, async () => {
      const { track, send } = tapped();
      const reader = new TrackProcessor({ track, maxBufferSize }).readable.getReader();
      const sent = [0, 1, 2, 3, 4].map((time) => send(frame(red, time)));
      const kept = maxBufferSize ?? 1;
      expect(sent.map(isClosed)).to.deep.equal(sent.map((_, at) => at < 5 - kept));
      for (const chunk of sent.slice(5 - kept)) {
        const { value } = await reader.read();
        expect(value === chunk).to.equal(true);
        chunk.close();
      }
    });
  }

  it('leaves the track alone when it is cancelled, and closes what waits', async () => {
    const { track, send, listeners } = tapped();
    const reader = new TrackProcessor({ track }).readable.getReader();
    const waiting = send(frame());
    await reader.cancel();
    expect([isClosed(waiting), listeners.size, track.readyState]).to.deep.equal([true, 0, 'live']);
  });

  for (const how of ['stop', 'end'] as const) {
    it(`ends with the track (${how}), and closes what waits`, async () => {
      const { track, source, send, listeners } = tapped();
      const readers = [new TrackProcessor({ track }), new TrackProcessor({ track })].map(({ readable }) =>
        readable.getReader(),
      );
      const pending = readers[0]!.read();
      listeners.forEach((listener) => listener(frame()));
      (await pending).value!.close();
      const last = readers[0]!.read();
      const waiting = frame();
      [...listeners][1]!(waiting);
      if (how === 'stop') track.stop();
      else source.end();
      expect([(await last).done, (await readers[1]!.read()).done]).to.deep.equal([true, true]);
      expect([isClosed(waiting), listeners.size]).to.deep.equal([true, 0]);
      send(frame()).close();
    });
  }

  it('has nothing to give of a track that has ended', async () => {
    const { track } = tapped();
    track.stop();
    expect((await new TrackProcessor({ track }).readable.getReader().read()).done).to.equal(true);
  });

  it('reads clones, each for itself', async () => {
    const { track, listeners } = tapped();
    const clones = [track.clone(), track.clone()] as const;
    const [first, second] = clones.map((clone) => new TrackProcessor({ track: clone }).readable.getReader());
    clones[0].stop();
    expect((await first!.read()).done).to.equal(true);
    const read = second!.read();
    expect(listeners.size).to.equal(1);
    const sent = frame();
    listeners.forEach((listener) => listener(sent));
    expect((await read).value === sent).to.equal(true);
    sent.close();
    clones[1].stop();
  });

  it('gives black in place of what a disabled track is sent', async () => {
    const { track, send } = tapped();
    const reader = new TrackProcessor({ track }).readable.getReader();
    track.enabled = false;
    const sent = send(frame(red, 700, 32, 24));
    const picture = (await reader.read()).value as VideoFrame;
    expect([picture.timestamp, picture.displayWidth, picture.displayHeight]).to.deep.equal([700, 32, 24]);
    expect([near(colorOf(picture), [0, 0, 0]), isClosed(sent)]).to.deep.equal([true, true]);
    picture.close();
  });

  (readsAudioData ? it : it.skip)('gives silence in place of what a disabled track is sent', async () => {
    const { track, send } = tapped('audio');
    const reader = new TrackProcessor({ track }).readable.getReader();
    track.enabled = false;
    const sent = send(sound(700));
    const silence = (await reader.read()).value as AudioData;
    expect([silence.timestamp, silence.numberOfFrames, loudest(silence)]).to.deep.equal([700, 480, 0]);
    expect(isClosed(sent)).to.equal(true);
    silence.close();
  });
});

it('A track that is not ours, of which nobody wants to hear any more, leaves nothing', async () => {
  const track = foreignAudio();
  const { AudioContext: Native } = globalThis;
  const made: AudioContext[] = [];
  globalThis.AudioContext = class extends Native {
    constructor() {
      super();
      made.push(this);
    }
  };
  try {
    for (let times = 0; times < 5; times++) {
      const reader = new TrackProcessor({ track }).readable.getReader();
      await reader.cancel();
    }
    // One that is heard is opened after those before it would have been.
    const reader = new TrackProcessor({ track }).readable.getReader();
    ((await reader.read()).value as AudioData).close();
    await reader.cancel();
    await until(() => made.every(({ state }) => state === 'closed'), 'closed');
  } finally {
    globalThis.AudioContext = Native;
  }
});

/** Ways to read a track of somebody else's: what this browser does, and what those do that have nothing of their own. */
const ways = {
  'of its own': (track: MediaStreamTrack) => new TrackProcessor({ track }).readable,
  'without help': (track: MediaStreamTrack) => {
    const life = new AbortController();
    return new ReadableStream<Chunk>({
      start: (controller) => {
        void readForeign(track, {
          take: (chunk) => {
            if (life.signal.aborted) chunk.close();
            else controller.enqueue(chunk);
          },
          miss: () => {},
          end: () => {
            life.abort();
            controller.close();
          },
          signal: life.signal,
        });
      },
      cancel: () => life.abort(),
    });
  },
};

for (const [name, open] of Object.entries(ways)) {
  describe(`A track that is not ours, read by the browser ${name}`, () => {
    it('gives its pictures, in their order, until it is stopped', async () => {
      const track = foreignVideo(green);
      const reader = open(track).getReader();
      let last = -1;
      let seen = 0;
      await until(async () => {
        const picture = (await reader.read()).value as VideoFrame;
        expect(picture.timestamp).to.be.above(last);
        last = picture.timestamp;
        if (near(colorOf(picture), green)) seen++;
        picture.close();
        return seen > 4;
      }, 'green');
      track.stop();
      await until(async () => {
        const { value, done } = await reader.read();
        value?.close();
        return done;
      }, 'the end');
    });

    (readsAudioData ? it : it.skip)('gives its sound, without a gap', async () => {
      const reader = open(foreignAudio()).getReader();
      let heard = 0;
      let next: number | undefined;
      await until(async () => {
        const data = (await reader.read()).value as AudioData;
        const length = (data.numberOfFrames / data.sampleRate) * 1e6;
        if (heard > 5 && name === 'without help') expect(Math.abs(data.timestamp - next!)).to.be.below(5);
        next = data.timestamp + length;
        if (loudest(data) > 0.5) heard++;
        data.close();
        return heard > 20;
      }, 'a tone');
      await reader.cancel();
    });
  });
}
