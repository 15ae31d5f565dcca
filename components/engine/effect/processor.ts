import { MediaKitError } from '../errors.js';
import type { Answer, Transform } from './transform.js';

/**
 * Makes something else of a `VideoFrame` or an `AudioData`: that very one, another, anything else that a track generator
 * takes, or nothing. What it is given is closed for it.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of a kind that the page has asked for
export type ProcessorFunction = (chunk: any) => Answer | Promise<Answer>;

/** One is made for each track. */
export type ProcessorClass = new () => {
  process: ProcessorFunction;
  /** Is of no use any longer. */
  release?(): void;
};

/** What a page may give: a function, a class, or the URL of a module that has one of them as its default export. */
export type ProcessorGiven = ProcessorFunction | ProcessorClass | string;

const isClass = (given: ProcessorFunction | ProcessorClass): given is ProcessorClass =>
  typeof (given.prototype as { process?: unknown } | undefined)?.process === 'function';

/** Throws `bad-input` for what is no processor, and what the constructor of a class throws. */
export function processorTransform(given: ProcessorFunction | ProcessorClass): Transform {
  if (typeof given !== 'function') {
    throw new MediaKitError(
      'bad-input',
      `A processor is a function, or a class with the method process(), not ${String(given)}.`,
    );
  }
  if (!isClass(given)) return { apply: (chunk) => given(chunk) };
  const made = new given();
  return { apply: (chunk) => made.process(chunk), release: () => made.release?.() };
}
