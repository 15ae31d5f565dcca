// Hidden pages get one timer a second, workers keep theirs: the page asks here to be woken.
globalThis.onmessage = ({ data: [id, ms] }: MessageEvent<readonly [id: number, ms: number]>) => {
  setTimeout(() => globalThis.postMessage(id), ms);
};

export {};
