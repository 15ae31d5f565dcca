import { expect } from '@open-wc/testing';
import { chooseDevice, switchCamera } from '../../../components/engine/capture/adjust.js';
import { Capturer } from '../../../components/engine/capture/capturer.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { camera, FakeDevices } from '../../support/fake-devices.js';
import { ManualClock } from '../../support/manual-clock.js';
import { afterGrace, until } from '../../support/wait.js';

describe('Capturer: more than one change at a time', () => {
  let clock: ManualClock;
  let capturer: Capturer;
  let devices: FakeDevices;

  /** From now on requests wait until they are let in, one by one, in any order. */
  function gates(): (() => void)[] {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    const waiting: (() => void)[] = [];
    mediaDevices.getUserMedia = async (constraints) => {
      await new Promise<void>((enter) => waiting.push(enter));
      return open(constraints);
    };
    return waiting;
  }

  const code = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'fulfilled',
      (error: MediaKitError) => error.code,
    );

  beforeEach(async () => {
    clock = new ManualClock();
    capturer = new Capturer(clock);
    devices = new FakeDevices(camera('front'), camera('usb'), camera('desk'));
    await capturer.start({ kind: 'user', video: true, camera: 'front' });
    await until(() => devices.listed > 0, 'the keeper is there');
  });

  afterEach(() => {
    capturer.release();
    expect(clock.pending).to.equal(0);
    devices.release();
  });

  it('of two choices the last counts, and none is refused', async () => {
    const choices = ['usb', 'desk'].map((id) => code(chooseDevice(capturer, 'video', id)));
    expect([...(await Promise.all(choices)), ...devices.live]).to.deep.equal([
      'fulfilled',
      'fulfilled',
      'desk',
    ]);
  });

  it('a camera that is switched twice is the next but one', async () => {
    await Promise.all([switchCamera(capturer), switchCamera(capturer)]);
    expect(devices.live).to.deep.equal(['desk']);
  });

  it('a choice comes after one that failed', async () => {
    const choices = ['nowhere', 'desk'].map((id) => code(chooseDevice(capturer, 'video', id)));
    expect([...(await Promise.all(choices)), ...devices.live]).to.deep.equal([
      'overconstrained',
      'fulfilled',
      'desk',
    ]);
  });

  it('a stand-in does not take the place of what was chosen meanwhile', async () => {
    const waiting = gates();
    devices.unplug('front');
    await until(() => waiting.length === 1, 'the keeper asks');
    const chosen = chooseDevice(capturer, 'video', 'desk');
    await until(() => waiting.length === 2, 'the user chooses');
    waiting[1]!();
    await chosen;
    waiting[0]!();
    await until(() => devices.asked.length === 3, 'the keeper has its camera');
    await afterGrace();
    expect(devices.live).to.deep.equal(['desk']);
  });

  it('leaves no camera on where a choice comes to its end while a restart fails', async () => {
    const waiting = gates();
    const chosen = code(chooseDevice(capturer, 'video', 'usb'));
    await until(() => waiting.length === 1, 'a choice');
    const restarted = code(capturer.restart({ kind: 'user', video: true, camera: 'nowhere' }));
    await until(() => waiting.length === 2, 'a restart');
    waiting[0]!();
    await chosen;
    waiting[1]!();
    expect(await restarted).to.equal('overconstrained');
    expect([capturer.store.snapshot.status, ...devices.live]).to.deep.equal(['failed']);
  });

  it('rests again in the next capture where it could not be woken in this one', async () => {
    capturer.rest();
    clock.advance(5000);
    devices.refusal = new DOMException('', 'NotReadableError');
    expect(await code(capturer.wake())).to.equal('device-in-use');
    devices.refusal = null;
    capturer.stop();
    await capturer.start({ kind: 'user', video: true });
    expect(devices.live).to.deep.equal(['front']);
    clock.advance(5000);
    expect(devices.live).to.deep.equal([]);
  });
});
