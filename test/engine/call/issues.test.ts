import { expect } from '@open-wc/testing';
import {
  endIssues,
  followIssues,
  ownIssues,
  peerIssues,
  type CallIssue,
  type MeasuredIssueName,
  type Traces,
} from '../../../components/engine/call/issues.js';
import { observe, type Observation } from '../../../components/engine/call/quality.js';
import type { Flow, Reading } from '../../../components/engine/call/reading.js';
import { reading } from './measured.js';

const both = { audio: true, video: true };

/** A connection on which all goes well, for so many samples; `worse` says what is different in the later ones. */
function samples(
  count: number,
  worse: (at: number) => Readonly<Record<string, Partial<Flow>>> = () => ({}),
  rest: Partial<Reading> = {},
): Reading[] {
  return Array.from({ length: count }, (_, at) => {
    const usual: Record<string, Partial<Flow>> = {
      heard: { kind: 'audio', bytes: at * 8000, packets: at * 100, playout: at * 2000 },
      seen: { bytes: at * 80_000, packets: at * 100, frames: at * 50, playout: at * 2000 + 30 },
      said: { sent: true, kind: 'audio', bytes: at * 8000, packets: at * 100, proof: at },
      shown: { sent: true, bytes: at * 80_000, packets: at * 100, frames: at * 50, proof: at * 2 },
    };
    const other = worse(at);
    const flows = Object.entries(usual).map(([id, flow]) => [id, { ...flow, ...other[id] }] as const);
    return reading(at * 2000, Object.fromEntries(flows), rest);
  });
}

/** All that is told of problems over these readings, as `name` at the start and `-name` at the end, with the sample's number. */
function told(readings: readonly Reading[], expected = (_at: number) => both): string[] {
  let observation: Observation | null = null;
  let traces: Traces = new Map();
  return readings.flatMap((one, at) => {
    observation = observe(observation, one);
    const [next, issues] = followIssues(
      traces,
      peerIssues(observation, expected(at), traces),
      'peer',
      at * 2000,
    );
    traces = next;
    return issues.map(({ name, ended }) => `${ended === null ? '' : '-'}${name} ${at}`);
  });
}

