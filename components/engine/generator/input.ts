import { MediaKitError } from '../errors.js';
import type { Kind, Settings } from './settings.js';

/** What makes a picture. */
export type VideoInput =
  | VideoFrame
  | ImageBitmap
  | ImageData
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | HTMLImageElement;
/** What makes sound. A `Float32Array` is interleaved, at the generator's sample rate and channels. */
export type AudioInput = AudioData | AudioBuffer | Float32Array;
/** Everything that a generator takes. */
export type MediaInput = VideoInput | AudioInput;

/** A stretch of sound: one array of samples for each channel. */
export interface Sound {
  readonly channels: readonly Float32Array<ArrayBuffer>[];
  /** Samples per second. */
  readonly rate: number;
}

const types: Readonly<Record<Kind, readonly string[]>> = {
  video: [
    'VideoFrame',
    'ImageBitmap',
    'ImageData',
    'HTMLCanvasElement',
    'OffscreenCanvas',
    'HTMLVideoElement',
    'HTMLImageElement',
  ],
  audio: ['AudioData', 'AudioBuffer', 'Float32Array'],
};

/** What every browser's `AudioBuffer` can hold. */
const [lowestRate, highestRate] = [8000, 192_000];

function isA(data: unknown, type: string): boolean {
  const constructor = (globalThis as Record<string, unknown>)[type];
  return typeof constructor === 'function' && data instanceof constructor;
}

/** What track the data is for, or undefined if it is for none. */
export function kindOf(data: unknown): Kind | undefined {
  return (['video', 'audio'] as const).find((kind) => types[kind].some((type) => isA(data, type)));
}

/** The data in words: "an AudioBuffer", "null", "a string". */
function nameOf(data: unknown): string {
  if (data === null || data === undefined) return String(data);
  const name = typeof data === 'object' ? (data.constructor?.name ?? 'object') : typeof data;
  return `${/^([aeiou]|HTML)/i.test(name) ? 'an' : 'a'} ${name}`;
}

function badInput(message: string, cause?: unknown): MediaKitError {
  return new MediaKitError('bad-input', message, { cause });
}

/** The refusal of data that is of no use to a generator of these settings. */
export function wrongKind(data: unknown, settings: Settings): MediaKitError {
  const kinds = (['video', 'audio'] as const).filter((kind) => settings[kind]);
  const accepted = kinds.flatMap((kind) => types[kind]).join(', ');
  return badInput(
    `write() got ${nameOf(data)}, but this generator makes ${kinds.join(' and ')}: it takes ${accepted}.`,
  );
}

/** Closes what can be closed. */
export function discard(data: unknown): void {
  if (['VideoFrame', 'ImageBitmap', 'AudioData'].some((type) => isA(data, type))) {
    (data as VideoFrame | ImageBitmap | AudioData).close();
  }
}

/** Makes a frame of its own at once, and closes the data; throws `bad-input` if there is no picture in it. */
export function toFrame(data: VideoInput): VideoFrame {
  const timestamp = Math.round(performance.now() * 1000);
  try {
    if (typeof VideoFrame === 'undefined') {
      throw new MediaKitError(
        'unsupported',
        'This browser has no VideoFrame, which write() needs: update it.',
      );
    }
    if (isEmpty(data)) {
      throw badInput(
        isA(data, 'VideoFrame') || isA(data, 'ImageBitmap')
          ? `This ${data.constructor.name} is closed: write() owns what it is given; clone it before if it has another use.`
          : `There is no picture in this ${data.constructor.name} yet: wait until it has loaded and has a size.`,
      );
    }
    if (data instanceof VideoFrame) return data.clone();
    if (data instanceof ImageData) {
      const { width: codedWidth, height: codedHeight } = data;
      const bytes = data.data as BufferSource;
      return new VideoFrame(bytes, { format: 'RGBX', codedWidth, codedHeight, timestamp });
    }
    return new VideoFrame(data, { timestamp, alpha: 'discard' });
  } catch (thrown) {
    if (thrown instanceof MediaKitError) throw thrown;
    const name = data.constructor.name;
    throw thrown instanceof DOMException && thrown.name === 'SecurityError'
      ? badInput(`This ${name} is tainted by another origin: serve its picture with CORS.`, thrown)
      : badInput(`This ${name} cannot be made a VideoFrame: ${String(thrown)}`, thrown);
  } finally {
    discard(data);
  }
}

function isEmpty(data: VideoInput): boolean {
  if (data instanceof HTMLVideoElement) return data.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
  if (data instanceof HTMLImageElement) return data.naturalWidth === 0;
  if (data instanceof VideoFrame) return data.codedWidth === 0;
  if (data instanceof ImageData) return data.data.length === 0;
  return data.width === 0 || data.height === 0;
}

/** Copies the samples at once, and closes the data; throws `bad-input` if they are no sound. */
export function toSound(data: AudioInput, { sampleRate, channels }: Settings): Sound {
  try {
    const sound = read(data, sampleRate, channels);
    if (!sound.channels[0]?.length) {
      throw badInput(
        isA(data, 'AudioData')
          ? 'This AudioData is closed: write() owns what it is given; clone it before if it has another use.'
          : `There are no samples in this ${data.constructor.name}.`,
      );
    }
    if (sound.rate < lowestRate || sound.rate > highestRate) {
      throw badInput(
        `This ${data.constructor.name} has ${sound.rate} samples a second: ${lowestRate} to ${highestRate} can be sent.`,
      );
    }
    if (!sound.channels.every((samples) => samples.every(Number.isFinite))) {
      throw badInput(
        `This ${data.constructor.name} has samples that are not numbers: check what computed them.`,
      );
    }
    return sound;
  } finally {
    discard(data);
  }
}

function read(data: AudioInput, sampleRate: number, channelCount: number): Sound {
  if (data instanceof Float32Array) {
    if (data.length % channelCount !== 0) {
      throw badInput(
        `This Float32Array has ${data.length} samples, which ${channelCount} channels cannot share: set channels.`,
      );
    }
    const channels = Array.from({ length: channelCount }, (_, channel) =>
      Float32Array.from(
        { length: data.length / channelCount },
        (_, at) => data[at * channelCount + channel]!,
      ),
    );
    return { channels, rate: sampleRate };
  }
  const planes = (
    count: number,
    length: number,
    copy: (to: Float32Array<ArrayBuffer>, plane: number) => void,
  ) =>
    Array.from({ length: count }, (_, plane) => {
      const samples = new Float32Array(length);
      copy(samples, plane);
      return samples;
    });
  if (data instanceof AudioBuffer) {
    const channels = planes(data.numberOfChannels, data.length, (to, plane) =>
      data.copyFromChannel(to, plane),
    );
    return { channels, rate: data.sampleRate };
  }
  const channels = planes(data.numberOfChannels, data.numberOfFrames, (to, planeIndex) =>
    data.copyTo(to, { planeIndex, format: 'f32-planar' }),
  );
  return { channels, rate: data.sampleRate };
}
