import type { Clock } from '../clock.js';

/** How often something may be done: so many times at once, and once in so many ms in the long run. */
export class Allowance {
  readonly #clock: Clock;
  readonly #times: number;
  readonly #each: number;
  /** When all that was done so far is paid for. */
  #paid = 0;

  constructor(clock: Clock, times: number, each: number) {
    this.#clock = clock;
    this.#times = times;
    this.#each = each;
  }

  /** Whether it is to be done no more now. */
  get isSpent(): boolean {
    return this.#paid > this.#clock.now() + (this.#times - 1) * this.#each;
  }

  /** It is done once. */
  spend(): void {
    this.#paid = Math.max(this.#clock.now(), this.#paid) + this.#each;
  }

  /** Does it once; false where it is to be done no more now. */
  take(): boolean {
    if (this.isSpent) return false;
    this.spend();
    return true;
  }
}
