import type { VideoBackend } from './backend.js';
import { BoundedQueue } from './bounded-queue.js';
import { toFrame, type MediaInput, type VideoInput } from './input.js';
import { drawText, Picture, resize } from './picture.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';

const QUEUE_FRAMES = 3;
// A viewer who comes late sees nothing until the next picture is sent.
const LONGEST_STILL = 200;

/** Feeds a video track: the built-in picture until the first frame is written, from then on the frames. */
export class VideoPump implements Pump {
  frozen = false;
  readonly #queue = new BoundedQueue<VideoFrame>(
    QUEUE_FRAMES,
    () => 1,
    (frame) => frame.close(),
  );
  readonly #backend: VideoBackend;
  readonly #counters: Counters;
  #settings: Settings;
  #picture: Picture | null;
  #written = false;
  #sentAt = Infinity;

  constructor(backend: VideoBackend, settings: Settings, counters: Counters) {
    this.#backend = backend;
    this.#settings = settings;
    this.#counters = counters;
    this.#picture = Picture.of(settings);
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  get track(): MediaStreamTrack {
    return this.#backend.track;
  }

  get rate(): number {
    return this.#settings.frameRate;
  }

  fits(): boolean {
    return true;
  }

  update(settings: Settings): void {
    if (settings.pattern !== this.#settings.pattern) this.#written = false;
    this.#settings = settings;
    this.#picture = Picture.of(settings);
  }

  async write(data: MediaInput): Promise<void> {
    const item = this.#convert(data);
    await this.#queue.put(item);
  }

  push(data: MediaInput): number {
    return this.#queue.force(this.#convert(data));
  }

  tick(): void {
    if (!this.#backend.ready || !this.#send()) return;
    this.#sentAt = performance.now();
    this.#counters.delivered++;
  }

  release(): void {
    this.#queue.clear();
    this.#backend.release();
  }

  #convert(data: MediaInput): VideoFrame {
    const item = toFrame(data as VideoInput);
    this.#counters.written++;
    return item;
  }

  #send(): boolean {
    const frame = this.frozen ? undefined : this.#queue.shift();
    if (frame) {
      this.#written = true;
      this.#sendFrame(frame);
      return true;
    }
    if (!this.frozen && !this.#written && this.#picture?.due) {
      this.#picture.draw(this.#backend.surface, performance.timeOrigin + performance.now());
      this.#backend.commit();
      return true;
    }
    // Half a tick early is nearer than half a tick late.
    if (performance.now() - this.#sentAt < LONGEST_STILL - 500 / this.rate) return false;
    this.#backend.repeat();
    return true;
  }

  #sendFrame(frame: VideoFrame): void {
    const { surface } = this.#backend;
    const { text } = this.#settings;
    if (this.#backend.send && !text) {
      this.#backend.send(frame);
      return;
    }
    const { displayWidth: width, displayHeight: height } = frame;
    resize(surface, width, height);
    surface.drawImage(frame, 0, 0, width, height);
    frame.close();
    if (text) drawText(surface, text, width, height);
    this.#backend.commit();
  }
}
