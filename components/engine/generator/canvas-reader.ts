/** Frames per second, as many as a generator sends. */
const FASTEST = 60;

type Readable = HTMLCanvasElement | HTMLVideoElement;

/**
 * Says where to read the picture of a canvas. What WebGL and WebGPU have drawn is gone, in some browsers, once it is
 * on the screen: such a canvas always looks black, but its capture does not.
 */
export class CanvasReader {
  readonly #canvas: HTMLCanvasElement;
  #capture: HTMLVideoElement | null = null;
  #choice: Readable | null = null;
  #probe: OffscreenCanvasRenderingContext2D | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** The canvas, or a video of it. */
  get readable(): Readable {
    return this.#choice ?? this.#choose() ?? this.#canvas;
  }

  release(): void {
    for (const track of (this.#capture?.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
    if (this.#capture) this.#capture.srcObject = null;
    this.#capture = null;
  }

  /** The first one that is not black; null if neither is yet. */
  #choose(): Readable | null {
    try {
      if (this.#shows(this.#canvas)) {
        this.release();
        return (this.#choice = this.#canvas);
      }
      // In Chromium a video without a picture, as of a canvas that stays as it is, holds back the page's `load` for good.
      if (!this.#capture && document.readyState !== 'complete') return null;
      // Told no rate, WebKit stamps frames so that nearly none is shown.
      this.#capture ??= play(this.#canvas.captureStream(FASTEST));
      if (this.#shows(this.#capture)) return (this.#choice = this.#capture);
    } catch {
      // Tainted, or not drawn on at all: whoever reads the canvas will know.
    }
    return null;
  }

  #shows(picture: Readable): boolean {
    this.#probe ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    this.#probe.drawImage(picture, 0, 0, 1, 1);
    return this.#probe.getImageData(0, 0, 1, 1).data.some((value, index) => index < 3 && value > 0);
  }
}

function play(stream: MediaStream): HTMLVideoElement {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
  video.play().catch(() => {});
  return video;
}
