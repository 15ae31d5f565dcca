import type { Clock } from '../clock.js';
import { AudioPump } from './audio-pump.js';
import type { CanvasVideo } from './canvas-video.js';
import type { Sound } from './input.js';
import { NativeAudio } from './native-audio.js';
import { NativeVideo } from './native-video.js';
import type { Counters, Pump } from './pump.js';
import type { Kind, Settings } from './settings.js';
import { VideoPump } from './video-pump.js';

// What feeds tracks from the page: loaded where that is not left to the worker.

/** Feeds the stream of the browser's own generator. `ended` hears when somebody else has closed it. */
export function feedWritable(
  kind: Kind,
  writable: WritableStream<VideoFrame> | WritableStream<AudioData>,
  clock: Clock,
  settings: Settings,
  counters: Counters,
  ended: () => void,
): Pump<VideoFrame | Sound> {
  return kind === 'audio'
    ? new AudioPump(new NativeAudio(writable as WritableStream<AudioData>, ended), clock, settings, counters)
    : new VideoPump(
        new NativeVideo(writable as WritableStream<VideoFrame>, ended),
        clock,
        settings,
        counters,
      );
}

/** Feeds a canvas that is captured. */
export function feedCanvas(
  canvas: CanvasVideo,
  clock: Clock,
  settings: Settings,
  counters: Counters,
): Pump<VideoFrame> {
  return new VideoPump(canvas, clock, settings, counters);
}
