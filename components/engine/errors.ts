/** What went wrong, as a closed list that a page can switch on. */
export type MediaKitErrorCode =
  | 'permission-denied'
  | 'permission-dismissed'
  | 'device-not-found'
  | 'device-in-use'
  | 'overconstrained'
  | 'insecure-context'
  | 'unsupported'
  | 'bad-input'
  | 'signaling-unreachable'
  | 'signaling-refused'
  | 'room-full'
  | 'connection-failed'
  | 'network-blocked'
  | 'timeout'
  | 'aborted';

/**
 * The one error of the kit: every rejected promise carries one, and the tag fires `error` with the same object.
 * Its message says what to do about it; `cause` is the browser's own error where there was one.
 */
export class MediaKitError extends Error {
  /** What went wrong. */
  readonly code: MediaKitErrorCode;

  constructor(code: MediaKitErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaKitError';
    this.code = code;
  }

  /** Passes a `MediaKitError` through and wraps anything else that was thrown. */
  static from(thrown: unknown, code: MediaKitErrorCode, message: string): MediaKitError {
    return thrown instanceof MediaKitError ? thrown : new MediaKitError(code, message, { cause: thrown });
  }
}

/** What is said when a part that is loaded on demand does not come. */
export function notLoaded(cause: unknown, code: MediaKitErrorCode = 'network-blocked'): MediaKitError {
  const words =
    'A part of the kit did not load: check the network and that all its files are served, and reload the page.';
  return new MediaKitError(code, words, { cause });
}

/** What is loaded on demand; rejects with `notLoaded()`. */
export async function loaded<M>(module: Promise<M>): Promise<M> {
  try {
    return await module;
  } catch (cause) {
    throw notLoaded(cause);
  }
}

/** What a join rejects with that was left before it was done. */
export function leftEarly(): MediaKitError {
  return new MediaKitError('aborted', 'The room was left before it was joined: join again.');
}
