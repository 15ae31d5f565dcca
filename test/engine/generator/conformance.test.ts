import { expect } from '@open-wc/testing';
import { supports, type BackendName } from '../../../components/engine/generator/backend.js';
import { nativeClass } from '../../../components/engine/native-class.js';
import type { Kind } from '../../../components/engine/generator/settings.js';
import { TrackGenerator, VideoTrackGenerator } from '../../../components/engine/generator/track-generator.js';
import { TrackProcessor } from '../../../components/engine/generator/track-processor.js';
import {
  blue,
  failure,
  frame,
  green,
  isClosed,
  readsAudioData,
  red,
  shows,
  sound,
} from '../../support/frames.js';
import { playSoon, soundAbove } from '../../support/media.js';
import { nextEvent, until } from '../../support/wait.js';

type Chunk = VideoFrame | AudioData;
type Made = MediaStreamTrack & { readonly writable: WritableStream<Chunk> };

/** What stands the tests: ours by each backend that there is and, where it is, the browser's own class. */
interface Subject {
  readonly name: string;
  readonly ours: boolean;
  readonly backend?: BackendName;
  create(kind: Kind): Promise<Made>;
}

const chunkOf: Readonly<Record<Kind, () => Chunk>> = { video: () => frame(), audio: () => sound() };
const otherOf = { video: 'audio', audio: 'video' } as const;

const Native = nativeClass<new (init: unknown) => Made>('MediaStreamTrackGenerator');

function subjects(kind: Kind): Subject[] {
  if (kind === 'audio' && !readsAudioData) return [];
  const ours = (['native', 'worker', 'canvas'] as const).filter((backend) => supports(kind, backend));
  return [
    ...ours.map((backend) => ({
      name: `TrackGenerator, ${backend} ${kind}`,
      ours: true,
      backend,
      create: async (wanted: Kind) =>
        backend === 'worker'
          ? TrackGenerator.create({ kind: wanted, backend })
          : new TrackGenerator({ kind: wanted, backend }),
    })),
    ...(Native
      ? [{ name: `the browser's own, ${kind}`, ours: false, create: async () => new Native({ kind }) }]
      : []),
  ];
}

/** Whether streams can be transferred, which WebKit does not do. */
function streamsTransfer(): boolean {
  const stream = new WritableStream() as unknown as Transferable;
  try {
    structuredClone(stream, { transfer: [stream] });
    return true;
  } catch {
    return false;
  }
}

/** The events that a track has fired. */
function eventsOf(track: MediaStreamTrack): string[] {
  const events: string[] = [];
  for (const type of ['ended', 'mute', 'unmute']) track.addEventListener(type, () => events.push(type));
  return events;
}

const made: MediaStreamTrack[] = [];

afterEach(() => {
  for (const track of made.splice(0)) track.stop();
  document.body.replaceChildren();
});

async function open(subject: Subject, kind: Kind): Promise<Made> {
  const track = await subject.create(kind);
  made.push(track);
  return track;
}

function clone(track: MediaStreamTrack): MediaStreamTrack {
  const copy = track.clone();
  made.push(copy);
  return copy;
}

