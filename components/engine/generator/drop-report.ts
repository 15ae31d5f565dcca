import { systemClock } from '../clock.js';

const INTERVAL = 1000;

/** Tells of drops as they begin, and then of all that followed once a second. */
export class DropReport {
  readonly #tell: (count: number, total: number) => void;
  #total = 0;
  #told = 0;
  #cancel: (() => void) | undefined;

  constructor(tell: (count: number, total: number) => void) {
    this.#tell = tell;
  }

  /** How many there were in all, each time that is known. */
  report(total: number): void {
    this.#total = total;
    this.#report();
  }

  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #report(): void {
    const count = this.#total - this.#told;
    if (this.#cancel || count === 0) return;
    this.#told = this.#total;
    this.#cancel = systemClock.after(INTERVAL, () => {
      this.#cancel = undefined;
      this.#report();
    });
    this.#tell(count, this.#total);
  }
}
