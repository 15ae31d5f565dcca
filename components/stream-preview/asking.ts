import type { Capturer } from '../engine/capture/capturer.js';
import type { CapturePermission, PermissionWatch } from '../engine/capture/permission.js';
import type { CaptureOptions } from '../engine/capture/request.js';

/** What an `Asking` calls. */
export interface AskingOptions {
  readonly changed: (permission: CapturePermission) => void;
  /** What was refused may be had now. */
  readonly allowed: () => void;
}

/** Knows whether a preview may capture, and has it begin when what was refused is allowed. */
export class Asking {
  readonly #capturer: Capturer;
  readonly #options: AskingOptions;
  /** Loaded when something is to be captured. */
  #watch: PermissionWatch | null = null;
  #followed = '';
  #connection: AbortSignal | undefined;

  constructor(capturer: Capturer, options: AskingOptions) {
    this.#capturer = capturer;
    this.#options = options;
    capturer.store.subscribe(() => this.#tell());
  }

  get permission(): CapturePermission {
    return this.#watch?.store.snapshot.permission ?? 'unknown';
  }

  /** Follows the permission for this, until `signal` aborts. Null: nothing is to be captured. */
  async follow(capture: CaptureOptions | null, signal: AbortSignal | undefined): Promise<void> {
    if (!capture || !signal) return;
    const { kind, audio, video, constraints } = capture;
    const followed = JSON.stringify([kind, audio, video, constraints]);
    if (followed === this.#followed && signal === this.#connection) return;
    const reconnected = signal !== this.#connection;
    this.#followed = followed;
    this.#connection = signal;
    try {
      const { featuresOf, PermissionWatch } = await import('../engine/capture/permission.js');
      if (signal.aborted) return;
      if (!this.#watch) this.#begin(new PermissionWatch());
      this.#tell();
      // Who was refused by the system comes back from its settings.
      if (reconnected) document.addEventListener('visibilitychange', () => this.#seen(), { signal });
      await this.#watch!.follow(featuresOf(capture), signal);
    } catch (cause) {
      console.warn('A part of the kit did not load: whether capturing is allowed is not known.', cause);
    }
  }

  #seen(): void {
    if (!document.hidden && this.permission === 'denied-by-system') this.#again();
  }

  #begin(watch: PermissionWatch): void {
    this.#watch = watch;
    watch.store.subscribe(({ permission }) => {
      this.#options.changed(permission);
      if (permission === 'granted') this.#again();
    });
  }

  #tell(): void {
    const { status, error } = this.#capturer.store.snapshot;
    this.#watch?.tell(status === 'live' && !error, error);
  }

  #again(): void {
    const { status, error } = this.#capturer.store.snapshot;
    if (status === 'failed' && error?.code.startsWith('permission')) this.#options.allowed();
  }
}
