import { MediaKitError } from '../errors.js';
import { StateStore, type Store } from '../store.js';
import { AudioPump } from './audio-pump.js';
import { createAudio, createVideo, supports, type BackendName } from './backend.js';
import { DropReport } from './drop-report.js';
import { discard, kindOf, wrongKind, type MediaInput } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Kind, Settings } from './settings.js';
import { Ticker, WorkerClock } from './ticker.js';
import { VideoPump } from './video-pump.js';

/** Where a generator stands: `idle` before its first start, `ended` after a stop. */
export type GeneratorStatus = 'idle' | 'running' | 'paused' | 'ended';

/** A generator as it is now. */
export interface GeneratorState {
  readonly status: GeneratorStatus;
  /** What it makes, or null while it makes nothing. */
  readonly stream: MediaStream | null;
  /** How it is made, or null while nothing is. */
  readonly backend: BackendName | null;
  /** Whether the browser holds the sound back until the next gesture. */
  readonly blocked: boolean;
}

/** The counters of one track, and how much waits for it. */
export interface TrackStats extends Readonly<Counters> {
  readonly queueLength: number;
}

/** What has become of the frames and the stretches of sound since the generator was made. */
export type GeneratorStats = Readonly<Record<Kind, TrackStats>>;

/** Frames, or stretches of sound, that were given up. */
export interface Drop {
  readonly kind: Kind;
  /** Since the last report. */
  readonly count: number;
  /** Since the generator was made. */
  readonly total: number;
}

export interface GeneratorOptions {
  readonly settings: Settings;
  /** Hears of drops at most once a second for each kind. */
  readonly onDrop?: (drop: Drop) => void;
  /** How to make tracks; by default as the browser does best. */
  readonly backend?: BackendName;
}

interface Lane {
  readonly pump: Pump;
  readonly ticker: Ticker;
}

const kinds = ['video', 'audio'] as const;

