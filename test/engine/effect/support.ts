import {
  readEffect,
  type EffectSettings,
  type EffectWishes,
} from '../../../components/engine/effect/settings.js';
import { TrackGenerator } from '../../../components/engine/generator/track-generator.js';
import { TrackProcessor } from '../../../components/engine/generator/track-processor.js';
import type { Chunk } from '../../../components/engine/generator/track-writer.js';
import { frame, red, type Color } from '../../support/frames.js';

export const effectOf = (wishes: Partial<EffectWishes>): EffectSettings =>
  readEffect({
    effect: null,
    amount: null,
    text: null,
    kind: null,
    processor: null,
    workerPath: null,
    background: null,
    visionPath: null,
    visionModel: null,
    ...wishes,
  }).settings;

/** The colour at a place of the frame, in parts of its size. */
export function colorAt(picture: VideoFrame, x = 0.5, y = 0.5): Color {
  const { displayWidth: width, displayHeight: height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1);
  return [data[0]!, data[1]!, data[2]!];
}

export const near = (one: Color, other: Color, tolerance = 40): boolean =>
  one.every((value, at) => Math.abs(value - other[at]!) <= tolerance);

/** A camera whose frames the test writes. */
export class Camera {
  readonly track = new TrackGenerator({ kind: 'video' });
  #number = 0;

  /** One frame; its time is its number. */
  shoot(color: Color = red): void {
    this.track.push(frame(color, this.#number++ * 1000));
  }
}

/** All that comes through a track, closed when the test is done with it. */
export class Viewer {
  readonly seen: Chunk[] = [];
  readonly #reader: ReadableStreamDefaultReader<Chunk>;

  constructor(track: MediaStreamTrack) {
    this.#reader = new TrackProcessor({ track, maxBufferSize: 50 }).readable.getReader();
    void this.#read();
  }

  release(): void {
    void this.#reader.cancel();
    for (const chunk of this.seen) chunk.close();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.seen.push(value);
    }
  }
}

/** A module with this text. */
export const moduleUrl = (code: string): string =>
  URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
