import { MediaKitError } from '../errors.js';
import { createSurface, paint, resize } from '../generator/artwork.js';
import { maskDelegate } from './delegate.js';

/** What is used of `@mediapipe/tasks-vision`, which a page has on its own server. */
interface Vision {
  readonly FilesetResolver: { forVisionTasks(folder: string): Promise<unknown> };
  readonly ImageSegmenter: { createFromOptions(files: unknown, options: object): Promise<ImageSegmenter> };
}

interface ImageSegmenter {
  segmentForVideo(
    picture: OffscreenCanvas,
    time: number,
    hear: (result: { readonly confidenceMasks?: readonly Mask[] }) => void,
  ): void;
  close(): void;
}

interface Mask {
  readonly width: number;
  readonly height: number;
  getAsFloat32Array(): Float32Array;
}

/** The models look at no more pixels than these, on the longer side, and each one of a mask is read back. */
const SIZE = 256;

/** Finds the people in a picture, by a model for MediaPipe's image segmenter. */
export class Segmenter {
  readonly #segmenter: ImageSegmenter;
  /** What it draws with; null where that cannot be known. */
  readonly #gl: WebGL2RenderingContext | null;
  readonly #small = createSurface(1, 1);
  readonly #people = createSurface(1, 1, { alpha: true });
  #pixels: ImageData | undefined;
  #time = 0;

  /** Rejects with `bad-input` where the files that the page names are not there. */
  static async open(effect: string, path: string, model: string): Promise<Segmenter> {
    if (!path || !model) {
      throw new MediaKitError(
        'bad-input',
        `${effect} needs the files of @mediapipe/tasks-vision on your server: name their folder by vision-path, and the model by vision-model.`,
      );
    }
    const folder = new URL(path.replace(/\/?$/, '/'), document.baseURI).href;
    try {
      const vision = (await import(/* @vite-ignore */ `${folder}vision_bundle.mjs`)) as Vision;
      const files = await vision.FilesetResolver.forVisionTasks(`${folder}wasm`);
      const canvas = new OffscreenCanvas(1, 1);
      const segmenter = await vision.ImageSegmenter.createFromOptions(files, {
        canvas,
        baseOptions: { modelAssetPath: new URL(model, document.baseURI).href, delegate: maskDelegate() },
        runningMode: 'VIDEO',
        outputCategoryMask: false,
        outputConfidenceMasks: true,
      });
      return new Segmenter(segmenter, canvas.getContext('webgl2'));
    } catch (cause) {
      const words = `${effect} cannot find people: are vision_bundle.mjs and wasm/ in ${folder}, is the model ${model}, and has the browser WebGL?`;
      throw new MediaKitError('bad-input', words, { cause });
    }
  }

  private constructor(segmenter: ImageSegmenter, gl: WebGL2RenderingContext | null) {
    this.#segmenter = segmenter;
    this.#gl = gl;
  }

  /**
   * A picture of the same proportions, as opaque as it is sure of people; to be drawn before the next one is asked for.
   * Throws where it cannot know.
   */
  find(frame: VideoFrame, width: number, height: number): OffscreenCanvas {
    const scale = Math.min(1, SIZE / Math.max(width, height));
    const [w, h] = [width, height].map((size) => Math.max(1, Math.round(size * scale))) as [number, number];
    resize(this.#small, w, h);
    paint(this.#small, frame, w, h);
    // In whole ms, of which it takes none twice.
    this.#time = Math.max(this.#time + 1, Math.round(performance.now()));
    let found = false;
    this.#segmenter.segmentForVideo(this.#small.canvas, this.#time, ({ confidenceMasks }) => {
      found = this.#draw(confidenceMasks ?? []);
    });
    // Where they were before is no answer: what is behind them would be seen there.
    if (!found) throw new Error('The model does not say where people are.');
    // The library says nothing of it, and takes everything for people, or anything.
    if (this.#gl?.isContextLost()) throw new Error('The browser has lost its WebGL.');
    return this.#people.canvas;
  }

  release(): void {
    this.#segmenter.close();
  }

  /**
   * A mask that is alone is that of people; the first of several is that of what is behind them. False without any, and
   * where nothing at all is behind people: a mask that could not be read is one of zeros.
   */
  #draw(masks: readonly Mask[]): boolean {
    const [mask] = masks;
    if (!mask) return false;
    const { width, height } = mask;
    if (this.#pixels?.width !== width || this.#pixels.height !== height)
      this.#pixels = new ImageData(width, height);
    const { data } = this.#pixels;
    const sure = mask.getAsFloat32Array();
    const several = masks.length > 1;
    if (several && sure.every((value) => value === 0)) return false;
    const [none, all] = several ? [255, -255] : [0, 255];
    for (let at = 0; at < sure.length; at++) data[at * 4 + 3] = none + sure[at]! * all;
    resize(this.#people, width, height);
    this.#people.putImageData(this.#pixels, 0, 0);
    return true;
  }
}
