import { MediaKitError } from '../errors.js';

/** What can be captured: the camera that faces the user or the surroundings (with the microphone), or a display. */
export type CaptureKind = 'user' | 'environment' | 'display';

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
  /** The width wished for, in pixels. */
  readonly width?: number | null;
  /** The height wished for, in pixels. */
  readonly height?: number | null;
  /** The frame rate wished for, in frames per second. */
  readonly frameRate?: number | null;
  /** Constraints of the platform. They stand in place of all the members above but `kind`. */
  readonly constraints?: MediaStreamConstraints | null;
}

/** The constraints that the options mean. Throws `bad-input` for a size or a rate that is no number above 0. */
export function captureConstraints(options: CaptureOptions): MediaStreamConstraints {
  const { kind, constraints, camera, microphone } = options;
  if (constraints) return constraints;
  const both = !options.audio && !options.video;
  const display = kind === 'display';
  const video: MediaTrackConstraints = { ...ideals(options) };
  // A camera that was named is that one or none; which way it faces is a wish: most computers do not know.
  if (!display && camera) video.deviceId = { exact: camera };
  else if (!display) video.facingMode = { ideal: kind };
  const audio = microphone && !display ? { deviceId: { exact: microphone } } : true;
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
