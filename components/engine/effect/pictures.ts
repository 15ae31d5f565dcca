import { createSurface, paint, resize, type Surface } from '../generator/artwork.js';
import { drawText } from '../generator/picture.js';
import type { EffectSettings } from './settings.js';
import type { Transform } from './transform.js';

/** Draws what is made of a picture onto a surface of the same size. */
export type Draw = (surface: Surface, frame: VideoFrame, width: number, height: number) => void;

/** A built-in effect on pictures. No filters of canvases, which WebKit has not. */
export function pictureEffect({ effect, amount, text }: EffectSettings): Transform {
  switch (effect) {
    case 'grayscale':
      return drawn(grayscale(amount));
    case 'blur':
      return drawn(blur(amount));
    case 'pixelate':
      return drawn(pixelate(amount));
    case 'mirror':
      return drawn(mirror);
    default:
      return drawn((surface, frame, width, height) => {
        paint(surface, frame, width, height);
        if (text) drawText(surface, text, width, height);
      });
  }
}

/** A transform that draws, on one surface that is kept. */
export function drawn(draw: Draw): Transform {
  let surface: Surface | undefined;
  return {
    apply: (chunk) => {
      const frame = chunk as VideoFrame;
      const { displayWidth: width, displayHeight: height, timestamp } = frame;
      surface ??= createSurface(width, height);
      resize(surface, width, height);
      draw(surface, frame, width, height);
      return new VideoFrame(surface.canvas, { timestamp, alpha: 'discard' });
    },
  };
}

const grayscale =
  (amount: number): Draw =>
  (surface, frame, width, height) => {
    paint(surface, frame, width, height);
    surface.globalCompositeOperation = 'saturation';
    surface.globalAlpha = amount;
    surface.fillStyle = '#808080';
    surface.fillRect(0, 0, width, height);
    surface.globalCompositeOperation = 'source-over';
    surface.globalAlpha = 1;
  };

/** Halved again and again, and doubled as often: each step is smoothed, so that no step is seen. */
export function blur(radius: number): Draw {
  const steps: Surface[] = [];
  return (surface, frame, width, height) => {
    const count = Math.round(Math.log2(radius + 1));
    let from: CanvasImageSource = frame;
    for (let step = 0; step < count; step++) {
      const [w, h] = [width, height].map((size) => Math.max(1, size >> (step + 1))) as [number, number];
      const to = (steps[step] ??= createSurface(w, h));
      resize(to, w, h);
      paint(to, from, w, h);
      from = to.canvas;
    }
    for (let step = count - 2; step >= 0; step--) {
      const to = steps[step]!;
      paint(to, from, to.canvas.width, to.canvas.height);
      from = to.canvas;
    }
    paint(surface, from, width, height);
  };
}

function pixelate(size: number): Draw {
  let small: Surface | undefined;
  return (surface, frame, width, height) => {
    const [w, h] = [Math.max(1, Math.round(width / size)), Math.max(1, Math.round(height / size))];
    small ??= createSurface(w, h);
    resize(small, w, h);
    paint(small, frame, w, h);
    surface.imageSmoothingEnabled = false;
    paint(surface, small.canvas, width, height);
  };
}

const mirror: Draw = (surface, frame, width, height) => {
  surface.setTransform(-1, 0, 0, 1, width, 0);
  paint(surface, frame, width, height);
  surface.resetTransform();
};
