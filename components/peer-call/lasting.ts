import type { LitElement } from 'lit';

/** In milliseconds. */
const PATIENCE = 500;

/** Tells what lasts from what passes before anybody could read of it. */
export class Lasting {
  readonly #host: LitElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lasts = false;

  /** Its host is rendered again when something has lasted. */
  constructor(host: LitElement) {
    this.#host = host;
  }

  /** Whether what is so now has been so for a while. */
  check(now: boolean): boolean {
    if (now) {
      this.#timer ??= setTimeout(() => this.#last(), PATIENCE);
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#lasts = false;
    }
    return this.#lasts;
  }

  #last(): void {
    this.#lasts = true;
    this.#host.requestUpdate();
  }
}
