import { expect } from '@open-wc/testing';
import {
  captureKind,
  isMirrored,
  previewState,
  type PreviewFacts,
} from '../../components/stream-preview/stream-preview.state.js';
import { canvasStream } from '../support/source.js';

describe('decisions of a preview', () => {
  const stream = canvasStream();
  const tracks = stream.getTracks();
  after(() => tracks.forEach((track) => track.stop()));

  const table: [facts: Partial<PreviewFacts>, state: string][] = [
    [{}, 'empty'],
    [{ capture: 'starting' }, 'starting'],
    [{ capture: 'starting', stream, tracks, blocked: true }, 'starting'],
    [{ capture: 'live', stream, tracks }, 'live'],
    [{ stream, tracks }, 'live'],
    [{ stream, tracks, blocked: true }, 'blocked'],
    [{ stream, blocked: true }, 'ended'],
    [{ stream: new MediaStream() }, 'empty'],
    [{ capture: 'ended' }, 'ended'],
    [{ capture: 'failed' }, 'failed'],
    [{ capture: 'failed', stream, tracks }, 'live'],
  ];
  table.forEach(([facts, state], row) => {
    it(`state ${row + 1}: ${state}`, () => {
      expect(previewState({ capture: 'idle', stream: null, tracks: [], blocked: false, ...facts })).to.equal(
        state,
      );
    });
  });

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
