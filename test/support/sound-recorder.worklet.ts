declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const currentFrame: number;

/** Sends all that it hears to the page, with the time at which it does. */
class Recorder extends AudioWorkletProcessor {
  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const samples = input?.[0]?.slice() ?? new Float32Array(128);
    this.port.postMessage({ samples, time: Date.now(), frame: currentFrame });
    return true;
  }
}

registerProcessor('test-recorder', Recorder);

export {};
