import { CallIssueEvent, SpeakerChangeEvent } from './events.js';
import type { CallIssue } from './issues.js';
import { Monitor, type MonitorOptions } from './monitor.js';
import type { PeerQuality } from './quality.js';

export interface WatchOptions extends Pick<MonitorOptions, 'clock' | 'connections' | 'tracks' | 'told'> {
  /** A peer's quality or its speaking is another now; `news`: more than its figures. */
  readonly observed: (id: string, news: boolean) => void;
  readonly dispatch: (event: Event) => void;
  /** The speaker or the issues are others now. */
  readonly changed: () => void;
}

/** What the monitor has seen of one peer. */
export interface Observed {
  readonly quality: PeerQuality | null;
  readonly speaking: boolean;
}

const NOTHING: Observed = { quality: null, speaking: false };

/** Keeps what the monitor tells. Loaded for the first connection that is up, or that cannot be. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #observed = new Map<string, Observed>();
  readonly #monitor: Monitor;
  #speaker: string | null = null;
  #issues: readonly CallIssue[] = Object.freeze([]);

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#monitor = new Monitor(this.#monitorOptions());
  }

  /** Who speaks or spoke last, or null. */
  get speaker(): string | null {
    return this.#speaker;
  }

  /** The named problems that last. */
  get issues(): readonly CallIssue[] {
    return this.#issues;
  }

  of(id: string): Observed {
    return this.#observed.get(id) ?? NOTHING;
  }

  /** There is no way to a peer, and why; null: there is one. */
  block(peerId: string, message: string | null): void {
    const name = 'network-blocked';
    const standing = this.#issues.find((issue) => issue.name === name && issue.peerId === peerId);
    const now = this.#options.clock.now();
    if (standing && message === null) this.#tell({ ...standing, ended: now });
    if (!standing && message !== null) this.#tell({ name, peerId, since: now, ended: null, message });
  }

  /** A peer is gone. */
  forget(id: string): void {
    this.block(id, null);
    this.#observed.delete(id);
    if (this.#speaker === id) this.#speaks(null);
  }

  /** Ends what lasts. */
  release(): void {
    this.#monitor.release();
    const { clock, dispatch } = this.#options;
    const ended = clock.now();
    for (const issue of this.#issues) dispatch(new CallIssueEvent(Object.freeze({ ...issue, ended })));
    this.#issues = [];
  }

  #monitorOptions(): MonitorOptions {
    const { observed, ...rest } = this.#options;
    return {
      ...rest,
      observed: (id, what) => {
        const { quality, speaking } = this.of(id);
        this.#observed.set(id, what);
        // Its figures are others each time.
        observed(id, speaking !== what.speaking || quality?.score !== what.quality?.score);
      },
      // Whoever spoke last is of interest until another one speaks.
      speaker: (id) => id !== null && this.#speaks(id),
      issue: (issue) => this.#tell(issue),
    };
  }

  #speaks(id: string | null): void {
    if (id === this.#speaker) return;
    this.#speaker = id;
    this.#options.changed();
    this.#options.dispatch(new SpeakerChangeEvent(id));
  }

  #tell(told: CallIssue): void {
    const issue = Object.freeze(told);
    const others = this.#issues.filter(({ name, peerId }) => name !== issue.name || peerId !== issue.peerId);
    this.#issues = Object.freeze(issue.ended === null ? [...others, issue] : others);
    this.#options.changed();
    this.#options.dispatch(new CallIssueEvent(issue));
  }
}
