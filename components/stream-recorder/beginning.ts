import { MediaKitError } from '../engine/errors.js';
import { keptStreams } from '../engine/kept-streams.js';
import { nameOf, type Recorder, type RecordTarget, type RecordWishes } from '../engine/record/recorder.js';
import { pickFile } from '../internal/pick-file.js';

/** What a `Beginning` asks, and calls. */
export interface BeginningOptions {
  /** How to record: read when a recording begins. */
  readonly wishes: RecordWishes;
  /** What is to be recorded, be it set just now. */
  readonly stream: () => MediaStream | null;
  /** Hears that a track of a recording has ended because what it is made of cannot be read. */
  readonly onError: (error: MediaKitError) => void;
}

/** Begins recordings: where the user wants them, and of tracks that stay when another device takes over. */
export class Beginning {
  readonly #recorder: Recorder;
  readonly #options: BeginningOptions;
  /** Ends what is made for the recording that is about to begin, and so the beginning. */
  #coming: AbortController | null = null;
  /** What the user answers who is asked for a place, also for a recording that was stopped meanwhile. */
  #asked: Promise<FileSystemFileHandle | null> | null = null;

  constructor(recorder: Recorder, options: BeginningOptions) {
    this.#recorder = recorder;
    this.#options = options;
  }

  /** Whether a recording is about to begin: a place is chosen for it, or its tracks are made. */
  get pending(): boolean {
    return this.#coming !== null;
  }

  /** Begins a recording, at once where nothing has to be waited for. Rejects with a `MediaKitError`. */
  async begin({ file, writable }: RecordTarget, asks = false): Promise<void> {
    if (this.#coming) {
      throw new MediaKitError('aborted', 'A recording is about to begin already: wait for it.');
    }
    const { wishes, stream } = this.#options;
    // During a recording there is nothing to wait for: another one is refused.
    const idle = this.#recorder.store.snapshot.status === 'inactive';
    const made = (this.#coming = new AbortController());
    try {
      if (asks && idle) file = (await this.#ask(nameOf(stream(), wishes))) ?? file;
      let given = stream();
      if (idle && given && keptStreams.has(given)) given = await this.#steady(given, made.signal);
      if (made.signal.aborted)
        throw new MediaKitError('aborted', 'The recording was stopped before it began.');
      const { type, timeslice, filename, maxSize, maxDuration } = wishes;
      // Not later: who hears that it has begun may stop it.
      this.#coming = null;
      this.#recorder.store.subscribe(({ status }) => {
        if (status === 'saving') made.abort();
      }, made.signal);
      this.#recorder.start(
        given,
        { type, timeslice: timeslice > 0 ? timeslice : 1000, filename, maxSize, maxDuration },
        { file, writable },
      );
    } catch (thrown) {
      made.abort();
      throw thrown;
    } finally {
      if (this.#coming === made) this.#coming = null;
    }
  }

  /** Stops the recording that is about to begin, if there is one; another one may begin at once. */
  cancel(): void {
    this.#coming?.abort();
    this.#coming = null;
  }

  /** Browsers open one dialogue at a time: what is answered in an open one counts for who asks last. */
  #ask(name: string): Promise<FileSystemFileHandle | null> {
    return (this.#asked ??= pickFile(name).finally(() => (this.#asked = null)));
  }

  /** Tracks that stay where another device takes over: those of a recording cannot be exchanged. */
  async #steady(stream: MediaStream, signal: AbortSignal): Promise<MediaStream> {
    try {
      const { steadied } = await import('../engine/effect/steady.js');
      return await steadied(stream, { signal, onError: this.#options.onError });
    } catch (cause) {
      console.warn('<stream-recorder>: no other device will be recorded in the place of a lost one.', cause);
      return stream;
    }
  }
}
