import type { AudioBackend } from './audio-pump.js';

/** How long each chunk is, in seconds: sinks lose what they hold when that changes. */
const CHUNK = 0.01;

/** A chunk that is not full yet. */
interface Chunk {
  readonly rate: number;
  readonly planes: readonly Float32Array[];
  /** When it begins, in seconds, and how many samples of it are there. */
  at: number;
  filled: number;
}

/** Feeds the stream of a track generator with sound, on the page or in a worker: it waits for no gesture. */
export class NativeAudio implements AudioBackend {
  readonly lead = 0.03;
  readonly patience = 0.1;
  readonly #writer: WritableStreamDefaultWriter<AudioData>;
  #ended: (() => void) | undefined;
  #pending: Chunk | undefined;
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
    const size = Math.round(CHUNK * rate);
    const pending = this.#pending;
    const goes = pending && pending.rate === rate && pending.planes.length === channels.length;
    const begun = goes && Math.abs(pending.at + pending.filled / rate - at) < 1 / rate;
    const chunk = begun
      ? pending
      : { rate, at, filled: 0, planes: channels.map(() => new Float32Array(size)) };
    this.#pending = chunk;
    const { length } = channels[0]!;
    for (let read = 0; read < length;) {
      const count = Math.min(size - chunk.filled, length - read);
      for (const [index, plane] of chunk.planes.entries()) {
        plane.set(channels[index]!.subarray(read, read + count), chunk.filled);
      }
      read += count;
      chunk.filled += count;
      if (chunk.filled < size) return;
      this.#send(chunk);
      chunk.at += size / rate;
      chunk.filled = 0;
    }
  }

  #send({ planes, rate, at }: Chunk): void {
    const [size, count] = [planes[0]!.length, planes.length];
    // Copied by `AudioData`: nobody minds what comes after.
    if (this.#data.length !== size * count) this.#data = new Float32Array(size * count);
    for (const [channel, plane] of planes.entries()) this.#data.set(plane, channel * size);
    const data = new AudioData({
      format: 'f32-planar',
      sampleRate: rate,
      numberOfFrames: size,
      numberOfChannels: count,
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
