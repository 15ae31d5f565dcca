import type { Clock } from '../clock.js';
import { decodePresence, encodePresence, type Presence } from './frames.js';

/** How long our own presence may take to come back to us, and how often it is announced again at most. */
const ECHO_TIMEOUT = 5000;
const HEAL_INTERVAL = 2000;

export interface OwnPresenceOptions {
  readonly presence: Presence;
  readonly clock: Clock;
  readonly announce: (payload: Uint8Array) => void;
  /** Called once: the room has our presence. */
  readonly echoed: () => void;
  /** Called once: the room did not take our presence. */
  readonly denied: () => void;
}

/** Keeps our presence in the room: sees that it arrived, and announces it again when it was lost there. */
export class OwnPresence {
  readonly #options: OwnPresenceOptions;
  #echoed = false;
  #cancelEcho: (() => void) | undefined;
  #cancelHeal: (() => void) | undefined;

  constructor(options: OwnPresenceOptions) {
    this.#options = options;
    this.#announce();
    this.reachable(true);
  }

  /** What the room has as our presence. */
  heard(payload: Uint8Array | null): void {
    const sid = payload && decodePresence(payload)?.sid;
    if (sid !== this.#options.presence.sid) return this.#heal();
    if (this.#echoed) return;
    this.#echoed = true;
    this.#cancelEcho?.();
    this.#options.echoed();
  }

  /** No echo is awaited while there is no way to the room. */
  reachable(yes: boolean): void {
    this.#cancelEcho?.();
    if (yes && !this.#echoed)
      this.#cancelEcho = this.#options.clock.after(ECHO_TIMEOUT, this.#options.denied);
  }

  close(): void {
    this.#cancelEcho?.();
    this.#cancelHeal?.();
  }

  #heal(): void {
    // Once the room had it. What comes before our first one is a former stay's.
    if (!this.#echoed || this.#cancelHeal) return;
    this.#announce();
    this.#cancelHeal = this.#options.clock.after(HEAL_INTERVAL, () => (this.#cancelHeal = undefined));
  }

  #announce(): void {
    this.#options.announce(encodePresence(this.#options.presence));
  }
}
