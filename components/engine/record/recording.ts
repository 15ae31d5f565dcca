import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { isFull, timeLeft, type Limits } from './limits.js';
import { Stopwatch } from './stopwatch.js';
import type { Destination } from './tape.js';

/** In ms. MP4 comes in stretches from key frame to key frame, and what is sought is found as exactly. */
const KEY_FRAMES = 1000;
/** How often it is told how long it is, in ms. */
const TICK = 1000;
/** So many bytes may wait for the disk or the stream. */
const BACKLOG = 64 * 2 ** 20;
/** So long a stream may take nothing when all was recorded, in ms, before it passes for stuck. */
const PATIENCE = 60_000;

export interface RecordingOptions extends Limits {
  readonly clock: Clock;
  readonly type: string;
  /** How often bytes come, in ms. */
  readonly timeslice: number;
  readonly destination: Destination;
  /** The browser says that it records, or pauses; and each second. */
  readonly changed: () => void;
  /** More was recorded. */
  readonly advanced: (data: Blob) => void;
}

/** One run of a `MediaRecorder`, whose bytes go to a destination as they come. */
export class Recording {
  /** Resolves when it has ended and all that could be is stored: with why it ended early, if it did. */
  readonly done: Promise<MediaKitError | null>;
  readonly #options: RecordingOptions;
  readonly #recorder: MediaRecorder;
  readonly #watch: Stopwatch;
  #written: Promise<void> = Promise.resolve();
  #size = 0;
  /** Of the largest slice: key frames make some far larger than others. */
  #largest = 0;
  #waiting = 0;
  #error: MediaKitError | null = null;
  #cancel: (() => void) | undefined;

  /** Throws `unsupported` where the browser cannot record the stream. */
  constructor(stream: MediaStream, options: RecordingOptions) {
    this.#options = options;
    this.#watch = new Stopwatch(options.clock);
    try {
      // Of its own: a track that comes or goes later would end it, and one that is over would be waited for.
      // Sound first: Firefox takes all sound to have the rate of the context that the first track comes from.
      const tracks = [...stream.getAudioTracks(), ...stream.getVideoTracks()];
      const live = new MediaStream(tracks.filter(({ readyState }) => readyState === 'live'));
      const wishes = { mimeType: options.type, videoKeyFrameIntervalDuration: KEY_FRAMES };
      this.#recorder = new MediaRecorder(live, wishes);
      this.done = new Promise((resolve) =>
        this.#recorder.addEventListener('stop', () => void this.#end().then(resolve)),
      );
      this.#listen();
      this.#recorder.start(options.timeslice);
    } catch (cause) {
      options.destination.release?.();
      const words = 'The browser refused to record this stream: see the cause.';
      throw MediaKitError.from(cause, 'unsupported', words);
    }
    this.#watch.go();
    this.#wait();
  }

  /** As the browser says it. */
  get state(): RecordingState {
    return this.#recorder.state;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** In seconds, without its pauses. */
  get duration(): number {
    return this.#watch.elapsed / 1000;
  }

  pause(): void {
    if (this.state === 'recording') this.#recorder.pause();
  }

  resume(): void {
    if (this.state === 'paused') this.#recorder.resume();
  }

  stop(): void {
    if (this.state !== 'inactive') this.#recorder.stop();
  }

  #listen(): void {
    const recorder = this.#recorder;
    const { changed } = this.#options;
    recorder.addEventListener('dataavailable', ({ data }) => this.#take(data));
    recorder.addEventListener('pause', () => {
      this.#watch.hold();
      this.#cancel?.();
      changed();
    });
    recorder.addEventListener('resume', () => {
      this.#watch.go();
      this.#wait();
      changed();
    });
    recorder.addEventListener('error', (event) => {
      const { error: cause } = event as { readonly error?: unknown };
      const words = 'The browser could not go on recording: what was recorded until then is kept.';
      this.#fail(new MediaKitError('aborted', words, { cause }));
    });
  }

  #take(data: Blob): void {
    if (data.size === 0) return;
    this.#size += data.size;
    this.#largest = Math.max(this.#largest, data.size);
    if (this.#waiting > BACKLOG) {
      const words =
        'The disk, or the stream, is too slow for the recording: what was stored until then is kept.';
      this.#fail(new MediaKitError('timeout', words));
    }
    this.#store(data.size, () => this.#options.destination.write(data));
    this.#options.advanced(data);
    if (isFull(this.#options, this.#size, this.#largest)) this.stop();
    // Timers are rare in hidden pages.
    else this.#look();
  }

  /** Has the destination take something after all before it; `weight`: of what waits meanwhile, in bytes. */
  #store(weight: number, write: () => Promise<void> | undefined): void {
    this.#waiting += weight;
    this.#written = this.#written
      .then(write)
      .catch((thrown: unknown) => this.#fail(thrown as MediaKitError))
      .then(() => void (this.#waiting -= weight));
  }

  /** Ends it when it is as long as it may be. */
  #look(): void {
    if (timeLeft(this.#options, this.#watch.elapsed) <= 0) this.stop();
  }

  /** Tells each second, and looks when the time is over. */
  #wait(): void {
    this.#cancel?.();
    const { elapsed } = this.#watch;
    const wait = Math.min(TICK - (elapsed % TICK), timeLeft(this.#options, elapsed));
    this.#cancel = this.#options.clock.after(wait, () => {
      this.#look();
      if (this.state !== 'recording') return;
      this.#options.changed();
      this.#wait();
    });
  }

  #fail(error: MediaKitError): void {
    this.#error ??= error;
    this.stop();
  }

  async #end(): Promise<MediaKitError | null> {
    this.#cancel?.();
    this.#watch.hold();
    this.#options.changed();
    if (this.#options.destination.keeps) await this.#written;
    // What was too slow may be stuck for good.
    else if (this.#error?.code !== 'timeout') await this.#close();
    return this.#error;
  }

  /** Waits for the stream, and for its end, as long as it takes something now and then. */
  async #close(): Promise<void> {
    this.#store(1, () => (this.#error ? undefined : this.#options.destination.close?.()));
    let left: number;
    do {
      left = this.#waiting;
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(PATIENCE, resolve);
        void this.#written.then(cancel).then(resolve);
      });
    } while (this.#waiting > 0 && this.#waiting < left);
    if (this.#waiting === 0) return;
    const words =
      'The stream has taken nothing for a minute: what it took of the recording is all that it has.';
    this.#fail(new MediaKitError('timeout', words));
  }
}
