import { systemClock, type Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { Scratch } from '../scratch.js';
import { StateStore, type Store } from '../store.js';
import { fileName, typeFor } from './container.js';
import { FileInTheMaking } from './file-in-the-making.js';
import type { Limits } from './limits.js';
import { Recording } from './recording.js';
import { StreamDestination, Tape } from './tape.js';

/** Where a recorder stands; `saving` while the file is made of what was recorded. */
export type RecorderStatus = 'inactive' | 'recording' | 'paused' | 'saving';

/** A recorder as it is now. */
export interface RecorderState {
  readonly status: RecorderStatus;
  /** Of the recording, in seconds without its pauses. */
  readonly duration: number;
  /** Of the recording, in bytes. */
  readonly size: number;
  /** MIME type of the recording; empty before the first one. */
  readonly type: string;
  /** The last recording, when it is done. */
  readonly file: File | null;
}

/** How to record. */
export interface RecordWishes extends Limits {
  /** MIME type; the best that the browser can without one. */
  readonly type: string | null;
  /** How often bytes come, in ms. */
  readonly timeslice: number;
  /** Name of the file; its ending is added. */
  readonly filename: string | null;
}

/** Where a recording goes, if not to the disk of the browser alone. */
export interface RecordTarget {
  /** A file of the user's. */
  readonly file?: FileSystemFileHandle;
  /** Gets the bytes as they come, and nothing else does. */
  readonly writable?: WritableStream<Uint8Array<ArrayBuffer>>;
}

export interface RecorderOptions {
  readonly clock?: Clock;
  /** Hears of each stretch of bytes. */
  readonly onData?: (data: Blob) => void;
  /** Hears that a recording is done: its file, or null where it went to a stream or nothing came. */
  readonly onStop?: (file: File | null) => void;
  /** Hears why a recording ended early. */
  readonly onError?: (error: MediaKitError) => void;
}

/** Records streams onto the disk of the browser as they come, and makes files of them that can be sought in. */
export class Recorder {
  readonly #state = new StateStore<RecorderState>({
    status: 'inactive',
    duration: 0,
    size: 0,
    type: '',
    file: null,
  });
  readonly #options: RecorderOptions;
  readonly #scratch = new Scratch();
  #recording: Recording | null = null;
  #saved: Promise<File | null> = Promise.resolve(null);

  constructor(options: RecorderOptions = {}) {
    this.#options = options;
  }

  get store(): Store<RecorderState> {
    return this.#state;
  }

  /** Begins a recording. Throws `aborted` during one, `bad-input` without a stream, else `unsupported`. */
  start(stream: MediaStream | null, wishes: RecordWishes, { file, writable }: RecordTarget = {}): void {
    if (this.#state.snapshot.status !== 'inactive') {
      throw new MediaKitError('aborted', 'There is a recording already: stop() it first.');
    }
    const type = typeOf(stream, wishes.type);
    const tape = new Tape(this.#scratch);
    const sent = writable && new StreamDestination(writable);
    const recording = new Recording(stream!, {
      ...{ type, timeslice: wishes.timeslice, maxSize: wishes.maxSize, maxDuration: wishes.maxDuration },
      clock: this.#options.clock ?? systemClock,
      destination: sent ?? tape,
      changed: () => this.#follow(recording),
      advanced: (data) => {
        this.#follow(recording);
        this.#options.onData?.(data);
      },
    });
    this.#recording = recording;
    if (sent) this.#saved = this.#save(recording, (error) => handOver(sent, error));
    else {
      const name = fileName(wishes.filename, type, new Date());
      const making = new FileInTheMaking(tape, { type, name, scratch: this.#scratch, picked: file ?? null });
      this.#saved = this.#save(recording, () => this.#finish(making));
    }
    // Whoever asks hears of a failure, and so does `onError`.
    this.#saved.catch(() => {});
    // Last: whoever hears of it may stop it, and ask for its file.
    this.#state.patch({ status: 'recording', type, file: null, duration: 0, size: 0 });
  }

  /**
   * Resolves when the last recording is done, with its file; with null where it went to a stream or nothing came.
   * Rejects with a `MediaKitError` where it could not be saved, or the stream broke.
   */
  get saved(): Promise<File | null> {
    return this.#saved;
  }

  pause(): void {
    this.#recording?.pause();
  }

  resume(): void {
    this.#recording?.resume();
  }

  /** Ends the recording: `saved` tells when it is whole. */
  stop(): void {
    this.#recording?.stop();
  }

  async #save(
    recording: Recording,
    save: (error: MediaKitError | null) => Promise<File | null>,
  ): Promise<File | null> {
    const error = await recording.done;
    if (error) this.#options.onError?.(error);
    let file: File | null = null;
    try {
      return (file = await save(error));
    } catch (cause) {
      const failed = MediaKitError.from(cause, 'aborted', 'The recording could not be saved: see the cause.');
      if (failed !== error) this.#options.onError?.(failed);
      throw failed;
    } finally {
      this.#recording = null;
      this.#state.patch({ status: 'inactive', file, size: file?.size ?? this.#state.snapshot.size });
      this.#options.onStop?.(file);
    }
  }

  async #finish(making: FileInTheMaking): Promise<File | null> {
    const finished = await making.finish();
    if (finished?.error) this.#options.onError?.(finished.error);
    if (finished?.duration) this.#state.patch({ duration: finished.duration });
    return finished?.file ?? null;
  }

  #follow({ state, size, duration }: Recording): void {
    this.#state.patch({ status: state === 'inactive' ? 'saving' : state, size, duration });
  }
}

/** Nothing is kept of what goes to a stream. Rejects with why the recording ended early. */
async function handOver(sent: StreamDestination, error: MediaKitError | null): Promise<null> {
  if (!error) return null;
  // Not waited for: it may be stuck.
  sent.abort(error).catch(() => {});
  throw error;
}

/** What the file of a recording that began now would be called. Throws as `start()`. */
export function nameOf(stream: MediaStream | null, wishes: Pick<RecordWishes, 'type' | 'filename'>): string {
  return fileName(wishes.filename, typeOf(stream, wishes.type), new Date());
}

/** What the stream is recorded as. */
function typeOf(stream: MediaStream | null, wish: string | null): string {
  const tracks = stream?.getTracks().filter(({ readyState }) => readyState === 'live') ?? [];
  if (tracks.length === 0) {
    throw new MediaKitError(
      'bad-input',
      'There is nothing to record: set source or srcObject to a stream that is live.',
    );
  }
  if (typeof MediaRecorder === 'undefined') {
    throw new MediaKitError('unsupported', 'This browser records nothing: update it or use another.');
  }
  const has = (wanted: string): boolean => tracks.some(({ kind }) => kind === wanted);
  return typeFor(wish, { video: has('video'), audio: has('audio') }, (type) =>
    MediaRecorder.isTypeSupported(type),
  );
}
