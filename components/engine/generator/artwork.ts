import type { Box, Point } from './boxes.js';

export type { Box } from './boxes.js';

/** Where a picture is drawn: opaque, so that no half-transparent pixel leaves. */
export type Surface = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** When a picture is shown. */
export interface Moment {
  /** Wall-clock time in ms. */
  readonly time: number;
  /** Number of the picture, from 0. */
  readonly number: number;
}

/** What changes now and then, in a place of its own. Contents cost little that are few and come again. */
export interface Cell {
  /** Of even numbers, as colours have half the places of brightness. */
  readonly box: Box;
  /** What it shows: while that is the same, nothing is drawn. */
  readonly content: (moment: Moment) => string;
  /** Draws it on the background. */
  readonly draw: (surface: Surface, content: string) => void;
}

/** What moves about, without holes. */
export interface Sprite {
  /** Its width and its height. */
  readonly size: number;
  /** Draws it on a transparent surface of its size. */
  readonly draw: (surface: Surface) => void;
  /** Where its upper left corner is. */
  readonly place: (moment: Moment) => Point;
}

/** One pattern: a still background, and what changes on it. Neither cells nor the sprite overlap each other. */
export interface Artwork {
  readonly background: (surface: Surface, width: number, height: number) => void;
  /** How far the background, then without anything on it, is moved left and up; what leaves comes back on the other side. */
  readonly roll?: (width: number, height: number, moment: Moment) => Point;
  readonly cells?: (width: number, height: number) => readonly Cell[];
  readonly sprite?: (width: number, height: number) => Sprite;
}

/** A drawing surface that is in no document. */
export function createSurface(
  width: number,
  height: number,
  settings?: CanvasRenderingContext2DSettings,
): OffscreenCanvasRenderingContext2D {
  return new OffscreenCanvas(width, height).getContext('2d', { alpha: false, ...settings })!;
}

/** Sets the size, which clears the surface, only where it is another one. */
export function resize({ canvas }: Surface, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** Draws a picture in place of all that is there: through its holes nothing of that is to be seen. */
export function paint(surface: Surface, picture: CanvasImageSource, width: number, height: number): void {
  // Not cleared before: Chromium leaves that out behind frames that it takes for opaque and that are not.
  surface.globalCompositeOperation = 'copy';
  surface.drawImage(picture, 0, 0, width, height);
  surface.globalCompositeOperation = 'source-over';
}
