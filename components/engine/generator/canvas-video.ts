import type { VideoBackend } from './backend.js';

/** A video track by canvas capture, for browsers without a generator of their own. */
export class CanvasVideo implements VideoBackend {
  readonly ready = true;
  readonly surface: CanvasRenderingContext2D;
  readonly track: MediaStreamTrack;
  readonly #request: () => void;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    this.surface = canvas.getContext('2d', { alpha: false })!;
    // `requestFrame()` is a method of the track by the specification, of the stream in Firefox.
    const stream = canvas.captureStream(0) as MediaStream & { requestFrame?: () => void };
    const track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
    this.track = track;
    this.#request = () => ('requestFrame' in track ? track.requestFrame() : stream.requestFrame?.());
  }

  commit(): void {
    this.#request();
  }

  repeat(): void {
    // A request sends nothing unless something was drawn since the last one.
    this.surface.drawImage(this.surface.canvas, 0, 0, 1, 1, 0, 0, 1, 1);
    this.#request();
  }

  release(): void {
    this.track.stop();
    // Gives the memory of the pixels back at once.
    this.surface.canvas.width = this.surface.canvas.height = 0;
  }
}
