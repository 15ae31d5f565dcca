/**
 * The SHA-256 of a file of any size, although the browser hashes nothing piece by piece: that of the SHA-256 values of
 * its blocks, one after the other. Each is made off the page's thread, and a file that goes on after a break begins at
 * any block.
 */
export class Digest {
  readonly #blocks: Promise<ArrayBuffer>[] = [];

  /** How many blocks were added. */
  get length(): number {
    return this.#blocks.length;
  }

  /** Hashes the block with this number; its bytes must stay as they are until it resolves. */
  async add(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const hash = crypto.subtle.digest('SHA-256', bytes);
    this.#blocks[number] = hash;
    await hash;
  }

  /** Of the first `count` blocks, in hexadecimal digits. */
  async of(count: number): Promise<string> {
    const hashes = await Promise.all(this.#blocks.slice(0, count));
    const whole = await crypto.subtle.digest('SHA-256', await new Blob(hashes).arrayBuffer());
    return [...new Uint8Array(whole)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

/** Whether this page may hash. */
export const canHash = (): boolean => Boolean(globalThis.crypto?.subtle);
