// A worker that dies after its first word.
globalThis.postMessage({ type: 'ready', makesTracks: false });
