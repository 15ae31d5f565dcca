import type { AudioBackend } from './audio-pump.js';
import type { SoundGraph } from './sound-graph.js';

/** What begins sooner than this may come too late, in seconds. */
const SCHEDULING_TIME = 0.04;

/** Feeds a track with sound that is scheduled on the page, where no worklet may run. */
export class WebAudio implements AudioBackend {
  readonly lead = 0.1;
  readonly patience = 0.03;
  readonly #graph: SoundGraph;

  constructor(graph: SoundGraph) {
    this.#graph = graph;
  }

  get now(): number {
    return this.#graph.context.currentTime + SCHEDULING_TIME;
  }

  write(channels: readonly Float32Array[], rate: number, at: number): void {
    const { context, output } = this.#graph;
    const { length } = channels[0]!;
    const buffer = context.createBuffer(channels.length, length, rate);
    for (const [channel, samples] of channels.entries()) buffer.getChannelData(channel).set(samples);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(output);
    source.start(at);
    // What comes too late would start late, and sound together with what follows.
    source.stop(at + length / rate);
  }

  release(): void {
    this.#graph.release();
  }
}
