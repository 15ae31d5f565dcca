import { pixel } from './media.js';
import { until } from './wait.js';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

export const red: Color = [255, 0, 0];
export const green: Color = [0, 160, 0];
export const blue: Color = [0, 0, 255];

/** A canvas of one colour. */
export function painted(color: Color, width = 64, height = 48): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d')!;
  context.fillStyle = `rgb(${color.join(' ')})`;
  context.fillRect(0, 0, width, height);
  return canvas;
}

/** A frame of one colour; its time is in microseconds. */
export function frame(color: Color = red, timestamp = 0, width = 64, height = 48): VideoFrame {
  return new VideoFrame(painted(color, width, height), { timestamp });
}

/** A frame that is transparent everywhere. */
export function clear(timestamp = 0, width = 64, height = 48): VideoFrame {
  const data = new Uint8Array(width * height * 4);
  return new VideoFrame(data, { format: 'RGBA', codedWidth: width, codedHeight: height, timestamp });
}

/** A stretch of a 500 Hz square wave, loud enough to be heard. */
export function sound(timestamp = 0, numberOfFrames = 480, sampleRate = 48_000): AudioData {
  const data = Float32Array.from({ length: numberOfFrames }, (_, at) =>
    Math.floor(at / 48) % 2 ? 0.7 : -0.7,
  );
  return new AudioData({ format: 'f32', sampleRate, numberOfFrames, numberOfChannels: 1, timestamp, data });
}

/** False in WebKitGTK, of which the whole page ends in `AudioData.copyTo()`. */
export const readsAudioData = /Chrome|Firefox/.test(navigator.userAgent);

/** Whether it is closed. */
export function isClosed(chunk: VideoFrame | AudioData): boolean {
  return 'codedWidth' in chunk ? chunk.codedWidth === 0 : chunk.numberOfFrames === 0;
}

/** Resolves when the middle of the picture has about that colour. */
export async function shows(video: HTMLVideoElement, color: Color, timeout = 10_000): Promise<void> {
  const near = (actual: Color): boolean => actual.every((value, at) => Math.abs(value - color[at]!) <= 40);
  await until(
    () => video.videoWidth > 0 && near(pixel(video, 0.5, 0.5)),
    `rgb(${color.join(' ')}) in the middle`,
    timeout,
  );
}

/** What a promise rejects with, in words: its name and message; "nothing" if it does not. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (thrown) => `${(thrown as Error).name}: ${(thrown as Error).message}`,
  );
}
