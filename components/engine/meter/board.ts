import type { LoudnessReading } from './loudness.js';
import type { MeterNews, MeterOrder } from './meter.worklet.js';

/** So many sounds one node measures: to call a node costs more than to measure a sound. */
const INPUTS = 16;

interface Plug {
  readonly key: number;
  readonly source: AudioNode;
  readonly told: (reading: LoudnessReading) => void;
}

/** One node that measures several sounds, each by itself. */
export class Board {
  readonly #node: AudioWorkletNode;
  readonly #plugs: (Plug | null)[] = Array.from({ length: INPUTS }, () => null);
  #keys = 0;

  /** In a context that has loaded the worklet. */
  constructor(context: AudioContext) {
    this.#node = new AudioWorkletNode(context, 'rtc-meter', { numberOfInputs: INPUTS });
    // Silent, but what leads nowhere is not pulled.
    this.#node.connect(context.destination);
    this.#node.port.onmessage = ({ data }: MessageEvent<MeterNews>) => {
      for (const { key, ...reading } of data) this.#plugs.find((plug) => plug?.key === key)?.told(reading);
    };
  }

  /** Whether there is room for one more. */
  get hasRoom(): boolean {
    return this.#plugs.includes(null);
  }

  /** Measures what comes from `source`, and calls `told` with what changes. Answers with what `setThreshold()` and `unplug()` know it by. */
  plug(source: AudioNode, threshold: number, told: (reading: LoudnessReading) => void): number {
    const input = this.#plugs.indexOf(null);
    const key = ++this.#keys;
    this.#plugs[input] = { key, source, told };
    this.#order({ key, input, threshold });
    source.connect(this.#node, 0, input);
    return key;
  }

  /** At which level somebody speaks, in dBFS. */
  setThreshold(key: number, threshold: number): void {
    this.#order({ key, input: this.#inputOf(key), threshold });
  }

  unplug(key: number): void {
    const input = this.#inputOf(key);
    this.#plugs[input]?.source.disconnect();
    this.#plugs[input] = null;
    this.#order({ key, end: true });
  }

  /** Ends for good. */
  release(): void {
    this.#order({ close: true });
    this.#node.port.onmessage = null;
    this.#node.disconnect();
  }

  #inputOf(key: number): number {
    return this.#plugs.findIndex((plug) => plug?.key === key);
  }

  #order(order: MeterOrder): void {
    this.#node.port.postMessage(order);
  }
}
