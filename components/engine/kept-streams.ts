/** Streams in which another track takes the place of one that has ended, as of a camera that was unplugged. */
export const keptStreams = new WeakSet<MediaStream>();
