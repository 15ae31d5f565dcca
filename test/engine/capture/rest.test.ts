import { expect } from '@open-wc/testing';
import { Capturer } from '../../../components/engine/capture/capturer.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { ManualClock } from '../../support/manual-clock.js';
import { framesShown, play, soundAbove } from '../../support/media.js';
import { canvasStream } from '../../support/source.js';

describe('Capturer: a camera that rests', () => {
  let clock: ManualClock;
  let capturer: Capturer;
  const { mediaDevices } = navigator;

  const states = (stream: MediaStream): string[] =>
    stream.getTracks().map(({ kind, readyState }) => `${kind} ${readyState}`);

  /** How a promise was rejected. */
  const code = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'fulfilled',
      (error: MediaKitError) => error.code,
    );

  /** Answers the next request for a camera by hand. */
  function byHand(): { give: (stream: MediaStream) => void; refuse: (name: string) => void } {
    const answer = { give: (_stream: MediaStream): void => {}, refuse: (_name: string): void => {} };
    mediaDevices.getUserMedia = () =>
      new Promise((resolve, reject) => {
        answer.give = resolve;
        answer.refuse = (name) => reject(new DOMException('', name));
      });
    return answer;
  }

  async function resting(): Promise<MediaStream> {
    const stream = await capturer.start({ kind: 'user' });
    capturer.rest();
    clock.advance(5000);
    return stream;
  }

  beforeEach(() => {
    clock = new ManualClock();
    capturer = new Capturer(clock);
  });

  afterEach(() => {
    capturer.release();
    expect(clock.pending).to.equal(0);
    delete (mediaDevices as Partial<MediaDevices>).getUserMedia;
  });

  it('is switched off after 5 s, and the sound goes on', async () => {
    const stream = await capturer.start({ kind: 'user' });
    capturer.rest();
    clock.advance(4999);
    expect([capturer.rests, ...states(stream)].sort()).to.deep.equal(
      ['audio live', false, 'video live'].sort(),
    );
    clock.advance(1);
    expect(states(stream).sort()).to.deep.equal(['audio live', 'video ended']);
    expect(capturer.rests).to.equal(true);
    expect(capturer.store.snapshot.status).to.equal('live');
    expect(await soundAbove(stream)).to.be.above(0);
  });

  it('stays on when it is wanted again within that time', async () => {
    const stream = await capturer.start({ kind: 'user' });
    const [track] = stream.getVideoTracks();
    capturer.rest();
    clock.advance(3000);
    capturer.rest();
    clock.advance(3000);
    await capturer.wake();
    clock.advance(60_000);
    expect(track!.readyState).to.equal('live');
    expect(stream.getVideoTracks()[0] === track).to.equal(true);
  });

  it('comes back in the same stream, from the same camera and as it was set, and its pictures with it', async () => {
    const stream = await capturer.start({ kind: 'user', width: 320, height: 240 });
    const video = await play(stream);
    await framesShown(video);
    const [old] = stream.getVideoTracks() as [MediaStreamTrack];
    const { deviceId } = old.getSettings();
    old.contentHint = 'motion';
    capturer.rest();
    clock.advance(5000);
    await Promise.all([capturer.wake(), capturer.wake()]);
    expect(capturer.rests).to.equal(false);
    expect(states(stream).sort()).to.deep.equal(['audio live', 'video live']);
    const [track] = stream.getVideoTracks() as [MediaStreamTrack];
    expect(track === old).to.equal(false);
    const settings = track.getSettings();
    expect([settings.deviceId, settings.width, settings.height]).to.deep.equal([deviceId, 320, 240]);
    expect(track.contentHint).to.equal('motion');
    await framesShown(video);
    video.remove();
    capturer.stop();
    expect(states(stream).sort()).to.deep.equal(['audio ended', 'video ended']);
  });

  it('can rest again and again, also where there is no sound', async () => {
    const stream = await capturer.start({ kind: 'user', video: true });
    for (let round = 0; round < 3; round++) {
      capturer.rest();
      clock.advance(5000);
      expect(states(stream)).to.deep.equal(['video ended']);
      expect((await capturer.start({ kind: 'user', video: true })) === stream, 'no other capture').to.equal(
        true,
      );
      await capturer.wake();
      expect(states(stream)).to.deep.equal(['video live']);
    }
  });

  it('rests on when it cannot be had, says why, and can be tried again', async () => {
    const stream = await resting();
    const answer = byHand();
    const waking = code(capturer.wake());
    answer.refuse('NotReadableError');
    expect(await waking).to.equal('device-in-use');
    expect([capturer.rests, capturer.store.snapshot.status]).to.deep.equal([true, 'live']);
    const again = code(capturer.wake());
    answer.give(canvasStream());
    expect(await again).to.equal('fulfilled');
    expect(states(stream).sort()).to.deep.equal(['audio live', 'video live']);
  });

  it('is not switched on for one who does not want it any longer', async () => {
    const stream = await resting();
    const answer = byHand();
    const waking = code(capturer.wake());
    capturer.rest();
    const late = canvasStream();
    answer.give(late);
    expect(await waking).to.equal('aborted');
    expect(states(late)).to.deep.equal(['video ended']);
    expect(states(stream).sort()).to.deep.equal(['audio live', 'video ended']);
    expect(capturer.rests).to.equal(true);
  });

  it('is not switched on after stop()', async () => {
    await resting();
    const answer = byHand();
    const waking = code(capturer.wake());
    capturer.stop();
    const late = canvasStream();
    answer.give(late);
    expect(await waking).to.equal('aborted');
    expect(states(late)).to.deep.equal(['video ended']);
    expect(capturer.rests).to.equal(false);
  });

  it('rests from its beginning where that was wanted before, and after another start', async () => {
    capturer.rest();
    for (let round = 0; round < 2; round++) {
      const stream = await capturer.restart({ kind: 'user' });
      clock.advance(5000);
      expect(states(stream).sort()).to.deep.equal(['audio live', 'video ended']);
    }
    const ended = capturer.store.snapshot.stream!;
    capturer.stop();
    await capturer.wake();
    expect(states(ended).sort()).to.deep.equal(['audio ended', 'video ended']);
    const stream = await capturer.start({ kind: 'user' });
    clock.advance(60_000);
    expect(states(stream).sort()).to.deep.equal(['audio live', 'video live']);
  });

  it('is no display', async () => {
    const display = canvasStream();
    mediaDevices.getDisplayMedia = async () => display;
    try {
      await capturer.start({ kind: 'display' });
      capturer.rest();
      clock.advance(60_000);
      expect(states(display)).to.deep.equal(['video live']);
    } finally {
      delete (mediaDevices as Partial<MediaDevices>).getDisplayMedia;
    }
  });
});
