import { expect } from '@open-wc/testing';
import {
  defaultMicrophone,
  endedBecause,
  nextCamera,
  wishFor,
  type Seat,
} from '../../../components/engine/capture/devices.js';
import { camera, microphone, type FakeDevice } from '../../support/fake-devices.js';

const list = (...devices: FakeDevice[]): MediaDeviceInfo[] =>
  devices.map((device) => ({ groupId: '', ...device, toJSON: () => ({}) }));

describe('decisions about devices', () => {
  describe('endedBecause', () => {
    const seat = { kind: 'video', deviceId: 'a' } as const;
    const table: [permission: PermissionState | null, devices: FakeDevice[], why: string][] = [
      ['granted', [camera('a')], 'lost'],
      ['granted', [], 'lost'],
      ['denied', [camera('a')], 'revoked'],
      ['denied', [], 'revoked'],
      ['prompt', [camera('a')], 'revoked'],
      ['prompt', [camera('')], 'revoked'],
      ['prompt', [camera('b'), microphone('a')], 'lost'],
      ['prompt', [], 'lost'],
      [null, [camera('a')], 'lost'],
    ];
    for (const [permission, devices, why] of table) {
      it(`${why}: ${permission}, ${JSON.stringify(devices.map(({ deviceId }) => deviceId))}`, () => {
        expect(endedBecause(seat, list(...devices), permission)).to.equal(why);
      });
    }
  });

  describe('wishFor', () => {
    const seat: Seat = {
      kind: 'video',
      deviceId: 'a',
      constraints: { deviceId: { exact: 'a' }, width: { ideal: 640 } },
      filled: false,
    };
    const any = { width: { ideal: 640 } };
    const table: [says: string, change: Partial<Seat>, devices: FakeDevice[], wish: unknown][] = [
      ['the device, if it is there', {}, [camera('b'), camera('a')], { ...any, deviceId: { exact: 'a' } }],
      [
        'the device, in place of another',
        { filled: true },
        [camera('a')],
        { ...any, deviceId: { exact: 'a' } },
      ],
      ['any other', {}, [camera('b')], any],
      ['no other where one stands in', { filled: true }, [camera('b')], null],
      ['nothing of another kind', {}, [microphone('b')], null],
      ['any where none is known', { deviceId: '' }, [camera('')], any],
    ];
    for (const [says, change, devices, wish] of table) {
      it(says, () => expect(wishFor({ ...seat, ...change }, list(...devices))).to.deep.equal(wish));
    }
  });

  describe('defaultMicrophone', () => {
    it('is the one of that name, told apart by its group', () => {
      const [one, other] = ['a', 'b'].map((group) =>
        defaultMicrophone(list(camera('c'), microphone('x'), microphone('default', group))),
      );
      expect([one!.id, other!.id]).to.deep.equal(['default', 'default']);
      expect(one!.identity === other!.identity).to.equal(false);
    });

    it('else the first', () => {
      expect(defaultMicrophone(list(camera('c'), microphone('x'), microphone('y'))).id).to.equal('x');
      expect(defaultMicrophone([]).id).to.equal('');
    });
  });

  describe('nextCamera', () => {
    const two = list(camera('a'), microphone('m'), camera('b'));
    const table: [says: string, settings: MediaTrackSettings, devices: MediaDeviceInfo[], wish: unknown][] = [
      ['the next in the list', { deviceId: 'a' }, two, { deviceId: { exact: 'b' } }],
      ['the first after the last', { deviceId: 'b' }, two, { deviceId: { exact: 'a' } }],
      ['the first after one that is not listed', { deviceId: 'z' }, two, { deviceId: { exact: 'a' } }],
      ['the other way', { facingMode: 'user' }, two, { facingMode: { exact: 'environment' } }],
      ['none', { deviceId: 'a' }, list(camera('a'), microphone('m')), null],
    ];
    for (const [says, settings, devices, wish] of table) {
      it(says, () => expect(nextCamera(settings, devices)).to.deep.equal(wish));
    }
  });
});
