import { createSurface, resize, type Cell, type Moment, type Sprite, type Surface } from './artwork.js';
import { evenBox, overlap, rolled, type Box } from './boxes.js';
import { Planes, type Matrix } from './i420.js';
import type { Picture } from './picture.js';

/** From this height on a picture is high definition, which has colours of its own. */
const HD = 720;
/** Rows that are converted at once: the pixels of a whole picture would take much memory. */
const BAND = 64;
/** How many contents of a cell are kept: enough for a figure. */
const CONTENTS = 16;

const even = (size: number): number => size + (size % 2);

/** Drawn by the processor, because its pixels are read. */
const readable = (width: number, height: number, alpha = false): Surface =>
  createSurface(width, height, { willReadFrequently: true, alpha });

/** A picture with transparent parts. */
interface Stamp {
  /** As it is over black. */
  readonly planes: Planes;
  /** How much of what is below shows through, of 255 each. */
  readonly through: Uint8Array;
}

/**
 * Makes frames of pictures in I420, which sinks take without converting them: what stays is converted once, what is
 * shown again and again as well.
 */
export class FrameMaker {
  #picture: Picture | null = null;
  #planes = new Planes(2, 2);
  #visible = { width: 2, height: 2 };
  /** What stays of the picture, for cells to be drawn on. */
  #still: Surface | null = null;
  #scratch: Surface | null = null;
  /** Over what rolls: the text. On what stays: where it is. */
  #caption: { readonly box: Box; readonly planes?: Planes } | null = null;
  #contents: string[] = [];
  #cells: Map<string, Planes>[] = [];
  #stamps: Stamp[] = [];
  /** Where the sprite is. */
  #covered: Box | null = null;

  /** The next frame of the picture, at a wall-clock time in ms, with a timestamp in µs. */
  make(picture: Picture, time: number, timestamp: number): VideoFrame {
    if (this.#picture !== picture) this.#begin(picture);
    const moment = picture.next(time);
    const roll = picture.roll(moment);
    if (roll) {
      const { width, height } = this.#planes;
      for (const { from, to } of rolled(width, height, roll)) this.#planes.restore(from, to);
      if (this.#caption?.planes) this.#planes.put(this.#caption.planes, this.#caption.box);
    } else {
      picture.cells.forEach((cell, index) => this.#showCell(cell, index, moment));
      if (picture.sprite) this.#showSprite(picture.sprite, picture.spriteBox(picture.sprite, moment));
    }
    return this.again(timestamp);
  }

  /** The last frame once more, with a timestamp in µs: a black one if there was none. */
  again(timestamp: number): VideoFrame {
    const { data, width, height } = this.#planes;
    const matrix = this.#matrix;
    return new VideoFrame(data, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      visibleRect: { x: 0, y: 0, ...this.#visible },
      colorSpace: { primaries: matrix, transfer: matrix, matrix, fullRange: false },
      timestamp,
    });
  }

  release(): void {
    this.#clear();
    this.#planes = new Planes(2, 2);
    this.#visible = { width: 2, height: 2 };
  }

  get #matrix(): Matrix {
    return this.#visible.height < HD ? 'smpte170m' : 'bt709';
  }

  #clear(): void {
    this.#picture = this.#still = this.#scratch = this.#caption = this.#covered = null;
    this.#contents = [];
    this.#cells = [];
    this.#stamps = [];
  }

  #begin(picture: Picture): void {
    const { width, height } = picture;
    const [codedWidth, codedHeight] = [even(width), even(height)];
    this.#clear();
    this.#picture = picture;
    this.#visible = { width, height };
    this.#cells = picture.cells.map(() => new Map<string, Planes>());
    if (this.#planes.width !== codedWidth || this.#planes.height !== codedHeight) {
      this.#planes = new Planes(codedWidth, codedHeight, 2);
    }
    const surface = readable(codedWidth, codedHeight);
    const box = picture.drawStill(surface);
    if (box) this.#caption = { box: evenBox(box) };
    // What is beyond an odd edge bleeds into the colours of the last column and row.
    surface.drawImage(surface.canvas, width - 1, 0, 1, height, width, 0, 1, height);
    surface.drawImage(surface.canvas, 0, height - 1, codedWidth, 1, 0, height, codedWidth, 1);
    for (let y = 0; y < codedHeight; y += BAND) {
      const band = { x: 0, y, width: codedWidth, height: Math.min(BAND, codedHeight - y) };
      this.#planes.put(convert(surface, band, this.#matrix), band);
    }
    this.#planes.keep();
    if (picture.cells.length > 0) this.#still = surface;
    if (picture.rolls) this.#caption = this.#drawCaption(picture, surface);
  }

