import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import '../../components/stream-preview/define.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { framesShown, play } from '../support/media.js';
import { afterGrace, until } from '../support/wait.js';
import { connectedPair, rejection } from './calls.js';

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
