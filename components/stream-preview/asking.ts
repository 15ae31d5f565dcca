import type { Capturer } from '../engine/capture/capturer.js';
import { featuresOf, PermissionWatch, type CapturePermission } from '../engine/capture/permission.js';
import type { CaptureOptions } from '../engine/capture/request.js';

/** What an `Asking` calls. */
export interface AskingOptions {
  readonly changed: (permission: CapturePermission) => void;
  /** What was refused, or not there, may be had now. */
  readonly allowed: () => void;
}

/** Knows whether a preview may capture, and has it begin when what was refused is allowed, or what was missing connected. */
export class Asking {
  readonly #capturer: Capturer;
  readonly #options: AskingOptions;
  readonly #watch = new PermissionWatch();
  #followed = '';
  #connection: AbortSignal | undefined;

  constructor(capturer: Capturer, options: AskingOptions) {
    this.#capturer = capturer;
    this.#options = options;
    this.#watch.store.subscribe(({ permission }) => {
      options.changed(permission);
      if (permission === 'granted') this.#again();
    });
    capturer.store.subscribe(() => this.#tell());
  }

  get permission(): CapturePermission {
    return this.#watch.store.snapshot.permission;
  }

  /** Follows the permission for this, until `signal` aborts. */
  follow(capture: CaptureOptions, signal: AbortSignal): void {
    const { kind, audio, video, constraints } = capture;
    const followed = JSON.stringify([kind, audio, video, constraints]);
    const reconnected = signal !== this.#connection;
    if (followed === this.#followed && !reconnected) return;
    this.#followed = followed;
    this.#connection = signal;
    this.#tell();
    if (reconnected) {
      // Who was refused by the system comes back from its settings, which may have stood beside the browser.
      const seen = (): void => {
        if (!document.hidden && this.permission === 'denied-by-system') this.#again();
      };
      for (const type of ['focus', 'visibilitychange']) addEventListener(type, seen, { signal });
      navigator.mediaDevices?.addEventListener('devicechange', () => this.#again('device-not-found'), {
        signal,
      });
    }
    void this.#watch.follow(featuresOf(capture), signal);
  }

  #tell(): void {
    const { status, error } = this.#capturer.store.snapshot;
    this.#watch.tell(status === 'live' && !error, error);
  }

  /** Begins what has failed for this reason. */
  #again(reason = 'permission'): void {
    const { status, error } = this.#capturer.store.snapshot;
    if (status === 'failed' && error?.code.startsWith(reason)) this.#options.allowed();
  }
}
