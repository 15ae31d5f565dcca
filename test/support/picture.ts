import {
  readSettings,
  type Pattern,
  type Settings,
  type Wishes,
} from '../../components/engine/generator/settings.js';

/** Settings of a picture of 160 × 90, but for these. */
export function pictureSettings(changes: Partial<Settings>): Settings {
  const nothing = new Proxy({}, { get: () => null }) as Wishes;
  return { ...readSettings(nothing).settings, width: 160, height: 90, ...changes };
}

/** A place in parts of the width and height, and what red, green and blue are there. */
export type Sample = readonly [x: number, y: number, red: number, green: number, blue: number];

/** Across the middles of cells of these widths. */
function row(
  y: number,
  ...cells: (readonly [width: number, red: number, green: number, blue: number])[]
): Sample[] {
  const whole = cells.reduce((sum, [width]) => sum + width, 0);
  let left = 0;
  return cells.map(([width, ...color]) => {
    const x = (left + width / 2) / whole;
    left += width;
    return [x, y, ...color];
  });
}

const bars = [
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
] as const;

/** What the test cards must show. Of SMPTE RP 219-1, widths are in parts of 112. */
export const sampled: Partial<Record<Pattern, readonly Sample[]>> = {
  smpte: [
    ...row(
      0.3,
      [14, 102, 102, 102],
      [12, 191, 191, 191],
      ...bars.map((bar) => [12, ...bar] as const),
      [14, 102, 102, 102],
    ),
    ...row(15 / 24, [14, 0, 255, 255], [12, 0, 63, 105], [72, 191, 191, 191], [14, 0, 0, 255]),
    ...row(
      17 / 24,
      [14, 255, 255, 0],
      [12, 65, 0, 120],
      [60, 128, 128, 128],
      [12, 255, 255, 255],
      [14, 255, 0, 0],
    ),
    ...row(
      0.875,
      [14, 38, 38, 38],
      [18, 0, 0, 0],
      [24, 255, 255, 255],
      [10, 0, 0, 0],
      [4, 0, 0, 0],
      [4, 0, 0, 0],
      [4, 5, 5, 5],
      [4, 0, 0, 0],
      [4, 10, 10, 10],
      [12, 0, 0, 0],
      [14, 38, 38, 38],
    ),
  ],
  ebu: row(0.5, [1, 255, 255, 255], ...bars.map((bar) => [1, ...bar] as const), [1, 0, 0, 0]),
};