  #drawCaption(picture: Picture, surface: Surface): { box: Box; planes: Planes } | null {
    const drawn = picture.drawText(surface);
    if (!drawn) return null;
    const box = evenBox(drawn);
    return { box, planes: convert(surface, box, this.#matrix) };
  }

  #showCell({ box, content, draw }: Cell, index: number, moment: Moment): void {
    const shown = content(moment);
    if (shown === this.#contents[index]) return;
    this.#contents[index] = shown;
    const area = evenBox(box);
    const known = this.#cells[index]!;
    let planes = known.get(shown);
    if (!planes) {
      const surface = (this.#scratch ??= readable(area.width, area.height));
      resize(surface, area.width, area.height);
      surface.setTransform(1, 0, 0, 1, -area.x, -area.y);
      surface.drawImage(this.#still!.canvas, 0, 0);
      draw(surface, shown);
      planes = convert(surface, { ...area, x: 0, y: 0 }, this.#matrix);
      if (known.size < CONTENTS) known.set(shown, planes);
    }
    this.#planes.put(planes, area);
    this.#uncover(area);
  }

  #showSprite(sprite: Sprite, { x, y }: Box): void {
    // Colours have half the places of brightness: an odd one wants a stamp of its own.
    const [right, down] = [x & 1, y & 1];
    const { planes, through } = (this.#stamps[2 * down + right] ??= makeStamp(
      sprite,
      right,
      down,
      this.#matrix,
    ));
    const area = { x: x - right, y: y - down, width: planes.width, height: planes.height };
    if (this.#covered) this.#planes.restore(this.#covered, this.#covered);
    this.#planes.put(planes, area, through);
    this.#covered = overlap(area, { x: 0, y: 0, width: this.#planes.width, height: this.#planes.height });
    this.#uncover(area);
  }

  /** Puts the text back on top. */
  #uncover(area: Box): void {
    const covered = this.#caption && overlap(area, this.#caption.box);
    if (covered) this.#planes.restore(covered, covered);
  }
}

/** The planes of a part of a surface. */
function convert(surface: Surface, { x, y, width, height }: Box, matrix: Matrix): Planes {
  const planes = new Planes(width, height);
  planes.set(surface.getImageData(x, y, width, height).data, matrix);
  return planes;
}

/** The sprite, moved right and down. */
function makeStamp({ size, draw }: Sprite, x: number, y: number, matrix: Matrix): Stamp {
  const side = even(size + 1);
  const [opaque, transparent] = [false, true].map((alpha) => {
    const surface = readable(side, side, alpha);
    // In WebKit, what is told to be opaque is not.
    if (!alpha) surface.fillRect(0, 0, side, side);
    surface.translate(x, y);
    draw(surface);
    return surface;
  }) as [Surface, Surface];
  const planes = convert(opaque, { x: 0, y: 0, width: side, height: side }, matrix);
  const { data } = transparent.getImageData(0, 0, side, side);
  const through = new Uint8Array(planes.data.length);
  const alpha = (column: number, row: number): number => data[4 * (row * side + column) + 3]!;
  let [luma, chroma] = [0, side * side];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      through[luma++] = 255 - alpha(column, row);
      if (row % 2 || column % 2) continue;
      const four =
        alpha(column, row) + alpha(column + 1, row) + alpha(column, row + 1) + alpha(column + 1, row + 1);
      through[chroma++] = 255 - four / 4;
    }
  }
  through.copyWithin(chroma, side * side, chroma);
  return { planes, through };
}
