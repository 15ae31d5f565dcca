import type { Settings } from './settings.js';

/** Where a picture is drawn: opaque, so that no half-transparent pixel leaves. */
export type Surface = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One pattern: a still background, and what moves on it. */
interface Artwork {
  readonly background: (surface: Surface, width: number, height: number) => void;
  /** Draws the moving part for a wall-clock time in ms and answers the box that it touched. */
  readonly move?: (surface: Surface, width: number, height: number, time: number) => Box;
}

/** The box with whole numbers, so that restoring it leaves no seam. */
function box(x: number, y: number, width: number, height: number): Box {
  const [left, top] = [Math.floor(x) - 1, Math.floor(y) - 1];
  return { x: left, y: top, width: Math.ceil(x + width) + 1 - left, height: Math.ceil(y + height) + 1 - top };
}

/** Sets the size, which clears the surface, only where it is another one. */
export function resize({ canvas }: Surface, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** A drawing surface that is in no document. */
export function createSurface(width: number, height: number): OffscreenCanvasRenderingContext2D {
  return new OffscreenCanvas(width, height).getContext('2d', { alpha: false })!;
}

/** SMPTE ECR 1-1978 colour bars at 75 %, with PLUGE in the bottom row. */
function drawBars(surface: Surface, width: number, height: number): void {
  const black = '#131313';
  const [grey, yellow, cyan, green, magenta, red, blue] = [
    '#bfbfbf',
    '#bfbf00',
    '#00bfbf',
    '#00bf00',
    '#bf00bf',
    '#bf0000',
    '#0000bf',
  ] as const;
  const row = (
    from: number,
    to: number,
    cells: readonly (readonly [color: string, width: number])[],
  ): void => {
    const [top, bottom] = [Math.round(from * height), Math.round(to * height)];
    let at = 0;
    for (const [color, cell] of cells) {
      const left = Math.round((at / 7) * width);
      at += cell;
      surface.fillStyle = color;
      surface.fillRect(left, top, Math.round((at / 7) * width) - left, bottom - top);
    }
  };
  const bars = (...colors: string[]): [string, number][] => colors.map((color) => [color, 1]);
  row(0, 2 / 3, bars(grey, yellow, cyan, green, magenta, red, blue));
  row(2 / 3, 3 / 4, bars(blue, black, magenta, black, cyan, black, grey));
  row(3 / 4, 1, [
    ['#00214c', 5 / 4],
    ['#ffffff', 5 / 4],
    ['#32006a', 5 / 4],
    [black, 5 / 4],
    ['#090909', 1 / 3],
    [black, 1 / 3],
    ['#1d1d1d', 1 / 3],
    [black, 1],
  ]);
}

function drawGrid(surface: Surface, width: number, height: number): void {
  const sky = surface.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#1b2440');
  sky.addColorStop(1, '#0b0f1c');
  surface.fillStyle = sky;
  surface.fillRect(0, 0, width, height);
  const cell = Math.max(4, Math.min(width, height) / 9);
  const line = Math.max(1, Math.round(cell / 40));
  surface.fillStyle = '#33406b';
  // From the middle outwards, so that the grid is symmetrical.
  for (let x = (width / 2) % cell; x < width; x += cell) surface.fillRect(Math.round(x), 0, line, height);
  for (let y = (height / 2) % cell; y < height; y += cell) surface.fillRect(0, Math.round(y), width, line);
}

function drawBall(surface: Surface, width: number, height: number, time: number): Box {
  const radius = Math.min(width, height) / 9;
  const swing = (time / 4000) % 2;
  const x = radius + (width - 2 * radius) * (swing > 1 ? 2 - swing : swing);
  const fall = ((time / 1000) % 1) * 2 - 1;
  const y = radius + (height - 2 * radius) * (0.15 + 0.85 * fall * fall);
  const shine = surface.createRadialGradient(x - radius * 0.35, y - radius * 0.4, radius * 0.1, x, y, radius);
  shine.addColorStop(0, '#fff3d6');
  shine.addColorStop(0.25, '#ffb347');
  shine.addColorStop(1, '#d9480f');
  surface.fillStyle = shine;
  surface.beginPath();
  surface.arc(x, y, radius, 0, 2 * Math.PI);
  surface.fill();
  return box(x - radius, y - radius, 2 * radius, 2 * radius);
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

function dial(surface: Surface, width: number, height: number, from: number, to: number, color: string): Box {
  const radius = Math.min(width, height) * 0.43;
  surface.strokeStyle = color;
  surface.lineWidth = radius * 0.09;
  surface.beginPath();
  surface.arc(width / 2, height / 2, radius, (from - 0.25) * 2 * Math.PI, (to - 0.25) * 2 * Math.PI);
  surface.stroke();
  const outer = radius * 1.05;
  return box(width / 2 - outer, height / 2 - outer, 2 * outer, 2 * outer);
}

function drawDial(surface: Surface, width: number, height: number): void {
  surface.fillStyle = '#0f1424';
  surface.fillRect(0, 0, width, height);
  dial(surface, width, height, 0, 1, '#2a3354');
  for (let second = 0; second < 60; second++) {
    const tick = second % 5 ? 0.0012 : 0.0035;
    dial(surface, width, height, second / 60 - tick, second / 60 + tick, '#6d7aa8');
  }
}

function drawTime(surface: Surface, width: number, height: number, time: number): Box {
  const now = new Date(time);
  const seconds = now.getSeconds() + now.getMilliseconds() / 1000;
  const touched = dial(surface, width, height, 0, seconds / 60, '#5cc8ff');
  const size = Math.min(width, height);
  surface.textAlign = 'center';
  surface.textBaseline = 'middle';
  surface.fillStyle = '#ffffff';
  surface.font = `600 ${size * 0.155}px ui-monospace, monospace`;
  const hands = [now.getHours(), now.getMinutes(), now.getSeconds()].map((value) => digits(value, 2));
  surface.fillText(hands.join(':'), width / 2, height * 0.47, size * 0.74);
  surface.fillStyle = '#5cc8ff';
  surface.font = `600 ${size * 0.1}px ui-monospace, monospace`;
  surface.fillText(`.${digits(now.getMilliseconds(), 3)}`, width / 2, height / 2 + size * 0.13);
  return touched;
}

function artwork({ pattern, color }: Settings): Artwork | null {
  switch (pattern) {
    case 'smpte':
      return { background: drawBars };
    case 'ball':
      return { background: drawGrid, move: drawBall };
    case 'clock':
      return { background: drawDial, move: drawTime };
    case 'solid':
      return {
        background(surface, width, height) {
          surface.fillStyle = color;
          surface.fillRect(0, 0, width, height);
        },
      };
    case 'none':
      return null;
  }
}

/** Writes `text` on its own dark plate near the bottom and answers the box that it touched. */
export function drawText(surface: Surface, text: string, width: number, height: number): Box {
  const room = width * 0.9;
  const font = (pixels: number): string => `600 ${pixels}px system-ui, sans-serif`;
  let size = Math.max(8, Math.min(width, height) * 0.085);
  surface.font = font(size);
  const wanted = surface.measureText(text).width + size;
  if (wanted > room) size = Math.max(8, size * (room / wanted));
  surface.font = font(size);
  const plate = Math.min(room, surface.measureText(text).width + size);
  const [left, top] = [(width - plate) / 2, height * 0.94 - size * 1.6];
  surface.fillStyle = '#0b0f1c';
  surface.beginPath();
  surface.roundRect(left, top, plate, size * 1.6, size * 0.4);
  surface.fill();
  surface.textAlign = 'center';
  surface.textBaseline = 'middle';
  surface.fillStyle = '#ffffff';
  surface.fillText(text, width / 2, top + size * 0.85, Math.max(1, plate - size));
  return box(left, top, plate, size * 1.6);
}

/** A built-in picture of one size: its background is drawn once, afterwards only what moves. */
export class Picture {
  readonly #settings: Settings;
  readonly #art: Artwork;
  #background: OffscreenCanvasRenderingContext2D | undefined;
  #touched: Box[] = [];
  #drawn = false;

  private constructor(settings: Settings, art: Artwork) {
    this.#settings = settings;
    this.#art = art;
  }

  /** The picture of these settings, or null for `pattern="none"`. */
  static of(settings: Settings): Picture | null {
    const art = artwork(settings);
    return art && new Picture(settings, art);
  }

  /** Whether it has something new to show. */
  get due(): boolean {
    return !this.#drawn || this.#art.move !== undefined;
  }

  /** Brings the surface, which nobody else may draw on meanwhile, up to the wall-clock time in ms. */
  draw(surface: Surface, time: number): void {
    const { width, height, text } = this.#settings;
    if (this.#drawn) this.#restore(surface);
    else this.#drawAll(surface);
    this.#drawn = true;
    this.#touched = [];
    if (this.#art.move) this.#touched.push(this.#art.move(surface, width, height, time));
    if (text) this.#touched.push(drawText(surface, text, width, height));
  }

  #drawAll(surface: Surface): void {
    const { width, height } = this.#settings;
    resize(surface, width, height);
    if (!this.#art.move) {
      this.#art.background(surface, width, height);
      return;
    }
    this.#background = createSurface(width, height);
    this.#art.background(this.#background, width, height);
    surface.drawImage(this.#background.canvas, 0, 0);
  }

  #restore(surface: Surface): void {
    if (!this.#background) return;
    for (const { x, y, width, height } of this.#touched) {
      surface.drawImage(this.#background.canvas, x, y, width, height, x, y, width, height);
    }
  }
}
