import type { Tone } from './settings.js';

/** Harmonics reach up to this part of the sample rate: what is above would come back as another pitch. */
const HIGHEST = 0.45;
/** Places of a turn at which the peak is looked for. */
const PLACES = 1024;

/** How strong each harmonic of the shape is, the fundamental first. */
const shapes = {
  square: (order: number) => (order % 2 ? 1 / order : 0),
  triangle: (order: number) => (order % 2 ? (order % 4 === 1 ? 1 : -1) / order ** 2 : 0),
  sawtooth: (order: number) => 1 / order,
};

/** The tones that are made of one shape over and over, a sine aside. */
export type Shape = keyof typeof shapes;

export const isShape = (tone: Tone): tone is Shape => tone in shapes;

/** One shape made of those harmonics alone that the sample rate can carry; its peak is 1. */
export class Wave {
  readonly #weights: Float64Array;

  /** `turn` is the frequency as a part of the sample rate. */
  constructor(
    readonly shape: Shape,
    readonly turn: number,
  ) {
    const count = Math.max(1, Math.floor(HIGHEST / turn));
    // Fading towards the highest, as Lanczos did: without the ripple at each edge that a sharp end makes.
    this.#weights = Float64Array.from({ length: count }, (_, index) => {
      const fade = (Math.PI * (index + 1)) / (count + 1);
      return (shapes[shape](index + 1) * Math.sin(fade)) / fade;
    });
    let peak = 0;
    for (let place = 0; place < PLACES; place++) peak = Math.max(peak, Math.abs(this.at(place / PLACES)));
    for (let index = 0; index < count; index++) this.#weights[index]! /= peak;
  }

  /** The value at a phase in turns: the sum of all harmonics by Clenshaw's recurrence. */
  at(phase: number): number {
    const angle = 2 * Math.PI * phase;
    const twice = 2 * Math.cos(angle);
    let [one, two] = [0, 0];
    for (let index = this.#weights.length - 1; index >= 0; index--) {
      [one, two] = [this.#weights[index]! + twice * one - two, one];
    }
    return one * Math.sin(angle);
  }
}
