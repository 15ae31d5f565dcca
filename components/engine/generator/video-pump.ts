import type { Clock } from '../clock.js';
import type { VideoBackend } from './backend.js';
import { BoundedQueue } from './bounded-queue.js';
import type { Feed } from './feed.js';
import { Pace } from './pace.js';
import { createSurface, drawText, paint, Picture, resize, type Surface } from './picture.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';
import { Ticker } from './ticker.js';

const QUEUE_FRAMES = 3;
/** How often, per second, a picture that stays is sent again: a viewer who comes late sees nothing until then. */
const STILL_RATE = 5;

const blackout = { pattern: 'solid', color: 'black', text: '' } as const;

const picturesDiffer = (before: Settings, now: Settings): boolean =>
  (['pattern', 'color', 'text', 'width', 'height', 'frameRate'] as const).some(
    (key) => before[key] !== now[key],
  );

/** Feeds a video track: the built-in picture until the first frame is written, from then on the frames. */
export class VideoPump implements Pump<VideoFrame> {
  readonly counters: Counters;
  readonly #queue = new BoundedQueue<VideoFrame>(
    QUEUE_FRAMES,
    () => 1,
    (frame) => frame.close(),
  );
  readonly #backend: VideoBackend;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #ticker: Ticker;
  #settings: Settings;
  #picture: Picture | null;
  #feed: Feed | null = null;
  #frozen = false;
  #written = false;
  /** What is shown while it is muted. */
  #black: Picture | null = null;
  /** Of the last frame, if it was not built in. */
  #size: { readonly width: number; readonly height: number } | undefined;
  #sentAt = Infinity;
  #cancel: (() => void) | undefined;
  #label: Surface | undefined;

  constructor(backend: VideoBackend, clock: Clock, settings: Settings, counters: Counters) {
    this.#backend = backend;
    this.#clock = clock;
    this.counters = counters;
    this.#settings = settings;
    this.#picture = Picture.of(settings);
    this.#pace = new Pace(settings.frameRate);
    if (settings.muted) this.#black = this.#createBlack();
    this.#ticker = new Ticker(clock, this.#rate, () => this.#tick());
    this.#tick();
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    if (frozen && !this.#black) this.#hold();
    this.#drain();
  }

  get feed(): Feed | null {
    return this.#feed;
  }

  set feed(feed: Feed | null) {
    if (feed === this.#feed) return;
    this.#feed = feed;
    this.#written = false;
    // To be drawn anew.
    this.#picture = Picture.of(this.#settings);
    feed?.renew?.();
    this.#ticker.setRate(this.#rate);
  }

  update(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (settings.pattern !== before.pattern) this.#written = false;
    if (picturesDiffer(before, settings)) this.#picture = Picture.of(settings);
    if (settings.muted !== before.muted) this.#mute(settings.muted);
    this.#pace.rate = settings.frameRate;
    this.#ticker.setRate(this.#rate);
  }

  async write(frame: VideoFrame): Promise<void> {
    if (this.#take(frame)) return;
    const admitted = this.#queue.put(frame);
    this.#drain();
    await admitted;
  }

  push(frame: VideoFrame): void {
    if (this.#take(frame)) return;
    this.counters.dropped += this.#queue.force(frame);
    this.#drain();
  }

  release(): void {
    this.#cancel?.();
    this.#ticker.release();
    this.#queue.clear();
    this.#backend.release();
  }

  #mute(muted: boolean): void {
    if (muted) {
      this.counters.dropped += this.#queue.length;
      this.#queue.clear();
      this.#backend.cover();
      this.#black = this.#createBlack();
    } else {
      this.#black = null;
      this.#backend.uncover();
      this.#picture = Picture.of(this.#settings);
      this.#feed?.renew?.();
      this.#sentAt = -Infinity;
    }
    this.#tick();
  }

  /** As large as what it covers. */
  #createBlack(): Picture | null {
    return Picture.of({ ...this.#settings, ...blackout, ...this.#size });
  }

  /** Pictures that stay need no more than their repetition. */
  get #rate(): number {
    const { frameRate } = this.#settings;
    const moving = !this.#black && !this.#written && (this.#feed !== null || this.#picture?.due);
    return moving ? frameRate : Math.min(frameRate, STILL_RATE);
  }

  /** Answers whether that was all: nothing is queued for a muted track, or behind nothing at the right pace. */
  #take(frame: VideoFrame): boolean {
    this.counters.written++;
    if (this.#settings.muted) {
      frame.close();
      this.counters.dropped++;
      return true;
    }
    if (this.#queue.length > 0 || !this.#free) return false;
    this.#send(frame);
    return true;
  }

  /** Whether a written frame may go now. */
  get #free(): boolean {
    return !this.#frozen && this.#backend.ready && this.#pace.wait(this.#clock.now()) <= 0;
  }

  #drain(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#queue.length > 0 && this.#free) this.#send(this.#queue.shift()!);
    if (this.#queue.length === 0 || this.#frozen) return;
    // At least a moment, when it is the backend that has no room.
    const wait = Math.max(1, this.#pace.wait(this.#clock.now()));
    this.#cancel = this.#clock.after(wait, () => this.#drain());
  }

  #send(frame: VideoFrame): void {
    this.#pace.went(this.#clock.now());
    this.#written = true;
    this.#sendFrame(frame);
  }

  #tick(): void {
    if (!this.#backend.ready) return;
    const still = this.#frozen || this.#written;
    const picture = this.#black ?? (still || this.#feed ? null : this.#picture);
    const fed = still || this.#black ? null : this.#feed?.next();
    if (fed) {
      this.#sendFrame(fed);
    } else if (picture?.due) {
      this.#backend.show(picture, performance.timeOrigin + performance.now());
      this.#sent();
    } else if (this.#clock.now() - this.#sentAt >= 1000 / STILL_RATE - 500 / this.#rate) {
      // Half a tick early is nearer than half a tick late.
      if (this.#backend.repeat()) this.#sent();
      else this.#hold();
    }
  }

  /** Sends what is fed as a picture that stays: of frames that follow each other quickly the backend keeps none. */
  #hold(): void {
    if (this.#written) return;
    this.#feed?.renew?.();
    const frame = this.#feed?.next();
    if (frame) this.#sendFrame(frame, true);
  }

  #sendFrame(frame: VideoFrame, stays = false): void {
    const { displayWidth: width, displayHeight: height } = frame;
    this.#size = { width, height };
    this.#backend.send(this.#labelled(frame), stays);
    this.#sent();
  }

  #sent(): void {
    this.#sentAt = this.#clock.now();
    this.counters.delivered++;
    this.#ticker.setRate(this.#rate);
  }

  /** The frame with the text on it, where there is one. */
  #labelled(frame: VideoFrame): VideoFrame {
    const { text } = this.#settings;
    if (!text) return frame;
    const { displayWidth: width, displayHeight: height, timestamp } = frame;
    const surface = (this.#label ??= createSurface(width, height));
    resize(surface, width, height);
    paint(surface, frame, width, height);
    frame.close();
    drawText(surface, text, width, height);
    return new VideoFrame(surface.canvas, { timestamp, alpha: 'discard' });
  }
}
