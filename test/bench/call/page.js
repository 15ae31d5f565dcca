import { Pictures } from './pictures.js';

/** A camera and a microphone, the same for all sides: a moving picture and a tone. */
function camera({ width = 640, height = 360, frameRate = 30 } = {}) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  let step = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(step += 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#fff';
    context.fillRect((step * 5) % width, height / 4, width / 8, height / 2);
  }, 1000 / frameRate);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const microphone = audio.createMediaStreamDestination();
  tone.connect(microphone);
  tone.start();
  return new MediaStream([...canvas.captureStream(frameRate).getTracks(), ...microphone.stream.getTracks()]);
}

const pictures = new Pictures();
let call;
let stream;

window.bench = {
  /** Shows the page as its user sees it before the call: our own picture in it, and all that is needed loaded. */
  async enter(options) {
    const { enter } = await import(`./sides/${options.side}.js`);
    call = await enter(options, camera(options.camera), pictures);
  },
  /** Resolves when the others can call us. */
  join: () => call.join(),
  leave: () => call.leave(),
  /** Joins; resolves with the ms until the first frames of so many others were shown. */
  async meet(others = 1) {
    const began = performance.now();
    const met = pictures.first(others);
    await Promise.all([call.join(), met]);
    return (await met) - began;
  },
  /** Resolves when the pictures of so many others have been shown. */
  met: (others) => pictures.first(others),
  /** Resolves with the next frame of another that is shown. */
  next: () => pictures.next(),
  /** How many frames of others were decoded so far. */
  frames: () => pictures.frames,
  /** Makes so many calls between two elements of this page, one after the other, and removes them. */
  async churn(times) {
    const { churn } = await import('./churn.js');
    stream ??= camera();
    await churn(times, stream);
  },
};
