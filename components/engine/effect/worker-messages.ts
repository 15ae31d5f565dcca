import type { Chunk } from '../generator/track-writer.js';
import type { Answer } from './transform.js';

/** What the page asks of the worker of one processor: the next chunk only when the last one was answered. */
export type WorkerRequest =
  { readonly type: 'open'; readonly url: string } | { readonly type: 'apply'; readonly chunk: Chunk };

/** What the worker answers. */
export type WorkerAnswer =
  | { readonly type: 'ready' }
  /** The module could not be loaded, or has no processor. */
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'made'; readonly answer: Answer }
  /** The processor threw; the chunk comes back, unless the processor has closed it. */
  | { readonly type: 'threw'; readonly message: string; readonly chunk: Chunk | null };
