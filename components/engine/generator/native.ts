import type { AudioBackend, VideoBackend } from './backend.js';
import { createSurface, resize } from './picture.js';
import type { Kind } from './settings.js';

type Chunk = VideoFrame | AudioData;

interface NativeTrack extends MediaStreamTrack {
  readonly writable: WritableStream<Chunk>;
}

type NativeGenerator = new (init: { kind: Kind }) => NativeTrack;

/** The browser's own generator, where it has one on the page. */
export function nativeGenerator(): NativeGenerator | undefined {
  return (globalThis as { MediaStreamTrackGenerator?: NativeGenerator }).MediaStreamTrackGenerator;
}

class NativeWriter {
  readonly track: NativeTrack;
  readonly #writer: WritableStreamDefaultWriter<Chunk>;

  constructor(kind: Kind) {
    this.track = new (nativeGenerator()!)({ kind });
    this.#writer = this.track.writable.getWriter();
    // Stays pending after a stop and rejects after an error: `readyState` is what we go by.
    this.#writer.closed.catch(() => {});
  }

  get ready(): boolean {
    return (this.#writer.desiredSize ?? 0) > 0;
  }

  write(chunk: Chunk): void {
    this.#writer.write(chunk).catch(() => {
      chunk.close();
      // The stream is errored for good while its track would go on as a zombie.
      this.track.stop();
    });
  }

  release(): void {
    // Ends the clones that a page has made of the track, too.
    this.#writer.close().catch(() => {});
    this.track.stop();
  }
}

/** A video track by `MediaStreamTrackGenerator`. */
export class NativeVideo implements VideoBackend {
  readonly surface = createSurface(1, 1);
  readonly #writer = new NativeWriter('video');
  /** The frame that was sent last, unless the surface shows the same. */
  #kept: VideoFrame | undefined;

  get track(): MediaStreamTrack {
    return this.#writer.track;
  }

  get ready(): boolean {
    return this.#writer.ready;
  }

  commit(): void {
    this.#keep(undefined);
    const timestamp = Math.round(performance.now() * 1000);
    this.#writer.write(new VideoFrame(this.surface.canvas, { timestamp, alpha: 'discard' }));
  }

  send(frame: VideoFrame): void {
    this.#keep(frame.clone());
    this.#writer.write(frame);
  }

  repeat(): void {
    if (this.#kept) {
      // Through the surface: sinks would see the old timestamp in a frame made of a frame.
      resize(this.surface, this.#kept.displayWidth, this.#kept.displayHeight);
      this.surface.drawImage(this.#kept, 0, 0);
    }
    this.commit();
  }

  release(): void {
    this.#keep(undefined);
    this.#writer.release();
  }

  #keep(frame: VideoFrame | undefined): void {
    this.#kept?.close();
    this.#kept = frame;
  }
}

/** An audio track by `MediaStreamTrackGenerator`: it sounds without waiting for a gesture. */
export class NativeAudio implements AudioBackend {
  // Sinks keep about ten stretches: together these must be no more.
  readonly lead = 0.06;
  readonly patience = 0.1;
  readonly #writer = new NativeWriter('audio');

  get track(): MediaStreamTrack {
    return this.#writer.track;
  }

  // Lip-sync over WebRTC goes by audio timestamps on the `performance.now()` line.
  get now(): number {
    return performance.now() / 1000;
  }

  write(channels: readonly Float32Array<ArrayBuffer>[], rate: number, at: number): void {
    const length = channels[0]!.length;
    const data = new Float32Array(length * channels.length);
    channels.forEach((samples, channel) => data.set(samples, channel * length));
    this.#writer.write(
      new AudioData({
        format: 'f32-planar',
        sampleRate: rate,
        numberOfFrames: length,
        numberOfChannels: channels.length,
        timestamp: Math.round(at * 1e6),
        data,
      }),
    );
  }

  release(): void {
    this.#writer.release();
  }
}
