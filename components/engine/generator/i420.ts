import { overlap, type Box, type Point } from './boxes.js';

/** What Y' of black is, and what chroma of no colour. */
const [BLACK, NEUTRAL] = [16, 128] as const;

/** How much of R' and of B' is in Y'. */
const weights = { bt709: [0.2126, 0.0722], smpte170m: [0.299, 0.114] } as const;

/** A matrix of colours. */
export type Matrix = keyof typeof weights;

/** The planes of a picture in 4:2:0 and limited range, black at first. All sizes and places are even. */
export class Planes {
  readonly width: number;
  readonly height: number;
  /** Y', C'B and C'R one after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** The same, and behind it what is kept. */
  readonly #pages: Uint8Array<ArrayBuffer>;
  readonly #starts: readonly [y: number, u: number, v: number];

  /** Two pages are for those that `keep()`. */
  constructor(width: number, height: number, pages: 1 | 2 = 1) {
    this.width = width;
    this.height = height;
    const luma = width * height;
    this.#starts = [0, luma, luma * 1.25];
    this.#pages = new Uint8Array(luma * 1.5 * pages);
    this.data = this.#pages
      .subarray(0, luma * 1.5)
      .fill(BLACK)
      .fill(NEUTRAL, luma);
  }

  /** Converts as many pixels. */
  set(pixels: ImageDataArray, matrix: Matrix): void {
    const [red, blue] = weights[matrix];
    const green = 1 - red - blue;
    // Sixteen bits behind the point, and for chroma two more: four pixels are added up.
    const luma = (219 / 255) * 2 ** 16;
    const [yr, yg, yb] = [red * luma, green * luma, blue * luma].map(Math.round) as [number, number, number];
    const chroma = (112 / 255) * 2 ** 16;
    const [ub, ug] = [chroma, (chroma * green) / (blue - 1)].map(Math.round) as [number, number];
    const [vr, vg] = [chroma, (chroma * green) / (red - 1)].map(Math.round) as [number, number];
    const [ur, vb] = [-ub - ug, -vr - vg];
    const [blackLevel, middle] = [(BLACK << 16) + 2 ** 15, (NEUTRAL << 18) + 2 ** 17];

    const { data, width, height } = this;
    const words = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
    let [, u, v] = this.#starts;
    for (let row = 0; row < height; row += 2) {
      for (let at = row * width, end = at + width; at < end; at += 2) {
        const below = at + width;
        const a = words[at]!;
        const b = words[at + 1]!;
        const c = words[below]!;
        const d = words[below + 1]!;
        const ag = (a >>> 8) & 255;
        const bg = (b >>> 8) & 255;
        const cg = (c >>> 8) & 255;
        const dg = (d >>> 8) & 255;
        // Red and blue at once, sixteen bits apart.
        const ax = a & 0xff00ff;
        const bx = b & 0xff00ff;
        const cx = c & 0xff00ff;
        const dx = d & 0xff00ff;
        data[at] = ((ax & 255) * yr + ag * yg + (ax >>> 16) * yb + blackLevel) >> 16;
        data[at + 1] = ((bx & 255) * yr + bg * yg + (bx >>> 16) * yb + blackLevel) >> 16;
        data[below] = ((cx & 255) * yr + cg * yg + (cx >>> 16) * yb + blackLevel) >> 16;
        data[below + 1] = ((dx & 255) * yr + dg * yg + (dx >>> 16) * yb + blackLevel) >> 16;
        const x = ax + bx + cx + dx;
        const reds = x & 0xffff;
        const greens = ag + bg + cg + dg;
        const blues = x >>> 16;
        data[u++] = (reds * ur + greens * ug + blues * ub + middle) >> 18;
        data[v++] = (reds * vr + greens * vg + blues * vb + middle) >> 18;
      }
    }
  }

  /**
   * Puts all of the other planes to a place; `through` says how much of what is there shows through, of 255 each: nothing
   * in one run of each row.
   */
  put(from: Planes, { x, y }: Point, through?: Uint8Array): void {
    const { data, width, height } = this;
    const area = overlap({ x, y, width: from.width, height: from.height }, { x: 0, y: 0, width, height });
    if (!area) return;
    for (const plane of [0, 1, 2]) {
      const half = plane ? 2 : 1;
      const none = plane ? NEUTRAL : BLACK;
      for (let row = 0; row < area.height / half; row++) {
        const start = from.#at(plane, (area.x - x) / half, (area.y - y) / half + row);
        const end = start + area.width / half;
        const shift = this.#at(plane, area.x / half, area.y / half + row) - start;
        let [first, last] = [start, end];
        if (through) {
          [first, last] = [through.indexOf(0, start), through.lastIndexOf(0, end - 1) + 1];
          if (first < 0 || last <= start) first = last = end;
          mix(from.data, through, start, first, data, shift, none);
          mix(from.data, through, last, end, data, shift, none);
        }
        data.set(from.data.subarray(first, last), first + shift);
      }
    }
  }

  /** Keeps the picture as it is now for `restore()`. */
  keep(): void {
    this.#pages.copyWithin(this.data.length, 0, this.data.length);
  }

  /** Copies a part of the kept picture. */
  restore({ x, y, width, height }: Box, to: Point): void {
    const kept = this.data.length;
    for (const plane of [0, 1, 2]) {
      const half = plane ? 2 : 1;
      for (let row = 0; row < height / half; row++) {
        const from = kept + this.#at(plane, x / half, y / half + row);
        this.#pages.copyWithin(this.#at(plane, to.x / half, to.y / half + row), from, from + width / half);
      }
    }
  }

  /** Where a sample stands in the data. */
  #at(plane: number, column: number, row: number): number {
    return this.#starts[plane]! + row * (plane ? this.width / 2 : this.width) + column;
  }
}

/** Puts samples over black on others, as far as these show through. */
function mix(
  from: Uint8Array,
  through: Uint8Array,
  start: number,
  end: number,
  onto: Uint8Array,
  shift: number,
  none: number,
): void {
  for (let at = start; at < end; at++) {
    const part = through[at]!;
    const to = at + shift;
    if (part < 255) onto[to] = from[at]! + (((onto[to]! - none) * part * 257 + 2 ** 15) >> 16);
  }
}
