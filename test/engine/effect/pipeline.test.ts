import { expect } from '@open-wc/testing';
import { Pipeline } from '../../../components/engine/effect/pipeline.js';
import { Failure, type Answer, type Transform } from '../../../components/engine/effect/transform.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { TrackGenerator } from '../../../components/engine/generator/track-generator.js';
import type { Chunk } from '../../../components/engine/generator/track-writer.js';
import { blue, frame, green, isClosed, readsAudioData, red, sound } from '../../support/frames.js';
import { nextEvent, until } from '../../support/wait.js';
import { Camera, colorAt, near, Viewer } from './support.js';

const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const step of cleanUp.splice(0)) step();
});

/** A camera whose pictures go through a transform, and somebody who looks at what comes of it. */
async function piped(transform: Transform | null) {
  const camera = new Camera();
  const errors: MediaKitError[] = [];
  const told = { ended: 0 };
  const pipeline = await Pipeline.open('video', {
    failed: (error) => errors.push(error),
    lasts: () => false,
    ended: () => told.ended++,
  });
  pipeline.transform = transform;
  const viewer = new Viewer(pipeline.track);
  pipeline.read(camera.track);
  cleanUp.push(() => {
    viewer.release();
    pipeline.end();
    camera.track.stop();
  });
  return { camera, pipeline, viewer, errors, told };
}

/** Counts how often it is closed. */
function counted<T extends VideoFrame>(given: T, closed: Map<T, number>): T {
  closed.set(given, 0);
  given.close = () => {
    closed.set(given, closed.get(given)! + 1);
    VideoFrame.prototype.close.call(given);
  };
  return given;
}

/** Lets the pictures come one by one, each when the last one has come through. */
async function shootAll(
  { camera, viewer }: { camera: Camera; viewer: Viewer },
  count: number,
): Promise<void> {
  for (let shot = 0; shot < count; shot++) {
    const before = viewer.seen.length;
    camera.shoot();
    await until(() => viewer.seen.length > before, 'one more');
  }
}

