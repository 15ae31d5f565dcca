import { MediaKitError } from '../errors.js';
import { createSurface, resize, type Surface } from '../generator/artwork.js';
import { blur, drawn } from './pictures.js';
import type { EffectSettings } from './settings.js';
import type { Transform } from './transform.js';

/** What is used of `@mediapipe/tasks-vision`, which a page has on its own server. */
interface Vision {
  readonly FilesetResolver: { forVisionTasks(folder: string): Promise<unknown> };
  readonly ImageSegmenter: { createFromOptions(files: unknown, options: object): Promise<Segmenter> };
}

interface Segmenter {
  segmentForVideo(picture: VideoFrame, time: number, hear: (result: Segmented) => void): void;
  close(): void;
}

interface Segmented {
  readonly confidenceMasks?: readonly Mask[];
}

interface Mask {
  readonly width: number;
  readonly height: number;
  getAsFloat32Array(): Float32Array;
}

/** Blurs what is behind people. Rejects with `bad-input` where the files that the page names are not there. */
export async function openBackground({
  amount,
  visionPath,
  visionModel,
}: EffectSettings): Promise<Transform> {
  const segmenter = await openSegmenter(visionPath, visionModel);
  const blurred = blur(amount);
  const [mask, people] = [createSurface(1, 1, { alpha: true }), createSurface(1, 1, { alpha: true })];
  const drawing = drawn((surface, frame, width, height) => {
    blurred(surface, frame, width, height);
    segmenter.segmentForVideo(frame, performance.now(), ({ confidenceMasks }) => {
      // The last one is that of people, also where it is the only one.
      const found = confidenceMasks?.at(-1);
      if (found) drawMask(mask, found);
    });
    resize(people, width, height);
    people.globalCompositeOperation = 'copy';
    people.drawImage(frame, 0, 0, width, height);
    people.globalCompositeOperation = 'destination-in';
    people.drawImage(mask.canvas, 0, 0, width, height);
    surface.drawImage(people.canvas, 0, 0);
  });
  return { apply: (chunk) => drawing.apply(chunk), release: () => segmenter.close() };
}

async function openSegmenter(path: string, model: string): Promise<Segmenter> {
  if (!path || !model) {
    throw new MediaKitError(
      'bad-input',
      'background-blur needs the files of @mediapipe/tasks-vision on your server: name their folder by vision-path, and the model by vision-model.',
    );
  }
  const folder = new URL(path.replace(/\/?$/, '/'), document.baseURI).href;
  try {
    const vision = (await import(/* @vite-ignore */ `${folder}vision_bundle.mjs`)) as Vision;
    const files = await vision.FilesetResolver.forVisionTasks(`${folder}wasm`);
    return await vision.ImageSegmenter.createFromOptions(files, {
      baseOptions: { modelAssetPath: new URL(model, document.baseURI).href, delegate: 'GPU' },
      runningMode: 'VIDEO',
      outputCategoryMask: false,
      outputConfidenceMasks: true,
    });
  } catch (cause) {
    const words = `background-blur finds no vision_bundle.mjs, no wasm/ or no model in what ${folder} and ${model} name.`;
    throw new MediaKitError('bad-input', words, { cause });
  }
}

/** As opaque as it is sure of people. */
function drawMask(surface: Surface, mask: Mask): void {
  const { width, height } = mask;
  const picture = new ImageData(width, height);
  mask.getAsFloat32Array().forEach((sure, at) => (picture.data[at * 4 + 3] = sure * 255));
  resize(surface, width, height);
  surface.putImageData(picture, 0, 0);
}
