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

/**
 * One line of a plot, from the left to its last point at the right edge. Where nothing is known it has a hole. What stays
 * level is one stretch, so that the browser has nothing to draw anew where nothing changes.
 */
export function pathOf(points: readonly Point[], line: number, top: number, interval: number): string {
  const end = points.at(-1)?.at ?? 0;
  let path = '';
  /** The end of a level stretch, which may go on. */
  let level = '';
  let before = { at: -Infinity, y: NaN };
  for (const { at, values } of points) {
    const value = values[line] ?? null;
    const x = Math.round(WIDTH * (1 - (end - at) / ((LENGTH - 1) * interval)));
    const y = value === null ? NaN : Math.round(HEIGHT * (1 - value / top));
    const goesOn = at - before.at < 1.75 * interval;
    if (goesOn && y === before.y) {
      level = `H${x}`;
    } else {
      path += level;
      level = '';
      // Of no length, so that a point without neighbours is seen.
      if (value !== null) path += goesOn && before.y >= 0 ? `L${x} ${y}` : `M${x} ${y}h0`;
    }
    before = { at, y };
  }
  return path + level;
}
