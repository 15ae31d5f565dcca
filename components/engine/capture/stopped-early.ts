import { MediaKitError } from '../errors.js';

/** What a capture rejects with that was stopped before it began. */
export function stoppedEarly(): MediaKitError {
  return new MediaKitError(
    'aborted',
    'The capture was stopped before it began: start it again if it is wanted.',
  );
}
