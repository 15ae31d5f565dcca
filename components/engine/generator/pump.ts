import type { MediaInput } from './input.js';
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

/** Feeds one track: owns what waits for it, and sends on each tick what is due. */
export interface Pump {
  readonly track: MediaStreamTrack;
  /** How many frames or stretches of sound wait. */
  readonly queueLength: number;
  /** Ticks per second that it wants. */
  readonly rate: number;
  /** Holds the last picture, or silence; what is queued waits. */
  frozen: boolean;
  /** Whether the track can go on with these settings. */
  fits(settings: Settings): boolean;
  update(settings: Settings): void;
  /** Queues data, which it owns, and resolves when there is room for more; rejects with `bad-input`. */
  write(data: MediaInput): Promise<void>;
  /** Queues data, which it owns, and answers how many older ones it dropped for it; throws `bad-input`. */
  push(data: MediaInput): number;
  tick(): void;
  release(): void;
}
