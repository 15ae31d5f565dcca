import type { Clock } from '../clock.js';

const BATCH = 20;
const EARLY = 64;

export interface CandidatesOptions {
  readonly connection: RTCPeerConnection;
  readonly clock: Clock;
  /** Tells the peer; an empty list ends them. */
  readonly send: (list: readonly RTCIceCandidate[]) => void;
}

/** The candidates of one connection: ours on their way out in batches, and the peer's until they can be added. */
export class Candidates {
  readonly #options: CandidatesOptions;
  /** Ours that wait to be sent together; null closes the list. */
  #own: (RTCIceCandidate | null)[] = [];
  #cancelBatch: (() => void) | undefined;
  #held = false;
  /** The peer's that came before its description; `undefined` ends them. */
  #early: (RTCIceCandidateInit | undefined)[] = [];

  constructor(options: CandidatesOptions) {
    this.#options = options;
  }

  /** The peer must have our description before our candidates. */
  hold(): void {
    this.#held = true;
  }

  letGo(): void {
    this.#held = false;
    this.#send();
  }

  /** One of ours was found. */
  found(candidate: RTCIceCandidate | null): void {
    this.#own.push(candidate);
    this.#send();
  }

  /** Adds the peer's, or keeps them until its description is there. Resolves with how many of them were of no use. */
  async add(candidates: readonly (RTCIceCandidateInit | undefined)[]): Promise<number> {
    const { connection } = this.#options;
    // The page may close it, and Firefox tells nothing of it then.
    if (connection.signalingState === 'closed') return 0;
    if (!connection.remoteDescription) {
      this.#early = [...this.#early, ...candidates].slice(0, EARLY);
      return 0;
    }
    const added = await Promise.allSettled(candidates.map((one) => connection.addIceCandidate(one)));
    return added.filter(({ status }) => status === 'rejected').length;
  }

  /** The peer's description is there: adds what came before it. */
  addEarly(): Promise<number> {
    return this.add(this.#early.splice(0));
  }

  close(): void {
    this.#own = [];
    this.#cancelBatch?.();
  }

  /** The first ones go out at once, those of the next moment together. */
  #send(): void {
    if (this.#own.length === 0 || this.#held || this.#cancelBatch) return;
    const { send, clock } = this.#options;
    const batch = this.#own.splice(0);
    // Firefox marks the end with an empty candidate first.
    const list = batch.filter((candidate) => candidate?.candidate) as RTCIceCandidate[];
    if (list.length > 0) send(list);
    if (batch.includes(null)) send([]);
    this.#cancelBatch = clock.after(BATCH, () => {
      this.#cancelBatch = undefined;
      this.#send();
    });
  }
}