for (const kind of ['video', 'audio'] as const) {
  for (const subject of subjects(kind)) {
    const { ours } = subject;
    const create = (): Promise<Made> => open(subject, kind);

    describe(subject.name, () => {
      it('is a live track of its kind, with one writable', async () => {
        const track = await create();
        expect([track instanceof MediaStreamTrack, track.kind, track.readyState, track.muted]).to.deep.equal([
          true,
          kind,
          'live',
          false,
        ]);
        expect([track.writable instanceof WritableStream, track.writable === track.writable]).to.deep.equal([
          true,
          true,
        ]);
      });

      it('closes what it accepts', async () => {
        const writer = (await create()).writable.getWriter();
        for (let count = 0; count < 3; count++) {
          const chunk = chunkOf[kind]();
          await writer.write(chunk);
          expect(isClosed(chunk)).to.equal(true);
        }
      });

      it('refuses anything else with a TypeError, for good; the track stays live', async () => {
        for (const wrong of [
          'x',
          null,
          undefined,
          {},
          new ArrayBuffer(8),
          chunkOf[otherOf[kind]](),
        ] as Chunk[]) {
          const track = await create();
          const writer = track.writable.getWriter();
          writer.closed.catch(() => {});
          expect(await failure(writer.write(wrong)), typeof wrong).to.match(/^TypeError/);
          const good = chunkOf[kind]();
          expect(await failure(writer.write(good))).to.match(/^TypeError/);
          expect([track.readyState, isClosed(good)]).to.deep.equal(['live', false]);
          good.close();
          track.stop();
        }
      });

      it('refuses what is closed', async () => {
        const writer = (await create()).writable.getWriter();
        writer.closed.catch(() => {});
        const chunk = chunkOf[kind]();
        chunk.close();
        // The browser's own has another name for it.
        expect(await failure(writer.write(chunk))).to.match(ours ? /^TypeError/ : /^(TypeError|\w+Error)/);
      });

      for (const how of ['close', 'abort'] as const) {
        it(`ends with its clones, and says so once, at writer.${how}()`, async () => {
          const track = await create();
          const copies = [clone(track), clone(track)] as const;
          const events = [track, ...copies].map(eventsOf);
          copies[1].stop();
          const writer = track.writable.getWriter();
          writer.closed.catch(() => {});
          await writer.write(chunkOf[kind]());
          await writer[how]();
          await until(() => events[0]!.length > 0 && events[1]!.length > 0, 'ended');
          expect(events).to.deep.equal([['ended'], ['ended'], []]);
          expect([track.readyState, copies[0].readyState]).to.deep.equal(['ended', 'ended']);
        });
      }

      it('goes on until the last of its clones is stopped', async () => {
        const track = await create();
        const copy = clone(track);
        const second = clone(copy);
        const events = [track, copy, second].map(eventsOf);
        const writer = track.writable.getWriter();
        track.stop();
        copy.stop();
        await writer.write(chunkOf[kind]());
        second.stop();
        const refusal = async (): Promise<string> => {
          const late = chunkOf[kind]();
          const said = await failure(writer.write(late));
          if (ours) expect(isClosed(late)).to.equal(false);
          late.close();
          return said;
        };
        if (ours) expect(await refusal()).to.match(/^TypeError/);
        // The browser's own ends in its own time.
        else await until(async () => /^\w*Error/.test(await refusal()), 'a refusal');
        expect(events).to.deep.equal([[], [], []]);
      });

      it('makes plain clones', async () => {
        const copy = clone(await create());
        expect([copy.kind, 'writable' in copy, copy instanceof TrackGenerator]).to.deep.equal([
          kind,
          false,
          false,
        ]);
      });

      it('keeps a content hint', async () => {
        const track = await create();
        const hint = kind === 'video' ? 'detail' : 'speech';
        track.contentHint = hint;
        track.contentHint = 'nonsense';
        expect([track.contentHint, clone(track).contentHint]).to.deep.equal([hint, hint]);
      });

      if (!ours) return;

      it('is an instance of the class, and its own track', async () => {
        const track = (await create()) as TrackGenerator;
        expect(track instanceof TrackGenerator).to.equal(true);
        expect([track.track === track, track.activeBackend]).to.deep.equal([true, subject.backend]);
        expect(Object.keys(track)).to.deep.equal([]);
      });

      it('closes what is queued when it is stopped, and then the stream', async () => {
        const track = await create();
        const writer = track.writable.getWriter();
        const chunks = Array.from({ length: 40 }, chunkOf[kind]);
        const writes = chunks.map((chunk) => writer.write(chunk));
        await writes[0];
        track.stop();
        await writer.closed;
        await Promise.all(writes);
        expect(chunks.every(isClosed)).to.equal(true);
      });

      it('closes what is queued when it is aborted', async () => {
        const writer = (await create()).writable.getWriter();
        writer.closed.catch(() => {});
        const chunks = Array.from({ length: 40 }, chunkOf[kind]);
        const writes = Promise.allSettled(chunks.map((chunk) => writer.write(chunk)));
        await writer.abort();
        await writes;
        expect(chunks.every(isClosed)).to.equal(true);
      });

      it('closes what is queued behind a bad chunk', async () => {
        const writer = (await create()).writable.getWriter();
        writer.closed.catch(() => {});
        const chunks = Array.from({ length: 5 }, chunkOf[kind]);
        const writes = ['x' as never, ...chunks].map((chunk) => writer.write(chunk));
        await Promise.allSettled(writes);
        expect(chunks.every(isClosed)).to.equal(true);
      });

      it('ends a pipe when it is stopped', async () => {
        const track = await create();
        let cancelled = false;
        const source = new ReadableStream<Chunk>(
          {
            pull: (controller) => controller.enqueue(chunkOf[kind]()),
            cancel: () => void (cancelled = true),
          },
          { highWaterMark: 0 },
        );
        const piped = failure(source.pipeTo(track.writable));
        await until(() => (track as TrackGenerator).stats.written > 3);
        track.stop();
        expect(await piped).to.match(/^TypeError/);
        expect(cancelled).to.equal(true);
      });

      it('makes those wait who write faster than it sends', async () => {
        const writer = (await create()).writable.getWriter();
        const begun = performance.now();
        // One second, of either kind.
        for (let count = 0; count < 60; count++) {
          await writer.write(kind === 'video' ? frame() : sound(0, 800));
        }
        expect(performance.now() - begun).to.be.above(500);
      });

      it('drops, closes and counts what is pushed faster than it sends', async () => {
        const track = (await create()) as TrackGenerator;
        const chunks = Array.from({ length: 60 }, () => (kind === 'video' ? frame() : sound(0, 9600)));
        for (const chunk of chunks) track.push(chunk);
        expect(chunks.every(isClosed)).to.equal(true);
        await until(() => track.stats.dropped > 30);
      });

      it('tells what it sends before the browser knows', async () => {
        const track = await create();
        const copy = clone(track);
        await track.writable.getWriter().write(chunkOf[kind]());
        for (const settings of [track.getSettings(), copy.getSettings()]) {
          if (kind === 'video') expect([settings.width, settings.height]).to.deep.equal([64, 48]);
          else expect([settings.sampleRate, settings.channelCount]).to.deep.equal([48_000, 1]);
        }
      });

      it('lives on after bad data, and takes the next', async () => {
        const track = (await create()) as TrackGenerator;
        await failure(track.writable.getWriter().write('x' as never));
        expect(await failure(track.write('x' as never))).to.match(/^MediaKitError: write\(\) got a string/);
        await track.write(chunkOf[kind]());
        await until(() => track.stats.written === 1);
        expect(track.readyState).to.equal('live');
      });

      it('sends what waits before it ends, at writer.close()', async () => {
        const track = (await create()) as TrackGenerator;
        const writer = track.writable.getWriter();
        for (let count = 0; count < 10; count++) await writer.write(chunkOf[kind]());
        await writer.close();
        expect([track.readyState, track.stats.queueLength, track.stats.dropped]).to.deep.equal([
          'ended',
          0,
          0,
        ]);
      });

      it('closes at a stop, even in the middle of writer.close()', async () => {
        const track = await create();
        const writer = track.writable.getWriter();
        const chunks = Array.from({ length: 10 }, chunkOf[kind]);
        for (const chunk of chunks) void writer.write(chunk).catch(() => {});
        const closed = writer.close();
        track.stop();
        await closed;
        expect(chunks.every(isClosed)).to.equal(true);
      });

      it('refuses write() after the end, and closes what is given', async () => {
        const track = (await create()) as TrackGenerator;
        track.stop();
        const chunks = [chunkOf[kind](), chunkOf[kind]()] as const;
        expect(await failure(track.write(chunks[0]))).to.match(/^MediaKitError: The track has ended/);
        track.push(chunks[1]);
        expect(chunks.map(isClosed)).to.deep.equal([true, true]);
      });

      it('gives what was written to those who read', async () => {
        const track = (await create()) as TrackGenerator;
        expect(track.readable === track.readable).to.equal(true);
        const reader = track.readable.getReader();
        const times = kind === 'video' ? [5000, 0, 0, 90_000_000, 4000] : [7000, 17_000];
        const read: number[] = [];
        const writer = track.writable.getWriter();
        for (const time of times) {
          const next = reader.read();
          void writer.write(kind === 'video' ? frame(red, time) : sound(time));
          const { value } = await next;
          read.push(value!.timestamp);
          value!.close();
        }
        expect(read).to.deep.equal(times);
        await reader.cancel();
        expect(track.readyState).to.equal('live');
      });
    });
  }
}

