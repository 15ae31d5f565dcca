/** What becomes of the chunks of a stream. */
export interface Sink<T> {
  /** Resolves when there is room for the next; a rejection errors the stream for good. */
  write(chunk: T): Promise<void>;
  /** The stream was closed, after its last chunk. */
  close(): Promise<void> | void;
  /** The stream was aborted, perhaps in the middle of a write. */
  abort(): void;
  /** Closes a chunk that was handed over and will not be written. */
  discard(chunk: T): void;
}

/** A writable stream that can be closed from the inside, and that owns what waits in it. */
export class OwnWritable<T> {
  readonly stream: WritableStream<T>;
  readonly #waiting = new Set<T>();
  readonly #sink: Sink<T>;
  #writer: WritableStreamDefaultWriter<T> | undefined;
  #controller!: WritableStreamDefaultController;
  #over = false;

  constructor(sink: Sink<T>) {
    this.#sink = sink;
    this.stream = new WritableStream<T>(
      {
        start: (controller) => {
          this.#controller = controller;
          // The sink's own `abort()` waits for the write that is under way.
          controller.signal.addEventListener('abort', () => {
            this.#giveUp();
            sink.abort();
          });
        },
        write: (chunk) => this.#write(chunk),
        close: () => {
          this.#over = true;
          return sink.close();
        },
      },
      {
        highWaterMark: 1,
        // The one place that sees a chunk when it is handed over.
        size: (chunk) => {
          if (!this.#over) this.#waiting.add(chunk);
          return 1;
        },
      },
    );
    // Whoever holds the lock is the only one who can close.
    Object.defineProperty(this.stream, 'getWriter', {
      value: () => (this.#writer = WritableStream.prototype.getWriter.call(this.stream)),
      configurable: true,
    });
  }

  /** Closes the stream for whoever writes to it: `closed` resolves, and what waits is discarded. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    const owner = this.stream.locked ? this.#holder : this.stream;
    // That it is being closed already is no failure.
    if (owner) return void owner.close().catch(() => {});
    // A pipe holds the lock, which is how a stream is transferred, too: it ends by an error.
    this.#giveUp();
    this.#controller.error(new TypeError('The track has ended.'));
  }

  /** The writer that holds the lock, if it is one of ours. */
  get #holder(): WritableStreamDefaultWriter<T> | undefined {
    try {
      // One that was released throws.
      return this.#writer?.desiredSize === undefined ? undefined : this.#writer;
    } catch {
      return undefined;
    }
  }

  async #write(chunk: T): Promise<void> {
    this.#waiting.delete(chunk);
    if (this.#over) return this.#sink.discard(chunk);
    try {
      await this.#sink.write(chunk);
    } catch (thrown) {
      this.#giveUp();
      throw thrown;
    }
  }

  #giveUp(): void {
    this.#over = true;
    for (const chunk of this.#waiting) this.#sink.discard(chunk);
    this.#waiting.clear();
  }
}
