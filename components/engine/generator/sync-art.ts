import type { Artwork, Box, Cell, Moment, Surface } from './artwork.js';
import { digits, figures, timeOfDay } from './figures.js';
import { CELLS, encodeSync, STRIP_HEIGHT, STRIPS } from './sync-code.js';

/** In ms, how long each light shines; the flash is the first of a second. */
const LIGHT = 100;
const LIGHTS = 10;

const white = '#ffffff';
const dim = '#232d4d';
const accent = '#5cc8ff';

const even = (size: number): number => 2 * Math.floor(size / 2);

/** The box between edges, made even: frames have one colour for four pixels, which no two boxes share. */
function between(left: number, top: number, right: number, bottom: number): Box {
  const [x, y] = [even(left), even(top)];
  return { x, y, width: even(right) - x, height: even(bottom) - y };
}

function fill(surface: Surface, style: string | CanvasGradient, { x, y, width, height }: Box): void {
  surface.fillStyle = style;
  surface.fillRect(x, y, width, height);
}

/** Bits in one cell of a picture: so few that each of their sixteen forms comes again soon. */
const GROUP = 4;

/** One of the strips that a machine reads. */
function strip(index: number, width: number, height: number): readonly Cell[] {
  const edge = (at: number): number => (at / CELLS) * width;
  return Array.from({ length: CELLS / GROUP }, (_, group): Cell => {
    const first = group * GROUP;
    const [top, bottom] = [index * STRIP_HEIGHT * height, (index + 1) * STRIP_HEIGHT * height];
    const box = between(edge(first), top, edge(first + GROUP), bottom);
    const inside = (at: number): number =>
      at === 0 ? box.x : at === GROUP ? box.x + box.width : Math.round(edge(first + at));
    return {
      box,
      content: ({ number, time }) =>
        ((encodeSync(number, time)[index]! << first) >>> (32 - GROUP)).toString(2).padStart(GROUP, '0'),
      draw(surface, bits) {
        fill(surface, '#000000', box);
        [...bits].forEach((bit, at) => {
          const x = inside(at);
          if (bit === '1') fill(surface, white, { ...box, x, width: inside(at + 1) - x });
        });
      },
    };
  });
}

interface Light {
  readonly box: Box;
  readonly color: string;
  /** Of `LIGHTS`, when it shines. */
  readonly turn: number;
}

/** The flash, which is seen from afar, and a row of lights, one after the other. */
function lights(width: number, height: number): readonly Light[] {
  const part = (left: number, top: number, right: number, bottom: number): Box =>
    between(left * width, top * height, right * width, bottom * height);
  const row = Array.from({ length: LIGHTS }, (_, turn) => {
    const left = 0.07 + turn * 0.087;
    return { box: part(left, 0.86, left + 0.077, 0.92), color: turn ? accent : white, turn };
  });
  return [{ box: part(1 / 3, 0.42, 2 / 3, 0.63), color: white, turn: 0 }, ...row];
}

function shine(surface: Surface, { x, y, width, height }: Box, color: string): void {
  surface.fillStyle = color;
  surface.beginPath();
  surface.roundRect(x, y, width, height, height / 8);
  surface.fill();
}

/** A line of figures that fills the box. */
function line(
  { x, y, width, height }: Box,
  color: string,
  length: number,
  text: (moment: Moment) => string,
): readonly Cell[] {
  const size = Math.min(height / 1.1, width / length / 0.62);
  return figures(x + width / 2, y + height / 2, size, color, length, text);
}

/**
 * To measure by: number and time of the picture in a code for machines and in figures for people, and a flash in the
 * first tenth of each second.
 */
export const syncArt: Artwork = {
  background(surface, width, height) {
    const glow = surface.createRadialGradient(width / 2, height / 2, 0, width / 2, height / 2, width / 2);
    glow.addColorStop(0, '#1a2242');
    glow.addColorStop(1, '#0a0d18');
    fill(surface, glow, { x: 0, y: 0, width, height });
    for (const { box } of lights(width, height)) shine(surface, box, dim);
  },

  cells(width, height) {
    const row = (left: number, top: number, right: number, bottom: number): Box =>
      between(left * width, top * height, right * width, bottom * height);
    return [
      ...Array.from({ length: STRIPS }, (_, index) => strip(index, width, height)).flat(),
      ...line(row(0.05, 0.18, 0.66, 0.38), white, 8, ({ time }) => timeOfDay(time)),
      ...line(row(0.66, 0.18, 0.95, 0.38), accent, 4, ({ time }) => `.${digits(time % 1000, 3)}`),
      ...line(row(0.2, 0.66, 0.8, 0.83), white, 6, ({ number }) => digits(number % 1e6, 6)),
      ...lights(width, height).map(({ box, color, turn }): Cell => ({
        box,
        content: ({ time }) => (Math.floor(time / LIGHT) % LIGHTS === turn ? color : ''),
        draw: (surface, shown) => shown && shine(surface, box, shown),
      })),
    ];
  },
};
