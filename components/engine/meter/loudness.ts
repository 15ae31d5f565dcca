/** What is quieter than this is silence, in dBFS. */
export const SILENCE = -100;

/** A peak is shown for this long, in seconds, and then falls, in dB a second. */
const [HOLD, FALL] = [1.5, 20];
/** Speech stops when it is this much below the threshold, in dB, for so long, in seconds: a pause between words is shorter. */
const [HYSTERESIS, PAUSE] = [6, 0.8];
/** A knock is shorter than a word, in seconds. */
const ONSET = 0.1;

/** How loud it is. */
export interface LoudnessReading {
  /** Root mean square, in dBFS: 0 is full scale, −100 silence. */
  readonly level: number;
  /** The highest sample of late, in dBFS. */
  readonly peak: number;
  /** Whether somebody speaks. */
  readonly speaking: boolean;
}

/** An amplitude from 0 to 1, in dBFS. */
export const decibels = (amplitude: number): number =>
  Math.max(SILENCE, amplitude > 0 ? 20 * Math.log10(amplitude) : SILENCE);

/** Follows how loud a sound is, one stretch after the other. */
export class Loudness {
  /** At which level somebody speaks, in dBFS. */
  threshold: number;
  #peak = SILENCE;
  /** For how long the peak has been held, somebody may have been speaking, and may have paused, in seconds. */
  #held = 0;
  #loud = 0;
  #quiet = 0;
  #speaking = false;

  constructor(threshold: number) {
    this.threshold = threshold;
  }

  /** What comes of a stretch of `duration` seconds with this mean square and this highest sample. */
  hear(meanSquare: number, highest: number, duration: number): LoudnessReading {
    const level = decibels(Math.sqrt(meanSquare));
    this.#hold(decibels(highest), duration);
    const limit = this.threshold - (this.#speaking ? HYSTERESIS : 0);
    this.#loud = level >= limit ? this.#loud + duration : 0;
    this.#quiet = level < limit ? this.#quiet + duration : 0;
    if (this.#speaking ? this.#quiet >= PAUSE : this.#loud >= ONSET) this.#speaking = !this.#speaking;
    return { level, peak: this.#peak, speaking: this.#speaking };
  }

  #hold(peak: number, duration: number): void {
    this.#held += duration;
    if (peak >= this.#peak) {
      this.#peak = peak;
      this.#held = 0;
    } else if (this.#held > HOLD) this.#peak = Math.max(peak, this.#peak - FALL * duration);
  }
}
