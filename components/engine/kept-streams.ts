/**
 * Streams in which another track takes the place of one that has ended, as of a camera that was unplugged, and what
 * tells that none does any longer.
 */
export const keptStreams = new WeakMap<MediaStream, AbortSignal>();
