import { MediaKitError } from '../errors.js';

/** What is said when a part that is loaded on demand does not come. */
export function notLoaded(cause: unknown): MediaKitError {
  const words = 'A part of the kit did not load: check the network and that all its files are served.';
  return new MediaKitError('network-blocked', words, { cause });
}
