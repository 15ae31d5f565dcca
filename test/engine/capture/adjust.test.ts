import { expect } from '@open-wc/testing';
import { applyConstraints, switchCamera } from '../../../components/engine/capture/adjust.js';
import { Capturer } from '../../../components/engine/capture/capturer.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { camera, FakeDevices, microphone } from '../../support/fake-devices.js';
import { canvasStream } from '../../support/source.js';

/** How a promise was rejected. */
const rejection = (promise: Promise<unknown>): Promise<MediaKitError> =>
  promise.then(
    () => expect.fail('it was fulfilled'),
    (error: MediaKitError) => error,
  );

describe('applyConstraints', () => {
  let stream: MediaStream;

  beforeEach(async () => {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  });

  afterEach(() => {
    for (const track of stream.getTracks()) track.stop();
  });

  it('changes what is captured', async function () {
    // Firefox's device for tests takes every constraint and follows none.
    if (navigator.userAgent.includes('Firefox')) return this.skip();
    await applyConstraints(stream, { video: { width: 320, height: 240 } });
    const { width, height } = stream.getVideoTracks()[0]!.getSettings();
    expect([width, height]).to.deep.equal([320, 240]);
  });

  it('hands the constraints to the track of the kind', async () => {
    const asked: unknown[] = [];
    stream.getVideoTracks()[0]!.applyConstraints = async (constraints) => void asked.push(constraints);
    await applyConstraints(stream, { video: { width: 320 } });
    await applyConstraints(stream, { video: true });
    expect(asked).to.deep.equal([{ width: 320 }, {}]);
  });

  it('names the constraint that cannot be fulfilled, and its value', async function () {
    if (navigator.userAgent.includes('Firefox')) return this.skip();
    const error = await rejection(applyConstraints(stream, { video: { width: { exact: 99999 } } }));
    expect(error.code).to.equal('overconstrained');
    expect(error.message).to.contain('"width" {"exact":99999}');
  });

  it('wants a track of the kind', async () => {
    expect((await rejection(applyConstraints(stream, { audio: true }))).code).to.equal('bad-input');
    expect((await rejection(applyConstraints(null, { video: true }))).code).to.equal('bad-input');
  });

  it('does nothing for nothing', async () => {
    await applyConstraints(stream, {});
    await applyConstraints(stream, { audio: false });
  });
});

describe('switchCamera', () => {
  let devices: FakeDevices;
  let capturer: Capturer;

  beforeEach(() => {
    capturer = new Capturer();
  });

  afterEach(() => {
    capturer.release();
    devices.release();
  });

  it('goes round, in the same stream', async () => {
    devices = new FakeDevices(camera('a'), camera('b'), microphone('m'));
    const stream = await capturer.start({ kind: 'user', width: 320 });
    for (const id of ['b', 'a']) {
      await switchCamera(capturer);
      expect(devices.live.sort()).to.deep.equal([id, 'm'].sort());
      expect(capturer.store.snapshot.stream === stream).to.equal(true);
      expect(devices.asked.at(-1)).to.deep.equal({
        video: { width: { ideal: 320 }, deviceId: { exact: id } },
      });
    }
  });

  it('takes the one that faces the other way', async () => {
    devices = new FakeDevices(camera('a', 'user'), camera('b', 'environment'), camera('c', 'environment'));
    await capturer.start({ kind: 'user', video: true });
    await switchCamera(capturer);
    expect(devices.live).to.deep.equal(['b']);
    await switchCamera(capturer);
    expect(devices.live).to.deep.equal(['a']);
  });

  it('goes back to the old one when the other cannot be had', async () => {
    devices = new FakeDevices(camera('a', 'user'), camera('b', 'user'));
    const stream = await capturer.start({ kind: 'user', video: true });
    expect((await rejection(switchCamera(capturer))).code).to.equal('overconstrained');
    expect(devices.live).to.deep.equal(['a']);
    expect(stream.getVideoTracks()[0]!.readyState).to.equal('live');
  });

  it('says that there is no other, and none at all', async () => {
    devices = new FakeDevices(camera('a'), microphone('m'));
    expect((await rejection(switchCamera(capturer))).code).to.equal('bad-input');
    await capturer.start({ kind: 'user' });
    expect((await rejection(switchCamera(capturer))).code).to.equal('device-not-found');
    expect(devices.live.length).to.equal(2);
    navigator.mediaDevices.getDisplayMedia = async () => canvasStream();
    await capturer.restart({ kind: 'display' });
    expect((await rejection(switchCamera(capturer))).code).to.equal('bad-input');
  });

  it('stops what comes after the end', async () => {
    devices = new FakeDevices(camera('a'), camera('b'));
    await capturer.start({ kind: 'user', video: true });
    const switching = rejection(switchCamera(capturer));
    capturer.stop();
    expect((await switching).code).to.equal('aborted');
    expect(devices.live).to.deep.equal([]);
  });
});
