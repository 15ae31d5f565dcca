import { expect } from '@open-wc/testing';
import type { CaptureStatus } from '../../components/engine/capture/capturer.js';
import {
  captureKind,
  isMirrored,
  previewState,
  statusKey,
  type PreviewFacts,
  type StatusFacts,
} from '../../components/stream-preview/stream-preview.state.js';
import { canvasStream } from '../support/source.js';

describe('decisions of a preview', () => {
  const stream = canvasStream();
  const tracks = stream.getTracks();
  after(() => tracks.forEach((track) => track.stop()));

  const capture = (status: CaptureStatus, lost: PreviewFacts['capture']['lost'] = []) => ({ status, lost });
  const camera = { kind: 'camera', deviceId: 'c', label: '' } as const;

  const table: [facts: Partial<PreviewFacts>, state: string][] = [
    [{}, 'empty'],
    [{ capture: capture('starting') }, 'starting'],
    [{ capture: capture('starting'), stream, tracks, blocked: true }, 'starting'],
    [{ capture: capture('live'), stream, tracks }, 'live'],
    [{ stream, tracks }, 'live'],
    [{ stream, tracks, blocked: true }, 'blocked'],
    [{ stream, blocked: true }, 'ended'],
    [{ stream: new MediaStream() }, 'empty'],
    [{ capture: capture('ended') }, 'ended'],
    [{ capture: capture('failed') }, 'failed'],
    [{ capture: capture('failed'), stream, tracks }, 'live'],
    [{ capture: capture('live', [camera]), stream }, 'lost'],
    [{ capture: capture('live', [camera]), stream, tracks }, 'live'],
    [{ capture: capture('live'), stream, rests: true }, 'live'],
    [{ capture: capture('live'), stream }, 'ended'],
  ];
  table.forEach(([facts, state], row) => {
    it(`state ${row + 1}: ${state}`, () => {
      const nothing = { capture: capture('idle'), rests: false, stream: null, tracks: [], blocked: false };
      expect(previewState({ ...nothing, ...facts })).to.equal(state);
    });
  });

  const words: [facts: Partial<StatusFacts>, key: string][] = [
    [{}, 'live'],
    [{ audioOnly: true }, 'audio-only'],
    [{ cameraOff: true, audioOnly: true }, 'camera-off'],
    [{ state: 'lost', cameraOff: true }, 'lost'],
    [{ state: 'empty' }, 'empty'],
  ];
  for (const [facts, key] of words) {
    it(`says "${key}" for ${JSON.stringify(facts)}`, () => {
      expect(statusKey({ audioOnly: false, cameraOff: false, state: 'live', ...facts })).to.equal(key);
    });
  }

  const mirrors: [args: Parameters<typeof isMirrored>, mirrored: boolean][] = [
    [['auto', 'user', {}], true],
    [['auto', 'user', { facingMode: 'environment' }], false],
    [['auto', 'environment', {}], false],
    [['auto', 'environment', { facingMode: 'user' }], true],
    [['auto', null, {}], false],
    [['auto', null, { facingMode: 'user' }], true],
    [['auto', 'display', {}], false],
    [['on', 'display', {}], false],
    [['on', null, { displaySurface: 'window' }], false],
    [['on', null, {}], true],
    [['on', 'environment', {}], true],
    [['off', 'user', { facingMode: 'user' }], false],
    [['' as 'auto', 'user', {}], true],
  ];
  for (const [args, mirrored] of mirrors) {
    it(`${mirrored ? 'mirrors' : 'does not mirror'} ${JSON.stringify(args)}`, () => {
      expect(isMirrored(...args)).to.equal(mirrored);
    });
  }

  it('reads what the attribute capture says', () => {
    expect([null, '', 'user', 'environment', 'display', 'DISPLAY'].map(captureKind)).to.deep.equal([
      null,
      'user',
      'user',
      'environment',
      'display',
      'user',
    ]);
  });
});
