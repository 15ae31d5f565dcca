import { createSurface, resize, type Moment, type Sprite, type Surface } from './artwork.js';
import { overlap, rolled, type Box, type Point } from './boxes.js';
import type { Picture } from './picture.js';

function drawSprite({ size, draw }: Sprite): OffscreenCanvas {
  const surface = createSurface(size, size, { alpha: true });
  draw(surface);
  return surface.canvas;
}

/** Draws a picture on a canvas: what stays once, afterwards only what changes. */
export class PictureCanvas {
  readonly surface: Surface;
  readonly #picture: Picture;
  readonly #contents: string[] = [];
  #still: OffscreenCanvas | undefined;
  #caption: Box | null = null;
  #sprite: OffscreenCanvas | undefined;
  /** Where the sprite is. */
  #covered: Box | null = null;

  constructor(picture: Picture, surface: Surface) {
    this.#picture = picture;
    this.surface = surface;
  }

  draw(moment: Moment): void {
    const { surface } = this;
    const { width, height, moving, sprite, cells } = this.#picture;
    if (!this.#still) {
      resize(surface, width, height);
      this.#caption = this.#picture.drawStill(surface);
      if (!moving) return;
      const still = createSurface(width, height);
      still.drawImage(surface.canvas, 0, 0);
      this.#still = still.canvas;
    }
    const roll = this.#picture.roll(moment);
    if (roll) {
      for (const { from, to } of rolled(width, height, roll)) this.#copy(from, to);
      this.#picture.drawText(surface);
      return;
    }
    cells.forEach(({ box, content, draw }, index) => {
      const shown = content(moment);
      if (shown === this.#contents[index]) return;
      this.#contents[index] = shown;
      this.#copy(box, box);
      surface.save();
      surface.beginPath();
      surface.rect(box.x, box.y, box.width, box.height);
      // What a soft edge leaves outside would never be restored.
      surface.clip();
      draw(surface, shown);
      surface.restore();
      this.#uncover(box);
    });
    if (!sprite) return;
    this.#sprite ??= drawSprite(sprite);
    if (this.#covered) this.#copy(this.#covered, this.#covered);
    const box = this.#picture.spriteBox(sprite, moment);
    surface.drawImage(this.#sprite, box.x, box.y);
    this.#uncover(box);
    this.#covered = box;
  }

  /** Puts the text back on top. */
  #uncover(box: Box): void {
    const covered = this.#caption && overlap(box, this.#caption);
    if (covered) this.#copy(covered, covered);
  }

  #copy({ x, y, width, height }: Box, to: Point): void {
    this.surface.drawImage(this.#still!, x, y, width, height, to.x, to.y, width, height);
  }
}
