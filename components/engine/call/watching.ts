import { CALM } from '../clock.js';
import type { FrameTrouble } from './encryption/verdict.js';
import type { CallIssue } from './issues.js';
import type { Member } from './member.js';
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

  /** What claims to come from this id was refused. */
  tampered(id: string): void {
    this.#tell((watch) => watch.tampered(id));
  }

  /** What is said between us and a peer is lost, held back or out of order. */
  unsteady(id: string): void {
    this.#tell((watch) => watch.unsteady(id));
  }

  /** What is wrong with the frames of a peer; null: nothing. */
  frames(id: string, trouble: FrameTrouble | null): void {
    this.#tell((watch) => watch.frames(id, trouble));
  }

  /** A member was cut off, and is gone with that, or its data alone. */
  flooded(member: Member, data?: true): void {
    this.#tell((watch) => watch.flooded(member, data));
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

  /** Tells what is not measured, as soon as there is somebody to be told. */
  #tell(what: (watch: Watch) => void): void {
    void this.#load().then(() => this.#watch && !this.#closed && what(this.#watch));
  }

  #load(): Promise<void> {
    return (this.#loading ??= this.#begin());
  }

  async #begin(): Promise<void> {
    try {
      const { Watch } = await import('./watch.js');
      const watch = new Watch(this.#options);
      // The page may have left meanwhile, and may leave for what it is told first.
      if (this.#closed) return watch.release();
      this.#watch = watch;
      for (const [id, message] of this.#blocked) if (!this.#closed) watch.block(id, message);
    } catch (cause) {
      console.warn('A part of the kit did not load: the quality of the call is not watched.', cause);
    }
  }
}
