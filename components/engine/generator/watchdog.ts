import type { Clock } from '../clock.js';

/** How often it looks, in ms. */
const INTERVAL = 1000;
/** What is silent for longer is dead, in ms. */
const SILENCE = 3000;

/** Notices when something that reports several times a second has fallen silent. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #silent: () => void;
  #heardAt: number;
  #cancel: () => void;

  constructor(clock: Clock, silent: () => void) {
    this.#clock = clock;
    this.#silent = silent;
    this.#heardAt = clock.now();
    this.#cancel = this.#look();
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  release(): void {
    this.#cancel();
  }

  #look(): () => void {
    const since = this.#clock.now();
    return this.#clock.after(INTERVAL, () => {
      const now = this.#clock.now();
      // A page that was asleep itself has heard nobody.
      if (now - since > 2 * INTERVAL) this.#heardAt = now;
      this.#cancel = this.#look();
      if (now - this.#heardAt > SILENCE) this.#silent();
    });
  }
}
