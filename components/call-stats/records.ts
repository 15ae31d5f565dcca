import type { PeerState } from '../engine/call/call-state.js';
import type { QualityScore } from '../engine/call/quality.js';
import { valuesOf } from './figures.js';
import { History } from './history.js';

/** What is known of one member. */
export interface PeerRecord {
  readonly peer: PeerState;
  readonly history: History;
}

/** The figures of all members, from when they came until they leave. */
export class Records {
  #all: readonly PeerRecord[] = [];

  get all(): readonly PeerRecord[] {
    return this.#all;
  }

  /** Takes in what the call tells of its members now; true where there is anything else to show. */
  take(peers: readonly PeerState[], now: number, interval: number): boolean {
    const before = this.#all;
    this.#all = peers.map((peer) => {
      const known = before.find((record) => record.peer.id === peer.id);
      const history = known?.history ?? new History();
      // The figures are another object each time they are taken.
      if (peer.quality !== (known?.peer.quality ?? null)) history.add(valuesOf(peer.quality), now, interval);
      return { peer, history };
    });
    const isOther = ({ peer }: PeerRecord, at: number): boolean => isNews(peer, before[at]!.peer);
    return this.#all.length !== before.length || this.#all.some(isOther);
  }
}

function isNews(peer: PeerState, before: PeerState): boolean {
  return (['id', 'name', 'status', 'quality'] as const).some((key) => peer[key] !== before[key]);
}

const scores = ['poor', 'fair', 'good'] as const satisfies QualityScore[];

/** How well the worst connection works; one that is lost is `poor`, and one that is not measured yet does not count. */
export function worstScore(peers: readonly PeerState[]): QualityScore {
  const known = peers.map(({ status, quality }) =>
    status === 'connected' || status === 'connecting' ? (quality?.score ?? 'none') : 'poor',
  );
  return scores.find((score) => known.includes(score)) ?? 'none';
}

/** There and back on the longest way, in seconds; null where none is known. */
export function longestRoundTrip(peers: readonly PeerState[]): number | null {
  const known = peers.flatMap(({ quality }) => quality?.roundTrip ?? []);
  return known.length ? Math.max(...known) : null;
}
