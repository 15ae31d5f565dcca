import { MediaKitError } from '../errors.js';
import type { Scratch } from '../scratch.js';

/** So much is held until it is put on the disk, in bytes. */
const PIECE = 8 * 2 ** 20;
/** So much is read again at a time, in bytes. */
const READ = 2 ** 20;
/** The most that is held where the browser has no disk for us. */
const MEMORY_LIMIT = 256 * 2 ** 20;

/** Where recorded bytes go. */
export interface Destination {
  /** Whether what was given is had in the end, however long it takes. */
  readonly keeps: boolean;
  /** Resolves when the bytes are stored; rejects with a `MediaKitError`. */
  write(data: Blob): Promise<void>;
  /** All was written. Rejects as `write()`. */
  close?(): Promise<void>;
  /** Nothing will be written: the recording has not begun. */
  release?(): void;
}

/**
 * Recorded bytes on the disk of the browser, in pieces that are each whole: whatever happens to the next one, what was
 * recorded before can be played.
 */
export class Tape implements Destination {
  readonly keeps = true;
  readonly #scratch: Scratch;
  readonly #piece: number;
  readonly #pieces: Blob[] = [];
  readonly #removals: (() => Promise<void>)[] = [];
  #loose: Blob[] = [];
  #held = 0;
  #inMemory = false;
  #ended = false;
  /** Called when there is more, or an end. */
  #told: () => void = () => {};

  constructor(scratch: Scratch, piece = PIECE) {
    this.#scratch = scratch;
    this.#piece = piece;
  }

  /** All that was recorded so far. */
  get blob(): Blob {
    return new Blob([...this.#pieces, ...this.#loose]);
  }

  async write(data: Blob): Promise<void> {
    this.#loose.push(data);
    this.#held += data.size;
    this.#told();
    if (this.#inMemory) return this.#limit();
    if (this.#held >= this.#piece) await this.#store();
  }

  /** No more will be written. */
  end(): void {
    this.#ended = true;
    this.#told();
  }

  /** All that was recorded and, as it comes, all that will be until `end()`; for one reader, who may take his time. */
  play(): ReadableStream<Uint8Array> {
    let at = 0;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      let part = this.#part(at);
      for (; !part && !this.#ended; part = this.#part(at)) {
        await new Promise<void>((told) => (this.#told = told));
      }
      if (!part) return controller.close();
      at += part.size;
      controller.enqueue(new Uint8Array(await part.arrayBuffer()));
    };
    return new ReadableStream({ pull }, { highWaterMark: 0 });
  }

  /** Removes what is on the disk: nothing of it is needed any longer. */
  async clear(): Promise<void> {
    this.#pieces.length = this.#loose.length = 0;
    await Promise.allSettled(this.#removals.splice(0).map((remove) => remove()));
  }

  async #store(): Promise<void> {
    const created = await this.#scratch.create().catch(() => null);
    // Without a secure context, and in private windows, there is none.
    if (!created) {
      this.#inMemory = true;
      return this.#limit();
    }
    const { file, remove } = created;
    const loose = this.#loose;
    try {
      const writable = await file.createWritable();
      await writable.write(new Blob(loose));
      await writable.close();
      this.#pieces.push(await file.getFile());
    } catch (cause) {
      await remove().catch(() => {});
      throw full(cause);
    }
    this.#removals.push(remove);
    this.#loose = this.#loose.slice(loose.length);
    this.#held = this.#loose.reduce((sum, { size }) => sum + size, 0);
  }

  /** What is next at a place; null where nothing is yet. */
  #part(at: number): Blob | null {
    let before = 0;
    for (const blob of [...this.#pieces, ...this.#loose]) {
      if (at < before + blob.size) return blob.slice(at - before, at - before + READ);
      before += blob.size;
    }
    return null;
  }

  #limit(): void {
    if (this.#held > MEMORY_LIMIT) throw full();
  }
}

function full(cause?: unknown): MediaKitError {
  const words = 'There is no room for more of the recording: what was recorded until now is kept.';
  return new MediaKitError('aborted', words, { cause });
}

/** Sends recorded bytes to a stream of the page's. */
export class StreamDestination implements Destination {
  readonly keeps = false;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  /** Throws `bad-input` where somebody else writes to the stream. */
  constructor(writable: WritableStream<Uint8Array<ArrayBuffer>>) {
    try {
      this.#writer = writable.getWriter();
    } catch (cause) {
      const words = 'The stream for the recording is in use: give pipeTo() one that nobody writes to.';
      throw new MediaKitError('bad-input', words, { cause });
    }
  }

  async write(data: Blob): Promise<void> {
    await this.#try(async () => this.#writer.write(new Uint8Array(await data.arrayBuffer())));
  }

  async close(): Promise<void> {
    await this.#try(() => this.#writer.close());
  }

  release(): void {
    this.#writer.releaseLock();
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (cause) {
      throw new MediaKitError('aborted', 'The stream takes no more of the recording.', { cause });
    }
  }
}
