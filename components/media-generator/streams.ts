import { drained, type Progress } from '../engine/generator/drained.js';
import { discard, type MediaInput } from '../engine/generator/input.js';
import { OwnWritable } from '../engine/generator/own-writable.js';
import type { Chunk } from '../engine/generator/track-writer.js';

/** The streams of one life of a generator: made when they are first asked for. */
export class Streams {
  readonly #write: (data: MediaInput) => Promise<void>;
  readonly #stop: () => void;
  readonly #progress: () => Progress | null;
  #writable: OwnWritable<MediaInput> | undefined;
  #read: { readonly track: MediaStreamTrack; readonly readable: ReadableStream<Chunk> } | undefined;

  /** `progress` tells how far the sending is, null while nothing goes. */
  constructor(write: (data: MediaInput) => Promise<void>, stop: () => void, progress: () => Progress | null) {
    this.#write = write;
    this.#stop = stop;
    this.#progress = progress;
  }

  /** Takes what `write()` takes. Data that is refused errors a stream for good: another one is made then. */
  get writable(): WritableStream<MediaInput> {
    return (this.#writable ??= this.#open()).stream;
  }

  /** What goes through the track. */
  readableOf(track: MediaStreamTrack): ReadableStream<Chunk> {
    if (this.#read?.track !== track) {
      const readable = read(track, () => {
        if (this.#read?.readable === readable) this.#read = undefined;
      });
      this.#read = { track, readable };
    }
    return this.#read.readable;
  }

  /** Ends what was written to; what is read ends with its track. */
  end(): void {
    const writable = this.#writable;
    this.#writable = this.#read = undefined;
    writable?.close();
  }

  #open(): OwnWritable<MediaInput> {
    const own = new OwnWritable<MediaInput>({
      write: (data) =>
        this.#write(data).catch((thrown: unknown) => {
          this.#writable = undefined;
          throw thrown;
        }),
      close: async () => {
        await drained(() => (this.#writable === own ? this.#progress() : null));
        // A stop meanwhile has ended its life.
        if (this.#writable === own) this.#stop();
      },
      abort: this.#stop,
      discard,
    });
    return own;
  }
}

/** `over` hears when there is nothing more to read of it. */
function read(track: MediaStreamTrack, over: () => void): ReadableStream<Chunk> {
  let reader: Promise<ReadableStreamDefaultReader<Chunk>> | undefined;
  // Most generators are not read.
  const open = async (): Promise<ReadableStreamDefaultReader<Chunk>> => {
    const { TrackProcessor } = await import('../engine/generator/track-processor.js');
    return new TrackProcessor({ track }).readable.getReader();
  };
  return new ReadableStream<Chunk>(
    {
      async pull(controller) {
        const { done, value } = await (await (reader ??= open())).read();
        if (!done) return controller.enqueue(value);
        over();
        controller.close();
      },
      async cancel(reason) {
        over();
        await (await reader)?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
