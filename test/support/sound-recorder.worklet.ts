declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Sends all that it hears to the page, with the time at which it does. */
class Recorder extends AudioWorkletProcessor {
  process([input]: readonly (readonly Float32Array[])[]): boolean {
    this.port.postMessage({ samples: input?.[0]?.slice() ?? new Float32Array(128), time: Date.now() });
    return true;
  }
}

registerProcessor('test-recorder', Recorder);

export {};
