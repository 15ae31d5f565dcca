import { supports, type BackendName } from '../engine/generator/backend.js';
import type { Progress } from '../engine/generator/drained.js';
import { Generator, type GeneratorStats, type GeneratorStatus } from '../engine/generator/generator.js';
import type { MediaInput } from '../engine/generator/input.js';
import type { Kind } from '../engine/generator/settings.js';
import type { Chunk } from '../engine/generator/track-writer.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { DescribingElement } from './describing.js';
import { FrameDropEvent } from './media-generator.events.js';
import { Streams } from './streams.js';
import { Supplier } from './supplying.js';

/** What an element that makes tracks offers. */
export declare class GeneratingElement {
  protected readonly generator: Generator;
  protected readonly supplier: Supplier;
  protected readonly streams: Streams;
  get stream(): MediaStream | null;
  get track(): MediaStreamTrack | null;
  get videoTrack(): MediaStreamTrack | null;
  get audioTrack(): MediaStreamTrack | null;
  get writable(): WritableStream<MediaInput>;
  get readable(): ReadableStream<Chunk> | null;
  get state(): GeneratorStatus;
  get activeBackend(): BackendName | null;
  get stats(): GeneratorStats;
  start(): Promise<void>;
  pause(): void;
  stop(): void;
  write(data: MediaInput): Promise<void>;
  push(data: MediaInput): void;
  openSoundPort(): Promise<MessagePort>;
  clone(): MediaStream | null;
  protected try<T>(run: () => T | Promise<T>): Promise<T>;
}

/** Adds the tracks, and the ways to write to them, to an element that says what is to be made. */
export function Generating<T extends Constructor<KitElement & DescribingElement>>(Superclass: T) {
  abstract class GeneratingClass extends Superclass {
    /** Whether this browser can make tracks of the kind by the given backend or, without one, by any. */
    static supports(kind: Kind, backend?: BackendName): boolean {
      return supports(kind, backend);
    }

    /** @internal */
    protected readonly generator = new Generator({
      settings: this.wanted,
      onDrop: ({ kind, count, total }) => this.dispatchEvent(new FrameDropEvent(kind, count, total)),
      onError: (error) => this.reportError(error),
    });
    /** @internal */
    protected readonly supplier = new Supplier(this, {
      supply: (supply) => this.generator.supply(supply),
      failed: (error) => this.reportError(error),
    });
    /** @internal */
    protected readonly streams = new Streams(
      (data) => this.write(data),
      () => this.stop(),
      () => (this.state === 'running' ? { ...sum(this.stats), pace: 1000 / this.wanted.frameRate } : null),
    );

    /** What it makes, or null while it makes nothing. */
    get stream(): MediaStream | null {
      return this.generator.store.snapshot.stream;
    }

    /** The track of a generator of one kind; of both kinds, the video track. */
    get track(): MediaStreamTrack | null {
      return this.videoTrack ?? this.audioTrack;
    }

    /** The video track, or null. */
    get videoTrack(): MediaStreamTrack | null {
      return this.stream?.getVideoTracks()[0] ?? null;
    }

    /** The audio track, or null. */
    get audioTrack(): MediaStreamTrack | null {
      return this.stream?.getAudioTracks()[0] ?? null;
    }

    /**
     * Takes what `write()` takes, of all its kinds. Closing it stops the generator. Data that is refused errors the
     * stream for good, as the platform has it: ask for it again then, and after a stop.
     */
    get writable(): WritableStream<MediaInput> {
      return this.streams.writable;
    }

    /**
     * What goes through `track`: `VideoFrame` or `AudioData`, which the reader closes; the oldest is dropped while
     * nobody reads. Cancelling it leaves the track alone. Null while nothing is made.
     */
    get readable(): ReadableStream<Chunk> | null {
      return this.track && this.streams.readableOf(this.track);
    }

    /** `idle` (not yet started), `running`, `paused` or `ended`. */
    get state(): GeneratorStatus {
      return this.generator.store.snapshot.status;
    }

    /**
     * How the picture, or else the sound, is made; null while there is none. `worker`: fed in a worker, which a busy
     * page does not disturb; `native`: by the browser's own generator, fed from the page, as what is written is;
     * `canvas`: by canvas capture and Web Audio.
     */
    get activeBackend(): BackendName | null {
      return this.generator.store.snapshot.backend;
    }

    /** For `video` (frames) and `audio` (stretches of sound): `written`, `delivered`, `dropped`, `queueLength`. */
    get stats(): GeneratorStats {
      return this.generator.stats;
    }

    /** Makes the stream, or goes on after `pause()`. Rejects: `unsupported`, or `bad-input` for a `src` of no use. */
    async start(): Promise<void> {
      return this.try(async () => {
        if (this.src !== null && !(await this.supplier.follow(this.wanted, true))) return;
        await Promise.all([this.generator.update(this.wanted), this.generator.start()]);
        // It may be stopped by now.
        if (this.stream) await this.supplier.follow(this.wanted);
      });
    }

    /** Holds the last picture, and silence; `write()` waits. */
    pause(): void {
      this.generator.pause();
    }

    /** Ends the tracks, those of `clone()` too. `start()` makes new ones. */
    stop(): void {
      this.supplier.release();
      this.generator.stop();
    }

    /**
     * Sends data, which it owns and closes; resolves when there is room. Rejects: `bad-input`, `aborted` if stopped.
     */
    async write(data: MediaInput): Promise<void> {
      return this.try(() => this.generator.write(data));
    }

    /** As `write()`, but never waits or throws: drops the oldest when three frames, or 250 ms of sound, are queued. */
    push(data: MediaInput): void {
      this.try(() => this.generator.push(data)).catch(() => {});
    }

    /**
     * A port for sound that a worker of the page makes: `{ channels: Float32Array[], rate }`, posted there, is pushed
     * without coming by the page, which may be busy. Rejects with `aborted` while there is no audio track.
     */
    async openSoundPort(): Promise<MessagePort> {
      return this.try(() => this.generator.openSoundPort());
    }

    /** Clones of its tracks in a new stream, or null while there are none. They end when it ends. */
    clone(): MediaStream | null {
      return this.generator.clone();
    }
  }
  return GeneratingClass as unknown as T &
    Constructor<GeneratingElement> & { supports: typeof GeneratingClass.supports };
}

/** Of all tracks together. */
function sum({ video, audio }: GeneratorStats): Progress {
  return {
    queueLength: video.queueLength + audio.queueLength,
    delivered: video.delivered + audio.delivered,
  };
}
