import { MediaKitError } from '../errors.js';
import type { CaptureFeature } from './refusal.js';

/** `navigator.mediaDevices.getUserMedia`, with errors that say what to do. */
export async function getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
  try {
    return await mediaDevices('getUserMedia').getUserMedia(constraints);
  } catch (thrown) {
    const { audio, video } = constraints ?? {};
    const features = [video && 'camera', audio && 'microphone'].filter(Boolean) as CaptureFeature[];
    throw await explained(thrown, constraints, features);
  }
}

/** The track of one more camera or microphone. Rejects as `getUserMedia()` does. */
export async function openTrack(
  kind: 'audio' | 'video',
  constraints: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const stream = await getUserMedia({ [kind]: constraints });
  return stream.getTracks()[0]!;
}

/** `navigator.mediaDevices.getDisplayMedia`, with errors that say what to do. */
export async function getDisplayMedia(options?: DisplayMediaStreamOptions): Promise<MediaStream> {
  try {
    return await mediaDevices('getDisplayMedia').getDisplayMedia(options);
  } catch (thrown) {
    throw await explained(thrown, options, ['display-capture']);
  }
}

function mediaDevices(method: 'getUserMedia' | 'getDisplayMedia'): MediaDevices {
  const devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  if (devices && method in devices) return devices;
  if (globalThis.isSecureContext === false) {
    throw new MediaKitError(
      'insecure-context',
      'Only secure pages may capture: open this one over https, or from localhost.',
    );
  }
  throw new MediaKitError('unsupported', `This browser has no ${method}(): use another browser.`);
}

/** The words for what goes wrong are loaded when something does. */
async function explained(
  thrown: unknown,
  asked?: MediaStreamConstraints,
  features: readonly CaptureFeature[] = [],
): Promise<MediaKitError> {
  if (thrown instanceof MediaKitError) return thrown;
  const { captureError } = await import('./capture-error.js');
  return captureError(thrown, asked, features);
}
