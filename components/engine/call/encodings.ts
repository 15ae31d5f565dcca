import type { ViewSize } from './frames.js';
import type { SendingOptions } from './sending-options.js';

/** How one track is to be sent; null is left to the browser. */
export interface Encoding {
  readonly active: boolean;
  /** In bit/s. */
  readonly maxBitrate: number | null;
  /** Of a picture: frames per second. */
  readonly maxFramerate: number | null;
  /** Of a picture: by how much its width and its height are divided. */
  readonly scaleResolutionDownBy: number | null;
  /** Of a picture: what gives way first. */
  readonly degradationPreference: RTCDegradationPreference | null;
}

/** The width and height of a picture, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture that is sent to one viewer. */
export interface Picture {
  readonly slot: 'video' | 'screen';
  /** Null where the track does not tell. */
  readonly size: Size | null;
  /** How large it is shown: null where it is hidden, undefined before anything was told. */
  readonly view: ViewSize | undefined;
  /** By how much it is made smaller for its viewer. */
  readonly scale: number;
}

/** What may go out to all others together, in bit/s; null is left to the browser. */
export interface Budget {
  /** For all pictures. */
  readonly pictures: number | null;
  /** For each sound to each of the others. */
  readonly sound: number | null;
}

export const UNTOUCHED: Encoding = {
  active: true,
  maxBitrate: null,
  maxFramerate: null,
  scaleResolutionDownBy: null,
  degradationPreference: null,
};

/** What goes out to each of two, three … others on average, in bit/s. Just one gets what the network carries. */
const PICTURE_BITRATES = [384_000, 256_000, 192_000, 128_000, 128_000, 64_000];
/** More than this adds nothing to a voice. */
const SOUND_BITRATE = 40_000;
/** Fewer bits each second are not enough for a pixel to look good. */
const BITS_PER_PIXEL = 1.5;
const SCALES = [1, 1.5, 2, 3, 4, 6, 8];
/** A picture is not made less high, or wide, than this many pixels. */
const SMALLEST_SIDE = 90;

/** What may go out to so many others, of which `maxBitrate` may be the most; `sounds` go out to all of them together. */
export function budgetFor(others: number, sounds: number, maxBitrate: number | null = null): Budget {
  const usual =
    others < 2 ? null : others * PICTURE_BITRATES[Math.min(others, PICTURE_BITRATES.length + 1) - 2]!;
  if (maxBitrate === null) return { pictures: usual, sound: null };
  const sound = Math.min(SOUND_BITRATE, Math.floor(maxBitrate / 4 / Math.max(sounds, 1)));
  return { pictures: Math.min(usual ?? Infinity, maxBitrate - sounds * sound), sound };
}

/**
 * By how much a picture is made smaller so that little more is sent than is shown; a screen never is, for the sake of
 * its letters. `scale` is what it was until now: it stays for a small change of the view.
 */
export function scaleFor({ slot, size, view, scale }: Picture): number {
  if (slot === 'screen') return 1;
  if (!size || !view) return scale;
  // A picture that fills a place of another shape is cropped, and needs the pixels of its longer side.
  const ratio = Math.min(
    size.width / view.width,
    size.height / view.height,
    Math.min(size.width, size.height) / SMALLEST_SIDE,
  );
  const next = SCALES[SCALES.indexOf(scale) + 1] ?? Infinity;
  return ratio > scale * 0.9 && ratio < next * 1.1 ? scale : step(ratio);
}

/** The budget is divided by the length of the pictures' sides: four times the pixels get twice the bits, what is hidden none. */
export function weightOf({ size, view, scale }: Picture): number {
  if (view === null) return 0;
  const { width, height } = size ?? { width: 640, height: 480 };
  return Math.sqrt(width * height) / scale;
}

/** How to send a picture that may have so many bit/s. A camera is made smaller still where these are few for its pixels. */
export function pictureEncoding(
  { slot, size, view, scale }: Picture,
  maxBitrate: number | null,
  { maxFrameRate = null, degradationPreference = null }: SendingOptions,
): Encoding {
  if (view === null) return { ...UNTOUCHED, active: false };
  if (slot === 'screen') return { ...UNTOUCHED, maxBitrate, degradationPreference: 'maintain-resolution' };
  const bounded = size !== null && maxBitrate !== null && degradationPreference !== 'maintain-resolution';
  const most = bounded ? Math.sqrt((size.width * size.height * BITS_PER_PIXEL) / maxBitrate) : 1;
  const smaller = Math.max(scale, step(most));
  return {
    active: true,
    maxBitrate,
    maxFramerate: maxFrameRate,
    scaleResolutionDownBy: smaller > 1 ? smaller : null,
    degradationPreference,
  };
}

/** The next that leaves no less than is wanted. */
function step(ratio: number): number {
  return SCALES.filter((scale) => scale <= ratio).at(-1) ?? 1;
}
