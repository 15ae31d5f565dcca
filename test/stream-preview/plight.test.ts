import { expect } from '@open-wc/testing';
import type { LostDevice } from '../../components/engine/capture/devices.js';
import type { CapturePermission } from '../../components/engine/capture/permission.js';
import { MediaKitError, type MediaKitErrorCode } from '../../components/engine/errors.js';
import {
  isUrgent,
  mayTryAgain,
  needsPermission,
  plightKey,
  unpluggedOf,
  type PlightFacts,
} from '../../components/stream-preview/plight.js';
import type { PreviewState } from '../../components/stream-preview/stream-preview.state.js';

describe('the plight of a capture', () => {
  const track = (kind: string, readyState = 'live'): MediaStreamTrack =>
    ({ kind, readyState }) as MediaStreamTrack;
  const lost = (kind: 'camera' | 'microphone', label: string): LostDevice => ({ kind, label, deviceId: '' });

  const well = { interrupted: false, lost: [], tracks: [track('video'), track('audio')], display: false };
  const error = new MediaKitError('permission-denied', '');
  const interrupted = { interrupted: true };
  const silent = { tracks: [track('video'), track('audio', 'ended')] };
  const dark = { tracks: [track('video', 'ended'), track('audio')] };
  const unplugged = { lost: [lost('microphone', '')] };
  const refused = { error };
  const stopped = { error: new MediaKitError('aborted', '') };

  const table: [
    capture: Partial<PlightFacts['capture']>,
    facts: Partial<Omit<PlightFacts, 'capture'>>,
    key: string | null,
    urgent: boolean,
  ][] = [
    [{}, {}, null, false],
    [{}, { asks: true, state: 'empty' }, 'prompt', false],
    [interrupted, { state: 'lost' }, 'lost', true],
    [interrupted, { cameraOff: true }, 'interrupted', true],
    [{ ...unplugged, ...silent, ...interrupted }, {}, 'interrupted', true],
    [{ ...unplugged, ...silent }, { cameraOff: true }, 'lost', true],
    [{ ...unplugged, ...silent, ...refused }, {}, 'lost', true],
    [unplugged, {}, 'replaced', false],
    [unplugged, { cameraOff: true }, null, false],
    [{ ...unplugged, ...refused }, {}, 'trouble', false],
    [{ ...refused, ...silent }, { cameraOff: true }, 'trouble', true],
    [{ ...refused, ...dark }, {}, 'trouble', true],
    [{ ...refused, ...dark }, { cameraOff: true }, null, false],
    [{ ...refused, ...silent, display: true }, {}, 'trouble', false],
    [refused, { state: 'failed' }, null, false],
    [stopped, {}, null, false],
  ];
  table.forEach(([capture, given, key, urgent], row) => {
    it(`says "${key}", row ${row + 1}`, () => {
      const nothing = { state: 'live', cameraOff: false, asks: false } as const;
      const facts = { ...nothing, ...given, capture: { ...well, error: null, ...capture } };
      expect([plightKey(facts), isUrgent(key, facts)]).to.deep.equal([key, urgent]);
    });
  });

  it('names the device that has no other in its place first', () => {
    const track = (kind: string, readyState = 'live'): MediaStreamTrack =>
      ({ kind, readyState }) as MediaStreamTrack;
    const lost = (kind: 'camera' | 'microphone', label: string): LostDevice => ({
      kind,
      label,
      deviceId: '',
    });
    const both = [lost('camera', 'A'), lost('microphone', 'B')];
    expect(unpluggedOf({ lost: [], tracks: [] })).to.equal(null);
    expect(unpluggedOf({ lost: both, tracks: [track('video'), track('audio', 'ended')] })).to.deep.equal({
      label: 'B',
      replaced: false,
    });
    expect(unpluggedOf({ lost: both, tracks: [track('video'), track('audio')] })).to.deep.equal({
      label: 'A',
      replaced: true,
    });
  });

  const needs: [state: PreviewState, permission: CapturePermission, offers: boolean, needed: boolean][] = [
    ['empty', 'prompt', false, true],
    ['empty', 'granted', false, false],
    ['empty', 'granted', true, true],
    ['empty', 'unknown', false, false],
    ['empty', 'unknown', true, false],
    ['failed', 'denied', false, true],
    ['failed', 'dismissed', false, true],
    ['failed', 'granted', false, false],
    ['starting', 'prompt', true, false],
    ['live', 'denied', true, false],
    ['lost', 'prompt', false, false],
  ];
  needs.forEach(([state, permission, offers, needed], row) => {
    it(`${needed ? 'shows' : 'does not show'} the way to a permission, row ${row + 1}`, () => {
      expect(needsPermission(state, permission, offers)).to.equal(needed);
    });
  });

  const tries: [code: MediaKitErrorCode, permission: CapturePermission, display: boolean, again: boolean][] =
    [
      ['device-in-use', 'granted', false, true],
      ['device-not-found', 'prompt', false, true],
      ['permission-dismissed', 'dismissed', false, true],
      ['permission-denied', 'denied', false, false],
      ['permission-denied', 'denied-by-system', false, true],
      ['permission-denied', 'denied-by-policy', false, false],
      ['permission-denied', 'denied', true, true],
      ['permission-denied', 'denied-by-policy', true, false],
      ['overconstrained', 'granted', false, false],
    ];
  for (const [code, permission, display, again] of tries) {
    it(`${again ? 'offers' : 'does not offer'} another try after ${code}, ${permission}, ${display}`, () => {
      const failure = { display, error: new MediaKitError(code, '') };
      expect(mayTryAgain({ status: 'failed', ...failure }, permission)).to.equal(again);
      expect(mayTryAgain({ status: 'live', ...failure }, permission)).to.equal(false);
    });
  }
});
