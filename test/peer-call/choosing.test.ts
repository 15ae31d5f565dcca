import { expect } from '@open-wc/testing';
import { MediaKitError } from '../../components/engine/errors.js';
import type { Signaling } from '../../components/engine/signaling/signaling.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { afterGrace, until } from '../support/wait.js';
import { addCall, camera as picture, newRoom, query, rejection, stop } from './calls.js';

describe('<peer-call>: what changes while its devices are on their way', () => {
  let devices: FakeDevices;

  beforeEach(() => {
    devices = new FakeDevices(
      ...['front', 'usb', 'third'].map((id) => camera(id)),
      ...['built-in', 'headset'].map((id) => microphone(id)),
    );
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    devices.release();
  });

  /** From now on no device opens before this is called. */
  function hold(): () => void {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    let go = (): void => {};
    const gate = new Promise<void>((opened) => (go = opened));
    mediaDevices.getUserMedia = async (constraints) => {
      const opening = open(constraints);
      await gate;
      return opening;
    };
    return go;
  }

  /** The codes of its errors from now on. */
  function failures(call: PeerCall): string[] {
    const codes: string[] = [];
    call.addEventListener('error', ({ error }) => codes.push((error as MediaKitError).code));
    return codes;
  }

  const lives = (...ids: string[]): Promise<unknown> =>
    until(() => devices.live.sort().join() === ids.sort().join(), `${ids.join()} and no other`);
  const asks = (before = 0): Promise<unknown> =>
    until(() => devices.asked.length > before, 'it is asked for');
  const kinds = (call: PeerCall): string[] => call.localStream?.getTracks().map(({ kind }) => kind) ?? [];

  /** In a room, its camera off with its hardware. */
  async function resting(options: Partial<PeerCall> = {}): Promise<PeerCall> {
    const call = await addCall({ room: newRoom(), video: true, ...options });
    await call.join();
    call.toggleVideo(false);
    await until(() => devices.live.length === 0, 'it rests', 8000);
    return call;
  }

  it('of two cameras chosen one after the other the last counts', async () => {
    const call = await addCall({ room: newRoom(), video: true, camera: 'front' });
    await call.join();
    const codes = failures(call);
    const before = devices.asked.length;
    const go = hold();
    call.camera = 'third';
    await asks(before);
    call.camera = 'usb';
    await call.updateComplete;
    go();
    await lives('usb');
    call.camera = 'front';
    await call.updateComplete;
    call.camera = 'third';
    await lives('third');
    expect(codes).to.deep.equal([]);
  });

  /** In a room in which it only receives, and how to have that otherwise. */
  async function receiving(): Promise<[PeerCall, (direction: PeerCall['direction']) => Promise<unknown>]> {
    const call = await addCall({ room: newRoom(), video: true, direction: 'recvonly' });
    await call.join();
    return [call, (direction) => Object.assign(call, { direction }).updateComplete];
  }
  /** Long enough to ask for a device. */
  const loads = async (): Promise<void> => {
    await import('../../components/peer-call/devices.js');
    await afterGrace();
  };

  it('who only receives again before the camera is there has it off, and is told of nothing', async () => {
    const [call, turn] = await receiving();
    const codes = failures(call);
    await turn('sendrecv');
    await turn('recvonly');
    await loads();
    expect(devices.asked.length).to.equal(0);
    const go = hold();
    await turn('sendrecv');
    await asks();
    await turn('recvonly');
    go();
    await lives();
    expect(codes).to.deep.equal([]);
    await turn('sendrecv');
    await lives('front');
  });

  it('no camera comes on for a direction that is none', async () => {
    const [call, turn] = await receiving();
    const codes = failures(call);
    await turn('both' as PeerCall['direction']);
    await loads();
    expect([devices.asked.length, ...codes]).to.deep.equal([0, 'bad-input']);
  });

  it('a camera that is chosen while it joins is the one', async () => {
    const go = hold();
    const call = await addCall({ room: newRoom(), video: true });
    const joined = call.join();
    await asks();
    call.camera = 'usb';
    await call.updateComplete;
    go();
    await joined;
    await lives('usb');
  });

  it('a camera that is chosen while the camera is off comes on, also while another is on its way', async () => {
    const call = await resting();
    call.camera = 'usb';
    await call.updateComplete;
    const before = devices.asked.length;
    const go = hold();
    call.toggleVideo(true);
    await asks(before);
    call.camera = 'third';
    await call.updateComplete;
    go();
    await lives('third');
    expect(call.state.video).to.equal(true);
  });

  it('another camera comes on where the one by name was unplugged while it was off', async () => {
    const call = await resting({ camera: 'usb' });
    const codes = failures(call);
    devices.unplug('usb');
    call.toggleVideo(true);
    await until(() => call.state.video && devices.live.length === 1, 'the picture');
    expect(codes).to.deep.equal([]);
  });

  it('a camera can be chosen after none was to be had', async () => {
    const call = await addCall({ room: newRoom(), video: true, camera: 'front' });
    await call.join();
    for (const next of ['third', 'front']) {
      const codes = failures(call);
      devices.refusal = new DOMException('busy', 'NotReadableError');
      call.camera = 'usb';
      await until(() => codes.length > 0 && devices.live.length === 0, 'it has failed');
      devices.refusal = null;
      call.camera = next;
      await lives(next);
    }
  });

  it('the light is on with the picture: who leaves while the camera comes on, and joins again, is seen', async () => {
    const call = await resting();
    const before = devices.asked.length;
    const go = hold();
    call.toggleVideo(true);
    await asks(before);
    call.leave();
    const joined = call.join();
    go();
    await joined;
    await until(() => call.state.video && devices.live.length === 1, 'the picture');
  });

  it('what is wanted no longer when it joins is not sent, and its light goes out', async () => {
    const call = await addCall({ room: newRoom(), audio: true, video: true, lobby: true });
    await until(() => kinds(call).length === 2, 'prepared');
    call.video = false;
    await lives('built-in');
    call.direction = 'recvonly';
    await lives();
    await call.join();
    expect([call.localStream, call.state.video]).to.deep.equal([null, false]);
  });

  it('what is wanted in addition is there when it joins', async () => {
    const call = await addCall({ room: newRoom(), video: true });
    await call.prepare();
    call.audio = true;
    await call.join();
    expect([...kinds(call).sort(), call.state.audio]).to.deep.equal(['audio', 'video', true]);
  });

  it('no camera is asked for where a stream is lent meanwhile', async () => {
    const call = await addCall({ room: newRoom(), video: true });
    const stream = picture('#ff0000');
    const joined = call.join();
    call.srcObject = stream;
    await joined;
    stop(stream);
    expect(devices.asked.length).to.equal(0);
  });

  it('who joins again, or looks at himself again, from the event of leaving does so', async () => {
    let fail: (error: MediaKitError) => void;
    let opened = 0;
    const signaling: Signaling = {
      open: ({ peer }, handlers) => {
        opened++;
        fail = handlers.failed!;
        const announce = (own: Uint8Array): void => queueMicrotask(() => handlers.presence(peer, own));
        return Promise.resolve({ announce, send() {}, close() {} });
      },
    };
    const call = await addCall({ room: newRoom(), signaling, video: true });
    await call.join();
    const outcomes: Promise<string>[] = [];
    const acts = [() => call.join(), () => call.prepare()];
    call.addEventListener('call-state-change', ({ state }) => {
      if (state.status === 'left' && acts.length > 0) outcomes.push(rejection(acts.shift()!()));
    });
    fail!(new MediaKitError('signaling-refused', 'The room is gone.'));
    await until(() => opened === 2 && call.state.status === 'waiting', 'it is in again');
    call.leave();
    await until(() => outcomes.length === 2, 'it has prepared');
    expect(await Promise.all(outcomes)).to.deep.equal(['not rejected', 'not rejected']);
    await lives('front');
  });

  it('another room that was set while it was out of the document is joined when it is back', async () => {
    const call = await addCall({ room: newRoom(), autojoin: true, keepAlive: true });
    await until(() => call.state.status === 'waiting', 'in');
    call.remove();
    call.room = newRoom();
    await until(() => call.state.status === 'left', 'left');
    document.body.append(call);
    await until(() => call.state.status === 'waiting', 'in again');
  });

  it('who leaves while a permission is back is told of nothing', async () => {
    const call = await addCall({ room: newRoom(), video: true });
    await call.join();
    devices.permit('camera', 'denied');
    devices.end('front');
    await until(() => call.localStream === null, 'taken back');
    const codes = failures(call);
    const before = devices.asked.length;
    const go = hold();
    devices.permit('camera', 'granted');
    await asks(before);
    call.leave();
    go();
    await lives();
    await call.updateComplete;
    expect([query(call, '[role="alert"]'), ...codes]).to.deep.equal([null]);
  });
});
