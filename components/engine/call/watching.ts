import { CALM } from '../clock.js';
import type { CallIssue } from './issues.js';
import type { Known, Watch, WatchOptions } from './watch.js';

const NO_ISSUES: readonly CallIssue[] = Object.freeze([]);

/** Has the connections watched over by what is loaded for it, when a call has come up or cannot. */
export class Watching {
  readonly #options: WatchOptions;
  #watch: Watch | null = null;
  #loading: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;
  /** To which members there is no way, and why, until there is somebody to be told. */
  readonly #blocked = new Map<string, string>();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Who speaks or spoke last, or null. */
  get speaker(): string | null {
    return this.#watch?.speaker ?? null;
  }

  /** The named problems that last. */
  get issues(): readonly CallIssue[] {
    return this.#watch?.issues ?? NO_ISSUES;
  }

  /** What was seen of a peer. */
  of(id: string): Known | undefined {
    return this.#watch?.of(id);
  }

  /** Media flow to and from a peer. */
  connected(id: string): void {
    this.#block(id, null);
    this.#cancel ??= this.#options.clock.after(CALM, () => void this.#load());
  }

  /** There is no way to a peer, and why. */
  block(id: string, message: string): void {
    this.#block(id, message);
    void this.#load();
  }

  /** What claims to come from a peer was refused, or from somebody who is none (null). */
  tampered(id: string | null): void {
    void this.#load().then(() => this.#closed || this.#watch?.tampered(id));
  }

  /** Tells what is not measured, as soon as there is somebody to be told. */
  async tell(what: (watch: Watch) => void): Promise<void> {
    await this.#load();
    if (this.#watch) what(this.#watch);
  }

  /** A peer is gone. */
  forget(id: string): void {
    this.#blocked.delete(id);
    this.#watch?.forget(id);
  }

  /** Ends what lasts. */
  release(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#watch?.release();
  }

  #block(id: string, message: string | null): void {
    if (this.#watch) this.#watch.block(id, message);
    else if (message === null) this.#blocked.delete(id);
    else this.#blocked.set(id, message);
  }

  #load(): Promise<void> {
    return (this.#loading ??= this.#begin());
  }

  async #begin(): Promise<void> {
    try {
      const { Watch } = await import('./watch.js');
      if (this.#closed) return;
      this.#watch = new Watch(this.#options);
      for (const [id, message] of this.#blocked) this.#watch.block(id, message);
    } catch (cause) {
      console.warn('A part of the kit did not load: the quality of the call is not watched.', cause);
    }
  }
}
