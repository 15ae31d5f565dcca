import { MediaKitError } from '../errors.js';
import { createSurface, resize } from '../generator/artwork.js';
import { blur, drawn, type Draw } from './pictures.js';
import { Segmenter } from './segmenter.js';
import type { EffectSettings } from './settings.js';
import type { Transform } from './transform.js';

/**
 * Blurs what is behind people, or shows a picture in its place. Rejects with `bad-input` where the files that the page
 * names are not there.
 */
export async function openBackground(settings: EffectSettings): Promise<Transform> {
  const { effect, amount, background, visionPath, visionModel } = settings;
  const behind = effect === 'background-blur' ? blur(amount) : await openPicture(background);
  const segmenter = await Segmenter.open(effect, visionPath, visionModel);
  const people = createSurface(1, 1, { alpha: true });
  const drawing = drawn((surface, frame, width, height) => {
    behind(surface, frame, width, height);
    const found = segmenter.find(frame, width, height);
    resize(people, width, height);
    people.globalCompositeOperation = 'copy';
    people.drawImage(frame, 0, 0, width, height);
    people.globalCompositeOperation = 'destination-in';
    people.drawImage(found, 0, 0, width, height);
    surface.drawImage(people.canvas, 0, 0);
  });
  return { hides: true, apply: (chunk) => drawing.apply(chunk), release: () => segmenter.release() };
}

/** Covers all with the picture, which keeps its proportions. */
async function openPicture(url: string): Promise<Draw> {
  if (!url) {
    throw new MediaKitError('bad-input', 'background-replace needs a picture: name its URL by background.');
  }
  const picture = new Image();
  picture.crossOrigin = 'anonymous';
  picture.src = new URL(url, document.baseURI).href;
  try {
    await picture.decode();
  } catch (cause) {
    const words = `background="${url}" is no picture that can be had: is it there, and allowed for this origin?`;
    throw new MediaKitError('bad-input', words, { cause });
  }
  return (surface, _frame, width, height) => {
    const scale = Math.max(width / picture.naturalWidth, height / picture.naturalHeight);
    const [w, h] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
    // It may have holes.
    surface.clearRect(0, 0, width, height);
    surface.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
  };
}