/** Makes a stream out of built-in pictures and tones, and of whatever is written to it. */
export class Generator {
  readonly #state = new StateStore<GeneratorState>({
    status: 'idle',
    stream: null,
    backend: null,
    blocked: false,
  });
  readonly #lanes = new Map<Kind, Lane>();
  readonly #counters: Record<Kind, Counters> = {
    video: { written: 0, delivered: 0, dropped: 0 },
    audio: { written: 0, delivered: 0, dropped: 0 },
  };
  readonly #drops: Record<Kind, DropReport> = {
    video: new DropReport((count, total) => this.#options.onDrop?.({ kind: 'video', count, total })),
    audio: new DropReport((count, total) => this.#options.onDrop?.({ kind: 'audio', count, total })),
  };
  readonly #clones = new Set<MediaStreamTrack>();
  readonly #options: GeneratorOptions;
  #settings: Settings;
  #clock: WorkerClock | undefined;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get store(): Store<GeneratorState> {
    return this.#state;
  }

  get stats(): GeneratorStats {
    const of = (kind: Kind): TrackStats =>
      Object.freeze({
        ...this.#counters[kind],
        queueLength: this.#lanes.get(kind)?.pump.queueLength ?? 0,
      });
    return Object.freeze({ video: of('video'), audio: of('audio') });
  }

  /** Makes the tracks, or goes on after a pause. Throws a `MediaKitError` where the browser cannot. */
  start(): void {
    if (this.#clock) {
      this.#setFrozen(false);
      return;
    }
    this.#clock = new WorkerClock();
    const backend = this.#options.backend ?? (supports('video', 'native') ? 'native' : 'canvas');
    try {
      for (const kind of kinds) if (this.#settings[kind]) this.#openLane(kind, backend);
    } catch (thrown) {
      this.#close();
      throw thrown;
    }
    this.#state.patch({ status: 'running', backend, stream: this.#createStream() });
  }

  /** Holds the last picture, and silence. The tracks live on. */
  pause(): void {
    if (this.#clock) this.#setFrozen(true);
  }

  /** Ends the tracks, the clones of `clone()` included. What waits in `write()` resolves. */
  stop(): void {
    if (!this.#clock) return;
    this.#close();
    this.#state.patch({ status: 'ended', stream: null, backend: null, blocked: false });
  }

  /**
   * Makes something else from now on: on the same tracks where they can, else on new ones in a new stream. Where the
   * browser cannot, it ends and throws a `MediaKitError`.
   */
  update(settings: Settings): void {
    const changed = Object.entries(settings).some(
      ([key, value]) => value !== this.#settings[key as keyof Settings],
    );
    if (!changed) return;
    const before = this.#settings;
    this.#settings = settings;
    const { backend } = this.#state.snapshot;
    if (!backend) return;
    try {
      const replaced = kinds.map((kind) => this.#updateLane(kind, before, backend));
      if (replaced.includes(true)) this.#state.patch({ stream: this.#createStream() });
    } catch (thrown) {
      this.stop();
      throw thrown;
    }
  }

  /**
   * Sends data through the track of its kind, at the pace of the track: resolves when there is room for more. Owns the
   * data and closes it in any case. Rejects with `bad-input`, or `aborted` while nothing is made.
   */
  async write(data: MediaInput): Promise<void> {
    const { pump } = this.#accept(data);
    if (!pump) {
      discard(data);
      throw new MediaKitError('aborted', 'The generator makes nothing now: call start() before write().');
    }
    await pump.write(data);
  }

  /** Sends data as `write()` does, but never waits: drops the oldest when there is no room. Throws `bad-input`. */
  push(data: MediaInput): void {
    const { kind, pump } = this.#accept(data);
    if (!pump) discard(data);
    const dropped = pump ? pump.push(data) : 1;
    this.#counters[kind].dropped += dropped;
    this.#drops[kind].add(dropped);
  }

  /** Clones of the tracks in a stream of their own, or null while nothing is made. They end with the generator. */
  clone(): MediaStream | null {
    const stream = this.#state.snapshot.stream?.clone() ?? null;
    stream?.getTracks().forEach((track) => this.#clones.add(track));
    return stream;
  }

  /** Gives everything back. May be started again. */
  release(): void {
    this.stop();
    for (const kind of kinds) this.#drops[kind].release();
  }

  #accept(data: MediaInput): { kind: Kind; pump: Pump | undefined } {
    const kind = kindOf(data);
    if (!kind || !this.#settings[kind]) {
      discard(data);
      throw wrongKind(data, this.#settings);
    }
    return { kind, pump: this.#lanes.get(kind)?.pump };
  }

  #openLane(kind: Kind, backend: BackendName): void {
    const pump = this.#createPump(kind, backend);
    pump.frozen = this.#state.snapshot.status === 'paused';
    const ticker = new Ticker(this.#clock!, pump.rate, () => this.#tick(kind, pump));
    this.#lanes.set(kind, { pump, ticker });
    pump.tick();
  }

  #createPump(kind: Kind, backend: BackendName): Pump {
    const settings = this.#settings;
    const counters = this.#counters[kind];
    try {
      if (kind === 'video') return new VideoPump(createVideo(backend), settings, counters);
      const audio = createAudio(backend, settings, (blocked) => this.#state.patch({ blocked }));
      return new AudioPump(audio, settings, counters);
    } catch (thrown) {
      throw MediaKitError.from(thrown, 'unsupported', `The browser refused to make ${kind}: see the cause.`);
    }
  }

  /** Answers whether the kind has another track now, or none any more. */
  #updateLane(kind: Kind, before: Settings, backend: BackendName): boolean {
    const settings = this.#settings;
    const lane = this.#lanes.get(kind);
    if (lane && settings[kind] && lane.pump.fits(settings)) {
      lane.pump.update(settings);
      lane.ticker.setRate(lane.pump.rate);
      return false;
    }
    // A track that somebody else has stopped stays stopped.
    const wanted = settings[kind] && (lane !== undefined || !before[kind]);
    this.#closeLane(kind);
    if (wanted) this.#openLane(kind, backend);
    return lane !== undefined || wanted;
  }

  #tick(kind: Kind, pump: Pump): void {
    // A track that is stopped by somebody else tells nobody.
    if (pump.track.readyState === 'live') pump.tick();
    else if (this.#lanes.size > 1) this.#closeLane(kind);
    else this.stop();
  }

  #closeLane(kind: Kind): void {
    const lane = this.#lanes.get(kind);
    if (!lane) return;
    this.#lanes.delete(kind);
    lane.ticker.release();
    lane.pump.release();
    for (const clone of this.#clones) {
      if (clone.kind !== kind) continue;
      clone.stop();
      this.#clones.delete(clone);
    }
    if (kind === 'audio') this.#state.patch({ blocked: false });
  }

  #close(): void {
    for (const kind of kinds) this.#closeLane(kind);
    this.#clock?.release();
    this.#clock = undefined;
  }

  #setFrozen(frozen: boolean): void {
    for (const { pump } of this.#lanes.values()) pump.frozen = frozen;
    this.#state.patch({ status: frozen ? 'paused' : 'running' });
  }

  #tracks(): MediaStreamTrack[] {
    return [...this.#lanes.values()].map(({ pump }) => pump.track);
  }

  #createStream(): MediaStream {
    return new MediaStream(this.#tracks());
  }
}
