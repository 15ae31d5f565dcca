import { createSurface } from './artwork.js';
import { toAudioData } from './audio-data.js';
import { nativeClass } from '../native-class.js';
import { stopped, tapOf } from './own-track.js';
import type { Chunk } from './track-writer.js';

/** What is asked for. */
export interface TrackProcessorInit {
  readonly track: MediaStreamTrack;
  /** How many frames, or stretches of sound, wait for a reader: 1 unless told. */
  readonly maxBufferSize?: number;
}

type NativeProcessor = new (init: TrackProcessorInit) => { readonly readable: ReadableStream<Chunk> };

/**
 * The platform's `MediaStreamTrackProcessor` in every browser, for video and audio: reads a track frame by frame. The
 * oldest is dropped and closed while nobody reads; what was read is the reader's to close. It ends with the track;
 * cancelling it leaves the track alone. Tracks of a `TrackGenerator` give each frame as it was written.
 */
export class TrackProcessor {
  readonly #track: MediaStreamTrack;
  readonly #limit: number;
  #readable: ReadableStream<Chunk> | undefined;
  #missed = 0;

  /** Throws a `TypeError` without a track. */
  constructor({ track, maxBufferSize = 1 }: TrackProcessorInit) {
    if (!(track instanceof MediaStreamTrack)) {
      throw new TypeError(`A processor takes { track: MediaStreamTrack }, not ${String(track)}.`);
    }
    this.#track = track;
    this.#limit = Math.max(1, Math.trunc(maxBufferSize) || 1);
  }

  /** `VideoFrame` or `AudioData`, one for each read: the reader closes them. */
  get readable(): ReadableStream<Chunk> {
    return (this.#readable ??= this.#open());
  }

  /** How many nobody has read in time, where it is not the browser that drops them and keeps that to itself. */
  get missed(): number {
    return this.#missed;
  }

  #open(): ReadableStream<Chunk> {
    const track = this.#track;
    const Native = nativeClass<NativeProcessor>('MediaStreamTrackProcessor');
    // The browser's own refuses a track that has ended.
    if (Native && track.readyState === 'live' && !tapOf(track))
      return new Native({ track, maxBufferSize: this.#limit }).readable;
    return read(track, this.#limit, (count) => (this.#missed += count));
  }
}

/** A stream of what is sent through a track, of which at most `limit` wait; `miss` hears how many did in vain. */
function read(track: MediaStreamTrack, limit: number, miss: (count: number) => void): ReadableStream<Chunk> {
  const waiting: Chunk[] = [];
  const life = new AbortController();
  const { signal } = life;
  let give: ((chunk: Chunk) => void) | undefined;
  const take = (chunk: Chunk): void => {
    const shown = track.enabled ? chunk : blank(chunk);
    if (signal.aborted) return shown.close();
    if (give) return give(shown);
    waiting.push(shown);
    if (waiting.length <= limit) return;
    waiting.shift()!.close();
    miss(1);
  };
  const over = (): void => {
    life.abort();
    for (const chunk of waiting.splice(0)) chunk.close();
  };
  return new ReadableStream<Chunk>(
    {
      start(controller) {
        const end = (): void => {
          if (signal.aborted) return;
          over();
          controller.close();
        };
        if (track.readyState === 'ended') return end();
        for (const type of ['ended', stopped]) track.addEventListener(type, end, { signal });
        const tap = tapOf(track);
        if (tap) return signal.addEventListener('abort', tap(take));
        import('./foreign-track.js')
          .then(({ readForeign }) =>
            signal.aborted ? undefined : readForeign(track, { take, miss, end, signal }),
          )
          .catch((thrown) => {
            if (signal.aborted) return;
            over();
            controller.error(thrown);
          });
      },
      pull: (controller) =>
        new Promise<void>((pulled) => {
          give = (chunk) => {
            give = undefined;
            controller.enqueue(chunk);
            pulled();
          };
          const oldest = waiting.shift();
          if (oldest) give(oldest);
        }),
      cancel: over,
    },
    { highWaterMark: 0 },
  );
}

/** What is sent in place of that through a track that is not enabled. Closes what it is given. */
function blank(chunk: Chunk): Chunk {
  const { timestamp } = chunk;
  try {
    if ('displayWidth' in chunk) {
      const { canvas } = createSurface(chunk.displayWidth, chunk.displayHeight);
      return new VideoFrame(canvas, { timestamp, alpha: 'discard' });
    }
    const { sampleRate: rate, numberOfFrames, numberOfChannels } = chunk;
    const channels = Array.from({ length: numberOfChannels }, () => new Float32Array(numberOfFrames));
    return toAudioData({ channels, rate }, timestamp);
  } finally {
    chunk.close();
  }
}