for (const subject of subjects('video')) {
  const { ours } = subject;
  const create = (): Promise<Made> => open(subject, 'video');

  describe(`${subject.name}: pictures`, () => {
    it('shows what is written, and changes of size', async () => {
      const track = await create();
      const video = playSoon(track);
      const writer = track.writable.getWriter();
      await writing(writer, () => frame(green), shows(video, green));
      await writing(
        writer,
        () => frame(blue, 0, 32, 40),
        until(() => video.videoWidth === 32 && video.videoHeight === 40),
      );
      await shows(video, blue);
    });

    it('shows what is written through a clone when the track itself is stopped', async () => {
      const track = await create();
      const copy = clone(track);
      const second = clone(copy);
      const writer = track.writable.getWriter();
      await writer.write(frame(red));
      track.stop();
      const video = playSoon(second);
      await writing(writer, () => frame(green), shows(video, green));
      copy.stop();
      await writing(writer, () => frame(blue), shows(video, blue));
    });

    it('shows black while it is not enabled', async () => {
      const track = await create();
      track.enabled = false;
      const video = playSoon(track);
      await writing(track.writable.getWriter(), () => frame(red), shows(video, [0, 0, 0]));
    });

    (streamsTransfer() ? it : it.skip)('takes frames from a worker by a transferred writable', async () => {
      const track = await create();
      const video = playSoon(track);
      const source = `onmessage = async ({ data }) => {
        const canvas = new OffscreenCanvas(64, 48);
        const context = canvas.getContext('2d');
        context.fillStyle = 'rgb(0, 160, 0)';
        context.fillRect(0, 0, 64, 48);
        const writer = data.getWriter();
        for (let timestamp = 0; ; timestamp += 20000) {
          const frame = new VideoFrame(canvas, { timestamp });
          await writer.write(frame);
          frame.close();
          await new Promise((next) => setTimeout(next, 20));
        }
      }`;
      const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
      const worker = new Worker(url);
      URL.revokeObjectURL(url);
      try {
        worker.postMessage(track.writable, [track.writable as unknown as Transferable]);
        await shows(video, green);
      } finally {
        worker.terminate();
      }
    });

    if (!ours) return;

    it('shows the last frame to a viewer who comes late', async () => {
      const track = await create();
      await track.writable.getWriter().write(frame(green));
      await new Promise((resolve) => setTimeout(resolve, 300));
      const begun = performance.now();
      const video = playSoon(track);
      await shows(video, green);
      // Within two repetitions, and what the element needs to begin.
      expect(performance.now() - begun).to.be.below(2000);
    });

    it('shows a good frame after a bad one', async () => {
      const track = (await create()) as TrackGenerator;
      const video = playSoon(track);
      await track.write(frame(red));
      await shows(video, red);
      await failure(track.write('x' as never));
      await track.write(frame(green));
      await shows(video, green);
    });

    it('sends the last frame before it ends, however soon writer.close() follows', async () => {
      const track = (await create()) as TrackGenerator;
      const writer = track.writable.getWriter();
      for (const color of [red, green]) void writer.write(frame(color));
      await writer.close();
      expect(track.stats.delivered).to.be.at.least(2);
    });

    it('tells how many frames a second there are', async () => {
      const track = (await create()) as TrackGenerator;
      for (let count = 0; count < 20; count++) await track.write(frame());
      expect(track.getSettings().frameRate).to.be.within(5, 120);
    });
  });
}

