import { createSurface, type Artwork, type Surface } from './artwork.js';
import { digits, figures, timeOfDay } from './figures.js';

const TURN = 2 * Math.PI;

function fill(surface: Surface, style: string | CanvasGradient, width: number, height: number): void {
  surface.fillStyle = style;
  surface.fillRect(0, 0, width, height);
}

function dot(surface: Surface, x: number, y: number, radius: number, style: string | CanvasGradient): void {
  surface.fillStyle = style;
  surface.beginPath();
  surface.arc(x, y, radius, 0, TURN);
  surface.fill();
}

export const solid = (color: string): Artwork => ({
  background: (surface, width, height) => fill(surface, color, width, height),
});

/** A ball that touches the ground on each full second. */
export const ball: Artwork = {
  background(surface, width, height) {
    const sky = surface.createLinearGradient(0, 0, 0, height);
    sky.addColorStop(0, '#1b2440');
    sky.addColorStop(1, '#0b0f1c');
    fill(surface, sky, width, height);
    const cell = Math.max(4, Math.min(width, height) / 9);
    const line = Math.max(1, Math.round(cell / 40));
    surface.fillStyle = '#33406b';
    // From the middle outwards, so that it is symmetrical.
    for (let x = (width / 2) % cell; x < width; x += cell) surface.fillRect(Math.round(x), 0, line, height);
    for (let y = (height / 2) % cell; y < height; y += cell) surface.fillRect(0, Math.round(y), width, line);
  },
  sprite(width, height) {
    const radius = Math.min(width, height) / 9;
    return {
      size: Math.ceil(2 * radius),
      draw(surface) {
        const [x, y] = [radius * 0.65, radius * 0.6];
        const shine = surface.createRadialGradient(x, y, radius * 0.1, radius, radius, radius);
        shine.addColorStop(0, '#fff3d6');
        shine.addColorStop(0.25, '#ffb347');
        shine.addColorStop(1, '#d9480f');
        dot(surface, radius, radius, radius, shine);
      },
      place({ time }) {
        const swing = (time / 4000) % 2;
        const fall = ((time / 1000) % 1) * 2 - 1;
        return {
          x: (width - 2 * radius) * (swing > 1 ? 2 - swing : swing),
          y: (height - 2 * radius) * (0.15 + 0.85 * fall * fall),
        };
      },
    };
  },
};

/** Goes through these and back to the first. */
const hues = ['#12c2e9', '#4568dc', '#b06ab3', '#f64f59', '#ffb347', '#3ddc97'];

/** All the colours, moving across. */
export const gradient: Artwork = {
  background(surface, width, height) {
    // Twice through the colours from corner to corner: each edge goes on where the opposite one ends.
    const [across, down] = [1 / width, 1 / height];
    const reach = 2 / (across * across + down * down);
    const rainbow = surface.createLinearGradient(0, 0, across * reach, down * reach);
    const stops = [...hues, ...hues, hues[0]!];
    stops.forEach((color, index) => rainbow.addColorStop(index / (stops.length - 1), color));
    fill(surface, rainbow, width, height);
  },
  roll: (width, _height, { time }) => ({ x: width * ((time / 12_000) % 1), y: 0 }),
};

const TILE = 512;

/** A number as good as random for each whole number, from 0 to 1. */
function scatter(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** Soft grey grain, another in each picture. */
export const noise: Artwork = {
  background(surface, width, height) {
    const tile = createSurface(TILE, TILE);
    const grain = new ImageData(TILE, TILE);
    const pixels = new Uint32Array(grain.data.buffer);
    for (let at = 0; at < pixels.length; at++) {
      // Nearly a normal distribution.
      const sum = scatter(4 * at + 1) + scatter(4 * at + 2) + scatter(4 * at + 3) + scatter(4 * at + 4);
      const level = Math.round(20 + 50 * sum);
      pixels[at] = 0xff000000 | (level * 0x10101);
    }
    tile.putImageData(grain, 0, 0);
    // Grains of film grow with the picture.
    const size = Math.max(1, Math.min(width, height) / 540);
    surface.save();
    surface.scale(size, size);
    surface.fillStyle = surface.createPattern(tile.canvas, 'repeat')!;
    surface.fillRect(0, 0, width / size, height / size);
    surface.restore();
  },
  roll: (width, height, { number }) => ({
    x: width * scatter(2 * number + 1),
    y: height * scatter(2 * number + 2),
  }),
};

/** HH:MM:SS:FF of a picture's number, without drop frames. */
export function timeCode(number: number, frameRate: number): string {
  const seconds = Math.floor(number / frameRate);
  const frame = number - Math.ceil(seconds * frameRate);
  return [(seconds / 3600) % 100, (seconds / 60) % 60, seconds % 60, frame]
    .map((value) => digits(value, 2))
    .join(':');
}

/** The time of day, and below it the time code and the number of the picture. */
export const clock = (frameRate: number): Artwork => ({
  background(surface, width, height) {
    const radius = Math.min(width, height) / 2;
    const [x, y] = [width / 2, height / 2];
    const glow = surface.createRadialGradient(x, y, 0, x, y, Math.max(x, y));
    glow.addColorStop(0, '#1a2242');
    glow.addColorStop(1, '#0a0d18');
    fill(surface, glow, width, height);
    for (let second = 0; second < 60; second++) {
      const angle = (second / 60) * TURN;
      const whole = second % 5 === 0;
      const at = radius * 0.88;
      const [across, down] = [x + at * Math.sin(angle), y - at * Math.cos(angle)];
      dot(surface, across, down, radius * (whole ? 0.016 : 0.007), whole ? '#c3cdf2' : '#66739f');
    }
  },
  cells(width, height) {
    const size = Math.min(width, height);
    const [x, y] = [width / 2, height / 2];
    return [
      ...figures(x, y - size * 0.07, size * 0.145, '#ffffff', 8, ({ time }) => timeOfDay(time)),
      ...figures(x, y + size * 0.055, size * 0.085, '#5cc8ff', 4, ({ time }) => `.${digits(time % 1000, 3)}`),
      ...figures(x, y + size * 0.17, size * 0.055, '#9fb0e0', 11, ({ number }) =>
        timeCode(number, frameRate),
      ),
      ...figures(
        x,
        y + size * 0.25,
        size * 0.055,
        '#9fb0e0',
        8,
        ({ number }) => `#${digits(number % 1e7, 7)}`,
      ),
    ];
  },
  sprite(width, height) {
    const size = Math.min(width, height);
    const radius = size * 0.017;
    return {
      size: Math.ceil(2 * radius),
      draw: (surface) => dot(surface, radius, radius, radius, '#5cc8ff'),
      place({ time }) {
        const angle = ((time % 60_000) / 60_000) * TURN;
        return {
          x: width / 2 + size * 0.44 * Math.sin(angle) - radius,
          y: height / 2 - size * 0.44 * Math.cos(angle) - radius,
        };
      },
    };
  },
});
