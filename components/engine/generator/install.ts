import { replaced } from '../native-class.js';
import { TrackGenerator, VideoTrackGenerator } from './track-generator.js';
import { TrackProcessor } from './track-processor.js';

const classes = {
  MediaStreamTrackGenerator: TrackGenerator,
  VideoTrackGenerator,
  MediaStreamTrackProcessor: TrackProcessor,
} as const;

/**
 * Defines the globals `MediaStreamTrackGenerator`, `VideoTrackGenerator` and `MediaStreamTrackProcessor` where the
 * browser has none; with `force`, in place of the browser's own too. Again does nothing. The function that it returns
 * takes away what this call defined, and puts back what was there.
 */
export function installMediaStreamTrackGenerator({ force = false } = {}): () => void {
  const undo: (() => void)[] = [];
  for (const [name, own] of Object.entries(classes)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    const found = (globalThis as Record<string, unknown>)[name];
    if (typeof found === 'function' && (!force || replaced in found)) continue;
    // A class of its own, which can tell what stood there before.
    const value = class extends (own as new (...given: never[]) => object) {
      static readonly [replaced] = found;
    };
    Object.defineProperty(value, 'name', { value: name });
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    undo.push(() => {
      if ((globalThis as Record<string, unknown>)[name] !== value) return;
      if (before) Object.defineProperty(globalThis, name, before);
      else Reflect.deleteProperty(globalThis, name);
    });
  }
  return () => undo.splice(0).forEach((step) => step());
}
