import { WorkletGarbage } from './worklet-garbage.js';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

/** How much is handed over at a time, in seconds. */
const STRETCH = 0.01;

/** Hands what it hears over to the page. */
class Tap extends AudioWorkletProcessor {
  readonly #length = Math.round(STRETCH * sampleRate);
  #channels: Float32Array<ArrayBuffer>[] = [];
  #filled = 0;
  readonly #garbage = new WorkletGarbage();

  process([input = []]: readonly (readonly Float32Array[])[]): boolean {
    // While nothing comes it has no channels.
    if (input.length === 0) return true;
    if (input.length !== this.#channels.length) this.#begin(input.length);
    for (let at = 0; at < input[0]!.length;) {
      const end = Math.min(input[0]!.length, at + this.#length - this.#filled);
      input.forEach((samples, channel) =>
        this.#channels[channel]!.set(samples.subarray(at, end), this.#filled),
      );
      this.#filled += end - at;
      at = end;
      if (this.#filled === this.#length) this.#handOver();
    }
    return true;
  }

  #begin(channels: number): void {
    this.#channels = Array.from({ length: channels }, () => new Float32Array(this.#length));
    this.#filled = 0;
  }

  #handOver(): void {
    const channels = this.#channels;
    this.port.postMessage(
      channels,
      channels.map(({ buffer }) => buffer),
    );
    this.#begin(channels.length);
    this.#garbage.add();
  }
}

registerProcessor('rtc-tap', Tap);
