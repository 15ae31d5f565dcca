import { expect } from '@open-wc/testing';
import { captureConstraints, type CaptureOptions } from '../../../components/engine/capture/request.js';
import { MediaKitError } from '../../../components/engine/errors.js';

describe('captureConstraints', () => {
  const user = { facingMode: { ideal: 'user' } };
  const table: [says: string, options: CaptureOptions, constraints: MediaStreamConstraints][] = [
    ['both if neither', { kind: 'user' }, { audio: true, video: user }],
    ['both if both', { kind: 'user', audio: true, video: true }, { audio: true, video: user }],
    ['sound alone', { kind: 'user', audio: true }, { audio: true, video: false }],
    ['a picture alone', { kind: 'user', video: true }, { audio: false, video: user }],
    [
      'the other camera',
      { kind: 'environment', video: true },
      { audio: false, video: { facingMode: { ideal: 'environment' } } },
    ],
    [
      'one camera',
      { kind: 'user', video: true, camera: 'c' },
      { audio: false, video: { deviceId: { exact: 'c' } } },
    ],
    [
      'one microphone',
      { kind: 'user', audio: true, microphone: 'm' },
      { audio: { deviceId: { exact: 'm' } }, video: false },
    ],
    [
      'wishes',
      { kind: 'user', video: true, width: 640, height: 360, frameRate: 15 },
      {
        audio: false,
        video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 }, ...user },
      },
    ],
    [
      'devices that are wished for',
      { kind: 'user', preferred: { camera: 'c', microphone: 'm' } },
      { audio: { deviceId: { ideal: 'm' } }, video: { deviceId: { ideal: 'c' } } },
    ],
    [
      'named devices before those, and the other camera, too',
      { kind: 'environment', microphone: 'n', preferred: { camera: 'c', microphone: 'm' } },
      { audio: { deviceId: { exact: 'n' } }, video: { facingMode: { ideal: 'environment' } } },
    ],
    [
      'what of a display, and its pointer',
      { kind: 'display', surface: 'window', cursor: 'never' },
      { audio: true, video: { displaySurface: 'window', cursor: 'never' } as MediaTrackConstraints },
    ],
    ['a display', { kind: 'display' }, { audio: true, video: {} }],
    ['a display always with a picture', { kind: 'display', audio: true }, { audio: true, video: {} }],
    [
      'a display without devices',
      { kind: 'display', video: true, camera: 'c', microphone: 'm' },
      { audio: false, video: {} },
    ],
    ['empty device ids', { kind: 'user', camera: '', microphone: '' }, { audio: true, video: user }],
    [
      'constraints in place of all',
      { kind: 'user', audio: true, width: -1, constraints: { video: true } },
      { video: true },
    ],
  ];
  for (const [says, options, constraints] of table) {
    it(says, () => expect(captureConstraints(options)).to.deep.equal(constraints));
  }

  for (const value of [0, -1, NaN, Infinity]) {
    it(`refuses ${value}`, () => {
      for (const name of ['width', 'height', 'frameRate'] as const) {
        try {
          captureConstraints({ kind: 'user', [name]: value });
          expect.fail('it was taken');
        } catch (error) {
          expect(error instanceof MediaKitError && error.code).to.equal('bad-input');
          expect((error as Error).message)
            .to.contain(name)
            .and.to.contain(String(value));
        }
      }
    });
  }
});
