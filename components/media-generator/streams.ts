import { discard, type MediaInput } from '../engine/generator/input.js';
import { OwnWritable } from '../engine/generator/own-writable.js';
import type { Chunk } from '../engine/generator/track-writer.js';

/** The streams of one life of a generator: made when they are first asked for. */
export class Streams {
  readonly #write: (data: MediaInput) => Promise<void>;
  readonly #stop: () => void;
  #writable: OwnWritable<MediaInput> | undefined;
  #readable: ReadableStream<Chunk> | undefined;

  constructor(write: (data: MediaInput) => Promise<void>, stop: () => void) {
    this.#write = write;
    this.#stop = stop;
  }

  /** Takes what `write()` takes. Data that is refused errors a stream for good: another one is made then. */
  get writable(): WritableStream<MediaInput> {
    this.#writable ??= new OwnWritable<MediaInput>({
      write: (data) =>
        this.#write(data).catch((thrown: unknown) => {
          this.#writable = undefined;
          throw thrown;
        }),
      close: this.#stop,
      abort: this.#stop,
      discard,
    });
    return this.#writable.stream;
  }

  /** What goes through the track. */
  readableOf(track: MediaStreamTrack): ReadableStream<Chunk> {
    if (this.#readable) return this.#readable;
    const { readable, writable } = new TransformStream<Chunk, Chunk>({}, undefined, { highWaterMark: 0 });
    // Most generators are not read.
    import('../engine/generator/track-processor.js')
      .then(({ TrackProcessor }) => new TrackProcessor({ track }).readable.pipeTo(writable))
      .catch((thrown: unknown) => writable.abort(thrown).catch(() => {}));
    return (this.#readable = readable);
  }

  /** Ends what was written to; what is read ends with its track. */
  end(): void {
    const writable = this.#writable;
    this.#writable = this.#readable = undefined;
    writable?.close();
  }
}
