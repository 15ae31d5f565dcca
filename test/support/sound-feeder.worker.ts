/** Pushes a block of a steady 0.5 each 10 ms through the port that it is given. */
globalThis.onmessage = ({ data: port }: MessageEvent<MessagePort>) => {
  const begin = performance.now();
  let count = 0;
  const push = (): void => {
    for (; performance.now() - begin >= count * 10; count++) {
      port.postMessage({ channels: [new Float32Array(480).fill(0.5)], rate: 48_000 });
    }
    setTimeout(push, begin + count * 10 - performance.now());
  };
  push();
};

export {};
