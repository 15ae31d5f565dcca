import type { Clock } from '../clock.js';

// Far more than a room sees while a replay could matter, and no way to fill the memory.
const REMEMBERED = 512;
/** How long what a member has said may be on its way, in ms, unless a server holds it back or says it again. */
const UNDERWAY = 4000;

/** What is over: stays and conversations of others that never come back. */
export class Former {
  readonly #clock: Clock;
  /**
   * Stays that were ended with a `bye` or by a newer one. From when on nothing of them can be left on its way: never where
   * there was no `bye`, for a second page of the same id says such things, too.
   */
  readonly #stays = new Map<string, number>();
  readonly #conversations = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get conversations(): ReadonlySet<string> {
    return this.#conversations;
  }

  has(sid: string): boolean {
    return this.#stays.has(sid);
  }

  /** A stay is over; `farewell`: it has said so. */
  end(sid: string, farewell = false): void {
    this.#stays.set(sid, farewell ? this.#clock.now() + UNDERWAY : Infinity);
    forgetFirst(this.#stays);
  }

  /** A conversation is over; undefined: the other has said nothing in it. */
  retire(key: string | undefined): void {
    if (key === undefined) return;
    this.#conversations.add(key);
    forgetFirst(this.#conversations);
  }

  /** A server hands out anew what is kept there, and may not have heard that its holder is gone. */
  forgive(): void {
    for (const sid of this.#stays.keys()) this.#stays.set(sid, Infinity);
  }

  /** Whether what comes of a stay now comes later than anything can that a server has not held back or said again. */
  isRepeated(sid: string): boolean {
    return this.#clock.now() > (this.#stays.get(sid) ?? Infinity);
  }
}

function forgetFirst(all: Map<string, unknown> | Set<string>): void {
  if (all.size > REMEMBERED) all.delete(all.keys().next().value!);
}
