import { systemClock } from '../clock.js';
import type { Kind } from '../generator/settings.js';
import { TrackProcessor } from '../generator/track-processor.js';
import type { Chunk } from '../generator/track-writer.js';

/** So many the browser keeps while the page is busy. */
const buffers: Readonly<Record<Kind, number>> = { video: 8, audio: 25 };

/** After this much without a chunk, in ms, there may be none to come. */
const PATIENCE = 500;

/** Reads one track, and knows how much of it went by unread. */
export class Incoming {
  readonly track: MediaStreamTrack;
  readonly #processor: TrackProcessor;
  readonly #reader: ReadableStreamDefaultReader<Chunk>;
  /** How much the browser had delivered before; NaN where it does not say. */
  readonly #delivered: number;
  /** How much was read, as the browser counts it, and how much of that came last. */
  #read = 0;
  #last = 1;
  #missed = 0;
  #over = false;
  #stopWaiting: (() => void) | undefined;

  constructor(track: MediaStreamTrack, kind: Kind) {
    this.track = track;
    this.#delivered = deliveredOf(track);
    this.#processor = new TrackProcessor({ track, maxBufferSize: buffers[kind] });
    this.#reader = this.#processor.readable.getReader();
  }

  /** How many were dropped before they could be read, as far as that can be known. */
  get missed(): number {
    return this.#missed + this.#processor.missed;
  }

  /** Hands all to `take`, who closes them. Resolves when the track has ended, and after `cancel()`, perhaps a little later. */
  async readAll(take: (chunk: Chunk) => void): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) {
        this.#over = true;
        return this.#stopWaiting?.();
      }
      if (this.#over) {
        value.close();
        return this.#letGo();
      }
      this.#last = 'codedWidth' in value ? 1 : value.numberOfFrames;
      this.#read += this.#last;
      take(value);
    }
  }

  /** Resolves when all was read that came while the page was busy. */
  async catchUp(): Promise<void> {
    let before: number;
    do {
      before = this.#read;
      // Chromium gives one in each second task.
      await nextTask();
      await nextTask();
    } while (this.#read !== before && !this.#over);
    // One may be on its way.
    const missed = Math.floor((deliveredOf(this.track) - this.#delivered - this.#read) / this.#last) - 1;
    if (missed > this.#missed) this.#missed = missed;
  }

  /**
   * Leaves the track alone after the next chunk, which nobody gets, or where none comes: a frame that arrives just when
   * its reader is cancelled is never closed by Chromium.
   */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting = systemClock.after(PATIENCE, () => this.#letGo());
  }

  #letGo(): void {
    this.#stopWaiting?.();
    this.#reader.cancel().catch(() => {});
  }
}

/** How many frames, or samples of each channel, the browser has handed on, where it says so: it drops some while the page is busy. */
function deliveredOf(
  track: MediaStreamTrack & { readonly stats?: { readonly deliveredFrames?: number } },
): number {
  return track.stats?.deliveredFrames ?? NaN;
}

/** When what waits for the page has had its turn: unlike timers, also in hidden pages. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
