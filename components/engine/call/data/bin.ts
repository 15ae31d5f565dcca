/**
 * Where bytes go that nobody needs any longer. Left to the garbage collection, those of a large file would make a page grow
 * by hundreds of MiB: browsers count them too low to hurry. Whatever moves to a port that leads nowhere is freed at once,
 * in Chromium even what `transfer()` would not free.
 */
export class Bin {
  readonly #nowhere: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    this.#nowhere = port1;
  }

  throw({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.#nowhere.postMessage(null, [buffer]);
  }
}
