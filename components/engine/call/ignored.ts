import type { Clock } from '../clock.js';

/** How long ignored messages are gathered before they are told. */
const GATHERING = 250;

/** Counts the messages that were ignored, and tells of those of a moment together. */
export class Ignored {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #count = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
    this.#cancel ??= this.#clock.after(GATHERING, () => {
      this.#cancel = undefined;
      this.#changed();
    });
  }

  /** Tells no more. */
  close(): void {
    this.#cancel?.();
  }
}
