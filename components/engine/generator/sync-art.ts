import type { Artwork, Box, Cell, Moment, Surface } from './artwork.js';
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

/** One of the strips that a machine reads. */
function strip(index: number, width: number, height: number): Cell {
  const box = between(0, index * STRIP_HEIGHT * height, width, (index + 1) * STRIP_HEIGHT * height);
  const edge = (cell: number): number => Math.round((cell / CELLS) * box.width);
  return {
    box,
    content: ({ number, time }) => encodeSync(number, time)[index]!.toString(2),
    draw(surface, bits) {
      fill(surface, '#000000', box);
      [...bits].forEach((bit, cell) => {
        if (bit === '1') fill(surface, white, { ...box, x: edge(cell), width: edge(cell + 1) - edge(cell) });
      });
    },
  };
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

/** Figures of one width: they stand still while they change. */
function figures(box: Box, color: string, content: (moment: Moment) => string): Cell {
  return {
    box,
    content,
    draw(surface, text) {
      const { x, y, width, height } = box;
      surface.font = `600 ${Math.min(height, width / text.length / 0.62)}px ui-monospace, monospace`;
      surface.textAlign = 'center';
      surface.textBaseline = 'middle';
      surface.fillStyle = color;
      surface.fillText(text, x + width / 2, y + height * 0.54, width);
    },
  };
}

const digits = (value: number, count: number): string => String(Math.floor(value)).padStart(count, '0');

function timeOfDay({ time }: Moment): string {
  const now = new Date(time);
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((value) => digits(value, 2)).join(':');
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
      ...Array.from({ length: STRIPS }, (_, index) => strip(index, width, height)),
      figures(row(0.05, 0.18, 0.66, 0.38), white, timeOfDay),
      figures(row(0.66, 0.18, 0.95, 0.38), accent, ({ time }) => `.${digits(time % 1000, 3)}`),
      figures(row(0.2, 0.66, 0.8, 0.83), white, ({ number }) => digits(number, 6)),
      ...lights(width, height).map(({ box, color, turn }): Cell => ({
        box,
        content: ({ time }) => (Math.floor(time / LIGHT) % LIGHTS === turn ? color : ''),
        draw: (surface, shown) => shown && shine(surface, box, shown),
      })),
    ];
  },
};
