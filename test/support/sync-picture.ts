import type { Moment, Surface } from '../../components/engine/generator/artwork.js';
import { syncArt } from '../../components/engine/generator/sync-art.js';

/** Draws one whole picture of `pattern="sync"`. */
export function drawSync(surface: Surface, moment: Moment): void {
  const { width, height } = surface.canvas;
  syncArt.background(surface, width, height);
  for (const { content, draw } of syncArt.cells!(width, height)) draw(surface, content(moment));
}
