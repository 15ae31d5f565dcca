import type { Value } from './figures.js';

/** How often a call takes its figures, in ms: nothing is measured more often for a plot. */
export const SAMPLE = 2000;
/** How many points a plot has at the most. */
export const LENGTH = 60;

/** The figures from one time on, line by line. */
export interface Point {
  /** In ms. */
  readonly at: number;
  readonly values: readonly Value[];
}

/** The last figures of one connection, as points `interval` ms from each other. */
export class History {
  #points: readonly Point[] = [];
  /** What the last point is the mean of. */
  #latest: (readonly Value[])[] = [];

  get points(): readonly Point[] {
    return this.#points;
  }

  add(values: readonly Value[], now: number, interval: number): void {
    const last = this.#points.at(-1);
    // Samples come a little early or late.
    const goesOn = last && now - last.at < interval - SAMPLE / 2;
    this.#latest = goesOn ? [...this.#latest, values] : [values];
    const before = goesOn ? this.#points.slice(0, -1) : this.#points;
    const point = { at: goesOn ? last.at : now, values: values.map((_, line) => this.#mean(line)) };
    this.#points = [...before, point].slice(-LENGTH);
  }

  #mean(line: number): Value {
    const known = this.#latest.flatMap((values) => values[line] ?? []);
    return known.length ? known.reduce((total, value) => total + value, 0) / known.length : null;
  }
}
