import type { Refusal } from './incoming.js';

/** What is wrong with the frames of a member: they are not encrypted, or they cannot be decrypted. */
export type FrameTrouble = 'not-encrypted' | 'undecryptable';

/** How long nothing but refused frames must have come, in ms: keys and frames take different ways. */
const PATIENCE = 500;

/** Judges the frames of one member, from one to the next. */
export class Verdict {
  /** When the first was refused since one was opened. */
  #since: number | null = null;
  #trouble: FrameTrouble | null = null;

  /** What is wrong as far as is known, after one more frame, which was opened (null) or refused. */
  after(refusal: Refusal | null, now: number): FrameTrouble | null {
    if (refusal === 'replayed') return this.#trouble;
    if (refusal === null) {
      this.#since = null;
      this.#trouble = null;
    } else {
      this.#since ??= now;
      if (now - this.#since >= PATIENCE) {
        this.#trouble = refusal === 'clear' ? 'not-encrypted' : 'undecryptable';
      }
    }
    return this.#trouble;
  }
}
