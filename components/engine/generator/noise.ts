/** Paul Kellet's poles and gains: together they fall by 3 dB each octave, within 0.05 dB. */
const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
const DIRECT = 0.5362;
const DELAYED = 0.115926;
/** What one sample in some ten thousand goes beyond is the peak. */
const PEAK = 7.2;

/** Noise that is the same each time: white, and pink made of it. Its peak is 1. */
export class Noise {
  #seed = 0x2545f491;
  readonly #states = new Float64Array(poles.length);
  #delayed = 0;

  white(): number {
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    return this.#seed / 0x80000000;
  }

  pink(): number {
    const white = this.white();
    let sum = white * DIRECT + this.#delayed;
    for (let index = 0; index < poles.length; index++) {
      sum += this.#states[index] = poles[index]! * this.#states[index]! + white * gains[index]!;
    }
    this.#delayed = white * DELAYED;
    return Math.max(-1, Math.min(1, sum / PEAK));
  }
}
