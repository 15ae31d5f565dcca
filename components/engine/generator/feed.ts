import type { Sound } from './input.js';

/** Pictures that are fetched when they are wanted: from an element of the page, or from a file. */
export interface Feed {
  /** A frame, which the caller owns, or null when there is nothing new. */
  next(): VideoFrame | null;
  /** Gives the next again though it is not new: to somebody who has not seen it. */
  renew?(): void;
  release(): void;
}

/** What replaces the built-in picture and tone until something is written. */
export interface Supply {
  readonly feed: Feed | null;
  readonly clip: Sound | null;
  /** Called with where the clip is: a position in seconds at a wall-clock time in ms. */
  onAnchor?: ((position: number, at: number) => void) | null;
  pause?(): void;
  resume?(): void;
  release(): void;
}
