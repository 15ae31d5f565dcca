import type { BackendName } from './backend.js';
import type { MediaInput } from './input.js';
import type { Kind } from './settings.js';
import { TrackProcessor } from './track-processor.js';
import { TrackWriter, type Chunk, type TrackGeneratorInit } from './track-writer.js';

export type { Chunk, TrackGeneratorInit } from './track-writer.js';

/** Lets a constructor answer a track that the browser made: what the class adds is put on that very object. */
const OnTrack = class {
  constructor(track: MediaStreamTrack) {
    return track;
  }
} as unknown as new (track: MediaStreamTrack) => MediaStreamTrack;

/**
 * The platform's `MediaStreamTrackGenerator` in every browser: a track of one kind, fed through `writable`. Unlike the
 * platform's, it makes those wait who write more than 60 frames a second, shows a late viewer the last frame, and
 * leaves nothing unclosed. Bad data errors `writable` for good, as the platform says; the track lives on, and with it
 * `write()` and `push()`, which take more and refuse without harm.
 *
 * A `writable` that was transferred to a worker gets clones: there, the writer closes what it has written. Feeding ends
 * when the track and its clones are stopped: until then it is never collected.
 */
export class TrackGenerator extends OnTrack {
  readonly #writer: TrackWriter;
  #processor: TrackProcessor | undefined;

  /** Makes a track of the kind on the page. Throws `TypeError` without a kind, and `MediaKitError` else. */
  constructor(init: TrackGeneratorInit | Kind) {
    const writer = init instanceof TrackWriter ? init : TrackWriter.open(initOf(init));
    super(writer.track);
    this.#writer = writer;
    const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(TrackGenerator.prototype);
    Object.defineProperties(this, members);
  }

  /** Makes a track where a busy page disturbs it least, which may take time. */
  static async create(init: TrackGeneratorInit | Kind): Promise<TrackGenerator> {
    return new TrackGenerator(await TrackWriter.create(initOf(init)));
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && #writer in value;
  }

  /** Takes a `VideoFrame` or an `AudioData` at a time, and closes it. Closing it ends the track and its clones. */
  get writable(): WritableStream<Chunk> {
    return this.#writer.writable;
  }

  /** What is written, for those who read: the oldest is dropped while nobody does. Cancelling it ends nothing else. */
  get readable(): ReadableStream<Chunk> {
    this.#processor ??= new TrackProcessor({ track: this });
    return this.#processor.readable;
  }

  /** Itself. */
  get track(): this {
    return this;
  }

  /** How the track is made. */
  get activeBackend(): BackendName {
    return this.#writer.backend;
  }

  /** `written`, `delivered`, `dropped` and `queueLength`, in frames or stretches of sound. */
  get stats(): TrackWriter['stats'] {
    return this.#writer.stats;
  }

  /**
   * Sends any picture, or any sound, which it owns and closes: resolves when there is room for more. Rejects with
   * `bad-input`, or `aborted` after the end.
   */
  async write(data: MediaInput): Promise<void> {
    return this.#writer.write(data);
  }

  /** As `write()`, but never waits: drops the oldest when there is no room. Throws `bad-input`. */
  push(data: MediaInput): void {
    this.#writer.push(data);
  }
}

/** The `VideoTrackGenerator` of the specification, on the page too. */
export class VideoTrackGenerator {
  readonly #writer = TrackWriter.open({ kind: 'video' });

  constructor() {
    // Not a generator: the stream that such a track of the browser's has is not to be written to.
    if ('writable' in this.track) Object.setPrototypeOf(this.track, MediaStreamTrack.prototype);
  }

  /** Takes a `VideoFrame` at a time, and closes it. Closing it ends the track and its clones. */
  get writable(): WritableStream<VideoFrame> {
    return this.#writer.writable;
  }

  /** The track: plain, as its clones are. */
  get track(): MediaStreamTrack {
    return this.#writer.track;
  }

  /** Whether the track and its clones are muted: what is written is dropped then. */
  get muted(): boolean {
    return this.#writer.source.muted;
  }

  set muted(muted: boolean) {
    this.#writer.source.muted = Boolean(muted);
  }
}

function initOf(init: TrackGeneratorInit | Kind): TrackGeneratorInit {
  const { kind, ...others } = typeof init === 'string' ? { kind: init } : (init ?? {});
  if (kind === 'video' || kind === 'audio') return { kind, ...others };
  throw new TypeError(`The kind of a track is "video" or "audio", not ${String(kind)}.`);
}
