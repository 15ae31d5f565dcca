import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import '../../components/stream-preview/define.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { framesShown, play } from '../support/media.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { connectedPair, query, rejection } from './calls.js';

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
    await until(() => query(one, '[role="alert"]')?.textContent.includes('taken back'), 'it is shown');
    await until(() => !two.peers[0]!.video, 'the others know');
    expect([one.state.status, one.localStream]).to.deep.equal(['connected', null]);
    devices.permit('camera', 'granted');
    await until(() => two.peers[0]!.video, 'the picture again');
    expect(devices.live).to.deep.equal(['front']);
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
