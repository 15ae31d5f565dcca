import { until } from './wait.js';

/** A `<video>` that plays `stream`, muted, in the document. */
export async function play(stream: MediaStream): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  document.body.append(video);
  await video.play();
  return video;
}

/** A `<video>` that plays the track from its first frame on, muted, in the document. */
export function playSoon(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = video.playsInline = video.autoplay = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  return video;
}

/** Resolves when `video` has shown `count` new frames. */
export async function framesShown(video: HTMLVideoElement, count = 3): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no frame within 10 s')), 10_000);
      video.requestVideoFrameCallback(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** The picture that is shown now: its red, green and blue at places given in parts of its width and height. */
export function shot(video: HTMLVideoElement): (x: number, y: number) => [number, number, number] {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0);
  return (x, y) => {
    const place = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)] as const;
    const { data } = context.getImageData(...place, 1, 1);
    return [data[0]!, data[1]!, data[2]!];
  };
}

/** The red, green and blue of the picture at one such place. */
export function pixel(video: HTMLVideoElement, x: number, y: number): [number, number, number] {
  return shot(video)(x, y);
}

/** Resolves with the loudest sample once the stream's sound passes `threshold` (0–1). */
export async function soundAbove(stream: MediaStream, threshold = 0.01, timeout = 10_000): Promise<number> {
  const context = new AudioContext();
  try {
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    await context.resume();
    const samples = new Float32Array(analyser.fftSize);
    return await until(
      () => {
        analyser.getFloatTimeDomainData(samples);
        const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        return loudest > threshold ? loudest : 0;
      },
      `sound above ${threshold}`,
      timeout,
    );
  } finally {
    await context.close();
  }
}
