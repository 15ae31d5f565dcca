import type { Clock } from '../clock.js';

/** How long something has gone on, without its pauses. */
export class Stopwatch {
  readonly #clock: Clock;
  #before = 0;
  #since: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In ms. */
  get elapsed(): number {
    return this.#before + (this.#since === null ? 0 : this.#clock.now() - this.#since);
  }

  go(): void {
    this.#since ??= this.#clock.now();
  }

  hold(): void {
    this.#before = this.elapsed;
    this.#since = null;
  }
}
