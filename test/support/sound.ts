import { until } from './wait.js';
import type { Sound } from '../../components/engine/generator/input.js';
import type { Settings } from '../../components/engine/generator/settings.js';

/** What a generator of a soft sine is made with. */
export const base: Settings = {
  video: false,
  audio: true,
  pattern: 'none',
  tone: 'sine',
  frequency: 1000,
  volume: 0.25,
  width: 16,
  height: 16,
  frameRate: 30,
  sampleRate: 48_000,
  channels: 1,
  text: '',
  color: 'red',
  backend: 'auto',
  muted: false,
  contentHint: '',
  workerPath: '',
};

/** `length` samples that rise steadily. */
export function ramp(from: number, to: number, length: number, rate = 48_000): Sound {
  const samples = Float32Array.from({ length }, (_, at) => from + ((to - from) * at) / length);
  return { channels: [samples], rate };
}

/** The largest step from one sample to the next, the first after `before` included. */
export function steepest(samples: Float32Array, before = 0): number {
  return samples.reduce(
    (most, sample, at) => Math.max(most, Math.abs(sample - (samples[at - 1] ?? before))),
    0,
  );
}

/** Records a track, off the page. */
export class Ear {
  readonly #context: AudioContext;
  #heard: { readonly samples: Float32Array; readonly time: number; readonly frame: number }[] = [];

  private constructor(context: AudioContext) {
    this.#context = context;
  }

  /** Ears of one context hear by one clock. */
  static async open(
    track: MediaStreamTrack,
    context = new AudioContext({ sampleRate: 48_000 }),
  ): Promise<Ear> {
    const ear = new Ear(context);
    await context.audioWorklet.addModule(new URL('./sound-recorder.worklet.ts', import.meta.url));
    const node = new AudioWorkletNode(context, 'test-recorder');
    node.port.onmessage = ({ data }) => ear.#heard.push(data);
    context
      .createMediaStreamSource(new MediaStream([track]))
      .connect(node)
      .connect(context.destination);
    await context.resume();
    return ear;
  }

  get samples(): Float32Array {
    const all = new Float32Array(this.#heard.length * 128);
    this.#heard.forEach(({ samples }, index) => all.set(samples, index * 128));
    return all;
  }

  /** The wall-clock time in ms at which a sample was heard, by the least delayed of those around. */
  timeOf(index: number): number {
    const around = this.#heard.slice(Math.max(0, Math.floor(index / 128) - 16), Math.floor(index / 128) + 16);
    const [first] = around;
    const start = Math.min(...around.map(({ time }, at) => time - (at * 128) / 48));
    return start + (index / 128 - this.#heard.indexOf(first!)) * (128 / 48);
  }

  /** When a sample was heard, in ms by the clock of its context, which a busy machine may stop for a while. */
  contextTimeOf(index: number): number {
    return (this.#heard[Math.floor(index / 128)]!.frame + (index % 128)) / 48;
  }

  forget(): void {
    this.#heard = [];
  }

  /** Resolves with all that was heard since it was told to forget, once that is so. */
  async until(condition: (samples: Float32Array) => boolean): Promise<Float32Array> {
    await until(() => condition(this.samples), condition.toString());
    return this.samples;
  }

  release(): void {
    void this.#context.close();
  }
}

/** A worker that pushes a block of a steady 0.5 each 10 ms through the port. */
export async function feedFromWorker(port: MessagePort): Promise<{ release(): void }> {
  const worker = new Worker(new URL('./sound-feeder.worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage(port, [port]);
  return { release: () => worker.terminate() };
}
