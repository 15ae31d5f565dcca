import { MediaKitError } from '../errors.js';
import { CanvasVideo } from './canvas-video.js';
import { NativeAudio, NativeVideo, nativeGenerator } from './native.js';
import type { Surface } from './picture.js';
import type { Kind, Settings } from './settings.js';
import { WebAudio } from './web-audio.js';

/** How tracks are made: `native` by `MediaStreamTrackGenerator`, `canvas` by canvas capture and Web Audio. */
export type BackendName = 'native' | 'canvas';

/** Turns pictures into a track. */
export interface VideoBackend {
  readonly track: MediaStreamTrack;
  /** What `commit()` sends. */
  readonly surface: Surface;
  /** Whether another picture can be taken now. */
  readonly ready: boolean;
  /** Sends what is drawn on the surface. */
  commit(): void;
  /** Sends a frame, which it closes, without a detour over the surface. */
  send?(frame: VideoFrame): void;
  /** Sends the last picture again. */
  repeat(): void;
  /** Ends the track and gives everything back. */
  release(): void;
}

/** Turns samples into a track. */
export interface AudioBackend {
  readonly track: MediaStreamTrack;
  /** The time, in seconds, on the line that `write()` is timed by. */
  readonly now: number;
  /** How many seconds ahead of their time samples want to be written. */
  readonly lead: number;
  /** How many seconds late samples are still of use. */
  readonly patience: number;
  /** Sends one stretch of sound that begins at the time `at`. */
  write(channels: readonly Float32Array<ArrayBuffer>[], rate: number, at: number): void;
  release(): void;
}

/** Whether this browser can make tracks of that kind, in that way or, without a name, in any. */
export function supports(kind: Kind, backend?: BackendName): boolean {
  const canvas = (): boolean =>
    kind === 'video'
      ? 'captureStream' in (globalThis.HTMLCanvasElement?.prototype ?? {})
      : 'createMediaStreamDestination' in (globalThis.AudioContext?.prototype ?? {});
  if (backend === 'native') return nativeGenerator() !== undefined;
  if (backend === 'canvas') return canvas();
  return backend === undefined && (nativeGenerator() !== undefined || canvas());
}

function missing(kind: Kind): MediaKitError {
  return new MediaKitError(
    'unsupported',
    `This browser cannot make ${kind} tracks: update it or use another.`,
  );
}

export function createVideo(backend: BackendName): VideoBackend {
  if (!supports('video', backend)) throw missing('video');
  return backend === 'native' ? new NativeVideo() : new CanvasVideo();
}

/** `blocked` hears whether the browser holds the sound back until the next gesture. */
export function createAudio(
  backend: BackendName,
  settings: Settings,
  blocked: (blocked: boolean) => void,
): AudioBackend {
  if (!supports('audio', backend)) throw missing('audio');
  return backend === 'native' ? new NativeAudio() : new WebAudio(settings, blocked);
}
