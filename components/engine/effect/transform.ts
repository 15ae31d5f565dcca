import type { MediaInput } from '../generator/input.js';
import type { Chunk } from '../generator/track-writer.js';

/** Makes something else of each frame, or stretch of sound, of one track. */
export interface Transform {
  /**
   * What is sent in place of the chunk: that very chunk, anything else that a track generator takes, or nothing. It
   * closes nothing that it was given, unless it hands it over to somebody else, and leaves nothing open that it has made.
   */
  apply(chunk: Chunk): Answer | Promise<Answer>;
  /** Hides what is not for others: where it fails, nothing is sent rather than what it was to hide. */
  readonly hides?: boolean;
  /** Is of no use any longer; what is under way may still end. */
  release?(): void;
}

/** Lets nothing pass: in the place of one that was to hide something and has failed, or is not known. */
export const nothing: Transform = { apply: () => null };

export type Answer = MediaInput | null | undefined;

/** Whether the chunk has neither been closed nor handed over. */
export function isOpen(chunk: Chunk): boolean {
  return 'codedWidth' in chunk ? chunk.codedWidth > 0 : chunk.numberOfFrames > 0;
}

/** What an untouched chunk is sent with, when a transform failed that has handed it over. */
export class Failure extends Error {
  /** The chunk, if it came back. */
  readonly chunk: Chunk | null;

  constructor(message: string, chunk: Chunk | null, options?: ErrorOptions) {
    super(message, options);
    this.chunk = chunk;
  }
}
