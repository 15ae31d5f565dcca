import { createSurface, resize, type Surface } from './artwork.js';
import type { VideoBackend } from './backend.js';
import { FrameMaker } from './frame-maker.js';
import type { Picture } from './picture.js';

const microseconds = (): number => Math.round(performance.now() * 1000);

/** Writes into a video generator of the browser's own, on the page or in a worker. */
export class NativeVideo implements VideoBackend {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #closed: () => void;
  readonly #maker = new FrameMaker();
  /** The frame that was sent last, unless it was made from a picture. */
  #kept: VideoFrame | undefined;
  #surface: Surface | undefined;
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

  show(picture: Picture, time: number): void {
    this.#keep(undefined);
    this.#write(this.#maker.make(picture, time, microseconds()));
  }

  send(frame: VideoFrame): void {
    this.#keep(frame.clone());
    this.#write(frame);
  }

  repeat(): void {
    if (!this.#kept) {
      this.#write(this.#maker.again(microseconds()));
      return;
    }
    // Over a canvas: sinks would see the old timestamp in a frame made of a frame.
    const { displayWidth, displayHeight } = this.#kept;
    const surface = (this.#surface ??= createSurface(displayWidth, displayHeight));
    resize(surface, displayWidth, displayHeight);
    surface.drawImage(this.#kept, 0, 0);
    this.#write(new VideoFrame(surface.canvas, { timestamp: microseconds(), alpha: 'discard' }));
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
