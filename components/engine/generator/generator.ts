import { systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { StateStore, type Store } from '../store.js';
import type { BackendName } from './backend.js';
import { DropReport } from './drop-report.js';
import type { Supply } from './feed.js';
import { createGeneratorWorker, GeneratorWorker } from './generator-worker.js';
import { discard, kindOf, toFrame, toSound, wrongKind } from './input.js';
import type { AudioInput, MediaInput, Sound, VideoInput } from './input.js';
import { closeLane, describe, feed, fits, openLane, type Lane } from './lane.js';
import type { Counters } from './pump.js';
import type { Kind, Settings } from './settings.js';
import { Watchdog } from './watchdog.js';

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
  /** Hears why it ended when something that it needs could not be had after a start. */
  readonly onError?: (error: MediaKitError) => void;
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
  readonly #options: GeneratorOptions;
  #settings: Settings;
  #supply: Supply | null = null;
  #worker: GeneratorWorker | undefined;
  #watchdog: Watchdog | undefined;
  readonly #watched = new Set<Lane>();
  #starting: Promise<void> | undefined;
  /** What had been written when a lane was opened. */
  readonly #writtenBefore: Record<Kind, number> = { video: 0, audio: 0 };
  /** Ends what a start, or a change of settings, is still about to do. */
  #opening = new AbortController();

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

  /** Makes the tracks, or goes on after a pause. Rejects with a `MediaKitError` where the browser cannot. */
  async start(): Promise<void> {
    if (this.#worker) {
      if (this.#state.snapshot.stream) this.#setFrozen(false);
      return this.#starting;
    }
    this.#startWorker();
    this.#starting = this.#reopen(kinds.filter((kind) => this.#settings[kind]));
    await this.#starting;
  }

  /** Holds the last picture, and silence. The tracks live on. */
  pause(): void {
    if (this.#state.snapshot.stream) this.#setFrozen(true);
  }

  /** Ends the tracks, the clones of `clone()` included. What waits in `write()` resolves. */
  stop(): void {
    if (!this.#worker) return;
    this.#close();
    this.#end();
  }

  /**
   * Makes something else from now on: on the same tracks where they can, else on new ones in a new stream. Where the
   * browser cannot, it ends and rejects with a `MediaKitError`.
   */
  async update(settings: Settings): Promise<void> {
    const before = this.#settings;
    if (!differ(settings, before)) return;
    this.#settings = settings;
    if (!this.#worker) return;
    const replaced = kinds.filter((kind) => !this.#updateLane(kind, before));
    if (replaced.length > 0) await this.#reopen(replaced.filter((kind) => settings[kind]));
  }

  /**
   * Sends the pictures and the sound of an element or a file, in place of the built-in ones and until something is
   * written. Owned by the generator from now on; null for the built-in ones.
   */
  async supply(supply: Supply | null): Promise<void> {
    this.#supply?.release();
    this.#supply = supply;
    const replaced = kinds.filter((kind) => {
      const lane = this.#lanes.get(kind);
      return lane && !feed(lane, supply);
    });
    for (const kind of replaced) this.#closeLane(kind);
    if (replaced.length > 0) await this.#reopen(replaced);
    this.#followAnchor();
    if (supply && this.#state.snapshot.status === 'paused') supply.pause?.();
  }

  /**
   * Sends data through the track of its kind, at the pace of the track: resolves when there is room for more. Owns the
   * data and closes it in any case. Rejects with `bad-input`, or `aborted` while nothing is made.
   */
  async write(data: MediaInput): Promise<void> {
    const kind = this.#accept(data);
    const lane = this.#lanes.get(kind);
    if (!lane) {
      discard(data);
      const words = this.#worker
        ? `The ${kind} track was stopped: stop() and start() make new ones.`
        : 'The generator makes nothing now: call start() before write().';
      throw new MediaKitError('aborted', words);
    }
    const admitted = lane.pump.write(this.#convert(kind, data));
    this.#reportDrops(kind);
    await admitted;
  }

  /** Sends data as `write()` does, but never waits: drops the oldest when there is no room. Throws `bad-input`. */
  push(data: MediaInput): void {
    const kind = this.#accept(data);
    const lane = this.#lanes.get(kind);
    if (lane) lane.pump.push(this.#convert(kind, data));
    else {
      discard(data);
      this.#counters[kind].dropped++;
    }
    this.#reportDrops(kind);
  }

  /**
   * A port for the sound that a worker of the page's own makes: what is posted there, as messages of the type
   * `Sound`, is pushed without coming by the page. Throws `aborted` while there is no audio track.
   */
  openSoundPort(): MessagePort {
    const pump = this.#lanes.get('audio')?.pump;
    if (!pump?.connect) {
      throw new MediaKitError(
        'aborted',
        'The generator makes no sound now: set kind or tone, and call start().',
      );
    }
    const { port1, port2 } = new MessageChannel();
    pump.connect(port1);
    return port2;
  }

  /** Clones of the tracks in a stream of their own, or null while nothing is made. They end with the generator. */
  clone(): MediaStream | null {
    const { stream } = this.#state.snapshot;
    // One by one: of clones that a stream makes, our tracks know nothing.
    return stream && new MediaStream(stream.getTracks().map((track) => track.clone()));
  }

  /** Gives everything back. May be started again. */
  release(): void {
    this.stop();
    for (const kind of kinds) this.#drops[kind].release();
  }

  /** What kind of data it is; throws where this generator makes nothing of it. */
  #accept(data: MediaInput): Kind {
    const kind = kindOf(data);
    if (kind && this.#settings[kind]) return kind;
    discard(data);
    throw wrongKind(data, this.#settings);
  }

  #convert(kind: Kind, data: MediaInput): VideoFrame | Sound {
    return kind === 'video' ? toFrame(data as VideoInput) : toSound(data as AudioInput, this.#settings);
  }

  #reportDrops(kind: Kind): void {
    this.#drops[kind].report(this.#counters[kind].dropped);
  }

  #startWorker(): void {
    const worker = new GeneratorWorker(() => createGeneratorWorker(this.#settings.workerPath));
    this.#worker = worker;
    void worker.works.then((works) => {
      if (!works && this.#worker === worker) console.warn(withoutWorker);
    });
  }

  /** Makes the tracks of these kinds anew, and a stream of all. */
  async #reopen(wanted: readonly Kind[]): Promise<void> {
    const { signal } = this.#opening;
    try {
      for (const kind of wanted) {
        const opened = openLane(kind, this.#laneOptions(kind));
        const lane = opened instanceof Promise ? await opened : opened;
        if (signal.aborted) return closeLane(lane);
        if (!this.#settings[kind]) {
          closeLane(lane);
          continue;
        }
        this.#adopt(kind, lane);
      }
    } catch (thrown) {
      this.#close();
      if (this.#state.snapshot.stream) this.#end();
      throw thrown;
    }
    const paused = this.#state.snapshot.status === 'paused';
    this.#state.patch({
      status: paused ? 'paused' : 'running',
      stream: new MediaStream([...this.#lanes.values()].map(({ track }) => track)),
    });
  }

  #laneOptions(kind: Kind): Parameters<typeof openLane>[1] {
    return {
      settings: this.#settings,
      counters: this.#counters[kind],
      worker: this.#worker!,
      fed: Boolean(this.#supply?.feed),
      listener: {
        dropped: () => this.#reportDrops(kind),
        reported: () => this.#watchdog?.heard(),
        ended: () => this.#ended(kind),
      },
      known: () => this.#knownOf(kind),
      blocked: (blocked) => this.#state.patch({ blocked }),
    };
  }

  #knownOf(kind: Kind): MediaTrackSettings {
    const { width, height, frameRate, sampleRate, channels: channelCount } = this.#settings;
    // What is written, or supplied, comes in a form of its own.
    const own = this.#counters[kind].written === this.#writtenBefore[kind] && !this.#supply;
    if (kind === 'audio') return own ? { sampleRate, channelCount } : {};
    return own ? { width, height, aspectRatio: width / height, frameRate } : { frameRate };
  }

  #adopt(kind: Kind, lane: Lane): void {
    this.#lanes.set(kind, lane);
    this.#writtenBefore[kind] = this.#counters[kind].written;
    describe(lane, this.#settings);
    lane.pump.update(this.#settings);
    feed(lane, this.#supply);
    if (kind === 'audio') this.#followAnchor();
    lane.pump.frozen = this.#state.snapshot.status === 'paused';
    const current = (): boolean => this.#lanes.get(kind) === lane;
    lane.backend.then(
      (backend) => {
        if (!current()) return;
        if (backend === 'worker') this.#watched.add(lane);
        if (backend === 'worker') this.#watchdog ??= new Watchdog(systemClock, () => this.#workerDied());
        // The picture's, where there is one.
        if (kind === 'video' || !this.#lanes.has('video')) this.#state.patch({ backend });
      },
      (error: MediaKitError) => {
        if (!current()) return;
        this.#options.onError?.(error);
        this.stop();
      },
    );
  }

  /** A supply tells at once where it is. */
  #followAnchor(): void {
    if (!this.#supply) return;
    this.#supply.onAnchor = (position, at) => this.#lanes.get('audio')?.pump.anchor?.(position, at);
  }

  /** Answers whether the kind needs another track now, or none any more. */
  #updateLane(kind: Kind, before: Settings): boolean {
    const settings = this.#settings;
    const lane = this.#lanes.get(kind);
    // A track that somebody else has stopped stays stopped.
    if (!lane) return !settings[kind] || before[kind];
    if (settings[kind] && fits(kind, before, settings)) {
      describe(lane, this.#settings);
      lane.pump.update(settings);
      return true;
    }
    this.#closeLane(kind);
    return false;
  }

  /** Somebody else has ended a track. */
  #ended(kind: Kind): void {
    if (this.#lanes.size > 1) this.#closeLane(kind);
    else this.stop();
  }

  /** Goes on without it, on new tracks: what was handed over to it is lost. */
  #workerDied(): void {
    console.warn(withoutWorker);
    const open = [...this.#lanes.keys()];
    this.#close();
    this.#worker = new GeneratorWorker(() => {
      throw new Error('The last one died.');
    });
    this.#reopen(open).catch(() => {});
  }

  #closeLane(kind: Kind): void {
    const lane = this.#lanes.get(kind);
    if (!lane) return;
    this.#lanes.delete(kind);
    closeLane(lane);
    if (this.#watched.delete(lane) && this.#watched.size === 0) {
      this.#watchdog?.release();
      this.#watchdog = undefined;
    }
    if (kind === 'audio') this.#state.patch({ blocked: false });
  }

  #close(): void {
    this.#opening.abort();
    this.#opening = new AbortController();
    for (const kind of kinds) this.#closeLane(kind);
    this.#watchdog?.release();
    this.#watchdog = undefined;
    this.#worker?.release();
    this.#worker = undefined;
  }

  #end(): void {
    this.#supply?.release();
    this.#supply = null;
    this.#state.patch({ status: 'ended', stream: null, backend: null, blocked: false });
  }

  #setFrozen(frozen: boolean): void {
    for (const { pump } of this.#lanes.values()) pump.frozen = frozen;
    if (frozen) this.#supply?.pause?.();
    else this.#supply?.resume?.();
    this.#state.patch({ status: frozen ? 'paused' : 'running' });
  }
}

function differ(one: Settings, other: Settings): boolean {
  return Object.entries(one).some(([key, value]) => value !== other[key as keyof Settings]);
}

const withoutWorker =
  'rtc-elements: a generator has to do without its worker, so busy and hidden pages slow it down. ' +
  'Does the content security policy allow it, and is generator.worker.js where it is looked for?';
