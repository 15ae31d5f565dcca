import { systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { StateStore, type Store } from '../store.js';
import { createSurface } from './artwork.js';
import { CELLS, cellsOf, decodeSync, STRIP_HEIGHT, STRIPS, unwrapTime } from './sync-code.js';
import { SyncTally, type SyncFigures, type SyncReading } from './sync-figures.js';

export type { SyncFigures, SyncReading } from './sync-figures.js';

/** What a code can be read from. */
export type SyncSource = HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | VideoFrame;

/** Pixels that are drawn of each cell in either direction: the outer ones may show its neighbour. */
const PIXELS = 4;
const INNER = [1, 2] as const;

/** Even an allowed sound takes a moment to begin, in ms. */
const START_TIME = 1000;

const wallClock = (): number => performance.timeOrigin + performance.now();

/**
 * Reads what `<media-generator pattern="sync" tone="beep">` sends, at any place downstream: the number and the time of
 * each picture, and from them latency, loss and the offset of sound and picture. `store` has the figures of `watch()` and
 * `listen()`.
 */
export class SyncReader {
  readonly #store = new StateStore<SyncFigures>(new SyncTally().figures);
  #tally = new SyncTally();
  #surface: OffscreenCanvasRenderingContext2D | undefined;
  #watching = new AbortController();
  #listening = new AbortController();

  /** What was seen and heard so far. */
  get store(): Store<SyncFigures> {
    return this.#store;
  }

  /**
   * The code in the picture that the source shows now, or null where there is none or it is damaged. Throws
   * `bad-input` for what has no pictures or may not be read. `at` is when it was seen: wall-clock time in ms.
   */
  readFrame(source: SyncSource, at = wallClock()): SyncReading | null {
    const [first, second] = this.#levels(source).map(cellsOf);
    const code = first && second && decodeSync([first, second]);
    if (!code) return null;
    const sentAt = unwrapTime(code.time, at);
    return { number: code.number, sentAt, latency: at - sentAt };
  }

  /**
   * Reads each picture that the element shows, until `signal` aborts. The counts begin anew: a reader watches one
   * element. Latency is up to the moment when the picture is given to the screen. A hidden page sees nothing. Throws
   * `unsupported` where browsers do not tell of pictures; a file of another origin without CORS ends it with an uncaught
   * `bad-input`.
   */
  watch(video: HTMLVideoElement, signal?: AbortSignal): void {
    if (typeof video?.requestVideoFrameCallback !== 'function') {
      throw new MediaKitError(
        'unsupported',
        'watch() takes a <video> in a browser with requestVideoFrameCallback(): elsewhere, call readFrame().',
      );
    }
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#tally = new SyncTally();
    this.#store.patch(this.#tally.figures);
    const life = lifeOf(this.#watching, signal);
    let presented = Infinity;
    const look: VideoFrameRequestCallback = (_now, { presentationTime, presentedFrames }) => {
      const reading = this.readFrame(video, performance.timeOrigin + presentationTime);
      // A busy page is not told of each picture.
      this.#tally.picture(reading, Math.max(0, presentedFrames - presented - 1));
      presented = presentedFrames;
      this.#store.patch(this.#tally.figures);
      wait();
    };
    const wait = (): void => {
      if (life.aborted) return;
      handle = video.requestVideoFrameCallback(look);
    };
    let handle = 0;
    life.addEventListener('abort', () => video.cancelVideoFrameCallback(handle), { once: true });
    wait();
  }

  /**
   * Listens for beeps in the first audio track, until `signal` aborts. Resolves when it hears. Rejects with `bad-input`
   * without such a track, with `permission-denied` where the browser wants a click first, and with `unsupported`
   * where it lets no worklet run. A remote stream sounds only while an element plays it as well.
   */
  async listen(source: MediaStream | MediaStreamTrack, signal?: AbortSignal): Promise<void> {
    const track = source instanceof MediaStream ? source.getAudioTracks()[0] : source;
    if (!(track instanceof MediaStreamTrack) || track.kind !== 'audio') {
      throw new MediaKitError('bad-input', 'listen() takes an audio track, or a stream that has one.');
    }
    this.#listening.abort();
    const own = (this.#listening = new AbortController());
    const life = lifeOf(own, signal);
    if (life.aborted) return;
    const context = new AudioContext();
    const over = new Promise<void>((resolve) => {
      life.addEventListener('abort', () => resolve(context.close()), { once: true });
    });
    const heard = (time: number): void => {
      if (life.aborted) return;
      this.#tally.beep(time);
      this.#store.patch(this.#tally.figures);
    };
    try {
      await Promise.race([over, hear(context, track, heard)]);
    } catch (error) {
      if (life.aborted) return;
      own.abort();
      throw error;
    }
  }

  /** Ends watching and listening. */
  release(): void {
    this.#watching.abort();
    this.#listening.abort();
    this.#surface = undefined;
  }

  /** How light each cell of each strip is, 0 to 255. */
  #levels(source: SyncSource): number[][] {
    this.#surface ??= createSurface(CELLS * PIXELS, STRIPS * PIXELS, { willReadFrequently: true });
    const { width, height } = this.#surface.canvas;
    let data;
    try {
      if ('readyState' in source && source.readyState < source.HAVE_CURRENT_DATA) return [];
      // What is below the strips falls outside: WebKit would take the wrong part of a frame.
      this.#surface.drawImage(source, 0, 0, width, height / (STRIPS * STRIP_HEIGHT));
      ({ data } = this.#surface.getImageData(0, 0, width, height));
    } catch (error) {
      this.#surface = undefined;
      throw new MediaKitError(
        'bad-input',
        'readFrame() takes a video, a canvas, an ImageBitmap or a VideoFrame that is open, none of them from another origin without CORS.',
        { cause: error },
      );
    }
    const green = (x: number, y: number): number => data[4 * (y * width + x) + 1]!;
    const level = (cell: number, strip: number): number => {
      const values = INNER.flatMap((x) => INNER.map((y) => green(cell * PIXELS + x, strip * PIXELS + y)));
      return values.reduce((sum, value) => sum + value) / values.length;
    };
    return Array.from({ length: STRIPS }, (_, strip) =>
      Array.from({ length: CELLS }, (_, cell) => level(cell, strip)),
    );
  }
}

const lifeOf = (own: AbortController, signal?: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([own.signal, signal]) : own.signal;

/** Resolves when the worklet hears the track. */
async function hear(
  context: AudioContext,
  track: MediaStreamTrack,
  heard: (time: number) => void,
): Promise<void> {
  try {
    await context.audioWorklet.addModule(new URL('./sync.worklet.js', import.meta.url));
  } catch (error) {
    throw new MediaKitError(
      'unsupported',
      'listen() needs a secure page whose Content-Security-Policy lets it load sync.worklet.js.',
      { cause: error },
    );
  }
  const ear = new AudioWorkletNode(context, 'rtc-sync-ear');
  ear.port.onmessage = ({ data }: MessageEvent<number>) => heard(data + wallClock() - Date.now());
  new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) })
    .connect(ear)
    .connect(context.destination);
  await new Promise<void>((resolve, reject) => {
    const cancel = systemClock.after(START_TIME, () =>
      reject(
        new MediaKitError(
          'permission-denied',
          'This browser holds sound back until a gesture: call listen() from a click or a key.',
        ),
      ),
    );
    void context
      .resume()
      .finally(cancel)
      .then(resolve, () => {});
  });
}
