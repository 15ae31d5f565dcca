import { createSurface, paint, resize, type Surface } from './artwork.js';
import type { VideoBackend } from './backend.js';
import { FrameMaker } from './frame-maker.js';
import type { Picture } from './picture.js';

/** Frames that follow each other within so many ms, and so many of them, are those of a writer that goes on. */
const [QUICK, STEADY] = [100, 10];

const microseconds = (): number => Math.round(performance.now() * 1000);

/** Writes into a video generator of the browser's own, on the page or in a worker. */
export class NativeVideo implements VideoBackend {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #closed: () => void;
  readonly #maker = new FrameMaker();
  /** The frame that was sent last, unless it was made from a picture. */
  #kept: VideoFrame | undefined;
  /** How far its time is from ours, in µs: repeated, it goes on on the line of whoever sent it. */
  #shift = 0;
  #surface: Surface | undefined;
  /** Whether a picture stands in front of the frame that is kept. */
  #covered = false;
  #made = false;
  #sentAt = -Infinity;
  /** How many frames have come in quick succession. */
  #run = 0;
  #over = false;

  /** `closed` hears when the stream was closed or errored by somebody else. */
  constructor(writable: WritableStream<VideoFrame>, closed: () => void) {
    this.#writer = writable.getWriter();
    this.#closed = closed;
    // Chromium leaves it pending after a stop: the next write rejects.
    this.#writer.closed.then(
      () => this.#end(),
      () => this.#end(),
    );
  }

  get ready(): boolean {
    return (this.#writer.desiredSize ?? 0) > 0;
  }

  get #now(): number {
    return microseconds() + this.#shift;
  }

  show(picture: Picture, time: number): void {
    if (!this.#covered) {
      this.#keep(undefined);
      this.#shift = 0;
    }
    this.#made = true;
    this.#write(this.#maker.make(picture, time, this.#now));
  }

  cover(): void {
    this.#covered = true;
    // The next picture takes its place in the maker.
    if (this.#made) this.#keep(this.#maker.again(this.#now));
  }

  uncover(): void {
    this.#covered = this.#made = false;
  }

  send(frame: VideoFrame, stays = false): void {
    const now = performance.now();
    this.#run = now - this.#sentAt < QUICK ? this.#run + 1 : 0;
    this.#sentAt = now;
    this.#shift = frame.timestamp - microseconds();
    this.#made = false;
    // A canvas that is drawn on while a frame of it is kept copies itself first, which costs more than all the rest.
    const dear =
      !stays && this.#run >= STEADY && !frame.format?.startsWith('I420') && frame.format !== 'NV12';
    this.#keep(dear ? undefined : frame.clone());
    this.#write(frame);
  }

  repeat(): boolean {
    if (this.#made) {
      this.#write(this.#maker.again(this.#now));
      return true;
    }
    if (!this.#kept) return false;
    // Over a canvas: sinks would see the old timestamp in a frame made of a frame.
    const { displayWidth, displayHeight } = this.#kept;
    const surface = (this.#surface ??= createSurface(displayWidth, displayHeight));
    resize(surface, displayWidth, displayHeight);
    paint(surface, this.#kept, displayWidth, displayHeight);
    this.#write(new VideoFrame(surface.canvas, { timestamp: this.#now, alpha: 'discard' }));
    return true;
  }

  release(): void {
    this.#over = true;
    // Ends the track and its clones.
    this.#writer.close().catch(() => {});
    this.#giveBack();
  }

  #write(frame: VideoFrame): void {
    this.#writer.write(frame).catch(() => {
      frame.close();
      this.#end();
    });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#giveBack();
    this.#closed();
  }

  #giveBack(): void {
    this.#keep(undefined);
    this.#maker.release();
  }

  #keep(frame: VideoFrame | undefined): void {
    this.#kept?.close();
    this.#kept = frame;
  }
}
