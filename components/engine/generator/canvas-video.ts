import { createSurface, paint, resize, type Surface } from './artwork.js';
import type { VideoBackend } from './backend.js';
import type { Tap } from './own-track.js';
import type { Picture } from './picture.js';

/** A video track by canvas capture, for browsers without a generator of their own. */
export class CanvasVideo implements VideoBackend {
  readonly ready = true;
  readonly track: MediaStreamTrack;
  /** What was on the canvas before something covered it. */
  #covered: Surface | undefined;
  readonly #listeners = new Set<(frame: VideoFrame) => void>();
  readonly #surface: CanvasRenderingContext2D;
  readonly #request: () => void;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    this.#surface = canvas.getContext('2d', { alpha: false })!;
    // `requestFrame()` is a method of the track by the specification, of the stream in Firefox.
    const stream = canvas.captureStream(0) as MediaStream & { requestFrame?: () => void };
    const track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
    this.track = track;
    this.#request = () => ('requestFrame' in track ? track.requestFrame() : stream.requestFrame?.());
  }

  readonly tap: Tap = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  show(picture: Picture, time: number): void {
    picture.draw(this.#surface, time);
    this.#commit();
  }

  cover(): void {
    const { canvas } = this.#surface;
    this.#covered = createSurface(canvas.width, canvas.height);
    this.#covered.drawImage(canvas, 0, 0);
  }

  uncover(): void {
    if (!this.#covered) return;
    const { canvas } = this.#covered;
    this.#covered = undefined;
    resize(this.#surface, canvas.width, canvas.height);
    this.#surface.drawImage(canvas, 0, 0);
  }

  send(frame: VideoFrame): void {
    const { displayWidth, displayHeight } = frame;
    resize(this.#surface, displayWidth, displayHeight);
    paint(this.#surface, frame, displayWidth, displayHeight);
    this.#request();
    for (const listener of this.#listeners) listener(frame.clone());
    frame.close();
  }

  repeat(): boolean {
    const surface = this.#surface;
    // A request sends nothing unless something was drawn since the last one.
    surface.drawImage(surface.canvas, 0, 0, 1, 1, 0, 0, 1, 1);
    this.#commit();
    return true;
  }

  release(): void {
    this.track.stop();
    // Gives the memory of the pixels back at once.
    this.#surface.canvas.width = this.#surface.canvas.height = 0;
  }

  #commit(): void {
    this.#request();
    for (const listener of this.#listeners) {
      const timestamp = Math.round(performance.now() * 1000);
      listener(new VideoFrame(this.#surface.canvas, { timestamp, alpha: 'discard' }));
    }
  }
}
