import type { Tone } from './settings.js';

/** What a tone maker must know for one stretch of sound. */
export interface ToneRequest {
  readonly tone: Tone;
  /** Hz. */
  readonly frequency: number;
  /** 0 to 1. */
  readonly volume: number;
  /** Samples per second. */
  readonly rate: number;
  /** The wall-clock time of the first sample, in seconds. */
  readonly time: number;
}

const RAMP = 0.005;
const BEEP = 0.1;

/** Makes samples stretch by stretch: phase and level go on from one to the next, whatever is changed between them. */
export class ToneMaker {
  /** In turns, 0 to 1. */
  #phase = 0;
  #level = 0;
  #second = Infinity;
  #beepLeft = 0;

  fill(samples: Float32Array, { tone, frequency, volume, rate, time }: ToneRequest): void {
    const step = 1 / (RAMP * rate);
    const turn = frequency / rate;
    const beep = tone === 'beep';
    const steady = tone === 'sine' ? volume : 0;
    for (let index = 0; index < samples.length; index++) {
      const target = beep && this.#inBeep(time + index / rate, rate) ? volume : steady;
      this.#level += Math.max(-step, Math.min(step, target - this.#level));
      samples[index] = this.#level && this.#level * Math.sin(2 * Math.PI * this.#phase);
      this.#phase = (this.#phase + turn) % 1;
    }
  }

  // Counted from where a second begins: a wall clock that is corrected neither cuts nor doubles a beep.
  #inBeep(time: number, rate: number): boolean {
    const second = Math.floor(time);
    if (second > this.#second) this.#beepLeft = BEEP * rate;
    this.#second = second;
    return this.#beepLeft-- > 0;
  }
}
