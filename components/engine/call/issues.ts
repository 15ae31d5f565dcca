import { isNarrow, worstLoss, type Observation } from './quality.js';
import type { Change } from './reading.js';

/** The problems of a call that figures tell. */
export type MeasuredIssueName =
  | 'no-media'
  | 'one-way'
  | 'high-loss'
  | 'low-bandwidth'
  | 'out-of-sync'
  | 'muted-by-system'
  | 'silent-microphone';

/** The problems of a call that have a name. */
export type CallIssueName =
  | MeasuredIssueName
  | 'network-blocked'
  | 'unreliable-signaling'
  | 'tampering'
  | 'not-encrypted'
  | 'undecryptable'
  | 'flooding'
  | 'camera-lost'
  | 'microphone-lost'
  | 'permission-denied';

/** A problem of a call, from its start to its end. */
export interface CallIssue {
  readonly name: CallIssueName;
  /** The peer that it is with, or null where it is our own. */
  readonly peerId: string | null;
  /** When it was first seen, in ms as `performance.now()` counts. */
  readonly since: number;
  /** When it was over; null while it lasts. */
  readonly ended: number | null;
  /** How often it happened: of `tampering` and `unreliable-signaling` each message counts, all others last and are 1. */
  readonly count: number;
  /** What it means and what to do about it. */
  readonly message: string;
}

/** One problem, seen or begun. */
interface Trace {
  readonly since: number;
  /** How many samples in a row have said otherwise: seen before it has begun, not seen after. */
  readonly otherwise: number;
  /** Null before it has begun. */
  readonly issue: CallIssue | null;
}

/** The problems of one peer, or our own, as they are followed from sample to sample. */
export type Traces = ReadonlyMap<MeasuredIssueName, Trace>;

interface Rule {
  /** How many samples in a row must see it, one every two seconds. */
  readonly begins: number;
  readonly message: string;
}

const rules: Readonly<Record<MeasuredIssueName, Rule>> = {
  // The first of them may cover a time before the peer switched on.
  'no-media': {
    begins: 3,
    message: 'Nothing of what this peer sends arrives: restart ICE, or join again.',
  },
  // Reports come up to 7.5 s apart where there is only sound.
  'one-way': {
    begins: 5,
    message: 'Nothing of what we send arrives at this peer: restart ICE, or join again.',
  },
  'high-loss': {
    begins: 3,
    message: 'Too much is lost on the way: use a better network, or switch the camera off.',
  },
  'low-bandwidth': {
    begins: 3,
    message: 'Too little fits through the network: use a better network, or switch the camera off.',
  },
  'out-of-sync': {
    begins: 3,
    message: 'Sound and picture of this peer are apart: let it switch the camera off and on.',
  },
  'muted-by-system': {
    begins: 2,
    message: 'The system withholds a device that is on: look for its switch, or choose another one.',
  },
  'silent-microphone': {
    begins: 5,
    message: 'The microphone is on but silent: look for its switch, or choose another one.',
  },
};

/** After how many samples without it a problem is over. */
const ENDS = 2;
/** How far sound and picture may be apart, in ms. */
const APART = 200;
/** Fewer packets in a sample prove nothing. */
const FEW = 10;

/** The problems with one peer that a sample shows. `told`: what is to arrive. */
export function peerIssues(
  observation: Observation | null,
  told: { readonly audio: boolean; readonly video: boolean },
  traces: Traces,
): Set<MeasuredIssueName> {
  const issues = new Set<MeasuredIssueName>();
  if (!observation?.changes) return issues;
  const { quality, changes } = observation;
  const arrives = (kind: string): boolean =>
    changes.some((change) => !change.sent && change.kind === kind && change.bytes > 0);
  const sent = changes.filter((change) => change.sent && change.packets >= FEW);
  if ((told.audio && !arrives('audio')) || (told.video && !arrives('video'))) issues.add('no-media');
  else if (sent.length > 0 && !sent.some(({ proven }) => proven)) issues.add('one-way');
  if (worstLoss(quality) > (traces.get('high-loss')?.issue ? 0.05 : 0.08)) issues.add('high-loss');
  if (isNarrow(quality)) issues.add('low-bandwidth');
  if (apart(changes) > APART) issues.add('out-of-sync');
  return issues;
}

/** The problems of our own that a sample shows. `silent`: the ids of tracks that give no sound at all. */
export function ownIssues(
  tracks: readonly Pick<MediaStreamTrack, 'id' | 'enabled' | 'muted' | 'readyState'>[],
  silent: ReadonlySet<string>,
): Set<MeasuredIssueName> {
  const issues = new Set<MeasuredIssueName>();
  for (const { id, enabled, muted, readyState } of tracks) {
    if (!enabled || readyState !== 'live') continue;
    if (muted) issues.add('muted-by-system');
    else if (silent.has(id)) issues.add('silent-microphone');
  }
  return issues;
}

/** Follows the problems over one more sample, and tells which of them start and end with it. */
export function followIssues(
  before: Traces,
  seen: ReadonlySet<MeasuredIssueName>,
  peerId: string | null,
  now: number,
): [traces: Traces, told: CallIssue[]] {
  const traces = new Map<MeasuredIssueName, Trace>();
  const told: CallIssue[] = [];
  for (const name of new Set([...before.keys(), ...seen])) {
    const trace = before.get(name) ?? { since: now, otherwise: 0, issue: null };
    const { since, issue } = trace;
    const { begins, message } = rules[name];
    const otherwise = seen.has(name) === !!issue ? 0 : trace.otherwise + 1;
    if (otherwise < (issue ? ENDS : begins)) {
      if (issue || otherwise) traces.set(name, { since, otherwise, issue });
    } else if (issue) {
      told.push(end(issue, now));
    } else {
      const begun = Object.freeze({ name, peerId, since, ended: null, count: 1, message });
      traces.set(name, { since, otherwise: 0, issue: begun });
      told.push(begun);
    }
  }
  return [traces, told];
}

/** What is told of problems that end with what they were about. */
export function endIssues(traces: Traces, now: number): CallIssue[] {
  return [...traces.values()].flatMap(({ issue }) => (issue ? end(issue, now) : []));
}

function end(issue: CallIssue, now: number): CallIssue {
  return Object.freeze({ ...issue, ended: now });
}

/** How far sound and picture are apart in what is played, in ms; 0 where that is not known. */
function apart(changes: readonly Change[]): number {
  const played = (kind: string): number[] =>
    changes.flatMap((change) => (change.kind === kind && change.bytes > 0 ? (change.playout ?? []) : []));
  const pictures = played('video');
  // A screen comes beside the camera: the sound goes with one of them.
  const distances = played('audio').flatMap((at) => pictures.map((other) => Math.abs(at - other)));
  return distances.length > 0 ? Math.min(...distances) : 0;
}
