import type { CaptureState } from '../engine/capture/capturer.js';
import type { CaptureKind } from '../engine/capture/request.js';

/**
 * Where a preview stands: nothing to show, a capture was asked for, shown, shown but the browser wants a click before
 * it plays, waiting for a device that was unplugged, every track has ended, the capture failed.
 */
export type PreviewState = (typeof previewStates)[number];

export const previewStates = ['empty', 'starting', 'live', 'blocked', 'lost', 'ended', 'failed'] as const;

/** What `mirror` says; anything else is `auto`. */
export type Mirror = 'auto' | 'on' | 'off';

/** What the state follows from. */
export interface PreviewFacts {
  readonly capture: Pick<CaptureState, 'status' | 'lost'>;
  /** Whether what is captured is off because the camera is not wanted for now. */
  readonly rests: boolean;
  readonly stream: MediaStream | null;
  /** The tracks of the stream that have not ended. */
  readonly tracks: readonly MediaStreamTrack[];
  readonly blocked: boolean;
}

export function previewState({ capture, rests, stream, tracks, blocked }: PreviewFacts): PreviewState {
  const { status, lost } = capture;
  if (status === 'starting') return 'starting';
  if (tracks.length > 0) return blocked ? 'blocked' : 'live';
  if (status === 'failed') return 'failed';
  if (status === 'live' && rests) return 'live';
  if (status === 'live' && lost.length > 0) return 'lost';
  return status === 'ended' || stream?.getTracks().length ? 'ended' : 'empty';
}

/** What the words about a preview follow from. */
export interface StatusFacts {
  readonly state: PreviewState;
  readonly audioOnly: boolean;
  /** Whether our own camera was switched off. */
  readonly cameraOff: boolean;
}

/** The key of the words that tell where a preview stands. */
export function statusKey({ state, audioOnly, cameraOff }: StatusFacts): string {
  if (state !== 'live') return state;
  if (cameraOff) return 'camera-off';
  return audioOnly ? 'audio-only' : state;
}

/**
 * Whether the picture is shown as in a mirror. `captured` is what this preview itself captures; most computers do not
 * say which way their camera faces, and it faces the user.
 */
export function isMirrored(
  mirror: Mirror,
  captured: CaptureKind | null,
  settings: MediaTrackSettings & { readonly displaySurface?: string },
): boolean {
  if (mirror === 'off' || captured === 'display' || settings.displaySurface) return false;
  if (mirror === 'on') return true;
  return settings.facingMode ? settings.facingMode === 'user' : captured === 'user';
}

/** What the attribute `capture` says: absent is null, anything unknown is `user`. */
export function captureKind(capture: string | null): CaptureKind | null {
  if (capture === null || capture === 'environment' || capture === 'display') return capture;
  return 'user';
}
