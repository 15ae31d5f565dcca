import { nativeClass } from '../native-class.js';
import type { Picture } from './picture.js';
import type { Kind } from './settings.js';

/**
 * How tracks are made: `native` by `MediaStreamTrackGenerator` fed from the page; `worker` fed in a worker, which a busy
 * page does not disturb, by `MediaStreamTrackGenerator` or `VideoTrackGenerator`; `canvas` by canvas capture and Web Audio.
 */
export type BackendName = 'native' | 'worker' | 'canvas';
export const backends = ['native', 'worker', 'canvas'] as const;

/** Turns pictures into a track. */
export interface VideoBackend {
  /** Whether another picture can be taken now. */
  readonly ready: boolean;
  /** Sends a built-in picture as it is at a wall-clock time in ms. */
  show(picture: Picture, time: number): void;
  /** Keeps what was sent last, if it was a frame, until `uncover()`: what is shown meanwhile only covers it. */
  cover(): void;
  uncover(): void;
  /** Sends a frame, which it closes; `stays`: there is no other one for a while. */
  send(frame: VideoFrame, stays?: boolean): void;
  /** Sends the last picture again; answers whether it has it still. */
  repeat(): boolean;
  /** Gives everything back, and ends the track where it can. */
  release(): void;
}

interface NativeTrack extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame | AudioData>;
}

/** The browser's own `MediaStreamTrackGenerator`. */
export type NativeGenerator = new (init: { kind: Kind }) => NativeTrack;

/** The browser's own generator, where it has one on the page. */
export function nativeGenerator(): NativeGenerator | undefined {
  return nativeClass<NativeGenerator>('MediaStreamTrackGenerator');
}

/** Whether tracks can be transferred, which is how one that was made in a worker comes to the page. */
function tracksTransfer(): boolean {
  const track = document.createElement('canvas').captureStream(0).getTracks()[0]!;
  try {
    structuredClone(track, { transfer: [track as unknown as Transferable] }).stop();
    return true;
  } catch {
    track.stop();
    return false;
  }
}

/** Whether this browser can make tracks of that kind, in that way or, without a name, in any. */
export function supports(kind: Kind, backend?: BackendName): boolean {
  const prototypes = globalThis as {
    HTMLCanvasElement?: { prototype: object };
    AudioContext?: { prototype: object };
  };
  const canvas =
    kind === 'video'
      ? 'captureStream' in (prototypes.HTMLCanvasElement?.prototype ?? {})
      : 'createMediaStreamDestination' in (prototypes.AudioContext?.prototype ?? {});
  const native = nativeGenerator() !== undefined;
  if (backend === 'native') return native;
  if (backend === 'canvas') return canvas;
  if (backend === 'worker') {
    return typeof Worker === 'function' && (native || (canvas && kind === 'video' && tracksTransfer()));
  }
  return backend === undefined && (native || canvas);
}

/** What the browser does best, unless one is wished for; null where it cannot. */
export function chooseBackend(kind: Kind, wish: BackendName | 'auto'): BackendName | null {
  const best: readonly BackendName[] = ['worker', 'native', 'canvas'];
  // Sound by Web Audio is made off the page, too.
  const near: readonly BackendName[] =
    kind === 'audio' && wish === 'worker' ? [wish, 'canvas'] : [wish as BackendName];
  return (wish === 'auto' ? best : near).find((name) => supports(kind, name)) ?? null;
}
