// What viewers get to see in the cases in which the browser's own generator leaves them alone.
import { ballByHand, generator } from './pictures.js';

/** How long a picture is waited for, in ms. */
const PATIENCE = 3000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A frame of one color. */
function frame(color) {
  const canvas = new OffscreenCanvas(640, 360);
  const context = canvas.getContext('2d', { alpha: false });
  context.fillStyle = color;
  context.fillRect(0, 0, 640, 360);
  return new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
}

/** Each makes a track of what is written to it. */
const writers = {
  async tag() {
    const element = await generator({ pattern: 'none' });
    return { track: element.videoTrack, write: (data) => element.write(data), stop: () => element.remove() };
  },
  native() {
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    return { track, write: (data) => writer.write(data), stop: () => track.stop() };
  },
};

/** Resolves with how many ms pass until a `<video>` shows a picture of the track that is red enough, or null. */
function seen(track) {
  const began = performance.now();
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const shown = new Promise((resolve) => {
    const look = () => {
      pixel.drawImage(video, 0, 0, 1, 1);
      const [red, , blue] = pixel.getImageData(0, 0, 1, 1).data;
      if (red > 128 && blue < 128) resolve(performance.now() - began);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
  return Promise.race([shown, sleep(PATIENCE).then(() => null)]).finally(() => video.remove());
}

/** How long somebody who comes a second after the only picture waits for it. */
export async function late(side) {
  const { track, write, stop } = await writers[side]();
  await write(frame('red'));
  await sleep(1000);
  const ms = await seen(track);
  stop();
  return ms;
}

/** How long it takes from bad input until the good one after it is seen. */
export async function recovery(side) {
  const { track, write, stop } = await writers[side]();
  const good = (color) => write(frame(color)).catch(() => {});
  const red = seen(track);
  const began = performance.now();
  for (let count = 0; count < 15; count++) {
    await good('blue');
    await sleep(33);
  }
  await write('x').catch(() => {});
  const passed = performance.now() - began;
  await good('red');
  const ms = await red;
  stop();
  return ms && ms - passed;
}

/** Notes each frame that this page makes. */
function noteFrames() {
  const frames = [];
  const note = (frame) => {
    frames.push(frame);
    return frame;
  };
  const { VideoFrame } = window;
  const { clone } = VideoFrame.prototype;
  window.VideoFrame = new Proxy(VideoFrame, {
    construct: (target, args) => note(Reflect.construct(target, args)),
  });
  VideoFrame.prototype.clone = function () {
    return note(clone.call(this));
  };
  return frames;
}

/**
 * Makes a track, writes, and stops while some of it is still queued: `times` times. Answers how many frames were made,
 * and how many of them are still open.
 */
export async function churn(side, times) {
  const frames = noteFrames();
  const ball = ballByHand(320, 180);
  for (let count = 0; count < times; count++) {
    const { write, stop } = await writers[side]();
    for (let number = 0; number < 6; number++) {
      ball.draw();
      // Rejected at the stop.
      void write(new VideoFrame(ball.canvas, { timestamp: number })).catch(() => {});
    }
    if (count % 2) await sleep(count % 5);
    stop();
  }
  await sleep(1000);
  const open = frames.filter(({ codedWidth }) => codedWidth > 0).length;
  const made = frames.length;
  // For the browser to tell of them as well.
  frames.length = 0;
  return { made, open };
}
