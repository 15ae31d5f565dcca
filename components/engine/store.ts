/** The read side of an engine's state: one frozen snapshot and a way to hear of the next. */
export interface Store<T extends object> {
  /** The state as it is now; a new frozen object after each change. */
  readonly snapshot: Readonly<T>;
  /** Calls `listener` after each change until `signal` aborts. Silent when nothing changed. */
  subscribe(listener: (snapshot: Readonly<T>) => void, signal?: AbortSignal): void;
}

/** The write side, kept by the engine that owns the state. */
export class StateStore<T extends object> implements Store<T> {
  #snapshot: Readonly<T>;
  readonly #listeners = new Set<(snapshot: Readonly<T>) => void>();

  constructor(initial: T) {
    this.#snapshot = Object.freeze({ ...initial });
  }

  get snapshot(): Readonly<T> {
    return this.#snapshot;
  }

  /** Takes over the changed members and tells the listeners, unless every one of them is what it was. */
  patch(changes: Partial<T>): void {
    const keys = Object.keys(changes) as (keyof T)[];
    if (keys.every((key) => Object.is(changes[key], this.#snapshot[key]))) return;
    this.#snapshot = Object.freeze({ ...this.#snapshot, ...changes });
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) listener(this.#snapshot);
    }
  }

  subscribe(listener: (snapshot: Readonly<T>) => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    // A wrapper of its own, so that one function subscribed twice is two subscriptions.
    const own = (snapshot: Readonly<T>): void => listener(snapshot);
    this.#listeners.add(own);
    signal?.addEventListener('abort', () => this.#listeners.delete(own), { once: true });
  }
}
