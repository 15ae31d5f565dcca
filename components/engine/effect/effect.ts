import { loaded, MediaKitError } from '../errors.js';
import { keptStreams } from '../kept-streams.js';
import type { Kind } from '../generator/settings.js';
import { StateStore, type Store } from '../store.js';
import type { Pipeline, PipelineStats } from './pipeline.js';
import type { EffectSettings } from './settings.js';

/** An effect as it is now. */
export interface EffectState {
  /** What it makes, or null while there is nothing to make it of. */
  readonly stream: MediaStream | null;
}

export interface EffectOptions {
  readonly settings: EffectSettings;
  /** Hears why an effect could not be had, or has failed: once for each. */
  readonly onError?: (error: MediaKitError) => void;
}

/** For each kind: what has become of it since its track was made. */
export type EffectStats = Readonly<Record<Kind, PipelineStats>>;

/** A track that is made, and what its transform was made of. */
interface Lane {
  readonly pipeline: Pipeline;
  settings: EffectSettings | null;
}

const kinds = ['video', 'audio'] as const;
const nothing: PipelineStats = Object.freeze({ processed: 0, dropped: 0, passed: 0 });

/**
 * Makes a stream from a stream: the tracks that the effect is for go through it, the others are handed on as they are.
 * Another source, and another effect on the same kind, go on through the same track.
 */
export class Effect {
  readonly #state = new StateStore<EffectState>({ stream: null });
  readonly #options: EffectOptions;
  readonly #lanes = new Map<Kind, Lane>();
  #settings: EffectSettings;
  #source: MediaStream | null = null;
  /** Ends what a change is still about to do. */
  #changing = new AbortController();

  constructor(options: EffectOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get store(): Store<EffectState> {
    return this.#state;
  }

  get stats(): EffectStats {
    const of = (kind: Kind): PipelineStats => this.#lanes.get(kind)?.pipeline.stats ?? nothing;
    return Object.freeze({ video: of('video'), audio: of('audio') });
  }

  /** Makes its stream of that one from now on: to be called again when its tracks have changed. */
  follow(source: MediaStream | null): void {
    this.#source = source;
    void this.#change();
  }

  /** Makes something else from now on. */
  update(settings: EffectSettings): void {
    if (!differ(settings, this.#settings)) return;
    this.#settings = settings;
    void this.#change();
  }

  /** Ends what it makes, and leaves the source alone. May be used again. */
  release(): void {
    this.follow(null);
  }

  async #change(): Promise<void> {
    this.#changing.abort();
    const { signal } = (this.#changing = new AbortController());
    const settings = this.#settings;
    const tracks = placesOf(this.#source);
    const wanted = kinds.flatMap((kind) => {
      const track = settings[kind] && tracks.find((other) => other.kind === kind);
      return track ? [{ kind, track }] : [];
    });
    for (const kind of kinds) if (!wanted.some((other) => other.kind === kind)) this.#close(kind);
    try {
      for (const { kind, track } of wanted) await this.#lead(kind, track, settings, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      // What was made before may show what this one was to hide.
      for (const { kind } of wanted) if (this.#lanes.get(kind)?.settings !== settings) this.#close(kind);
      const words = 'The effect cannot be had: see the cause.';
      this.#options.onError?.(MediaKitError.from(thrown, 'unsupported', words));
    }
    if (signal.aborted) return;
    const made = wanted.flatMap(({ kind }) => this.#lanes.get(kind)?.pipeline.track ?? []);
    // What could not be made is not replaced by what it was to hide.
    this.#publish(tracks.flatMap((track) => (settings[track.kind as Kind] ? [] : track)).concat(made));
  }

  /** Leads the track through the effect: not a picture goes through before the effect is there. */
  async #lead(
    kind: Kind,
    track: MediaStreamTrack,
    settings: EffectSettings,
    signal: AbortSignal,
  ): Promise<void> {
    const lead = await loaded(import('./lead.js'));
    if (signal.aborted) return;
    const before = this.#lanes.get(kind);
    const transform = before?.settings === settings ? undefined : await lead.openTransform(settings);
    const open = async (): Promise<Lane> => {
      const pipeline: Pipeline = await lead.Pipeline.open(kind, {
        failed: (error) => this.#options.onError?.(error),
        lasts: () => this.#source !== null && keptStreams.has(this.#source),
        ended: () => this.#lanes.get(kind)?.pipeline === pipeline && this.#lanes.delete(kind),
      });
      return { pipeline, settings: null };
    };
    const refused = (thrown: unknown): never => {
      transform?.release?.();
      throw thrown;
    };
    const lane = this.#lanes.get(kind) ?? (signal.aborted ? undefined : await open().catch(refused));
    if (signal.aborted || !lane) {
      transform?.release?.();
      if (lane && this.#lanes.get(kind) !== lane) lane.pipeline.end();
      return;
    }
    this.#lanes.set(kind, lane);
    if (transform !== undefined) lane.pipeline.transform = transform;
    lane.settings = settings;
    if (isLive(track)) lane.pipeline.read(track);
  }

  #close(kind: Kind): void {
    const lane = this.#lanes.get(kind);
    this.#lanes.delete(kind);
    lane?.pipeline.end();
  }

  #publish(tracks: MediaStreamTrack[]): void {
    const before = this.#state.snapshot.stream?.getTracks() ?? [];
    if (tracks.length === before.length && tracks.every((track) => before.includes(track))) return;
    this.#state.patch({ stream: tracks.length > 0 ? new MediaStream(tracks) : null });
  }
}

/** Its tracks; one that has ended is among them as long as another one may take its place. */
function placesOf(source: MediaStream | null): MediaStreamTrack[] {
  if (!source) return [];
  return keptStreams.has(source) ? source.getTracks() : source.getTracks().filter(isLive);
}

const isLive = ({ readyState }: MediaStreamTrack): boolean => readyState === 'live';

function differ(one: EffectSettings, other: EffectSettings): boolean {
  return Object.entries(one).some(([key, value]) => value !== other[key as keyof EffectSettings]);
}
