/** Louder than what is left of silence on its way, and than what a codec lets sound before its time. */
const LOUD = 0.02;
/** A beep comes after at least this much silence, in seconds. */
const SILENCE = 0.3;

/** Finds where beeps begin in sound that comes stretch by stretch. */
export class BeepFinder {
  readonly #silence: number;
  #quiet = 0;

  /** `rate` in samples per second. */
  constructor(rate: number) {
    this.#silence = SILENCE * rate;
  }

  /** The sample at which a beep begins, or -1. */
  find(samples: Float32Array): number {
    let found = -1;
    for (let at = 0; at < samples.length; at++) {
      if (Math.abs(samples[at]!) < LOUD) {
        this.#quiet++;
        continue;
      }
      if (this.#quiet >= this.#silence) found = at;
      this.#quiet = 0;
    }
    return found;
  }
}
