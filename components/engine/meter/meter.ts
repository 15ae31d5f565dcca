import type { MediaKitError } from '../errors.js';
import { StateStore, type Store } from '../store.js';
import { listening, type Listening } from './listening.js';
import { SILENCE, type LoudnessReading } from './loudness.js';

/** How loud a stream is, and whether that can be measured. */
export interface MeterState extends LoudnessReading {
  /** `idle`: there is no sound to measure. `held`: the browser wants a click before it measures. */
  readonly status: 'idle' | 'held' | 'running' | 'failed';
  /** Why it failed. */
  readonly error: MediaKitError | null;
}

const QUIET = { level: SILENCE, peak: SILENCE, speaking: false } as const;

/** Measures the sound of a stream, which it borrows, in an AudioWorklet: also on a hidden page. */
export class Meter {
  readonly #store = new StateStore<MeterState>({ ...QUIET, status: 'idle', error: null });
  #threshold: number;
  #track: MediaStreamTrack | null = null;
  #measuring: AbortController | undefined;
  /** Once it measures. */
  #tune: ((threshold: number) => void) | undefined;

  /** `threshold`: at which level somebody speaks, in dBFS. */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** The state as it is now. */
  get store(): Store<MeterState> {
    return this.#store;
  }

  /** At which level somebody speaks, in dBFS. */
  set threshold(threshold: number) {
    this.#threshold = threshold;
    this.#tune?.(threshold);
  }

  /** Measures the first live audio track of this stream from now on; null measures nothing. */
  measure(stream: MediaStream | null): void {
    const track = stream?.getAudioTracks().find(({ readyState }) => readyState === 'live') ?? null;
    if (track === this.#track) return;
    if (!track) return this.release();
    const before = this.#measuring;
    this.#measuring = new AbortController();
    const { signal } = this.#measuring;
    track.addEventListener('ended', () => this.measure(stream), { signal });
    // First: where nobody else measures, the context would be closed, and opened anew for this one. Chromium keeps some
    // memory of each.
    void this.#begin(track, signal);
    this.#leave(before, track);
  }

  /** Measures nothing any longer. The track lives on. */
  release(): void {
    this.#leave(this.#measuring, null);
  }

  #leave(measuring: AbortController | undefined, next: MediaStreamTrack | null): void {
    measuring?.abort();
    this.#track = next;
    this.#tune = undefined;
    this.#store.patch({ ...QUIET, status: 'idle', error: null });
  }

  async #begin(track: MediaStreamTrack, signal: AbortSignal): Promise<void> {
    let shared: Listening | undefined;
    try {
      // Some browsers take only what has the rate of the context; others would have to convert it.
      shared = await listening(track.getSettings().sampleRate);
      if (signal.aborted) return shared.release();
      const source = new MediaStreamAudioSourceNode(shared.context, {
        mediaStream: new MediaStream([track]),
      });
      this.#connect(source, shared, signal);
    } catch (thrown) {
      shared?.release();
      if (!signal.aborted) this.#store.patch({ ...QUIET, status: 'failed', error: thrown as MediaKitError });
    }
  }

  #connect(source: MediaStreamAudioSourceNode, shared: Listening, signal: AbortSignal): void {
    const { context } = shared;
    const board = shared.board();
    const key = board.plug(source, this.#threshold, (reading) => this.#store.patch(reading));
    this.#tune = (threshold) => board.setThreshold(key, threshold);
    const tell = (): void => this.#store.patch({ status: context.state === 'running' ? 'running' : 'held' });
    context.addEventListener('statechange', tell, { signal });
    tell();
    signal.addEventListener('abort', () => {
      board.unplug(key);
      shared.release();
    });
  }
}
