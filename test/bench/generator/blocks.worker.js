// Pushes blocks as they are due, past the page where it is given a port that leads past it.
import { BLOCK, RATE, block } from './blocks.js';

/** Wall-clock time of each push, in ms. */
const pushed = [];

onmessage = ({ data: { port } }) => {
  if (!port) {
    postMessage(pushed);
    return;
  }
  const began = performance.now();
  const due = (number) => began + (number * BLOCK * 1000) / RATE;
  const push = () => {
    while (due(pushed.length) <= performance.now() + 1) {
      const channels = block(pushed.length);
      pushed.push(Date.now());
      port.postMessage(
        { channels, rate: RATE },
        channels.map(({ buffer }) => buffer),
      );
    }
    setTimeout(push, due(pushed.length) - performance.now());
  };
  push();
};
