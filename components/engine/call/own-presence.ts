import type { Clock } from '../clock.js';
import { decodePresence, encodePresence, type Presence } from './frames.js';

/** How long our own presence may take to come back to us. */
const ECHO_TIMEOUT = 5000;
/** So long is nothing doubted: what is then found out of the way to the room is known before the time is over. */
const CONFIDENCE = 1500;
/** So late, in ms, is a timer of a page that was frozen: it has yet to hear what came meanwhile. */
const FROZEN = 1000;

export interface OwnPresenceOptions {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly announce: (payload: Uint8Array) => void;
  /** Finds out whether the way to the room hangs. */
  readonly check: () => void;
  /** Called once: the room has our presence. */
  readonly echoed: () => void;
  /** Called once: the room did not take our presence. */
  readonly denied: () => void;
}

/** Announces us, and sees that it arrived: servers acknowledge what they do not permit. Transports keep it there. */
export class OwnPresence {
  readonly #options: OwnPresenceOptions;
  #echoed = false;
  #cancels: (() => void)[] = [];

  constructor(options: OwnPresenceOptions) {
    this.#options = options;
  }

  /** Announces us. The echo may come within the call. */
  announce(): void {
    this.reachable(true);
    this.#options.announce(encodePresence(this.#options.presence));
  }

  /** What the room has as our presence; what comes before our first one is a former stay's. */
  heard(payload: Uint8Array | null): void {
    const sid = payload && decodePresence(payload)?.sid;
    if (this.#echoed || sid !== this.#options.presence.sid) return;
    this.#echoed = true;
    this.close();
    this.#options.echoed();
  }

  /** No echo is awaited while there is no way to the room. */
  reachable(yes: boolean): void {
    const { clock, check, denied } = this.#options;
    this.close();
    if (!yes || this.#echoed) return;
    const due = clock.now() + ECHO_TIMEOUT;
    this.#cancels = [
      clock.after(CONFIDENCE, check),
      clock.after(ECHO_TIMEOUT, () => {
        if (clock.now() < due + FROZEN) denied();
        else this.reachable(true);
      }),
    ];
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
