import { expect } from '@open-wc/testing';
import { chooseDevice } from '../../../components/engine/capture/adjust.js';
import { Capturer } from '../../../components/engine/capture/capturer.js';
import { camera, FakeDevices, microphone } from '../../support/fake-devices.js';
import { ManualClock } from '../../support/manual-clock.js';
import { framesShown, play } from '../../support/media.js';
import { until } from '../../support/wait.js';

describe('Capturer: devices that come and go', () => {
  let clock: ManualClock;
  let capturer: Capturer;
  let devices: FakeDevices;

  const lost = (): string[] =>
    capturer.store.snapshot.lost.map(({ kind, deviceId }) => `${kind} ${deviceId}`);
  const same = (value: unknown, expected: unknown, what?: string): void => {
    expect(value === expected, what).to.equal(true);
  };

  /** Captures, and waits until the devices are looked after. */
  async function started(options: Parameters<Capturer['start']>[0] = { kind: 'user' }): Promise<MediaStream> {
    const stream = await capturer.start(options);
    await until(() => devices.listed > 0, 'the keeper is there');
    return stream;
  }

  beforeEach(() => {
    clock = new ManualClock();
    capturer = new Capturer(clock);
    devices = new FakeDevices(camera('front'), camera('usb'), microphone('built-in'), microphone('headset'));
  });

  afterEach(() => {
    capturer.release();
    expect(clock.pending).to.equal(0);
    devices.release();
  });

  it('another camera takes over in the same stream, and pictures go on', async () => {
    const stream = await started({ kind: 'user', camera: 'usb' });
    const video = await play(stream);
    await framesShown(video);
    const [old] = stream.getVideoTracks() as [MediaStreamTrack];
    const [sound] = stream.getAudioTracks();
    old.contentHint = 'detail';
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    same(capturer.store.snapshot.stream, stream);
    same(stream.getAudioTracks()[0], sound, 'the sound goes on');
    expect(stream.getVideoTracks().length).to.equal(1);
    expect(stream.getVideoTracks()[0]!.contentHint).to.equal('detail');
    expect(lost()).to.deep.equal(['camera usb']);
    await framesShown(video);
    video.remove();
  });

  it('tells of a loss also where the browser does not list the devices yet', async () => {
    await started({ kind: 'user', microphone: 'headset' });
    const { enumerateDevices } = navigator.mediaDevices;
    // As Firefox does while another window is in focus.
    let focus!: () => void;
    const focused = new Promise<void>((resolve) => (focus = resolve));
    navigator.mediaDevices.enumerateDevices = () => focused.then(enumerateDevices);
    devices.unplug('headset');
    await until(() => lost().length > 0, 'the loss');
    expect(lost()).to.deep.equal(['microphone headset']);
    focus();
    await until(() => devices.live.includes('built-in'), 'the other microphone');
  });

  it('comes back to the device when that is back', async () => {
    const stream = await started({ kind: 'user', microphone: 'headset' });
    devices.unplug('headset');
    await until(() => devices.live.includes('built-in'), 'the other microphone');
    expect(lost()).to.deep.equal(['microphone headset']);
    devices.plug(microphone('headset'));
    await until(() => lost().length === 0, 'restored');
    expect(devices.live.sort()).to.deep.equal(['front', 'headset']);
    same(capturer.store.snapshot.stream, stream);
  });

  it('stays with one that stands in where that is chosen', async () => {
    await started({ kind: 'user', camera: 'usb' });
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    await chooseDevice(capturer, 'video', 'front');
    expect(lost()).to.deep.equal([]);
    const before = devices.listed;
    devices.plug(camera('usb'));
    await until(() => devices.listed > before, 'looked at');
    await new Promise((resolve) => setTimeout(resolve));
    expect(devices.live.sort()).to.deep.equal(['built-in', 'front']);
  });

  it('waits where there is no other, and goes on with whichever comes', async () => {
    const stream = await started({ kind: 'user', video: true });
    devices.unplug('usb');
    devices.unplug('front');
    await until(() => lost().length === 1, 'lost');
    expect(capturer.store.snapshot.status).to.equal('live');
    devices.plug(camera('third'));
    await until(() => devices.live.includes('third'), 'the third');
    same(capturer.store.snapshot.stream, stream);
    expect(lost()).to.deep.equal(['camera front']);
    devices.plug(camera('front'));
    await until(() => lost().length === 0, 'restored');
    expect(devices.live).to.deep.equal(['front']);
  });

  it('tries again when a device that has just come is not ready', async () => {
    await started({ kind: 'user', video: true });
    devices.unplug('usb');
    devices.unplug('front');
    await until(() => lost().length === 1, 'lost');
    devices.refusal = new DOMException('', 'NotReadableError');
    devices.plug(camera('front'));
    await until(() => clock.pending === 1, 'a later try');
    devices.refusal = null;
    clock.advance(1000);
    await until(() => lost().length === 0, 'restored');
  });

  it('keeps off and on as it was', async () => {
    const stream = await started({ kind: 'user', camera: 'usb' });
    for (const track of stream.getTracks()) track.enabled = false;
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    expect(stream.getVideoTracks()[0]!.enabled).to.equal(false);
  });

  it('stops what arrives after the end', async () => {
    await started({ kind: 'user', camera: 'usb' });
    devices.unplug('usb');
    capturer.stop();
    devices.plug(camera('usb'));
    await until(() => devices.listed > 0, 'the keeper is there');
    await new Promise((resolve) => setTimeout(resolve));
    expect(devices.live).to.deep.equal([]);
    expect(lost()).to.deep.equal([]);
  });

  it('does not switch a camera on that rests', async () => {
    await started({ kind: 'user', camera: 'usb' });
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    capturer.rest();
    clock.advance(5000);
    devices.plug(camera('usb'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(devices.live).to.deep.equal(['built-in']);
    await capturer.wake();
    expect(devices.live.length).to.equal(2);
  });

  it('goes with the default microphone, where the page named none', async () => {
    devices.replace(microphone('default', 'built-in'), microphone('built-in'), microphone('headset'));
    const stream = await started({ kind: 'user', audio: true });
    const [old] = stream.getTracks();
    await new Promise((resolve) => setTimeout(resolve));
    devices.replace(microphone('default', 'headset'), microphone('built-in'), microphone('headset'));
    await until(() => stream.getTracks()[0] !== old, 'another track');
    expect(devices.live).to.deep.equal(['default']);
    expect(lost()).to.deep.equal([]);
  });

  it('stays with the microphone that the page named', async () => {
    const stream = await started({ kind: 'user', audio: true, microphone: 'built-in' });
    const [old] = stream.getTracks();
    const { length } = devices.asked;
    devices.replace(microphone('headset'), microphone('built-in'));
    await until(() => devices.listed > 0, 'the keeper is there');
    await new Promise((resolve) => setTimeout(resolve));
    expect(devices.asked.length).to.equal(length);
    same(stream.getTracks()[0], old);
  });

  it('stays with the microphone that was chosen meanwhile, also where it is the default one', async () => {
    for (const chosen of ['built-in', 'headset']) {
      // The first is the default one, as in Firefox.
      devices.replace(microphone('built-in'), microphone('headset'));
      await started({ kind: 'user', audio: true });
      await chooseDevice(capturer, 'audio', chosen);
      for (const ids of [
        ['headset', 'built-in'],
        ['built-in', 'headset'],
      ]) {
        const before = devices.listed;
        devices.replace(...ids.map((id) => microphone(id)));
        await until(() => devices.listed > before, 'looked at');
        await new Promise((resolve) => setTimeout(resolve));
      }
      expect(devices.live).to.deep.equal([chosen]);
      expect(devices.asked.length).to.equal(chosen === 'headset' ? 3 : 1);
      capturer.stop();
    }
  });

  it('goes with the default microphone as often as that is another one', async () => {
    devices.replace(microphone('built-in'), microphone('headset'));
    await started({ kind: 'user', audio: true });
    for (const id of ['headset', 'built-in']) {
      devices.replace(...[id, 'other'].map((one) => microphone(one)));
      await until(() => devices.live.join() === id, id);
    }
  });

  it('asks another camera for what the last one was told while it ran', async () => {
    const stream = await started({ kind: 'user', video: true, width: 640 });
    const [track] = stream.getTracks();
    track!.getConstraints = () => ({ width: 320 });
    devices.unplug('front');
    await until(() => devices.live.includes('usb'), 'the other camera');
    expect(devices.asked.at(-1)).to.deep.equal({ video: { width: 320 } });
    devices.plug(camera('front'));
    await until(() => devices.live.includes('front'), 'the first one');
    expect(devices.asked.at(-1)).to.deep.equal({ video: { width: 320, deviceId: { exact: 'front' } } });
  });

  /** The devices without another one in their place, each time that they are others. */
  function missing(): string[] {
    const told: string[] = [];
    let before = '';
    capturer.store.subscribe((state) => {
      const names = state.missing.map(({ kind, deviceId }) => `${kind} ${deviceId}`);
      const now = names.sort().join(', ');
      if (now !== before) told.push((before = now) || 'none');
    });
    return told;
  }

  it('misses a device for as long as no other one is to be had', async () => {
    await started({ kind: 'user', camera: 'usb' });
    const told = missing();
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    devices.unplug('front');
    await until(() => told.length === 1, 'told');
    devices.plug(camera('third'));
    await until(() => told.length === 2, 'told');
    expect(told).to.deep.equal(['camera usb', 'none']);
    expect(lost()).to.deep.equal(['camera usb']);
  });

  it('misses no camera that is not wanted, but when it is', async () => {
    await started({ kind: 'user', camera: 'usb' });
    const told = missing();
    capturer.rest();
    for (const id of ['front', 'usb']) devices.unplug(id);
    devices.unplug('built-in');
    devices.unplug('headset');
    await until(() => told.length > 0, 'the microphone is missed');
    await capturer.wake();
    await until(() => told.length > 1, 'the camera, too');
    expect(told).to.deep.equal(['microphone built-in', 'camera usb, microphone built-in']);
  });

  it('tells when the system interrupts it, and when it goes on', async () => {
    await started();
    devices.mute('built-in', true);
    expect(capturer.store.snapshot.interrupted).to.equal(true);
    devices.mute('built-in', false);
    expect(capturer.store.snapshot.interrupted).to.equal(false);
    expect(devices.live.length).to.equal(2);
  });

  it('fails when its permission is taken back', async () => {
    await started({ kind: 'user', video: true });
    devices.permit('camera', 'denied');
    devices.end('front');
    await until(() => capturer.store.snapshot.status === 'failed', 'failed');
    const { stream, error, withheld } = capturer.store.snapshot;
    expect([stream, error?.code, withheld]).to.deep.equal([null, 'permission-denied', true]);
    expect(error!.message).to.contain('camera');
    devices.permit('camera', 'granted');
    await capturer.start({ kind: 'user', video: true });
    expect(capturer.store.snapshot.withheld).to.equal(false);
  });

  it('keeps the sound when the permission for the camera is taken back, and has the picture again with it', async () => {
    const stream = await started();
    devices.permit('camera', 'denied');
    devices.end('front');
    await until(() => capturer.store.snapshot.error, 'an error');
    expect([capturer.store.snapshot.status, ...devices.live]).to.deep.equal(['live', 'built-in']);
    expect(capturer.store.snapshot.withheld).to.equal(true);
    devices.permit('camera', 'granted');
    await until(() => devices.live.includes('front'), 'the picture');
    await until(() => !capturer.store.snapshot.withheld, 'told');
    same(capturer.store.snapshot.stream, stream);
    same(capturer.store.snapshot.error, null, 'it is past');
  });

  it('finds what went before it was there', async () => {
    const stream = await capturer.start({ kind: 'user', video: true });
    expect(devices.listed, 'too early').to.equal(0);
    devices.unplug('front');
    expect(capturer.store.snapshot.status).to.equal('live');
    await until(() => devices.live.includes('usb'), 'the other camera');
    same(capturer.store.snapshot.stream, stream);
    expect(lost()).to.deep.equal(['camera front']);
  });

  it('takes no camera for lost that was switched off before it was there', async () => {
    await capturer.start({ kind: 'user', video: true });
    expect(devices.listed, 'too early').to.equal(0);
    capturer.rest();
    clock.advance(5000);
    await until(() => devices.listed > 0, 'the keeper is there');
    await new Promise((resolve) => setTimeout(resolve));
    expect([...lost(), ...devices.live]).to.deep.equal([]);
    await capturer.wake();
    expect([lost().length, devices.asked.length, ...devices.live]).to.deep.equal([0, 2, 'front']);
  });

  it('tells of an interruption that was there before', async () => {
    const { getUserMedia } = navigator.mediaDevices;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
      for (const track of stream.getTracks()) Object.defineProperty(track, 'muted', { value: true });
      return stream;
    };
    await capturer.start({ kind: 'user', video: true });
    await until(() => capturer.store.snapshot.interrupted, 'interrupted');
    devices.mute('front', false);
    expect(capturer.store.snapshot.interrupted).to.equal(false);
  });

  it('leaves a display alone', async () => {
    const display = new MediaStream();
    navigator.mediaDevices.getDisplayMedia = async () => display;
    await capturer.start({ kind: 'display' });
    expect(devices.listed).to.equal(0);
  });
});
