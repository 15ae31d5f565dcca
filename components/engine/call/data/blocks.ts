import { BLOCK } from './wire.js';

/** Puts the blocks of a file together. */
export class Blocks {
  /** Blocks that are stored and may be written over: a page that moves a large file makes little garbage so. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** The block that comes, and how much of it is there. */
  #block: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;

  /** Takes what the block that comes has room for, the first of `left` bytes; says how much that is. */
  fill(bytes: Uint8Array<ArrayBuffer>, left: number): number {
    if (!this.#block) this.#filled = 0;
    const block = (this.#block ??=
      (left >= BLOCK && this.#spare.pop()) || new Uint8Array(Math.min(BLOCK, left)));
    const part = bytes.subarray(0, block.length - this.#filled);
    block.set(part, this.#filled);
    this.#filled += part.length;
    return part.length;
  }

  /** The block that has just become whole, or null. */
  take(): Uint8Array<ArrayBuffer> | null {
    const block = this.#block;
    if (!block || this.#filled < block.length) return null;
    this.#block = null;
    return block;
  }

  /** What is there of the block that comes is of no use. */
  drop(): void {
    this.#block = null;
  }

  /** Nobody has need of this one any longer. */
  reuse(block: Uint8Array<ArrayBuffer>): void {
    if (block.length === BLOCK) this.#spare.push(block);
  }
}
