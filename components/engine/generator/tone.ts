import { Noise } from './noise.js';
import type { Tone } from './settings.js';
import { isShape, Wave } from './wave.js';

/** What a tone maker must know for one stretch of sound. */
export interface ToneRequest {
  readonly tone: Tone;
  /** Hz. */
  readonly frequency: number;
  /** The peak, 0 to 1. */
  readonly volume: number;
  /** Samples per second. */
  readonly rate: number;
  /** The wall-clock time of the first sample, in seconds. */
  readonly time: number;
}

/** How long a change takes, in seconds. */
export const RAMP = 0.005;
/** Seconds. */
const BEEP = 0.1;
/** Seconds that a sweep takes from its lowest to its highest frequency, in Hz. */
const SWEEP = 10;
const [LOWEST, HIGHEST] = [20, 20_000];
/** No pitch is higher than this part of the sample rate. */
const LIMIT = 0.45;

export const isSilent = (tone: Tone): boolean => tone === 'silence' || tone === 'none';

/** Makes samples stretch by stretch: phase and level go on from one to the next, whatever is changed between them. */
export class ToneMaker {
  readonly #noise = new Noise();
  #tone: Tone = 'silence';
  /** In turns, 0 to 1. */
  #phase = 0;
  #level = 0;
  #target = 0;
  #step = 0;
  #second = Infinity;
  #beepLeft = 0;
  /** How far the sweep is, 0 to 1. */
  #sweep = 0;
  #wave: Wave | undefined;

  /** Whether nothing is left to be heard of what was made last. */
  get silent(): boolean {
    return this.#level === 0 && (isSilent(this.#tone) || this.#target === 0);
  }

  fill(samples: Float32Array, { tone, frequency, volume, rate, time }: ToneRequest): void {
    const turn = Math.min(LIMIT, frequency / rate);
    for (let index = 0; index < samples.length; index++) {
      // Another tone begins when the one before has faded away.
      if (tone !== this.#tone && this.#level === 0) this.#begin(tone);
      const on =
        tone === this.#tone &&
        !isSilent(tone) &&
        (tone !== 'beep' || this.#inBeep(time + index / rate, rate));
      this.#follow(on ? volume : 0, rate);
      samples[index] = this.#level && this.#level * this.#value(turn);
      const pace = this.#tone === 'sweep' ? this.#swept(rate) : turn;
      this.#phase = (this.#phase + pace) % 1;
    }
  }

  #begin(tone: Tone): void {
    this.#tone = tone;
    this.#second = Infinity;
    this.#beepLeft = 0;
    this.#sweep = 0;
  }

  #follow(target: number, rate: number): void {
    if (target !== this.#target) {
      this.#target = target;
      this.#step = Math.abs(target - this.#level) / (RAMP * rate);
    }
    const step = this.#step;
    const change = target - this.#level;
    // Rounding must not leave a rest that takes another step.
    this.#level = Math.abs(change) <= step * 1.0001 ? target : this.#level + Math.sign(change) * step;
  }

  /** Between −1 and 1. */
  #value(turn: number): number {
    const tone = this.#tone;
    if (tone === 'white-noise') return this.#noise.white();
    if (tone === 'pink-noise') return this.#noise.pink();
    if (!isShape(tone)) return Math.sin(2 * Math.PI * this.#phase);
    if (this.#wave?.shape !== tone || this.#wave.turn !== turn) this.#wave = new Wave(tone, turn);
    return this.#wave.at(this.#phase);
  }

  /** Goes on with the sweep and answers its pitch, in turns. */
  #swept(rate: number): number {
    const highest = Math.min(HIGHEST, LIMIT * rate);
    this.#sweep = (this.#sweep + 1 / (SWEEP * rate)) % 1;
    return (LOWEST * (highest / LOWEST) ** this.#sweep) / rate;
  }

  // Counted from where a second begins: a wall clock that is corrected neither cuts nor doubles a beep.
  #inBeep(time: number, rate: number): boolean {
    const second = Math.floor(time);
    if (second > this.#second) this.#beepLeft = BEEP * rate;
    this.#second = second;
    return this.#beepLeft-- > 0;
  }
}
