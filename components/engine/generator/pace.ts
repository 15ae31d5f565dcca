/** A little faster than the rate: a writer at that very rate catches up after it was held up once. */
const HASTE = 0.95;

/**
 * Decides when the next of a row of items may go at a given rate. One that comes up to half an interval early goes at
 * once, so that a writer at that very rate never waits for its own unsteadiness.
 */
export class Pace {
  #interval: number;
  /** When the next item is due, on the time line of `now`, in ms. */
  #due = -Infinity;

  constructor(rate: number) {
    this.#interval = 1000 / rate;
  }

  /** Items per second from now on. */
  set rate(rate: number) {
    this.#interval = 1000 / rate;
  }

  /** How many ms are left until the next may go; 0 or less: now. */
  wait(now: number): number {
    return this.#due - this.#interval / 2 - now;
  }

  /** Counts one that goes now. */
  went(now: number): void {
    this.#due = Math.max(now, this.#due) + HASTE * this.#interval;
  }
}
