import { expect } from '@open-wc/testing';
import { Capturer, type CaptureState } from '../../../components/engine/capture/capturer.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { canvasStream, endingStream } from '../../support/source.js';

type Devices = Pick<MediaDevices, 'getUserMedia' | 'getDisplayMedia'>;

describe('Capturer', () => {
  let capturer: Capturer;
  let statuses: string[];
  const { mediaDevices } = navigator;

  const live = (stream: MediaStream | null): number =>
    stream?.getTracks().filter(({ readyState }) => readyState === 'live').length ?? 0;

  /** How a promise was rejected. */
  const code = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'fulfilled',
      (error: MediaKitError) => error.code,
    );

  /** Answers every request by hand, in any order. */
  function byHand(
    method: keyof Devices,
  ): { give: (stream: MediaStream) => void; refuse: (name: string) => void }[] {
    const requests: ReturnType<typeof byHand> = [];
    mediaDevices[method] = () =>
      new Promise((resolve, reject) =>
        requests.push({ give: resolve, refuse: (name) => reject(new DOMException('', name)) }),
      );
    return requests;
  }

  beforeEach(() => {
    capturer = new Capturer();
    statuses = [];
    capturer.store.subscribe(({ status }) => statuses.push(status));
  });

  afterEach(() => {
    capturer.release();
    delete (mediaDevices as Partial<Devices>).getUserMedia;
    delete (mediaDevices as Partial<Devices>).getDisplayMedia;
  });

  it('captures, and stops', async () => {
    const stream = await capturer.start({ kind: 'user' });
    expect(live(stream)).to.equal(2);
    expect(capturer.store.snapshot.stream === stream).to.equal(true);
    capturer.stop();
    expect(live(stream)).to.equal(0);
    expect(capturer.store.snapshot.stream).to.equal(null);
    expect(statuses).to.deep.equal(['starting', 'live', 'idle']);
    expect(live(await capturer.start({ kind: 'user', audio: true }))).to.equal(1);
  });

  it('gives one promise to all who start while it starts, and the stream to all after', async () => {
    const [first, second] = [capturer.start({ kind: 'user' }), capturer.start({ kind: 'user' })];
    expect(first === second).to.equal(true);
    const stream = await first;
    expect((await capturer.start({ kind: 'user' })) === stream).to.equal(true);
  });

  it('stops what arrives after stop(), and rejects at once', async () => {
    const requests = byHand('getUserMedia');
    const starting = code(capturer.start({ kind: 'user' }));
    capturer.stop();
    expect(await starting).to.equal('aborted');
    const late = canvasStream();
    requests[0]!.give(late);
    await Promise.resolve().then();
    await new Promise((resolve) => setTimeout(resolve));
    expect(live(late)).to.equal(0);
    expect(capturer.store.snapshot.stream).to.equal(null);
    expect(statuses).to.deep.equal(['starting', 'idle']);
  });

  it('lets the newest of several requests win, whatever the order of the answers', async () => {
    const requests = byHand('getUserMedia');
    const first = capturer.start({ kind: 'user' });
    const second = capturer.restart({ kind: 'environment' });
    const [old, current] = [canvasStream(), canvasStream()];
    requests[1]!.give(current);
    requests[0]!.give(old);
    expect((await first) === current && (await second) === current).to.equal(true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(live(old)).to.equal(0);
    expect(live(current)).to.equal(1);
  });

  it('ignores the failure of a request that was overtaken', async () => {
    const requests = byHand('getUserMedia');
    const first = capturer.start({ kind: 'user' });
    void capturer.restart({ kind: 'user', audio: true });
    requests[0]!.refuse('NotFoundError');
    const stream = canvasStream();
    requests[1]!.give(stream);
    expect((await first) === stream).to.equal(true);
    expect(statuses).to.deep.equal(['starting', 'live']);
  });

  it('stops the tracks of the old capture before it asks for the next, and keeps the stream until then', async () => {
    const old = await capturer.start({ kind: 'user' });
    const requests = byHand('getUserMedia');
    const restarted = capturer.restart({ kind: 'user', video: true });
    expect(live(old)).to.equal(0);
    expect(capturer.store.snapshot.stream === old).to.equal(true);
    const next = canvasStream();
    requests[0]!.give(next);
    expect((await restarted) === next).to.equal(true);
  });

  it('fails with the reason, and can start again', async () => {
    const requests = byHand('getUserMedia');
    const refused = code(capturer.start({ kind: 'user' }));
    requests[0]!.refuse('NotAllowedError');
    expect(await refused).to.equal('permission-denied');
    const { status, error } = capturer.store.snapshot as CaptureState;
    expect([status, error?.code]).to.deep.equal(['failed', 'permission-denied']);
    const again = capturer.start({ kind: 'user' });
    expect(capturer.store.snapshot.error).to.equal(null);
    requests[1]!.give(canvasStream());
    expect(live(await again)).to.equal(1);
  });

  it('rejects a size that is none, without asking the browser', async () => {
    const requests = byHand('getUserMedia');
    expect(await code(capturer.start({ kind: 'user', width: -1 }))).to.equal('bad-input');
    expect(requests.length).to.equal(0);
  });

  it('captures a display', async () => {
    const requests = byHand('getDisplayMedia');
    const starting = capturer.start({ kind: 'display' });
    expect(requests.length, 'asked before anything is awaited').to.equal(1);
    requests[0]!.give(canvasStream());
    await starting;
    expect(capturer.store.snapshot.display).to.equal(true);
  });

  describe('another display', () => {
    let old: MediaStream;
    let requests: ReturnType<typeof byHand>;

    beforeEach(async () => {
      requests = byHand('getDisplayMedia');
      const starting = capturer.start({ kind: 'display' });
      requests[0]!.give(canvasStream());
      old = await starting;
      statuses.length = 0;
    });

    it('takes the place of the old one when it is there', async () => {
      const starting = capturer.restart({ kind: 'display' });
      expect([live(old), capturer.store.snapshot.status]).to.deep.equal([1, 'live']);
      const next = canvasStream();
      requests[1]!.give(next);
      expect((await starting) === next).to.equal(true);
      expect([live(old), live(next)]).to.deep.equal([0, 1]);
      expect(capturer.store.snapshot.stream === next).to.equal(true);
      capturer.stop();
      expect(live(next)).to.equal(0);
    });

    it('that is not chosen leaves the old one live', async () => {
      const refused = code(capturer.restart({ kind: 'display' }));
      requests[1]!.refuse('NotAllowedError');
      expect(await refused).to.equal('permission-denied');
      const { status, stream, error } = capturer.store.snapshot;
      expect([live(old), status, error?.code]).to.deep.equal([1, 'live', 'permission-denied']);
      expect(stream === old).to.equal(true);
      capturer.stop();
      expect(live(old)).to.equal(0);
    });

    it('is chosen while the old one ends', async () => {
      const source = canvasStream();
      const { stream, end, close } = await endingStream(source);
      const second = capturer.restart({ kind: 'display' });
      requests[1]!.give(stream);
      await second;
      const third = capturer.restart({ kind: 'display' });
      await end(stream.getTracks()[0]!);
      const { status, stream: none } = capturer.store.snapshot;
      expect([status, none]).to.deep.equal(['starting', null]);
      close();
      for (const track of source.getTracks()) track.stop();
      const next = canvasStream();
      requests[2]!.give(next);
      expect((await third) === next).to.equal(true);
    });

    it('is stopped together with the old one', async () => {
      const starting = code(capturer.restart({ kind: 'display' }));
      capturer.stop();
      expect(await starting).to.equal('aborted');
      expect(live(old)).to.equal(0);
    });

    it('does not keep a display beside a camera', async () => {
      const stream = capturer.restart({ kind: 'user', video: true });
      expect(live(old)).to.equal(0);
      expect(live(await stream)).to.equal(1);
    });
  });

  it('ends when every track of a display has ended by itself, and starts again', async () => {
    const devices = await mediaDevices.getUserMedia({ audio: true, video: true });
    const { stream, end, close } = await endingStream(devices);
    mediaDevices.getDisplayMedia = () => Promise.resolve(stream);
    await capturer.start({ kind: 'display' });
    const [first, second] = stream.getTracks();
    await end(first!);
    expect(capturer.store.snapshot.status).to.equal('live');
    await end(second!);
    expect(capturer.store.snapshot.status).to.equal('ended');
    expect(capturer.store.snapshot.stream).to.equal(null);
    close();
    mediaDevices.getDisplayMedia = () => Promise.resolve(devices);
    expect(live(await capturer.start({ kind: 'display' }))).to.equal(2);
  });

  it('captures again when the page has stopped the tracks itself', async () => {
    const stream = await capturer.start({ kind: 'user' });
    for (const track of stream.getTracks()) track.stop();
    expect(live(await capturer.start({ kind: 'user' }))).to.equal(2);
  });

  it('is silent when it is stopped before it started', () => {
    capturer.stop();
    expect(statuses).to.deep.equal([]);
  });
});
