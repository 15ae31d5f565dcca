import type { Feed } from './feed.js';
import type { Sound } from './input.js';
import type { Settings } from './settings.js';

/** What has become of the frames, or the stretches of sound, of one track. */
export interface Counters {
  /** Taken from `write()` and `push()`. */
  written: number;
  /** Sent through the track, built-in ones included. */
  delivered: number;
  /** Given up because they came faster than the track takes them, or at a time when it takes none. */
  dropped: number;
}

/** Feeds one track with built-in pictures or sound, and with what is written: owns what waits for it. */
export interface Pump<T> {
  readonly counters: Readonly<Counters>;
  /** How many frames or stretches of sound wait. */
  readonly queueLength: number;
  /** Holds the last picture, or silence; what is queued waits. */
  frozen: boolean;
  /** Video: what replaces the built-in picture until something is written. */
  feed?: Feed | null;
  update(settings: Settings): void;
  /** Sends the item, which it owns, in its turn; resolves when there is room for another, or it was released. */
  write(item: T): Promise<void>;
  /** Sends the item, which it owns, in its turn, at the cost of the oldest ones where it must. */
  push(item: T): void;
  /** Audio: a clip that replaces the tone, over and over. */
  play?(clip: Sound | null): void;
  /** Audio: the clip is at `position`, in seconds, at the wall-clock time `at` in ms. */
  anchor?(position: number, at: number): void;
  /** Audio: pushes the sound that comes through the port. */
  connect?(port: MessagePort): void;
  /** Ends what it feeds; what waits is given up. */
  release(): void;
}
