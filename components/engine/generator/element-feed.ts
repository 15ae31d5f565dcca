import type { MediaKitError } from '../errors.js';
import { CanvasReader } from './canvas-reader.js';
import type { Feed } from './feed.js';
import { toFrame } from './input.js';

/** An element of the page whose picture can be sent. */
export type PictureElement = HTMLCanvasElement | HTMLVideoElement | HTMLImageElement;

export interface ElementFeedOptions {
  /** Hears, once for each picture, that it may not be read or cannot be: `bad-input`. */
  readonly onError?: (error: MediaKitError) => void;
}

/** So many ms after its last word a video is not heard any more: nobody looks at its page, for one. */
const SILENCE = 250;

/**
 * The picture of an element: of a canvas at each tick, of a video when it has another frame, of an image when it has
 * loaded. There is nothing new while the element has no picture yet, and after it was taken off its page.
 */
export class ElementFeed implements Feed {
  readonly #element: PictureElement;
  readonly #reader: CanvasReader | null;
  readonly #onError: ElementFeedOptions['onError'];
  readonly #life = new AbortController();
  /** Whether there is certainly something new. */
  #fresh = true;
  #failed = false;
  /** An element that was never on a page does not vanish from it. */
  #seen = false;
  /** Where the video was, in seconds, when it was last asked. */
  #time = NaN;
  /** When the video last told of a frame, or could have. */
  #heardAt = performance.now();

  constructor(element: PictureElement, { onError }: ElementFeedOptions = {}) {
    this.#element = element;
    this.#reader = element instanceof HTMLCanvasElement ? new CanvasReader(element) : null;
    this.#onError = onError;
    const { signal } = this.#life;
    for (const type of ['load', 'loadeddata', 'seeked']) {
      element.addEventListener(type, () => this.renew(), { signal });
    }
    if (element instanceof HTMLVideoElement) this.#listen(element);
  }

  next(): VideoFrame | null {
    if (this.#life.signal.aborted || this.#failed || this.#vanished || !this.#changed) return null;
    try {
      const frame = toFrame(this.#reader?.readable ?? this.#element);
      this.#fresh = false;
      return frame;
    } catch (thrown) {
      const error = thrown as MediaKitError;
      // What has no picture yet is no fault, whether we say so or the browser.
      const early = !error.cause || (error.cause as Error).name === 'InvalidStateError';
      if (error.code === 'bad-input' && early) return null;
      this.#failed = true;
      this.#onError?.(error);
      return null;
    }
  }

  /** Gives the picture again though it is the same: to somebody who has not seen it. */
  renew(): void {
    this.#fresh = true;
    this.#failed = false;
  }

  release(): void {
    this.#life.abort();
    this.#reader?.release();
  }

  get #vanished(): boolean {
    this.#seen ||= this.#element.isConnected;
    return this.#seen && !this.#element.isConnected;
  }

  get #changed(): boolean {
    const element = this.#element;
    if (this.#reader) return true;
    if (element instanceof HTMLVideoElement && element.currentTime !== this.#time) {
      this.#time = element.currentTime;
      // The time of a video runs on between its frames, and in some browsers stands still after a loop.
      if (performance.now() - this.#heardAt > SILENCE) this.#fresh = true;
    }
    return this.#fresh;
  }

  #listen(video: HTMLVideoElement): void {
    let request: number;
    const ask = (): void => {
      request = video.requestVideoFrameCallback?.(() => {
        this.#fresh = true;
        this.#heardAt = performance.now();
        ask();
      });
    };
    ask();
    this.#life.signal.addEventListener('abort', () => video.cancelVideoFrameCallback?.(request));
  }
}
