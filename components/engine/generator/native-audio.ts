import type { AudioBackend } from './audio-pump.js';

/** Feeds the stream of a track generator with sound, on the page or in a worker: it waits for no gesture. */
export class NativeAudio implements AudioBackend {
  readonly lead = 0.03;
  readonly patience = 0.1;
  readonly #writer: WritableStreamDefaultWriter<AudioData>;
  #ended: (() => void) | undefined;
  #data = new Float32Array(0);

  /** `ended` hears once when the stream takes no more, unless that was by `release()`. */
  constructor(writable: WritableStream<AudioData>, ended: () => void) {
    this.#writer = writable.getWriter();
    this.#ended = ended;
    const over = (): void => this.#end();
    this.#writer.closed.then(over, over);
  }

  // Lip-sync over WebRTC goes by audio timestamps on the `performance.now()` line.
  get now(): number {
    return performance.now() / 1000;
  }

  write(channels: readonly Float32Array[], rate: number, at: number): void {
    const { length } = channels[0]!;
    const size = length * channels.length;
    // Copied by `AudioData`: nobody minds what comes after.
    if (this.#data.length !== size) this.#data = new Float32Array(size);
    for (let channel = 0; channel < channels.length; channel++) {
      this.#data.set(channels[channel]!, channel * length);
    }
    const data = new AudioData({
      format: 'f32-planar',
      sampleRate: rate,
      numberOfFrames: length,
      numberOfChannels: channels.length,
      timestamp: Math.round(at * 1e6),
      data: this.#data,
    });
    // A stream that failed is of no use any more, while its track would go on as a zombie.
    this.#writer.write(data).catch(() => {
      data.close();
      this.#end();
    });
  }

  /** Closes the stream, which ends the track and its clones. */
  release(): void {
    this.#ended = undefined;
    this.#writer.close().catch(() => {});
  }

  #end(): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.();
  }
}
