import type { Clock } from '../clock.js';

/** The first of the times `start + n · interval` after `now`; one that a timer met up to 1 ms early counts as met. */
export function nextDeadline(start: number, interval: number, now: number): number {
  return start + (Math.floor((now - start + 1) / interval) + 1) * interval;
}

/** Calls back at a steady rate. What comes too late is skipped, never caught up. */
export class Ticker {
  readonly #clock: Clock;
  readonly #tick: (now: number) => void;
  #start = 0;
  #interval = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, rate: number, tick: (now: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
    this.setRate(rate);
  }

  /** Calls per second from now on. */
  setRate(rate: number): void {
    if (this.#interval === 1000 / rate) return;
    this.#start = this.#clock.now();
    this.#interval = 1000 / rate;
    this.#wait();
  }

  release(): void {
    this.#cancel?.();
  }

  #wait(): void {
    this.#cancel?.();
    const now = this.#clock.now();
    this.#cancel = this.#clock.after(nextDeadline(this.#start, this.#interval, now) - now, () => {
      // Before the work: the next wake does not suffer from a tick that throws or releases.
      this.#wait();
      this.#tick(this.#clock.now());
    });
  }
}
