import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import '../../components/stream-preview/define.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { framesShown, play } from '../support/media.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { addCall, connectedPair, newRoom, query, rejection } from './calls.js';

describe('<peer-call>: devices that come and go', () => {
  let devices: FakeDevices;

  beforeEach(() => {
    devices = new FakeDevices(camera('front'), camera('usb'), microphone('built-in'), microphone('headset'));
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    devices.release();
  });

  /** Counts the negotiations of a call from now on. */
  function negotiations(call: PeerCall): { count: number } {
    const counted = { count: 0 };
    call.addEventListener('negotiationneeded', () => counted.count++);
    call.addEventListener('signalingstatechange', () => counted.count++);
    return counted;
  }

  /** The picture of the first call goes on at the second while `act` changes where it is from. */
  async function goesOn([one, two]: [PeerCall, PeerCall], act: () => Promise<unknown>): Promise<void> {
    const remote = await until(() => two.peers[0]?.stream, 'the stream');
    const track = await until(() => remote.getVideoTracks()[0], 'a track');
    const video = await play(remote);
    await framesShown(video);
    const counted = negotiations(one);
    await act();
    await until(() => two.peers[0]!.video, 'the picture is on');
    await framesShown(video, 10);
    expect(counted.count, 'negotiations').to.equal(0);
    expect(remote.getVideoTracks()[0] === track, 'the same track').to.equal(true);
    video.remove();
  }

  async function unplugAndBack(): Promise<void> {
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    devices.plug(camera('usb'));
    await until(() => devices.live.includes('usb') && !devices.live.includes('front'), 'restored');
  }

  it('the stream of a preview goes on without a negotiation', async () => {
    const preview = document.createElement('stream-preview');
    Object.assign(preview, { id: 'me', capture: 'user', camera: 'usb' });
    document.body.append(preview);
    const before = devices.listed;
    await preview.start();
    await until(() => devices.listed > before, 'the devices are looked after');
    const calls = await connectedPair({ srcObject: null, source: 'me' });
    await goesOn(calls, unplugAndBack);
  });

  it('so does what the call captures itself', async () => {
    const calls = await connectedPair({ srcObject: null, audio: true, video: true, camera: 'usb' });
    await goesOn(calls, unplugAndBack);
  });

  /** What a call fires from now on about its devices. */
  function told(call: PeerCall): string[] {
    const heard: string[] = [];
    for (const type of ['device-lost', 'device-restored'] as const)
      call.addEventListener(type, ({ device }) => heard.push(`${type} ${device.kind} ${device.deviceId}`));
    for (const type of ['capture-interrupted', 'capture-resumed', 'local-stream-change'])
      call.addEventListener(type, () => heard.push(type));
    return heard;
  }

  /** The problems that begin and end in a call from now on. */
  function issues(call: PeerCall): string[] {
    const heard: string[] = [];
    call.addEventListener('call-issue', ({ issue: { name, ended } }) =>
      heard.push(ended === null ? name : `${name} is over`),
    );
    return heard;
  }

  const notice = (call: PeerCall): string => query(call, '[part="notice"]')?.textContent?.trim() ?? '';

  it('tells of devices of its own that go and come back, the sound going on', async () => {
    const own = { srcObject: null, audio: true, video: true, camera: 'usb', microphone: 'headset' };
    const [one, two] = await connectedPair(own);
    const remote = await until(() => two.peers[0]?.stream?.getAudioTracks()[0], 'the sound');
    const { localStream } = one;
    const [heard, counted] = [told(one), negotiations(one)];
    let bubbled = 0;
    document.body.addEventListener('device-lost', () => bubbled++);
    devices.unplug('headset');
    await until(() => devices.live.includes('built-in'), 'the other microphone');
    await until(() => heard.length === 2, 'told');
    expect(heard.splice(0)).to.deep.equal(['device-lost microphone headset', 'local-stream-change']);
    devices.plug(microphone('headset'));
    await until(() => heard.length === 2, 'told');
    expect(heard.splice(0)).to.deep.equal(['local-stream-change', 'device-restored microphone headset']);
    await unplugAndBack();
    await until(() => heard.length === 4, 'told');
    expect(heard.filter((words) => words.startsWith('device'))).to.deep.equal([
      'device-lost camera usb',
      'device-restored camera usb',
    ]);
    expect([one.localStream === localStream, counted.count, bubbled]).to.deep.equal([true, 0, 0]);
    expect(remote.readyState).to.equal('live');
  });

  it('tells when the system mutes what it captures, and when that goes on', async () => {
    const [one] = await connectedPair({ srcObject: null, video: true });
    const heard = told(one);
    devices.mute('front', true);
    devices.mute('front', false);
    expect(heard).to.deep.equal(['capture-interrupted', 'capture-resumed']);
  });

  it('says that a permission was taken back, and goes on when it is there again', async () => {
    const [one, two] = await connectedPair({ srcObject: null, video: true });
    await until(() => two.peers[0]?.video, 'the picture');
    const failed = nextEvent<ErrorEvent>(one, 'error');
    devices.permit('camera', 'denied');
    devices.end('front');
    expect(((await failed).error as MediaKitError).code).to.equal('permission-denied');
    await until(() => notice(one).includes('taken back'), 'it is shown');
    expect(query(one, '[role="alert"]') === null, 'and once').to.equal(true);
    await until(() => !two.peers[0]!.video, 'the others know');
    expect([one.state.status, one.localStream]).to.deep.equal(['connected', null]);
    devices.permit('camera', 'granted');
    await until(() => two.peers[0]!.video, 'the picture again');
    expect(devices.live).to.deep.equal(['front']);
    await until(() => notice(one) === '', 'it goes by itself');
  });

  it('says so of one of two devices until that is captured again, whatever becomes of the other', async () => {
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true });
    const heard = issues(one);
    devices.permit('microphone', 'denied');
    devices.end('built-in');
    await until(() => notice(one).includes('permission for the microphone was taken back'), 'it is shown');
    one.camera = 'usb';
    await nextEvent(one, 'local-stream-change');
    expect(one.state.issues.map(({ name }) => name)).to.deep.equal(['permission-denied']);
    devices.permit('microphone', 'granted');
    await until(() => notice(one) === '', 'it goes by itself');
    expect(devices.live.sort()).to.deep.equal(['built-in', 'usb']);
    expect(heard).to.deep.equal(['permission-denied', 'permission-denied is over']);
  });

  it('says that the last camera is gone until one is captured again, and nothing where another took over', async () => {
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true, camera: 'usb' });
    const heard = issues(one);
    devices.unplug('usb');
    await until(() => devices.live.includes('front'), 'the other camera');
    devices.unplug('front');
    await until(() => notice(one).includes('Your camera is gone'), 'it is shown');
    expect(heard).to.deep.equal(['camera-lost']);
    const before = one.state.issues;
    const [issue] = before;
    one.toggleAudio(false);
    await until(() => !one.state.audio, 'another state');
    expect(one.state.issues === before, 'the same list').to.equal(true);
    expect([issue!.peerId, issue!.message.includes('Camera usb')]).to.deep.equal([null, true]);
    devices.plug(camera('front'));
    await until(() => notice(one) === '', 'it goes by itself');
    expect([...heard, devices.live.includes('front')]).to.deep.equal([
      'camera-lost',
      'camera-lost is over',
      true,
    ]);
  });

  it('says that the last camera is gone only while one is wanted', async () => {
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true });
    const heard = issues(one);
    const gone = (): boolean => notice(one).includes('Your camera is gone');
    for (const id of ['front', 'usb']) devices.unplug(id);
    await until(gone, 'it is shown');
    one.toggleVideo(false);
    await until(() => notice(one) === '', 'nobody wants it');
    one.toggleVideo(true);
    await until(gone, 'it is shown again');
    expect(heard).to.deep.equal(['camera-lost', 'camera-lost is over', 'camera-lost']);
  });

  it('says aloud that a device cannot be had, and goes on with the one that there is', async () => {
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true });
    const failed = nextEvent<ErrorEvent>(one, 'error');
    one.camera = 'of-somebody-else';
    expect(((await failed).error as MediaKitError).code).to.equal('overconstrained');
    await until(() => query(one, '[role="alert"]')?.textContent?.trim(), 'it is shown');
    expect([notice(one), ...devices.live.sort()]).to.deep.equal(['', 'built-in', 'front']);
  });

  it('says that the last microphone is gone until that was read, and again the next time', async () => {
    devices.unplug('headset');
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true });
    const gone = (): boolean => notice(one).includes('Your microphone is gone');
    devices.unplug('built-in');
    await until(gone, 'it is shown');
    query<HTMLButtonElement>(one, '.notice button')!.click();
    await one.updateComplete;
    expect([notice(one), one.state.issues.length]).to.deep.equal(['', 1]);
    devices.plug(microphone('built-in'));
    await until(() => one.state.issues.length === 0, 'it is back');
    await one.updateComplete;
    devices.unplug('built-in');
    await until(gone, 'it is shown again');
  });

  it('says to whoever is alone, or in the lobby, that a device is gone or not allowed', async () => {
    for (const lobby of [true, false]) {
      const call = await addCall({ room: newRoom(), lobby, video: true });
      await (lobby ? until(() => call.localStream, 'our picture') : call.join());
      devices.permit('camera', 'denied');
      devices.end('front');
      await until(() => notice(call).includes('taken back'), 'it is shown');
      devices.permit('camera', 'granted');
      await until(() => call.localStream && notice(call) === '', 'it goes by itself');
      for (const id of ['front', 'usb']) devices.unplug(id);
      await until(() => notice(call).includes('Your camera is gone'), 'it is shown');
      for (const id of ['front', 'usb']) devices.plug(camera(id));
      await until(() => notice(call) === '', 'it goes by itself');
      call.remove();
      await afterGrace();
    }
  });

  it('says nothing of devices that are gone once it has left', async () => {
    const [one] = await connectedPair({ srcObject: null, audio: true, video: true });
    const heard = issues(one);
    for (const id of ['front', 'usb']) devices.unplug(id);
    await until(() => notice(one), 'it is shown');
    one.leave();
    await one.updateComplete;
    expect([notice(one), one.state.issues.length, ...heard]).to.deep.equal([
      '',
      0,
      'camera-lost',
      'camera-lost is over',
    ]);
  });

  it('asks for nothing that was taken back once it has left', async () => {
    const [one] = await connectedPair({ srcObject: null, video: true });
    devices.permit('camera', 'denied');
    devices.end('front');
    await nextEvent(one, 'error');
    one.leave();
    devices.permit('camera', 'granted');
    await new Promise((resolve) => setTimeout(resolve));
    expect([devices.asked.length, ...devices.live]).to.deep.equal([1]);
  });

  it('all lights are out while it only receives', async () => {
    const own = { room: newRoom(), signaling: new MemorySignaling(), audio: true, video: true };
    const call = await addCall(own);
    await call.join();
    expect(devices.live.length).to.equal(2);
    call.direction = 'recvonly';
    await until(() => devices.live.length === 0, 'out');
    expect([call.localStream === null, call.state.video]).to.deep.equal([true, false]);
    call.direction = 'sendrecv';
    await until(() => devices.live.length === 2 && call.state.video, 'it sends again');
  });

  it('another camera takes its place at once', async () => {
    const [one, two] = await connectedPair({ srcObject: null, audio: true, video: true });
    await goesOn([one, two], async () => {
      one.camera = 'usb';
      await until(() => devices.live.includes('usb'), 'the other camera');
    });
    one.microphone = 'headset';
    await until(() => devices.live.includes('headset'), 'the other microphone');
    expect(devices.live.sort()).to.deep.equal(['headset', 'usb']);
  });

  it('the sound is played through one speaker, or the system’s own', async () => {
    const [one] = await connectedPair();
    await one.setSinkId('');
    expect(await rejection(one.setSinkId('no such speaker'))).to.equal('device-not-found');
    expect(one.sinkId).to.equal('');
  });
});
