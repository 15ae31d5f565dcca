import { MediaKitError, type MediaKitErrorCode } from '../errors.js';
import { refusalOf, type CaptureFeature, type Refusal } from './refusal.js';

/** What `captureError` reads of a thrown value. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  /** The constraint that an `OverconstrainedError` names. */
  readonly constraint?: string;
}

const REFUSALS: Record<Refusal, string> = {
  dismissed: 'The question for permission got no answer: start again and answer it.',
  denied:
    'Capturing is not allowed: allow it for this page in the browser and in the system (a frame also needs the attribute "allow"), then start again.',
  'denied-by-system':
    'The system does not let the browser capture: allow it in the system settings for privacy, then start again.',
  'denied-by-policy':
    'The page around this one does not let it capture: name the device in the attribute "allow" of the frame, and in the header Permissions-Policy if there is one.',
};

/** A browser tells no page whether nothing was chosen or nothing may be. */
const NO_DISPLAY = 'No display was chosen, or none may be captured: start again and choose one.';

/**
 * The error of the kit for what `getUserMedia()` or `getDisplayMedia()` threw. With the constraints that were asked
 * for, the message of `overconstrained` also names the value; with what permission is needed for, a refusal by the page
 * around this one is told from others.
 */
export function captureError(
  thrown: unknown,
  asked?: MediaStreamConstraints,
  features: readonly CaptureFeature[] = [],
): MediaKitError {
  if (thrown instanceof MediaKitError) return thrown;
  const refusal = refusalOf(thrown, features);
  if (refusal) {
    const code = refusal === 'dismissed' ? 'permission-dismissed' : 'permission-denied';
    const words =
      refusal === 'denied' && features.includes('display-capture') ? NO_DISPLAY : REFUSALS[refusal];
    return new MediaKitError(code, words, { cause: thrown });
  }
  const { name, message = '', constraint } = (thrown ?? {}) as Thrown;
  const [code, advice] = explain(name, message, overconstrained(constraint, message, asked));
  return new MediaKitError(code, advice, { cause: thrown });
}

function explain(name: string | undefined, message: string, tooMuch: string): [MediaKitErrorCode, string] {
  switch (name) {
    case 'InvalidStateError':
      return ['permission-denied', 'The browser wants a click or a key press first: start from one.'];
    case 'NotFoundError':
      return [
        'device-not-found',
        'Nothing to capture was found: connect a camera or microphone, or choose another.',
      ];
    case 'NotReadableError':
    case 'AbortError':
      return [
        'device-in-use',
        'The device could not be started: close other programs that use it, then start again.',
      ];
    case 'OverconstrainedError':
      return ['overconstrained', tooMuch];
    case 'TypeError':
      return [
        'bad-input',
        `The constraints cannot be used: ask for audio or video with values in range. (${message})`,
      ];
    case 'NotSupportedError':
      return ['unsupported', `This browser or page cannot capture that: choose something else. (${message})`];
    default:
      return [
        'device-in-use',
        `Capturing could not be started: start again, or choose another device. (${message || String(name)})`,
      ];
  }
}

function overconstrained(constraint = '', message: string, asked?: MediaStreamConstraints): string {
  if (!constraint) return `No device can do what the constraints ask for: relax them. (${message})`;
  const values = [asked?.video, asked?.audio]
    .filter((kind) => typeof kind === 'object')
    .map((kind) => (kind as Record<string, unknown>)[constraint])
    .filter((value) => value !== undefined);
  const value = values.length ? ` ${JSON.stringify(values.length === 1 ? values[0] : values)}` : '';
  if (constraint === 'deviceId')
    return `There is no such device, as "deviceId"${value} says: choose another, or name none.`;
  return `No device fulfils the constraint "${constraint}"${value}: relax it, or use "ideal" instead of "exact".`;
}