for (const subject of subjects('audio')) {
  describe(`${subject.name}: sound`, function () {
    // The mock of a sound card stops now and then on a crowded machine.
    this.retries(1);

    it('sounds', async () => {
      const track = await open(subject, 'audio');
      const writer = track.writable.getWriter();
      let time = 0;
      await writing(
        writer,
        () => sound((time += 10_000)),
        soundAbove(new MediaStream([track]), 0.1),
        subject.ours ? 0 : 10,
      );
    });

    if (!subject.ours) return;

    it('sounds to the end before it ends, at writer.close()', async () => {
      const track = (await open(subject, 'audio')) as TrackGenerator;
      await until(() => track.stats.delivered > 0, 'it runs');
      const writer = track.writable.getWriter();
      const begun = performance.now();
      void writer.write(sound(0, 9600));
      await writer.close();
      // 200 ms, of which some go at once.
      expect(performance.now() - begun).to.be.above(120);
    });
  });
}

describe('The constructor of TrackGenerator', () => {
  const classes = Native ? { TrackGenerator, Native } : { TrackGenerator };

  for (const [name, Class] of Object.entries(classes) as [string, new (init?: unknown) => Made][]) {
    it(`throws a TypeError without a kind (${name})`, () => {
      for (const init of [undefined, null, {}, { kind: 'image' }, 'image', { kind: null }, 7]) {
        expect(() => new Class(init), JSON.stringify(init)).to.throw(TypeError);
      }
    });

    it(`takes a string, and members that it does not know (${name})`, () => {
      made.push(new Class('video'), new Class({ kind: 'audio', colour: 'red' }));
      expect(made.map(({ kind }) => kind)).to.deep.equal(['video', 'audio']);
    });
  }

  it('says what is wrong with the rest', async () => {
    const init = { kind: 'audio' } as const;
    expect(() => new TrackGenerator({ ...init, channels: 0 })).to.throw(/channels "0" .*1/);
    expect(() => new TrackGenerator({ ...init, backend: 'worker' })).to.throw(/TrackGenerator\.create\(\)/);
    expect(await failure(TrackGenerator.create({} as never))).to.match(/^TypeError/);
  });
});

