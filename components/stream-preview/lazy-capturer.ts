import type { Capturer, CaptureState } from '../engine/capture/capturer.js';
import type { CaptureOptions } from '../engine/capture/request.js';
import { stoppedEarly } from '../engine/capture/stopped-early.js';
import { loaded, type MediaKitError } from '../engine/errors.js';
import { StateStore, type Store } from '../engine/store.js';
import type { CaptureHost, OwnCapture } from './own-capture.js';

const IDLE: CaptureState = {
  status: 'idle',
  stream: null,
  tracks: [],
  lost: [],
  missing: [],
  interrupted: false,
  withheld: false,
  display: false,
  error: null,
};

/** The capturer of a preview, with all that goes with it, which is loaded when something is to be captured: most only show. */
export class LazyCapturer {
  readonly #host: CaptureHost;
  readonly #store = new StateStore<CaptureState>(IDLE);
  #loading: Promise<Capturer> | undefined;
  #own: OwnCapture | null = null;
  /** Of those who wait for it. */
  #waiting = new AbortController();

  constructor(host: CaptureHost) {
    this.#host = host;
  }

  /** The state of the capture. */
  get store(): Store<CaptureState> {
    return this.#store;
  }

  /** What comes with the capturer, or null before that. */
  get own(): OwnCapture | null {
    return this.#own;
  }

  /** As of the capturer. */
  get rests(): boolean {
    return this.#own?.capturer.rests ?? false;
  }

  /** The capturer itself. Rejects with `network-blocked` where it does not come. */
  load(): Promise<Capturer> {
    return (this.#loading ??= this.#load());
  }

  /** As of the capturer, of the devices that are remembered where its host persists. */
  begin(how: 'start' | 'restart', wanted: CaptureOptions): Promise<MediaStream> {
    const options = { ...wanted, persist: this.#host.persist };
    return this.#own?.capturer[how](options) ?? this.#beginLate(how, options);
  }

  /** As of the capturer. */
  stop(): void {
    if (this.#own) return this.#own.capturer.stop();
    const error = this.#store.snapshot.status === 'starting' ? stoppedEarly() : null;
    this.#waiting.abort(error);
    this.#waiting = new AbortController();
    this.#store.patch({ ...IDLE, error });
  }

  async #beginLate(how: 'start' | 'restart', options: CaptureOptions): Promise<MediaStream> {
    const { signal } = this.#waiting;
    this.#store.patch({ status: 'starting', display: options.kind === 'display', error: null });
    let capturer: Capturer;
    try {
      capturer = await this.load();
    } catch (thrown) {
      const error = thrown as MediaKitError;
      if (!signal.aborted) this.#store.patch({ status: 'failed', error });
      throw error;
    }
    signal.throwIfAborted();
    return capturer[how](options);
  }

  async #load(): Promise<Capturer> {
    try {
      const { Capturer, OwnCapture } = await loaded(import('./own-capture.js'));
      const capturer = new Capturer();
      // First: whoever hears of anything else finds the state as it is.
      capturer.store.subscribe((state) => this.#store.patch(state));
      this.#own = new OwnCapture(capturer, this.#host);
      this.#host.requestUpdate();
      return capturer;
    } catch (thrown) {
      this.#loading = undefined;
      throw thrown;
    }
  }
}
