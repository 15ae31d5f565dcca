import { MediaKitError } from '../engine/errors.js';

/** Why it does not play. */
export function refusedPlay(cause: unknown): MediaKitError {
  return (cause as Error).name === 'NotAllowedError'
    ? new MediaKitError(
        'permission-denied',
        'The browser plays this only after a click or a key press: call play() from one.',
        { cause },
      )
    : new MediaKitError(
        'aborted',
        'Playing was broken off by a pause or another stream: call play() again.',
        {
          cause,
        },
      );
}

/** Why a picture got no window of its own. */
export function refusedWindow(cause: unknown): MediaKitError {
  if (!document.pictureInPictureEnabled) {
    return new MediaKitError('unsupported', 'This browser gives a page no window for a picture.', { cause });
  }
  return (cause as Error).name === 'NotAllowedError'
    ? new MediaKitError('permission-denied', 'The browser wants a click or a key press first.', { cause })
    : new MediaKitError('bad-input', 'There is no picture yet: wait for the first.', { cause });
}

/** Why the screen was not filled. */
export function refusedScreen(cause: unknown): MediaKitError {
  const words = 'The browser fills the screen only after a click, and in a frame that has "allow".';
  return new MediaKitError('permission-denied', words, { cause });
}
