import { Bin } from './bin.js';
import type { Digest } from './digest.js';
import { BLOCK, BLOCKS_AHEAD, readCount } from './wire.js';

/** Larger chunks are no faster, and some browsers take none beyond 256 KiB. */
const CHUNK = 65_536;

export interface PumpOptions {
  readonly channel: RTCDataChannel;
  /** What both ends allow a message to have, in bytes. */
  readonly largest: number;
  readonly source: Blob;
  readonly digest: Digest;
  /** The block to begin with. */
  readonly from: number;
  /** How many bytes of this file may wait inside the browser: less where it is one of several. */
  readonly share: () => number;
  /** So many blocks are stored at the other end. */
  readonly stored: (blocks: number) => void;
  /** The file could not be read to its end. */
  readonly unreadable: (cause: unknown) => void;
}

/** Sends a file over one channel, from one block to the end, never faster than it is taken and stored. */
export class Pump {
  readonly #options: PumpOptions;
  readonly #bin = new Bin();
  #stored: number;
  #wake: () => void = () => {};
  #closed = false;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#stored = options.from;
    const { channel, unreadable } = options;
    channel.binaryType = 'arraybuffer';
    channel.onbufferedamountlow = channel.onopen = () => this.#wake();
    channel.onmessage = ({ data }) => this.#acknowledge(readCount(data));
    channel.onclose = () => this.close();
    this.#run().catch((cause: unknown) => {
      if (!this.#closed) unreadable(cause);
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    const { channel } = this.#options;
    channel.onmessage = channel.onclose = channel.onopen = channel.onbufferedamountlow = null;
    channel.close();
    this.#wake();
  }

  #acknowledge(blocks: number | null): void {
    // Whoever tells nonsense harms nobody but itself.
    if (blocks === null || blocks <= this.#stored || blocks * BLOCK >= this.#options.source.size + BLOCK)
      return;
    this.#stored = blocks;
    this.#options.stored(blocks);
    this.#wake();
  }

  /** A channel that the other end closes tells of it before the event does. */
  get #isOpen(): boolean {
    return !this.#closed && this.#options.channel.readyState === 'open';
  }

  async #run(): Promise<void> {
    const { channel, source, digest, from } = this.#options;
    const blocks = Math.ceil(source.size / BLOCK);
    let next = this.#read(from);
    await this.#until(() => channel.readyState === 'open');
    for (let number = from; number < blocks && this.#isOpen; number++) {
      const bytes = await next;
      // The next one is read while this one is sent.
      next = this.#read(number + 1);
      const hashed = digest.add(number, bytes);
      await this.#until(() => number < this.#stored + BLOCKS_AHEAD);
      await Promise.all([hashed, this.#send(bytes)]);
      // The browser has copied what it has yet to send.
      this.#bin.throw(bytes);
    }
    const whole = await digest.of(blocks);
    if (this.#isOpen) this.#give(whole);
  }

  async #send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { channel, largest, share } = this.#options;
    const size = Math.min(CHUNK, largest);
    for (let at = 0; at < bytes.length; at += size) {
      // It may be another one by the time that the browser tells.
      const most = share();
      if (channel.bufferedAmount >= most) {
        // The browser has something to send while the page is busy, and does not wake it all the time.
        channel.bufferedAmountLowThreshold = most / 4;
        await this.#until(() => channel.bufferedAmount < most);
      }
      if (!this.#isOpen) return;
      this.#give(bytes.subarray(at, at + size));
    }
  }

  /** Where the browser does not take it, such as after the other end has come to allow less, the rest is to be fetched anew. */
  #give(data: string | Uint8Array<ArrayBuffer>): void {
    try {
      // It takes either, one overload each.
      this.#options.channel.send(data as string);
    } catch {
      this.close();
    }
  }

  #read(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const { source } = this.#options;
    const bytes = source.slice(number * BLOCK, (number + 1) * BLOCK).arrayBuffer();
    const read = bytes.then((buffer) => new Uint8Array(buffer));
    // It is heard of where it is awaited.
    read.catch(() => {});
    return read;
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!this.#closed && !ready()) await new Promise<void>((wake) => (this.#wake = wake));
  }
}