describe('VideoTrackGenerator', () => {
  function create(): VideoTrackGenerator {
    const generator = new VideoTrackGenerator();
    made.push(generator.track);
    return generator;
  }

  it('has a plain track, and one writable', () => {
    const { track, writable, muted } = create();
    expect([track.kind, 'writable' in track, track instanceof MediaStreamTrack, muted]).to.deep.equal([
      'video',
      false,
      true,
      false,
    ]);
    expect(writable instanceof WritableStream).to.equal(true);
  });

  it('mutes its tracks in a task, with events', async () => {
    const generator = create();
    const { track } = generator;
    const copy = clone(track);
    const events = [eventsOf(track), eventsOf(copy)];
    const muted = nextEvent(copy, 'mute');
    generator.muted = true;
    generator.muted = false;
    generator.muted = true;
    expect([generator.muted, track.muted]).to.deep.equal([true, false]);
    await muted;
    expect([track.muted, copy.muted]).to.deep.equal([true, true]);
    const unmuted = nextEvent(copy, 'unmute');
    generator.muted = false;
    await unmuted;
    expect(events).to.deep.equal([
      ['mute', 'unmute'],
      ['mute', 'unmute'],
    ]);
  });

  it('closes and drops what is written while it is muted', async () => {
    const generator = create();
    const reader = new TrackProcessor({ track: generator.track }).readable.getReader();
    const writer = generator.writable.getWriter();
    generator.muted = true;
    const dropped = frame(red, 1000);
    await writer.write(dropped);
    expect(isClosed(dropped)).to.equal(true);
    generator.muted = false;
    const read = reader.read();
    await writer.write(frame(red, 2000));
    const { value } = await read;
    expect(value!.timestamp).to.equal(2000);
    value!.close();
  });

  it('closes its writable when the last of its tracks is stopped', async () => {
    const { track, writable } = create();
    const copy = clone(track);
    const writer = writable.getWriter();
    track.stop();
    await writer.write(frame());
    copy.stop();
    await writer.closed;
    expect(await failure(writer.write(frame()))).to.match(/^TypeError/);
  });
});

/** Writes again and again until the promise is settled. */
async function writing<T>(
  writer: WritableStreamDefaultWriter<Chunk>,
  next: () => Chunk,
  done: Promise<T>,
  pause = 20,
): Promise<T> {
  let over = false;
  const ended = done.finally(() => (over = true));
  ended.catch(() => {});
  while (!over) {
    await writer.write(next());
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return ended;
}
