import type { Artwork, Cell, Moment, Sprite, Surface } from './artwork.js';
import { boxAround, evenBox, overlap, type Box, type Point } from './boxes.js';
import { PictureCanvas } from './picture-canvas.js';
import { ball, clock, gradient, noise, solid } from './scenes.js';
import type { Settings } from './settings.js';
import { syncArt } from './sync-art.js';
import { ebu, grid, smpte } from './test-cards.js';

export { createSurface, paint, resize, type Surface } from './artwork.js';

function artwork({ pattern, color, frameRate }: Settings): Artwork | null {
  switch (pattern) {
    case 'smpte':
      return smpte;
    case 'ebu':
      return ebu;
    case 'grid':
      return grid;
    case 'gradient':
      return gradient;
    case 'noise':
      return noise;
    case 'clock':
      return clock(frameRate);
    case 'ball':
      return ball;
    case 'solid':
      return solid(color);
    case 'sync':
      return syncArt;
    case 'none':
      return null;
  }
}

/** Writes `text` on its own dark plate near the bottom and answers the box of the plate. */
export function drawText(surface: Surface, text: string, width: number, height: number): Box {
  const room = width * 0.9;
  const font = (pixels: number): string => `600 ${pixels}px system-ui, sans-serif`;
  let size = Math.max(8, Math.min(width, height) * 0.085);
  surface.font = font(size);
  const wanted = surface.measureText(text).width + size;
  if (wanted > room) size = Math.max(8, size * (room / wanted));
  surface.font = font(size);
  const plate = Math.min(room, surface.measureText(text).width + size);
  const [left, top] = [(width - plate) / 2, height * 0.94 - size * 1.6];
  const box = evenBox(boxAround(left, top, plate, size * 1.6));
  surface.fillStyle = '#0b0f1c';
  surface.fillRect(box.x, box.y, box.width, box.height);
  surface.textAlign = 'center';
  surface.textBaseline = 'middle';
  surface.fillStyle = '#ffffff';
  surface.fillText(text, width / 2, top + size * 0.85, Math.max(1, plate - size));
  return box;
}

/** A built-in picture of one size. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly Cell[];
  readonly sprite: Sprite | null;
  readonly #text: string;
  readonly #art: Artwork;
  #number = 0;
  #canvas: PictureCanvas | undefined;

  private constructor({ width, height, text }: Settings, art: Artwork) {
    this.width = width;
    this.height = height;
    this.cells = art.cells?.(width, height).filter(({ box }) => this.clip(box)) ?? [];
    this.sprite = art.sprite?.(width, height) ?? null;
    this.#text = text;
    this.#art = art;
  }

  /** The picture of these settings, or null for `pattern="none"`. */
  static of(settings: Settings): Picture | null {
    const art = artwork(settings);
    return art && new Picture(settings, art);
  }

  /** Whether it has something new to show. */
  get due(): boolean {
    return this.#number === 0 || this.moving;
  }

  /** Whether it changes at all. */
  get moving(): boolean {
    return this.rolls || this.cells.length > 0 || this.sprite !== null;
  }

  /** Whether it changes by moving as a whole. */
  get rolls(): boolean {
    return this.#art.roll !== undefined;
  }

  /** Counts one picture more: when it is shown. */
  next(time: number): Moment {
    return { time, number: this.#number++ };
  }

  /** How far what stays, except for the text, is moved left and up: by even numbers; null where that never happens. */
  roll(moment: Moment): Point | null {
    const shift = this.#art.roll?.(this.width, this.height, moment);
    return shift ? { x: 2 * Math.floor(shift.x / 2), y: 2 * Math.floor(shift.y / 2) } : null;
  }

  /** Where its sprite is, in whole pixels. */
  spriteBox({ size, place }: Sprite, moment: Moment): Box {
    const { x, y } = place(moment);
    return { x: Math.round(x), y: Math.round(y), width: size, height: size };
  }

  /** Draws what stays, with the text unless it stands on what rolls; answers where the text is. */
  drawStill(surface: Surface): Box | null {
    this.#art.background(surface, this.width, this.height);
    return this.rolls ? null : this.drawText(surface);
  }

  /** Draws the text and answers where. */
  drawText(surface: Surface): Box | null {
    return this.#text ? this.clip(drawText(surface, this.#text, this.width, this.height)) : null;
  }

  /** Draws it, on a surface that nobody else may draw on meanwhile, as it is at a wall-clock time in ms. */
  draw(surface: Surface, time: number): void {
    if (this.#canvas?.surface !== surface) this.#canvas = new PictureCanvas(this, surface);
    this.#canvas.draw(this.next(time));
  }

  /** What of the box is in the picture, if anything. */
  clip(box: Box): Box | null {
    return overlap(box, { x: 0, y: 0, width: this.width, height: this.height });
  }
}
