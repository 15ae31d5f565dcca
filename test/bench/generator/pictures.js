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

/** A canvas with a ball that bounces on it, drawn anew by each `draw()`. */
export function ballByHand(width, height) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  const size = height / 8;
  return {
    canvas,
    draw() {
      const turn = (performance.now() / 1000) % 2;
      context.fillStyle = '#0b1026';
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#ffb000';
      context.beginPath();
      const x = size + (width - 2 * size) * Math.abs(1 - turn);
      context.arc(x, height - size - (height - 2 * size) * Math.sin(Math.PI * (turn % 1)), size, 0, 7);
      context.fill();
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
