import type { PeerState } from './call-state.js';
import { PeerChangeEvent, PeerJoinEvent, PeerLeaveEvent } from './events.js';
import type { Pair } from './pair.js';
import type { Member } from './member.js';
import type { Known } from './watch.js';

export interface ShownOptions {
  readonly pair: (id: string) => Pair | undefined;
  readonly observed: (id: string) => Known | undefined;
  readonly dispatch: (event: Event) => void;
  /** Called after each change, before its event. */
  readonly changed: () => void;
}

/** The members that are there for certain, as they are shown. */
export class Shown {
  readonly #options: ShownOptions;
  readonly #states = new Map<string, PeerState>();

  constructor(options: ShownOptions) {
    this.#options = options;
  }

  get all(): readonly PeerState[] {
    return Object.freeze([...this.#states.values()]);
  }

  /** False where there is no connection to show. */
  add(member: Member): boolean {
    const state = this.#describe(member);
    if (!state) return false;
    this.#states.set(member.id, state);
    this.#options.changed();
    this.#options.dispatch(new PeerJoinEvent(state));
    return true;
  }

  /** `tracks`: some have come or gone in the same streams; `quietly`: nothing that anybody need be told. */
  update(member: Member, tracks = false, quietly = false): void {
    const before = this.#states.get(member.id);
    const state = before && this.#describe(member);
    if (!state || (!tracks && isSame(state, before))) return;
    this.#states.set(member.id, state);
    this.#options.changed();
    if (!quietly) this.#options.dispatch(new PeerChangeEvent(state));
  }

  remove(id: string): void {
    const state = this.#states.get(id);
    if (!state) return;
    this.#states.delete(id);
    this.#options.changed();
    this.#options.dispatch(new PeerLeaveEvent(state));
  }

  clear(): void {
    this.#states.clear();
  }

  #describe({ id, name }: Member): PeerState | null {
    const pair = this.#options.pair(id);
    if (!pair) return null;
    const { status, stream, screen, connection } = pair;
    const { audio, video } = pair.state;
    const { connectionState, iceConnectionState } = connection;
    const { quality = null, speaking = false, verification = null } = this.#options.observed(id) ?? {};
    const media = { stream, screen, audio, video, speaking, verification };
    return Object.freeze({ id, name, ...media, status, connectionState, iceConnectionState, quality });
  }
}

function isSame(one: PeerState, other: PeerState): boolean {
  return (Object.keys(one) as (keyof PeerState)[]).every((key) => one[key] === other[key]);
}
