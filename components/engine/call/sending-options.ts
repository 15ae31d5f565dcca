import { MediaKitError } from '../errors.js';
import { checkCodecs } from './codecs.js';

/** How the page wants its media to be sent. What is absent or null is left to the browser. */
export interface SendingOptions {
  /** `sendonly` takes nothing from the others, `recvonly` sends nothing; `sendrecv` by default. */
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly';
  /** The codecs to send, by preference, as `vp9`, `vp8`, `opus`; those that one of the two has not are left out. */
  readonly codecs?: readonly string[];
  /** The most that goes out to all others together, in bit/s, without what wraps it. */
  readonly maxBitrate?: number | null;
  /** The most frames of the camera in a second. */
  readonly maxFrameRate?: number | null;
  /** What of the camera gives way first when there is too little bandwidth or power; of a screen it is the frame rate. */
  readonly degradationPreference?: RTCDegradationPreference | null;
}

const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly'] as const;
const PREFERENCES = ['balanced', 'maintain-framerate', 'maintain-resolution'] as const;

/** Whether the page asks for anything that is not agreed on by offer and answer alone. */
export function isTuned({
  codecs,
  maxBitrate,
  maxFrameRate,
  degradationPreference,
}: SendingOptions): boolean {
  return Boolean(codecs?.length || maxBitrate || maxFrameRate || degradationPreference);
}

/** Throws `bad-input`, by the name of the attribute, for a direction, a codec or a preference that does not exist, and for a number that is none above 0. */
export function checkSending(sending: SendingOptions): void {
  const { codecs = [], maxBitrate = null, maxFrameRate = null } = sending;
  const { direction, degradationPreference } = sending;
  checkCodecs(codecs);
  const words = [
    ['direction', direction, DIRECTIONS],
    ['degradation-preference', degradationPreference, PREFERENCES],
  ] as const;
  for (const [name, value, known] of words) {
    // An empty one is none.
    if (!value || known.some((one) => one === value)) continue;
    throw new MediaKitError('bad-input', `"${name}" must be one of ${known.join(', ')}, not "${value}".`);
  }
  for (const [name, value] of Object.entries({ 'max-bitrate': maxBitrate, 'max-frame-rate': maxFrameRate })) {
    if (value === null || (value > 0 && value < Infinity)) continue;
    throw new MediaKitError('bad-input', `"${name}" must be a number above 0, not ${value}.`);
  }
}
