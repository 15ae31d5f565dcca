import { expect } from '@open-wc/testing';
import type { CaptureStatus } from '../../components/engine/capture/capturer.js';
import type { LostDevice } from '../../components/engine/capture/devices.js';
import type { CapturePermission } from '../../components/engine/capture/permission.js';
import {
  captureKind,
  isMirrored,
  isUrgent,
  needsPermission,
  previewState,
  statusKey,
  unpluggedOf,
  type PreviewFacts,
  type PreviewState,
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
    [{ cameraOff: true, interrupted: true }, 'interrupted'],
    [{ state: 'lost', interrupted: true }, 'lost'],
    [{ unplugged: { label: '', replaced: false }, cameraOff: true }, 'lost'],
    [{ unplugged: { label: '', replaced: false }, interrupted: true }, 'interrupted'],
    [{ unplugged: { label: '', replaced: true }, cameraOff: true }, 'camera-off'],
    [{ unplugged: { label: '', replaced: true }, audioOnly: true }, 'replaced'],
    [{ trouble: 'no', cameraOff: true }, 'camera-off'],
    [{ trouble: 'no', cameraOff: true, lessened: true }, 'trouble'],
    [{ trouble: 'no', unplugged: { label: '', replaced: true } }, 'trouble'],
    [{ trouble: 'no', state: 'blocked' }, 'blocked'],
    [{ state: 'empty', asks: true }, 'prompt'],
    [{ state: 'empty' }, 'empty'],
  ];
  for (const [facts, key] of words) {
    it(`says "${key}" for ${JSON.stringify(facts)}`, () => {
      const nothing = { audioOnly: false, cameraOff: false, interrupted: false, asks: false };
      const well = { ...nothing, unplugged: null, trouble: null, lessened: false };
      expect(statusKey({ ...well, state: 'live', ...facts })).to.equal(key);
    });
  }

  it('has seen over a picture what somebody has to do something about', () => {
    const keys = ['live', 'replaced', 'trouble', 'interrupted', 'lost'];
    expect(keys.filter((key) => isUrgent(key, { lessened: false }))).to.deep.equal(['interrupted', 'lost']);
    expect(isUrgent('trouble', { lessened: true })).to.equal(true);
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
