import { joinByHand } from './raw.js';

/** A moving picture, the same for both sides. */
function picture() {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext('2d');
  let step = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(step += 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 33);
  return canvas.captureStream(30);
}

/** Resolves when the track shows its first frame. */
function firstFrame(track) {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  void video.play();
  return shown;
}

/** Enters the room as a side's user would; `track` resolves with the first remote track. */
const enter = {
  async kit({ room, signaling }, stream) {
    await customElements.whenDefined('peer-call');
    const call = document.createElement('peer-call');
    Object.assign(call, { room, signaling, srcObject: stream });
    document.body.append(call);
    await call.updateComplete;
    return () => ({
      track: new Promise((resolve) => call.addEventListener('track', (event) => resolve(event.track))),
      joined: call.join(),
    });
  },
  raw: async (options, stream) => () => joinByHand(options, stream),
};

window.bench = {
  async wait(options) {
    const join = await enter[options.side](options, picture());
    await join().joined;
  },
  async join(options) {
    const join = await enter[options.side](options, picture());
    const began = performance.now();
    await firstFrame(await join().track);
    return performance.now() - began;
  },
};
