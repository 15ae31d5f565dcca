import { until } from './wait.js';

export const RATE = 48_000;

/** A WAV file of 16-bit samples, one array of numbers between -1 and 1 for each channel. */
export function wav(channels: readonly Float32Array[], rate = RATE): Blob {
  const length = channels[0]!.length;
  const size = length * channels.length * 2;
  const view = new DataView(new ArrayBuffer(44 + size));
  const word = (at: number, text: string): void =>
    [...text].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  word(0, 'RIFF');
  view.setUint32(4, 36 + size, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, size, true);
  for (let at = 0; at < length; at++) {
    channels.forEach((samples, channel) =>
      view.setInt16(44 + (at * channels.length + channel) * 2, Math.round(samples[at]! * 32_767), true),
    );
  }
  return new Blob([view], { type: 'audio/wav' });
}

/** Samples of a sine. */
export const tone = (seconds: number, frequency: number, rate = RATE): Float32Array =>
  Float32Array.from(
    { length: seconds * rate },
    (_, at) => 0.5 * Math.sin((2 * Math.PI * frequency * at) / rate),
  );

export interface RecordOptions {
  /** A tone beside the picture. */
  readonly sound?: boolean;
  /** The picture, at a part of the whole time; unless told, it becomes brighter. */
  readonly color?: (part: number) => string;
}

const brighter = (part: number): string => `rgb(${part * 255} ${part * 255} ${part * 255})`;

/** Whether this browser records: WebKitGTK does not, of which the WebM is refused and the MP4 is empty. */
export const records = MediaRecorder.isTypeSupported('video/webm');

/** A WebM file of a picture in one color. */
export async function record(
  seconds: number,
  { sound = false, color = brighter }: RecordOptions = {},
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 96, height: 64 });
  const context = canvas.getContext('2d')!;
  const stream = canvas.captureStream();
  const audio = sound ? new AudioContext() : null;
  if (audio) {
    const output = audio.createMediaStreamDestination();
    const oscillator = new OscillatorNode(audio);
    oscillator.connect(output);
    oscillator.start();
    stream.addTrack(output.stream.getAudioTracks()[0]!);
  }
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm' });
  const chunks: Blob[] = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const start = performance.now();
  const timer = setInterval(() => {
    context.fillStyle = color((performance.now() - start) / seconds / 1000);
    context.fillRect(0, 0, 96, 64);
  }, 33);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  await until(() => performance.now() - start > seconds * 1000, 'the recording');
  recorder.stop();
  await stopped;
  clearInterval(timer);
  for (const track of stream.getTracks()) track.stop();
  await audio?.close();
  return new Blob(chunks, { type: 'video/webm' });
}