describe('Pipeline', () => {
  it('sends what the transform makes, with its time', async () => {
    const all = await piped({ apply: ({ timestamp }) => frame(blue, timestamp) });
    await shootAll(all, 3);
    const { viewer, pipeline } = all;
    expect(viewer.seen.map(({ timestamp }) => timestamp)).to.deep.equal([0, 1000, 2000]);
    expect(near(colorAt(viewer.seen[0] as VideoFrame), blue)).to.equal(true);
    expect(pipeline.stats).to.deep.equal({ processed: 3, dropped: 0, passed: 0 });
  });

  it('closes every frame once: of its own, handed back, replaced, and left out', async () => {
    const closed = new Map<VideoFrame, number>();
    const answers: ((given: VideoFrame) => Answer)[] = [
      (given) => given,
      ({ timestamp }) => counted(frame(green, timestamp), closed),
      () => null,
      () => undefined,
    ];
    let calls = 0;
    const all = await piped({
      apply: (chunk) => answers[calls++ % 4]!(counted(chunk as VideoFrame, closed)),
    });
    for (let shot = 0; shot < 8; shot++) {
      all.camera.shoot();
      await until(() => calls === shot + 1, 'one more call');
    }
    await until(() => all.viewer.seen.length === 4);
    await until(() => [...closed.values()].every((count) => count > 0), 'all are closed');
    expect([...closed.values()].every((count) => count === 1)).to.equal(true);
    expect(closed.size).to.equal(10);
    expect(all.pipeline.stats).to.deep.equal({ processed: 8, dropped: 0, passed: 0 });
  });

  it('drops what a slow transform has no time for: nothing piles up, and it is counted', async () => {
    const held: VideoFrame[] = [];
    let go = (): void => {};
    const gate = new Promise<void>((open) => (go = open));
    const { camera, pipeline, viewer } = await piped({
      apply: async (chunk) => {
        held.push(chunk as VideoFrame);
        await gate;
        return chunk;
      },
    });
    camera.shoot();
    await until(() => held.length === 1);
    for (let shot = 0; shot < 10; shot++) {
      camera.shoot();
      await until(() => pipeline.stats.dropped >= shot - 1);
    }
    await until(() => pipeline.stats.dropped === 9);
    expect(held.length).to.equal(1);
    go();
    // The one that waited is the newest.
    await until(() => viewer.seen.length === 2);
    expect(viewer.seen.map(({ timestamp }) => timestamp)).to.deep.equal([0, 10_000]);
    expect(pipeline.stats).to.deep.equal({ processed: 2, dropped: 9, passed: 0 });
    expect(held.every(isClosed)).to.equal(true);
  });

  (readsAudioData ? it : it.skip)('keeps no more sound for a slow transform than is of use', async () => {
    const microphone = new TrackGenerator({ kind: 'audio' });
    const pipeline = await Pipeline.open('audio', { failed: () => {}, lasts: () => false, ended: () => {} });
    cleanUp.push(() => {
      pipeline.end();
      microphone.stop();
    });
    const held: Chunk[] = [];
    let go = (): void => {};
    const gate = new Promise<void>((open) => (go = open));
    pipeline.transform = {
      apply: async (chunk) => {
        held.push(chunk);
        await gate;
        return null;
      },
    };
    pipeline.read(microphone);
    for (let time = 0; time < 60; time++) {
      microphone.push(sound(time * 10_000));
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect([held.length, pipeline.stats.processed]).to.deep.equal([1, 0]);
    go();
    await until(() => pipeline.stats.processed + pipeline.stats.dropped === 60, 'all');
    // The one at which it was, and the last quarter of a second.
    expect(pipeline.stats.processed).to.be.within(25, 26);
    expect(held.every(isClosed)).to.equal(true);
  });

  for (const [name, apply] of Object.entries<Transform['apply']>({
    'that throws': () => {
      throw new Error('no such thing');
    },
    'that rejects': () => Promise.reject(new Error('no such thing')),
    'whose answer is no picture': () => 'a string' as unknown as Answer,
  })) {
    it(`reports a transform ${name} once, and lets all pass untouched from then on`, async () => {
      let calls = 0;
      const all = await piped({
        apply: (chunk) => {
          calls++;
          return apply(chunk);
        },
      });
      await shootAll(all, 4);
      const { errors, viewer, pipeline } = all;
      expect(errors.map(({ code }) => code)).to.deep.equal(['bad-input']);
      expect(calls).to.equal(1);
      expect(viewer.seen.map(({ timestamp }) => timestamp)).to.deep.equal([0, 1000, 2000, 3000]);
      expect(viewer.seen.every((chunk) => near(colorAt(chunk as VideoFrame), red))).to.equal(true);
      expect(pipeline.stats.passed).to.equal(4);
    });
  }

  it('lets nothing pass a transform that hides, when it has failed', async () => {
    let calls = 0;
    const { camera, viewer, pipeline, errors } = await piped({
      hides: true,
      apply: ({ timestamp }) => {
        if (++calls > 1) throw new Error('blind');
        return frame(blue, timestamp);
      },
    });
    for (let shot = 0; shot < 4; shot++) {
      camera.shoot();
      const done = (): number => pipeline.stats.processed + pipeline.stats.dropped;
      await until(() => done() === shot + 1 && viewer.seen.length === 1);
    }
    expect(pipeline.stats).to.deep.equal({ processed: 1, dropped: 3, passed: 0 });
    expect(errors.map(({ message }) => message.includes('stands still'))).to.deep.equal([true]);
    pipeline.transform = { apply: ({ timestamp }) => frame(green, timestamp) };
    camera.shoot();
    await until(() => viewer.seen.length === 2);
    expect(near(colorAt(viewer.seen[1] as VideoFrame), green)).to.equal(true);
  });

  it('goes on where a transform has closed what it failed at', async () => {
    const all = await piped({
      apply: (chunk) => {
        chunk.close();
        throw new Error('too late');
      },
    });
    all.camera.shoot();
    await until(() => all.errors.length === 1);
    await shootAll(all, 2);
    expect(all.viewer.seen.map(({ timestamp }) => timestamp)).to.deep.equal([1000, 2000]);
  });

  it('changes the transform under way, and releases the one before', async () => {
    let released = 0;
    const all = await piped({
      apply: ({ timestamp }) => frame(blue, timestamp),
      release: () => released++,
    });
    await shootAll(all, 1);
    all.pipeline.transform = { apply: ({ timestamp }) => frame(green, timestamp) };
    await shootAll(all, 1);
    const [before, after] = all.viewer.seen.map((chunk) => colorAt(chunk as VideoFrame));
    expect([near(before!, blue), near(after!, green), released]).to.deep.equal([true, true, 1]);
  });

  it('goes on with another transform where one never answers', async () => {
    const held: Chunk[] = [];
    const all = await piped({
      apply: (chunk) => {
        held.push(chunk);
        return new Promise<Answer>(() => {});
      },
    });
    all.camera.shoot();
    await until(() => held.length === 1);
    all.pipeline.transform = { apply: ({ timestamp }) => frame(green, timestamp) };
    await shootAll(all, 1);
    expect(near(colorAt(all.viewer.seen[0] as VideoFrame), green)).to.equal(true);
    held[0]!.close();
  });

  for (const [what, end] of Object.entries<(made: VideoFrame) => Answer>({
    answers: (made) => made,
    fails: (made) => {
      made.close();
      throw new Error('too late');
    },
    'hands a picture back': (made) => {
      throw new Failure('too late', made);
    },
  })) {
    it(`sends nothing of a transform that ${what} when one that hides has taken over`, async () => {
      const late: VideoFrame[] = [];
      let go = (): void => {};
      const gate = new Promise<void>((open) => (go = open));
      const { camera, pipeline, viewer, errors } = await piped({
        apply: async (chunk) => {
          const made = frame(green);
          late.push(chunk as VideoFrame, made);
          await gate;
          return end(made);
        },
      });
      camera.shoot();
      await until(() => late.length === 2);
      pipeline.transform = { hides: true, apply: ({ timestamp }) => frame(blue, timestamp) };
      go();
      camera.shoot();
      await until(() => viewer.seen.length > 0);
      expect(viewer.seen.map(({ timestamp }) => timestamp)).to.deep.equal([1000]);
      expect(near(colorAt(viewer.seen[0] as VideoFrame), blue)).to.equal(true);
      expect([late.every(isClosed), errors.length]).to.deep.equal([true, 0]);
    });
  }

  it('goes on through the same track with another source', async () => {
    const { pipeline, viewer, camera, told } = await piped(null);
    camera.shoot();
    await until(() => viewer.seen.length === 1);
    const other = new Camera();
    pipeline.read(other.track);
    camera.shoot();
    other.shoot(blue);
    await until(() => viewer.seen.length === 2);
    expect(near(colorAt(viewer.seen[1] as VideoFrame), blue)).to.equal(true);
    camera.track.stop();
    expect([pipeline.track.readyState, told.ended]).to.deep.equal(['live', 0]);
    other.track.stop();
  });

  it('ends with its source', async () => {
    const { pipeline, camera, told } = await piped(null);
    const ended = nextEvent(pipeline.track, 'ended');
    camera.track.stop();
    await ended;
    expect([pipeline.track.readyState, told.ended]).to.deep.equal(['ended', 1]);
  });

  it('lets go of its source when the track that it makes is stopped', async () => {
    let calls = 0;
    const { pipeline, camera, told } = await piped({
      apply: (chunk) => {
        calls++;
        return chunk;
      },
    });
    camera.shoot();
    await until(() => calls === 1);
    const clone = pipeline.track.clone();
    pipeline.track.stop();
    camera.shoot();
    await until(() => calls === 2, 'a clone is still fed');
    clone.stop();
    await until(() => told.ended === 1);
    expect(camera.track.readyState).to.equal('live');
    camera.shoot();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(calls).to.equal(2);
  });

  it('ends by itself, leaves its source, and tells nobody', async () => {
    const { pipeline, camera, told } = await piped(null);
    pipeline.end();
    expect([pipeline.track.readyState, camera.track.readyState]).to.deep.equal(['ended', 'live']);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(told.ended).to.equal(0);
  });

  it('lets go of a track between two of its frames, or after a while where none comes', async () => {
    const { prototype } = ReadableStreamDefaultReader;
    const { read, cancel } = prototype;
    let waiting = 0;
    const waited: number[] = [];
    prototype.read = function () {
      waiting++;
      return read.call(this).finally(() => waiting--);
    };
    prototype.cancel = function (reason) {
      waited.push(waiting);
      return cancel.call(this, reason);
    };
    cleanUp.push(() => Object.assign(prototype, { read, cancel }));
    const open = async () => {
      const listener = { failed: () => {}, lasts: () => false, ended: () => {} };
      const pipeline = await Pipeline.open('video', listener);
      const camera = new Camera();
      cleanUp.push(() => camera.track.stop());
      pipeline.read(camera.track);
      await until(() => waiting === 1, 'it reads');
      return { pipeline, camera };
    };
    const busy = await open();
    busy.pipeline.end();
    expect(waited, 'not at once').to.deep.equal([]);
    busy.camera.shoot();
    await until(() => waited.length > 0, 'it lets go');
    const still = await open();
    still.pipeline.end();
    await until(() => waited.length > 1, 'it lets go of what stands still');
    expect(waited).to.deep.equal([0, 1]);
  });
});
