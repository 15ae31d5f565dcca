import { BoundedQueue } from './bounded-queue.js';
import type { Feed } from './feed.js';
import { discard, type Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Kind, Settings } from './settings.js';

type Item = VideoFrame | Sound;

/** So many frames, or seconds of sound, wait. */
const limits: Readonly<Record<Kind, number>> = { video: 3, audio: 0.25 };

const weigh = (item: Item): number => ('channels' in item ? item.channels[0]!.length / item.rate : 1);

/** Stands for a pump that is still on its way: its script is being loaded. */
export class DeferredPump implements Pump<Item> {
  readonly counters: Counters;
  readonly #queue: BoundedQueue<Item>;
  readonly #abandon: () => void;
  #pump: Pump<Item> | undefined;
  #asked: ((pump: Pump<Item>) => void)[] = [];
  #frozen = false;
  #feed: Feed | null = null;
  #released = false;

  /** Where the pump does not come, nothing is sent. `abandon` gives back what it was to feed, if it comes too late. */
  constructor(kind: Kind, pump: Promise<Pump<Item>>, counters: Counters, abandon: () => void = () => {}) {
    this.#abandon = abandon;
    this.#queue = new BoundedQueue(limits[kind], weigh, discard);
    this.counters = counters;
    pump.then(
      (arrived) => this.#arrive(arrived),
      () => this.release(),
    );
  }

  get queueLength(): number {
    return this.#pump?.queueLength ?? this.#queue.length;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    this.#ask((pump) => (pump.frozen = frozen));
  }

  get feed(): Feed | null {
    return this.#feed;
  }

  set feed(feed: Feed | null) {
    this.#feed = feed;
    this.#ask((pump) => (pump.feed = feed));
  }

  update(settings: Settings): void {
    this.#ask((pump) => pump.update(settings));
  }

  write(item: Item): Promise<void> {
    if (this.#pump) return this.#pump.write(item);
    this.counters.written++;
    return this.#queue.put(item);
  }

  push(item: Item): void {
    if (this.#pump) return this.#pump.push(item);
    this.counters.written++;
    this.counters.dropped += this.#queue.force(item);
  }

  play(clip: Sound | null): void {
    this.#ask((pump) => pump.play?.(clip));
  }

  anchor(position: number, at: number): void {
    this.#ask((pump) => pump.anchor?.(position, at));
  }

  connect(port: MessagePort): void {
    this.#ask((pump) => pump.connect?.(port));
  }

  release(): void {
    this.#released = true;
    this.#asked = [];
    this.#queue.clear();
    if (this.#pump) this.#pump.release();
    else this.#abandon();
  }

  #ask(question: (pump: Pump<Item>) => void): void {
    if (this.#pump) question(this.#pump);
    else this.#asked.push(question);
  }

  #arrive(pump: Pump<Item>): void {
    if (this.#released) return pump.release();
    this.#pump = pump;
    for (const question of this.#asked.splice(0)) question(pump);
    const waiting = this.#queue.takeAll();
    // The pump counts them again.
    this.counters.written -= waiting.length;
    for (const { item, admit } of waiting) void pump.write(item).then(admit);
  }
}
