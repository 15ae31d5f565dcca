import { systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { toAudioData } from './audio-data.js';
import { supports, type BackendName } from './backend.js';
import { drained } from './drained.js';
import { createGeneratorWorker, GeneratorWorker } from './generator-worker.js';
import { discard, kindOf, toFrame, toSound, wrongKind } from './input.js';
import type { AudioInput, MediaInput, Sound, VideoInput } from './input.js';
import { openLane, type Lane, type LaneOptions } from './lane.js';
import type { OwnSource } from './own-track.js';
import { OwnWritable } from './own-writable.js';
import type { Counters } from './pump.js';
import { readSettings, type Kind, type Settings } from './settings.js';
import { Watchdog } from './watchdog.js';

/** What is asked for. */
export interface TrackGeneratorInit {
  readonly kind: Kind;
  /** How the track is made; `worker` by `TrackGenerator.create()` alone. */
  readonly backend?: BackendName | 'auto';
  /** Samples per second of a written `Float32Array`: 48000 unless told. */
  readonly sampleRate?: number;
  /** Channels of a written `Float32Array`, which is interleaved: 1 unless told. */
  readonly channels?: number;
}

/** What is sent through a track, as the platform knows it. */
export type Chunk = VideoFrame | AudioData;

const chunkTypes = { video: 'VideoFrame', audio: 'AudioData' } as const;

/** Frames per second at most; the platform names none. */
const FRAME_RATE = 60;
/** How much each interval counts in the estimate of the frame rate. */
const NEWS = 0.1;

/** What a track is made with. */
class Opening implements LaneOptions {
  readonly settings: Settings;
  readonly counters: Counters = { written: 0, delivered: 0, dropped: 0 };
  readonly worker = new GeneratorWorker(() => createGeneratorWorker());
  readonly listener = {
    ended: (): void => this.writer?.end(),
    reported: (): void => this.watchdog?.heard(),
  };
  readonly known = (): MediaTrackSettings => this.writer?.known ?? {};
  writer: TrackWriter | undefined;
  watchdog: Watchdog | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  // Web Audio goes on at the next gesture by itself.
  blocked(): void {}

  release(): void {
    this.watchdog?.release();
    this.worker.release();
  }
}

/** One track, and all ways to write to it. */
export class TrackWriter {
  readonly kind: Kind;
  readonly backend: BackendName;
  /** What the browser may not know yet. */
  known: MediaTrackSettings = {};
  readonly #opening: Opening;
  readonly #lane: Lane;
  readonly #stream: OwnWritable<Chunk>;
  readonly #readers = new Set<(chunk: Chunk) => void>();
  #sentAt = 0;
  #interval = 0;
  #over = false;

  /** Makes a track on the page, at once. Throws a `TypeError` without a kind, else a `MediaKitError`. */
  static open(init: TrackGeneratorInit): TrackWriter {
    const settings = settingsOf(init);
    if (settings.backend === 'worker') {
      throw new MediaKitError('bad-input', 'The backend "worker" takes time: await TrackGenerator.create().');
    }
    const auto = supports(init.kind, 'native') ? 'native' : 'canvas';
    const backend = settings.backend === 'auto' ? auto : settings.backend;
    const opening = new Opening({ ...settings, backend });
    try {
      return new TrackWriter(init.kind, opening, openLane(init.kind, opening) as Lane, backend);
    } catch (thrown) {
      opening.release();
      throw thrown;
    }
  }

  /** Makes a track, in the worker where the browser can. Rejects as `open()` throws. */
  static async create(init: TrackGeneratorInit): Promise<TrackWriter> {
    const opening = new Opening(settingsOf(init));
    try {
      const lane = await openLane(init.kind, opening);
      const backend = await lane.backend.catch((thrown: unknown) => {
        lane.track.stop();
        throw thrown;
      });
      return new TrackWriter(init.kind, opening, lane, backend);
    } catch (thrown) {
      opening.release();
      throw thrown;
    }
  }

  private constructor(kind: Kind, opening: Opening, lane: Lane, backend: BackendName) {
    this.kind = kind;
    this.backend = backend;
    this.#opening = opening;
    this.#lane = lane;
    opening.writer = this;
    // Nothing will ever feed it.
    lane.backend.catch(() => this.end());
    // What has fallen silent would leave a picture that stands still for ever.
    if (backend === 'worker') opening.watchdog = new Watchdog(systemClock, () => this.end());
    lane.source.tap = (reader) => {
      this.#readers.add(reader);
      return () => this.#readers.delete(reader);
    };
    this.#stream = new OwnWritable<Chunk>({
      write: (chunk) => this.#writeChunk(chunk),
      close: () => this.#drain(),
      abort: () => this.end(),
      discard,
    });
  }

  get track(): MediaStreamTrack {
    return this.#lane.track;
  }

  /** The track with its clones. */
  get source(): OwnSource {
    return this.#lane.source;
  }

  get writable(): WritableStream<Chunk> {
    return this.#stream.stream;
  }

  get stats(): Readonly<Counters> & { readonly queueLength: number } {
    return Object.freeze({ ...this.#opening.counters, queueLength: this.#lane.pump.queueLength });
  }

  /** Sends anything that makes a frame, or sound; owns it. Resolves when there is room for more. */
  async write(data: MediaInput): Promise<void> {
    this.#accept(data);
    if (!this.#over) return this.#lane.pump.write(this.#take(data));
    discard(data);
    throw new MediaKitError('aborted', 'The track has ended: what follows needs another generator.');
  }

  /** As `write()`, but never waits: drops the oldest when there is no room. Throws `bad-input`. */
  push(data: MediaInput): void {
    this.#accept(data);
    if (!this.#over) return this.#lane.pump.push(this.#take(data));
    discard(data);
    this.#opening.counters.dropped++;
  }

  /** What the platform's stream does: takes one type, and closes what it accepts. */
  async #writeChunk(chunk: Chunk): Promise<void> {
    const type = chunkTypes[this.kind];
    if (Object.prototype.toString.call(chunk) !== `[object ${type}]`) {
      const given = Object.prototype.toString.call(chunk).slice(8, -1);
      throw new TypeError(`This stream takes ${type}, not ${given}: write() and push() take more.`);
    }
    if (this.source.muted) return discard(chunk);
    let item;
    try {
      item = this.#take(chunk);
    } catch (thrown) {
      throw new TypeError((thrown as Error).message, { cause: thrown });
    }
    await this.#lane.pump.write(item);
  }

  /** Refuses what is for no track of this kind. */
  #accept(data: MediaInput): void {
    if (kindOf(data) === this.kind) return;
    discard(data);
    throw wrongKind(data, this.#opening.settings);
  }

  /** Makes data what the pump takes, closes it, and lets everybody know. */
  #take(data: MediaInput): VideoFrame | Sound {
    const { timestamp = Math.round(performance.now() * 1000) } = data as { timestamp?: number };
    if (this.kind === 'audio') {
      const sound = toSound(data as AudioInput, this.#opening.settings);
      this.known = { sampleRate: sound.rate, channelCount: sound.channels.length };
      for (const reader of this.#readers) reader(toAudioData(sound, timestamp));
      return sound;
    }
    const frame = toFrame(data as VideoInput);
    const { displayWidth: width, displayHeight: height } = frame;
    this.known = { width, height, aspectRatio: width / height, ...this.#frameRate() };
    for (const reader of this.#readers) reader(frame.clone());
    return frame;
  }

  #frameRate(): MediaTrackSettings {
    const now = performance.now();
    const last = now - this.#sentAt;
    if (this.#sentAt)
      this.#interval = this.#interval ? this.#interval + NEWS * (last - this.#interval) : last;
    this.#sentAt = now;
    return this.#interval ? { frameRate: 1000 / this.#interval } : {};
  }

  /** Ends the track when everything that was written is sent. */
  async #drain(): Promise<void> {
    await drained(() => (this.#over ? null : this.stats));
    this.end();
  }

  /** Ends the track and its clones. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    // First: what follows stops the track, of which nobody hears.
    this.source.end();
    this.#stream.close();
    this.#lane.pump.release();
    this.#opening.release();
  }
}

/** As they are by default but for what is asked for, and with no picture or sound of their own. */
function settingsOf({ kind, backend, sampleRate, channels }: TrackGeneratorInit): Settings {
  const { settings, problems } = readSettings({
    kind,
    pattern: 'none',
    tone: 'none',
    frequency: null,
    volume: null,
    width: null,
    height: null,
    frameRate: FRAME_RATE,
    sampleRate: sampleRate ?? null,
    channels: channels ?? null,
    text: null,
    color: null,
    src: null,
    source: null,
    backend: backend ?? null,
    muted: false,
    contentHint: null,
    workerPath: null,
  });
  if (problems[0]) throw new MediaKitError('bad-input', problems[0].message);
  return settings;
}
