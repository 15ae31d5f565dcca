import { LENGTH, type Point } from './history.js';

/** In the units of the paths, which are small enough to be whole. */
const WIDTH = 1200;
const HEIGHT = 320;
/** The `viewBox` of a plot, with room for the width of the lines. */
export const BOX = `0 -20 ${WIDTH} ${HEIGHT + 40}`;

/** The first of 1, 2, 3, 5, 10, 20, 30 … that is no less. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  // What should be 0.3 may be a little more.
  const step = [1, 2, 3, 5].find((one) => value <= one * power * 1.000_001) ?? 10;
  return step * power;
}

/** How high a plot of these lines reaches. */
export function topOf(points: readonly Point[], lines: readonly number[], least: number): number {
  const values = points.flatMap(({ values }) => lines.map((line) => values[line] ?? 0));
  return roundUp(Math.max(least, ...values));
}

/** One line of a plot, from the left to its last point at the right edge. Where nothing is known it has a hole. */
export function pathOf(points: readonly Point[], line: number, top: number, interval: number): string {
  const end = points.at(-1)?.at ?? 0;
  let path = '';
  let before = -Infinity;
  for (const { at, values } of points) {
    const value = values[line] ?? null;
    if (value === null) {
      before = -Infinity;
      continue;
    }
    const x = WIDTH * (1 - (end - at) / ((LENGTH - 1) * interval));
    const place = `${Math.round(x)} ${Math.round(HEIGHT * (1 - value / top))}`;
    // Of no length, so that a point without neighbours is seen.
    path += at - before < 1.75 * interval ? `L${place}` : `M${place}h0`;
    before = at;
  }
  return path;
}
