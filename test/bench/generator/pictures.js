// Moving pictures as tracks: the tag's, and by hand on the page what a page's author would do without it.
import { every } from './pace.js';

/** A `<media-generator>` in the document, started. */
export async function generator(attributes) {
  await customElements.whenDefined('media-generator');
  const element = document.createElement('media-generator');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  await element.start();
  return element;
}

const surface = (canvas, width, height) => {
  Object.assign(canvas, { width, height });
  return canvas.getContext('2d', { alpha: false });
};

/** What stays of the picture that `pattern="ball"` shows: drawn once. */
function backgroundByHand(width, height) {
  const context = surface(new OffscreenCanvas(1, 1), width, height);
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#1b2440');
  sky.addColorStop(1, '#0b0f1c');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#33406b';
  const cell = height / 9;
  for (let x = 0; x < width; x += cell) context.fillRect(Math.round(x), 0, 3, height);
  for (let y = 0; y < height; y += cell) context.fillRect(0, Math.round(y), width, 3);
  return context.canvas;
}

/** The picture of `pattern="ball"` on a canvas, drawn anew by each `draw()`. */
export function ballByHand(width, height) {
  const context = surface(document.createElement('canvas'), width, height);
  const background = backgroundByHand(width, height);
  const radius = height / 9;
  const shine = context.createRadialGradient(-0.35 * radius, -0.4 * radius, 0.1 * radius, 0, 0, radius);
  shine.addColorStop(0, '#fff3d6');
  shine.addColorStop(0.25, '#ffb347');
  shine.addColorStop(1, '#d9480f');
  return {
    canvas: context.canvas,
    draw() {
      const swing = (performance.now() / 4000) % 2;
      const fall = ((performance.now() / 1000) % 1) * 2 - 1;
      const x = radius + (width - 2 * radius) * (swing > 1 ? 2 - swing : swing);
      const y = radius + (height - 2 * radius) * (0.15 + 0.85 * fall * fall);
      context.drawImage(background, 0, 0);
      context.translate(x, y);
      context.fillStyle = shine;
      context.beginPath();
      context.arc(0, 0, radius, 0, 2 * Math.PI);
      context.fill();
      context.resetTransform();
    },
  };
}

const microseconds = () => Math.round(performance.now() * 1000);

function capture({ canvas, draw }, rate) {
  draw();
  const stream = canvas.captureStream(rate);
  const [track] = stream.getVideoTracks();
  return { track, request: () => (track.requestFrame ? track.requestFrame() : stream.requestFrame()) };
}

function onFrames(draw) {
  const next = () => {
    draw();
    request = requestAnimationFrame(next);
  };
  let request = requestAnimationFrame(next);
  return () => cancelAnimationFrame(request);
}

/** Each makes a picture of a size and a rate, and returns its `track` and how to `stop`. */
export const pictures = {
  /** Built in. */
  async tag({ width, height, rate }) {
    const element = await generator({ pattern: 'ball', width, height, 'frame-rate': rate });
    return { track: element.videoTrack, backend: () => element.activeBackend, stop: () => element.remove() };
  },
  /** Drawn by the page and given to the tag. */
  async written({ width, height, rate }) {
    const ball = ballByHand(width, height);
    const element = await generator({ pattern: 'none', width, height, 'frame-rate': rate });
    const stop = every(rate, () => {
      ball.draw();
      void element.write(new VideoFrame(ball.canvas, { timestamp: microseconds() }));
    });
    return {
      track: element.videoTrack,
      backend: () => element.activeBackend,
      stop: () => (stop(), element.remove()),
    };
  },
  /** Drawn by the page and written into the browser's own generator. */
  native({ width, height, rate }) {
    const ball = ballByHand(width, height);
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const stop = every(rate, () => {
      ball.draw();
      void writer.write(new VideoFrame(ball.canvas, { timestamp: microseconds() }));
    });
    return { track, stop: () => (stop(), track.stop()) };
  },
  /** `captureStream(0)`, drawn and requested at the rate. */
  requested({ width, height, rate }) {
    const ball = ballByHand(width, height);
    const { track, request } = capture(ball, 0);
    const stop = every(rate, () => {
      ball.draw();
      request();
    });
    return { track, stop: () => (stop(), track.stop()) };
  },
  /** `captureStream(rate)`, drawn at the rate. */
  captured({ width, height, rate }) {
    const ball = ballByHand(width, height);
    const { track } = capture(ball, rate);
    const stop = every(rate, ball.draw);
    return { track, stop: () => (stop(), track.stop()) };
  },
  /** `captureStream(rate)`, drawn by animation frames. */
  animated({ width, height, rate }) {
    const ball = ballByHand(width, height);
    const { track } = capture(ball, rate);
    const stop = onFrames(ball.draw);
    return { track, stop: () => (stop(), track.stop()) };
  },
};
