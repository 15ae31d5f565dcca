import { MediaKitError } from '../errors.js';
import { iceServersIn, type IceServersOptions, type IceServersSource } from './ice-server-list.js';

const TIMEOUT = 10_000;
const SECOND = 1000;
/** How long whoever has a list already waits for another one, in ms: a call is to be mended soon. */
const PATIENCE = 1000;
/** How long before its end a list is replaced at the latest: the clock of a hidden tab ticks once a minute. */
const MARGIN = 60_000;
/** A browser's timer takes no more than 24 days. */
const LONGEST = 86_400_000;

/** The servers of one call, asked for again where a function was given. */
export class IceServers implements IceServersSource {
  readonly #options: IceServersOptions;
  readonly #released = new AbortController();
  #list: readonly RTCIceServer[] | null = null;
  #asking: Promise<readonly RTCIceServer[]> | null = null;
  readonly #timers = new Set<() => void>();
  #cancelNext: (() => void) | undefined;
  /** Why a later list could not be had, as it was told: once, until one comes again. */
  #complaint = '';

  constructor(options: IceServersOptions) {
    this.#options = options;
  }

  /** The list that came last; empty before the first. */
  current(): readonly RTCIceServer[] {
    return this.#list ?? [];
  }

  /**
   * Asks again; those who ask meanwhile share the answer. Where it takes longer than 1 s they get the list of before,
   * and the other one counts when it comes. Rejects, with `MediaKitError`, only where there never was a list.
   */
  async fresh(): Promise<readonly RTCIceServer[]> {
    const asking = this.#renew();
    const list = this.#list;
    if (!list) return asking;
    let cancel!: () => void;
    const late = new Promise<readonly RTCIceServer[]>((resolve) => {
      cancel = this.#after(PATIENCE, () => resolve(list));
    });
    return Promise.race([asking, late]).finally(cancel);
  }

  /** Asks no more. */
  release(): void {
    this.#released.abort();
    for (const cancel of this.#timers) cancel();
  }

  #renew(): Promise<readonly RTCIceServer[]> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
  }

  async #ask(): Promise<readonly RTCIceServer[]> {
    const { given, failed } = this.#options;
    const { signal } = this.#released;
    this.#cancelNext?.();
    try {
      this.#list = iceServersIn(typeof given === 'function' ? await this.#answer(given) : given);
      this.#complaint = '';
    } catch (thrown) {
      const words = 'The function given as iceServers failed: see the cause.';
      const error = MediaKitError.from(thrown, 'network-blocked', words);
      if (!this.#list) throw error;
      if (!signal.aborted && error.message !== this.#complaint) failed(error);
      this.#complaint = error.message;
    }
    const left = typeof given === 'function' ? lifetime(this.#list) : 0;
    if (left > 0 && !signal.aborted) {
      const delay = Math.min(Math.max(left - MARGIN, left * 0.9, SECOND), LONGEST);
      this.#cancelNext = this.#after(delay, () => void this.#renew());
    }
    return this.#list;
  }

  /** What the function answers, as long as anybody waits for it. */
  async #answer(ask: () => unknown): Promise<unknown> {
    const { timeout = TIMEOUT } = this.#options;
    const { signal } = this.#released;
    let cancel: (() => void) | undefined;
    const done = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const giveUp = (): void => reject(new MediaKitError('aborted', 'The call was left: join again.'));
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { signal: done.signal });
        const words = `The function given as iceServers gave none within ${timeout / SECOND} s: let it answer or reject.`;
        cancel = this.#after(timeout, () => reject(new MediaKitError('network-blocked', words)));
        Promise.resolve(ask()).then(resolve, reject);
      });
    } finally {
      cancel?.();
      done.abort();
    }
  }

  #after(ms: number, callback: () => void): () => void {
    const stop = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    const cancel = (): void => {
      this.#timers.delete(cancel);
      stop();
    };
    this.#timers.add(cancel);
    return cancel;
  }
}

/** How many ms are left of the shortest-lived of them; TURN servers may write the time of its end, in s, before a user name. */
function lifetime(servers: readonly RTCIceServer[]): number {
  const ends = servers.map(({ username }) =>
    Number(/^(\d{9,11})(:|$)/.exec(username ?? '')?.[1] ?? Infinity),
  );
  const end = Math.min(...ends);
  return end === Infinity ? 0 : end * SECOND - Date.now();
}