describe('the problems of a connection', () => {
  /** Nothing new in these flows from the samples `from` to `to`. */
  const stuck =
    (from: number, to: number, flows: Readonly<Record<string, (at: number) => Partial<Flow>>>) =>
    (at: number): Record<string, Partial<Flow>> => {
      const seen = at < from ? at : at < to ? from - 1 : at;
      return Object.fromEntries(Object.entries(flows).map(([id, flow]) => [id, flow(seen)]));
    };

  it('are none where all goes well', () => {
    expect(told(samples(30))).to.deep.equal([]);
  });

  it('"no-media": nothing arrives for over 4 s of one kind that the peer sends; it ends when it comes again', () => {
    const heard = (at: number) => ({ bytes: at * 8000, packets: at * 100 });
    expect(told(samples(20, stuck(5, 10, { heard })))).to.deep.equal(['no-media 7', '-no-media 11']);
    expect(told(samples(20, stuck(5, 7, { heard })))).to.deep.equal([]);
  });

  it('"no-media" is none of what the peer has switched off, or has only just switched on', () => {
    const heard = () => ({ bytes: 0, packets: 0 });
    const readings = samples(20, () => ({ heard: heard() }));
    expect(told(readings, () => ({ audio: false, video: true }))).to.deep.equal([]);
    expect(told(readings.slice(0, 12), (at) => ({ audio: at >= 10, video: true }))).to.deep.equal([]);
  });

  it('"no-media": also where nothing has ever come', () => {
    const nothing = Array.from({ length: 5 }, (_, at) => reading(at * 2000));
    expect(told(nothing)).to.deep.equal(['no-media 3']);
  });

  it('"one-way": the peer reports nothing of what we send', () => {
    const said = (at: number) => ({ proof: at });
    const shown = (at: number) => ({ proof: at });
    expect(told(samples(20, stuck(5, 12, { said, shown })))).to.deep.equal(['one-way 9', '-one-way 13']);
    expect(told(samples(20, stuck(5, 9, { said, shown })))).to.deep.equal([]);
    // One of both tells that the way is open.
    expect(told(samples(20, stuck(5, 12, { said })))).to.deep.equal([]);
  });

  it('"one-way" is not told while we send nothing, or nothing of theirs comes either', () => {
    const still = { proof: 1, bytes: 10, packets: 10 };
    expect(told(samples(20, () => ({ said: still, shown: still })))).to.deep.equal([]);
    const unproven = { proof: 1 };
    const silent = { bytes: 0, packets: 0 };
    expect(
      told(samples(20, () => ({ said: unproven, shown: unproven, heard: silent, seen: silent }))),
    ).to.deep.equal(['no-media 3']);
  });

  it('"high-loss": above 8 % for three samples until it is below 5 %', () => {
    /** Loses this part of each sample's packets. */
    const losing = (...parts: number[]) => {
      let lost = 0;
      const totals = parts.map((part) => (lost += (part * 200) / (1 - part)));
      return (at: number) => ({ seen: { lost: totals[Math.min(at, totals.length - 1)] } });
    };
    const loss = (...parts: number[]): string[] => told(samples(parts.length + 3, losing(...parts)));
    expect(loss(0, 0, 0.15, 0.15, 0.15, 0, 0)).to.deep.equal(['high-loss 4', '-high-loss 6']);
    expect(loss(0, 0.15, 0.15, 0, 0.15, 0.15, 0)).to.deep.equal([]);
    // Between the two it stays as it is.
    expect(loss(0, 0.08, 0.08, 0.08, 0.08)).to.deep.equal([]);
    expect(loss(0, 0.15, 0.15, 0.15, 0.08, 0.08, 0.08, 0.15, 0.02, 0.08, 0.02, 0.02)).to.deep.equal([
      'high-loss 3',
      '-high-loss 11',
    ]);
  });

  it('"high-loss": also of what we send', () => {
    const missed = (at: number) => ({
      shown: { missed: at > 4 ? 0.5 : 0 },
      said: { missed: at > 4 ? 0.5 : 0 },
    });
    expect(told(samples(10, missed))).to.deep.equal(['high-loss 7']);
  });

  it('"low-bandwidth": the network keeps the picture small, not a limit of ours', () => {
    const limited = () => ({ shown: { limitation: 'bandwidth' as const } });
    expect(told(samples(10, limited, { availableBitrate: 90_000 }))).to.deep.equal(['low-bandwidth 3']);
    const starved = () => ({ shown: { limitation: 'bandwidth' as const, frames: 7 } });
    expect(told(samples(10, starved, { availableBitrate: 90_000 }))).to.deep.equal(['low-bandwidth 3']);
    expect(told(samples(10, limited, { availableBitrate: 900_000 }))).to.deep.equal([]);
    expect(told(samples(10, limited))).to.deep.equal([]);
    expect(told(samples(10, undefined, { availableBitrate: 90_000 }))).to.deep.equal([]);
  });

  it('"out-of-sync": sound and picture are over 200 ms apart', () => {
    const late = (ms: number) => (at: number) => ({ seen: { playout: at * 2000 - (at > 4 ? ms : 0) } });
    expect(told(samples(12, late(150)))).to.deep.equal([]);
    expect(told(samples(12, late(300)))).to.deep.equal(['out-of-sync 7']);
    const screen = (at: number) => ({ ...late(300)(at), shown: {} });
    expect(told(samples(12, screen))).to.deep.equal(['out-of-sync 7']);
    // Where the browser does not say.
    expect(told(samples(12, () => ({ seen: { playout: null } })))).to.deep.equal([]);
  });

  it('are told as frozen objects, the same at the end with its time', () => {
    let traces: Traces = new Map();
    const issues: CallIssue[] = [];
    const seen: MeasuredIssueName[][] = [['high-loss'], ['high-loss'], ['high-loss'], [], []];
    for (const [at, names] of seen.entries()) {
      const [next, told] = followIssues(traces, new Set(names), 'peer', at * 2000);
      traces = next;
      issues.push(...told);
    }
    const [start, end] = issues as [CallIssue, CallIssue];
    expect(start).to.include({ name: 'high-loss', peerId: 'peer', since: 0, ended: null });
    expect(start.message).to.match(/\w: \w.*\.$/);
    expect(end).to.deep.equal({ ...start, ended: 8000 });
    expect(Object.isFrozen(start) && Object.isFrozen(end)).to.equal(true);
    expect(traces.size).to.equal(0);
  });

  it('end with the peer, if they had begun', () => {
    let traces: Traces = new Map();
    for (const at of [0, 1, 2]) {
      const seen = new Set<MeasuredIssueName>(at > 0 ? ['no-media', 'out-of-sync'] : ['no-media']);
      [traces] = followIssues(traces, seen, 'peer', at);
    }
    expect(endIssues(traces, 9).map(({ name, ended }) => [name, ended])).to.deep.equal([['no-media', 9]]);
  });
});

describe('problems of our own', () => {
  const track = { id: 'mic', enabled: true, muted: false, readyState: 'live' as const };
  const names = (changes: Partial<MediaStreamTrack>, ...silent: string[]): string[] => [
    ...ownIssues([{ ...track, ...changes }], new Set(silent)),
  ];

  it('"muted-by-system" is told of a live track that is on', () => {
    expect(names({ muted: true }, 'mic')).to.deep.equal(['muted-by-system']);
    expect(names({ muted: true, enabled: false })).to.deep.equal([]);
    expect(names({ muted: true, readyState: 'ended' })).to.deep.equal([]);
  });

  it('"silent-microphone" is told of one that is on', () => {
    expect(names({}, 'mic')).to.deep.equal(['silent-microphone']);
    expect(names({}, 'other')).to.deep.equal([]);
    expect(names({ enabled: false }, 'mic')).to.deep.equal([]);
  });

  it('"silent-microphone" begins with the fifth sample', () => {
    let traces: Traces = new Map();
    const begins = Array.from({ length: 8 }, (_, at) => {
      const [next, told] = followIssues(traces, ownIssues([track], new Set(['mic'])), null, at);
      traces = next;
      return told.length;
    });
    expect(begins).to.deep.equal([0, 0, 0, 0, 1, 0, 0, 0]);
  });
});
