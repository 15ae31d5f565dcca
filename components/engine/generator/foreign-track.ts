import { toAudioData } from './audio-data.js';
import { createGeneratorWorker, GeneratorWorker } from './generator-worker.js';
import { resume } from '../resume.js';
import { Ticker } from './ticker.js';
import type { Chunk } from './track-writer.js';

/** Who reads a track. */
interface Reader {
  /** Hears each frame, or stretch of sound, which it owns. */
  readonly take: (chunk: Chunk) => void;
  /** Hears how many frames went by while the page was busy. */
  readonly miss: (count: number) => void;
  /** Hears that the track has ended. */
  readonly end: () => void;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** Looks per second whether somebody has stopped the track, of which there is no event. */
const LOOKS = 10;

/** Reads a track that is not ours, in browsers that have no way of their own. */
export async function readForeign(track: MediaStreamTrack, reader: Reader): Promise<void> {
  const { signal } = reader;
  // Hidden pages show no pictures, and get one timer a second.
  const worker = new GeneratorWorker(() => createGeneratorWorker());
  const look = track.kind === 'video' ? readVideo(track, reader) : undefined;
  const rate = (): number => (look && document.hidden ? (track.getSettings().frameRate ?? 30) : LOOKS);
  const ticker = new Ticker(worker, rate(), () => {
    if (track.readyState === 'ended') reader.end();
    else if (document.hidden) look?.();
  });
  document.addEventListener('visibilitychange', () => ticker.setRate(rate()), { signal });
  signal.addEventListener('abort', () => {
    ticker.release();
    worker.release();
  });
  if (track.kind === 'audio') await readAudio(track, reader);
}

/** Reads each picture that is shown; the function that it returns reads the one that is there now, if it is new. */
function readVideo(track: MediaStreamTrack, { take, miss, signal }: Reader): () => void {
  const video = document.createElement('video');
  video.muted = video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  // Rejects when it is put away before it has begun.
  video.play().catch(() => {});
  let seen = -1;
  /** How many were shown when the last one was read; 0 where nobody counts, as in hidden pages. */
  let shown = 0;
  const grab = (): void => {
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.currentTime === seen) return;
    seen = video.currentTime;
    take(new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) }));
  };
  let handle = 0;
  const wait = (): void => {
    handle = video.requestVideoFrameCallback((_now, { presentedFrames }) => {
      wait();
      if (shown > 0 && presentedFrames > shown) miss(presentedFrames - shown - 1);
      shown = presentedFrames;
      seen = -1;
      grab();
    });
  };
  wait();
  signal.addEventListener('abort', () => {
    video.cancelVideoFrameCallback(handle);
    video.srcObject = null;
  });
  return () => {
    shown = 0;
    grab();
  };
}

async function readAudio(track: MediaStreamTrack, { take, signal }: Reader): Promise<void> {
  const context = new AudioContext();
  signal.addEventListener('abort', () => void context.close());
  await context.audioWorklet.addModule(new URL('./tap.worklet.js', import.meta.url));
  if (signal.aborted) return;
  const tap = new AudioWorkletNode(context, 'rtc-tap');
  const { sampleRate: rate } = context;
  /** Where the next stretch begins, in seconds on the line of `performance.now()`. */
  let at = 0;
  tap.port.onmessage = ({ data: channels }: MessageEvent<Float32Array<ArrayBuffer>[]>) => {
    const length = channels[0]!.length / rate;
    const begun = performance.now() / 1000 - length;
    // Stretches follow each other without a gap, unless there was one.
    if (Math.abs(begun - at) > 0.1) at = begun;
    take(toAudioData({ channels, rate }, Math.round(at * 1e6)));
    at += length;
  };
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
  // Silent, but what leads nowhere is not pulled.
  source.connect(tap).connect(context.destination);
  resume(context, signal);
}
