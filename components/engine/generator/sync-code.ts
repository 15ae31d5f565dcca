/** Cells across a strip: three that are always white, black, white, sixteen of a number, thirteen that check it. */
export const CELLS = 32;

/** Strips below each other at the top of a picture: the picture's number, and its time. */
export const STRIPS = 2;

/** The height of one strip in parts of the picture's height. */
export const STRIP_HEIGHT = 1 / 15;

/** Numbers, and times in ms, start over at this. */
export const WRAP = 2 ** 16;

/** A strip whose lightest and darkest cell differ by less (of 255) is none. */
const CONTRAST = 64;

const START = 0b101;
const DATA_BITS = 16;
const CHECK_BITS = 13;
/** Of this degree, a generator with which any two strips differ in at least six cells. */
const GENERATOR = 0x2f;

/** What the two strips say. */
export interface SyncCode {
  /** Of the picture, modulo `WRAP`. */
  readonly number: number;
  /** Wall-clock time in whole ms, modulo `WRAP`. */
  readonly time: number;
}

/** The cells of the two strips as 32 bits each, the leftmost cell in the highest; 1 is white. */
export type Strips = readonly [number: number, time: number];

/** The cyclic redundancy check of a value, going on from an earlier one. */
function check(value: number, from = 0): number {
  let rest = from;
  for (let bit = DATA_BITS - 1; bit >= 0; bit--) {
    const out = (rest >>> (CHECK_BITS - 1)) ^ ((value >>> bit) & 1);
    rest = ((rest << 1) % 2 ** CHECK_BITS) ^ (out ? GENERATOR : 0);
  }
  return rest;
}

const strip = (value: number, sum: number): number =>
  ((((START << DATA_BITS) | value) << CHECK_BITS) | sum) >>> 0;

/** The strips of a picture's number and its wall-clock time in ms. */
export function encodeSync(number: number, time: number): Strips {
  const [first, second] = [number % WRAP, Math.floor(time) % WRAP];
  const sum = check(first);
  // The second check goes on from the first: strips of two pictures are not taken for those of one.
  return [strip(first, sum), strip(second, check(second, sum))];
}

/** What strips say, or null where a cell of either is wrong. */
export function decodeSync([first, second]: Strips): SyncCode | null {
  const value = (cells: number): number => (cells >>> CHECK_BITS) % WRAP;
  const code = { number: value(first), time: value(second) };
  const [right, alsoRight] = encodeSync(code.number, code.time);
  return first === right && second === alsoRight ? code : null;
}

/** The cells of a strip that is this light (0 to 255) at each of them, or null where nothing stands out. */
export function cellsOf(levels: readonly number[]): number | null {
  const [darkest, lightest] = [Math.min(...levels), Math.max(...levels)];
  if (lightest - darkest < CONTRAST) return null;
  const middle = (darkest + lightest) / 2;
  return levels.reduce((cells, level) => cells * 2 + Number(level > middle), 0);
}

/** The wall-clock time in whole ms nearest to `now` that is `time` modulo `WRAP`. */
export function unwrapTime(time: number, now: number): number {
  const whole = Math.floor(now);
  // From half a turn before now to half a turn after it: the clock of another machine may be ahead.
  const late = (((whole - time) % WRAP) + 1.5 * WRAP) % WRAP;
  return whole - (late - WRAP / 2);
}
