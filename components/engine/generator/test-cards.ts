import type { Artwork, Surface } from './artwork.js';

type Row = readonly (readonly [color: string, width: number])[];

/** Fills a row, from and to a part of the height, with cells of these relative widths. */
function fillRow(surface: Surface, width: number, top: number, bottom: number, cells: Row): void {
  const whole = cells.reduce((sum, [, cell]) => sum + cell, 0);
  let [at, left] = [0, 0];
  for (const [color, cell] of cells) {
    at += cell;
    const right = Math.round((at / whole) * width);
    surface.fillStyle = color;
    surface.fillRect(left, top, right - left, bottom - top);
    left = right;
  }
}

const levels = (part: number): number => Math.round(255 * part);
const grey = (part: number): string => `rgb(${levels(part)} ${levels(part)} ${levels(part)})`;
const [white, black] = [grey(1), grey(0)];
const colors = (part: number): readonly string[] => {
  const level = levels(part);
  return ['110', '011', '010', '101', '100', '001'].map(
    (digits) => `rgb(${[...digits].map((digit) => Number(digit) * level).join(' ')})`,
  );
};
const [yellow, cyan, , , red, blue] = colors(1) as [string, string, string, string, string, string];
const bars75 = colors(0.75);

/**
 * SMPTE RP 219-1, the bars of HD television, in parts of the width where the seven bars between the grey sides count 12
 * each. Code values become R'G'B' by BT.709; what is below black (−2 %) stays black, RGB has nothing darker.
 */
export const smpte: Artwork = {
  background(surface, width, height) {
    const [first, second, third] = [7, 8, 9].map((twelfths) => Math.round((twelfths / 12) * height)) as [
      number,
      number,
      number,
    ];
    const side = 14;
    const bars = [grey(0.75), ...bars75].map((color) => [color, 12] as const);
    fillRow(surface, width, 0, first, [[grey(0.4), side], ...bars, [grey(0.4), side]]);
    // −I (Y' 244, C'B 612, C'R 395 of 10 bits) and +Q (141, 697, 606).
    fillRow(surface, width, first, second, [
      [cyan, side],
      ['rgb(0 63 105)', 12],
      [grey(0.75), 72],
      [blue, side],
    ]);
    fillRow(surface, width, second, third, [
      [yellow, side],
      ['rgb(65 0 120)', 12],
      [black, 60],
      [white, 12],
      [red, side],
    ]);
    const [left, right] = [26, 86].map((at) => Math.round((at / 112) * width)) as [number, number];
    const ramp = surface.createLinearGradient(left, 0, right, 0);
    ramp.addColorStop(0, black);
    ramp.addColorStop(1, white);
    surface.fillStyle = ramp;
    surface.fillRect(left, second, right - left, third - second);
    fillRow(surface, width, third, height, [
      [grey(0.15), side],
      [black, 18],
      [white, 24],
      // Up to the PLUGE: −2 %, black, +2 %, black, +4 %.
      [black, 18],
      [grey(0.02), 4],
      [black, 4],
      [grey(0.04), 4],
      [black, 12],
      [grey(0.15), side],
    ]);
  },
};

/** The EBU bars 100/0/75/0 (EBU Tech 3325, named as in ITU-R BT.471): white at 100 %, colours at 75 %, no pedestal. */
export const ebu: Artwork = {
  background(surface, width, height) {
    const bars = [white, ...bars75, black].map((color) => [color, 1] as const);
    fillRow(surface, width, 0, height, bars);
  },
};

/** A crosshatch of squares with circles, and the safe areas of SMPTE ST 2046-1 and EBU R 95: 93 % action, 90 % title. */
export const grid: Artwork = {
  background(surface, width, height) {
    const size = Math.min(width, height);
    const cell = size / 18;
    const line = Math.max(1, Math.round(size / 540));
    const [x, y] = [width / 2, height / 2];
    surface.fillStyle = '#10141f';
    surface.fillRect(0, 0, width, height);

    const hatch = (every: number, color: string): void => {
      surface.fillStyle = color;
      const step = cell * every;
      // From the middle outwards, so that it is symmetrical.
      for (let at = 0; at <= Math.max(x, y); at += step) {
        for (const sign of [-1, 1]) {
          surface.fillRect(Math.round(x + sign * at - line / 2), 0, line, height);
          surface.fillRect(0, Math.round(y + sign * at - line / 2), width, line);
        }
      }
    };
    hatch(1, '#2b3550');
    hatch(3, '#5a6a96');

    surface.lineWidth = 1.5 * line;
    const circle = (centerX: number, centerY: number, cells: number): void => {
      surface.beginPath();
      surface.arc(centerX, centerY, cells * cell, 0, 2 * Math.PI);
      surface.stroke();
    };
    surface.strokeStyle = '#f2f5ff';
    circle(x, y, 8);
    circle(x, y, 1);
    surface.strokeStyle = '#9fb0e0';
    for (const centerX of [3 * cell, width - 3 * cell]) {
      for (const centerY of [3 * cell, height - 3 * cell]) circle(centerX, centerY, 2);
    }

    const safe = (part: number, color: string): void => {
      surface.strokeStyle = color;
      surface.strokeRect((width * (1 - part)) / 2, (height * (1 - part)) / 2, width * part, height * part);
    };
    safe(0.93, '#36d399');
    safe(0.9, '#fbbd23');

    surface.fillStyle = '#ff6b6b';
    surface.fillRect(x - 2 * cell, y - line, 4 * cell, 2 * line);
    surface.fillRect(x - line, y - 2 * cell, 2 * line, 4 * cell);
  },
};
