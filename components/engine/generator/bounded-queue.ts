/** An item, and whoever waits behind it. */
export interface Entry<T> {
  readonly item: T;
  /** Tells the writer that there is room for the next. */
  readonly admit?: () => void;
}

/** A queue that owns its items and tells writers to wait while it is full. */
export class BoundedQueue<T> {
  readonly #entries: Entry<T>[] = [];
  readonly #limit: number;
  readonly #weigh: (item: T) => number;
  readonly #discard: (item: T) => void;

  /** `weigh` may answer less each time while an item is used up from its front. */
  constructor(limit: number, weigh: (item: T) => number, discard: (item: T) => void) {
    this.#limit = limit;
    this.#weigh = weigh;
    this.#discard = discard;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** The oldest item, which stays in the queue. */
  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** What all items weigh together. */
  get weight(): number {
    return this.#entries.reduce((sum, { item }) => sum + this.#weigh(item), 0);
  }

  /** Takes the item; resolves when there is room for another, or the queue was emptied. */
  put(item: T): Promise<void> {
    return new Promise((admit) => {
      this.#entries.push({ item, admit });
      this.settle();
    });
  }

  /** Takes the item at once, at the cost of the oldest ones where it must; answers how many were dropped. */
  force(item: T): number {
    let dropped = 0;
    for (; this.#entries.length > 0 && this.weight + this.#weigh(item) > this.#limit; dropped++) {
      this.#drop();
    }
    this.#entries.push({ item });
    this.settle();
    return dropped;
  }

  /** Hands out the oldest item: it belongs to the caller from now on. */
  shift(): T | undefined {
    const entry = this.#entries.shift();
    entry?.admit?.();
    this.settle();
    return entry?.item;
  }

  /** Lets waiting writers go on if there is room; to be called when the first item became lighter. */
  settle(): void {
    let weight = 0;
    for (const { item, admit } of this.#entries) {
      weight += this.#weigh(item);
      if (weight >= this.#limit) return;
      admit?.();
    }
  }

  /** Hands out everything, with those who wait: they are the caller's from now on. */
  takeAll(): Entry<T>[] {
    return this.#entries.splice(0);
  }

  /** Discards everything; waiting writers go on. */
  clear(): void {
    while (this.#entries.length > 0) this.#drop();
  }

  #drop(): void {
    const entry = this.#entries.shift();
    if (!entry) return;
    this.#discard(entry.item);
    entry.admit?.();
  }
}
