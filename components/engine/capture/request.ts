import { MediaKitError } from '../errors.js';

/** What can be captured: the camera that faces the user or the surroundings (with the microphone), or a display. */
export type CaptureKind = 'user' | 'environment' | 'display';

/** What part of a display: the whole of it, a window, or a tab of the browser. */
export type DisplaySurface = 'monitor' | 'window' | 'browser';

/** Whether a device has to be the one, or had better be. */
export type Strictness = 'exact' | 'ideal';

/** When the pointer is captured with a display. */
export type DisplayCursor = 'always' | 'motion' | 'never';

/** What to capture, in plain words. */
export interface CaptureOptions {
  readonly kind: CaptureKind;
  /** Sound. Neither this nor `video` means both. */
  readonly audio?: boolean;
  /** A picture. A display is always captured with one. */
  readonly video?: boolean;
  /** The id of one camera. */
  readonly camera?: string | null;
  /** The id of one microphone. */
  readonly microphone?: string | null;
  /** Wish for the devices that were remembered, where none is named. */
  readonly persist?: boolean;
  /** Devices that are wished for where none is named. */
  readonly preferred?: { readonly camera?: string; readonly microphone?: string };
  /** What of a display is wished for. */
  readonly surface?: DisplaySurface | null;
  /** Whether the pointer is to be seen on a display. */
  readonly cursor?: DisplayCursor | null;
  /** The width wished for, in pixels. */
  readonly width?: number | null;
  /** The height wished for, in pixels. */
  readonly height?: number | null;
  /** The frame rate wished for, in frames per second. */
  readonly frameRate?: number | null;
  /** Constraints of the platform. They stand in place of all the members above but `kind`. */
  readonly constraints?: MediaStreamConstraints | null;
}

/** The constraints that the options mean; `how` goes for the preferred devices. Throws `bad-input` for a size or a rate that is no number above 0. */
export function captureConstraints(
  options: CaptureOptions,
  how: Strictness = 'ideal',
): MediaStreamConstraints {
  const { kind, constraints, camera, microphone, preferred } = options;
  if (constraints) return constraints;
  const spoken = microphone || preferred?.microphone;
  const both = !options.audio && !options.video;
  const display = kind === 'display';
  const video: MediaTrackConstraints & { cursor?: string } = { ...ideals(options) };
  if (display) {
    if (options.surface) video.displaySurface = options.surface;
    if (options.cursor) video.cursor = options.cursor;
  }
  // A camera that was named is that one or none; which way it faces is a wish: most computers do not know.
  else if (camera) video.deviceId = { exact: camera };
  else if (preferred?.camera && kind === 'user') video.deviceId = { [how]: preferred.camera };
  else video.facingMode = { ideal: kind };
  const audio = display || !spoken ? true : { deviceId: { [microphone ? 'exact' : how]: spoken } };
  return {
    audio: both || options.audio ? audio : false,
    video: both || options.video || display ? video : false,
  };
}

function ideals(options: CaptureOptions): MediaTrackConstraints {
  const wishes = (['width', 'height', 'frameRate'] as const).flatMap((name) => {
    const value = options[name] ?? null;
    if (value === null) return [];
    if (value > 0 && value < Infinity) return [[name, { ideal: value }]];
    throw new MediaKitError('bad-input', `The ${name} to capture must be a number above 0, not ${value}.`);
  });
  return Object.fromEntries(wishes) as MediaTrackConstraints;
}
