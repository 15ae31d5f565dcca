import { loaded } from '../errors.js';
import { processorTransform } from './processor.js';
import type { EffectSettings } from './settings.js';
import { nothing, type Transform } from './transform.js';

/** What makes the effect, loaded when it is first used; null where there is nothing to make. Rejects with a `MediaKitError`. */
export async function openTransform(settings: EffectSettings): Promise<Transform | null> {
  const { effect, processor, workerPath } = settings;
  switch (effect) {
    case 'none':
      return null;
    case 'gain':
    case 'delay':
      return (await loaded(import('./sounds.js'))).soundEffect(settings);
    case 'background-blur':
    case 'background-replace':
      return (await loaded(import('./background.js'))).openBackground(settings);
    case 'custom': {
      if (!processor) return nothing;
      if (typeof processor !== 'string') return processorTransform(processor);
      const { openProcessor } = await loaded(import('./processor-worker.js'));
      return openProcessor(new URL(processor, document.baseURI).href, workerPath);
    }
    default:
      return (await loaded(import('./pictures.js'))).pictureEffect(settings);
  }
}
