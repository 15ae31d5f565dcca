import type { CaptureState } from '../engine/capture/capturer.js';
import type { CapturePermission } from '../engine/capture/permission.js';
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
  return status === 'ended' || (stream?.getTracks().length ?? 0) > 0 ? 'ended' : 'empty';
}

/** What the words about a preview follow from. */
export interface StatusFacts {
  readonly state: PreviewState;
  readonly audioOnly: boolean;
  /** Whether our own camera was switched off. */
  readonly cameraOff: boolean;
  readonly interrupted: boolean;
  /** What has become of a device that was unplugged, if one was. */
  readonly unplugged: Unplugged | null;
  /** What is wrong with a capture that goes on. */
  readonly trouble: string | null;
  /** Whether it goes on with less than it began with. */
  readonly lessened: boolean;
  /** Whether the browser will ask before it captures. */
  readonly asks: boolean;
}

/** A device that was unplugged. */
export interface Unplugged {
  /** Its name, or the empty text. */
  readonly label: string;
  /** Whether another one has taken its place. */
  readonly replaced: boolean;
}

/** The device that was unplugged, of several the first that has no other in its place; null where all is well. */
export function unpluggedOf({ lost, tracks }: Pick<CaptureState, 'lost' | 'tracks'>): Unplugged | null {
  const devices = lost.map(({ kind, label }) => {
    const sought = kind === 'camera' ? 'video' : 'audio';
    return { label, replaced: tracks.some((track) => track.kind === sought && track.readyState === 'live') };
  });
  return devices.find(({ replaced }) => !replaced) ?? devices[0] ?? null;
}

/** The key of the words that tell where a preview stands; `trouble` has words of its own. */
export function statusKey(facts: StatusFacts): string {
  const { state, audioOnly, cameraOff, interrupted, unplugged, trouble, lessened, asks } = facts;
  if (asks) return 'prompt';
  if (state !== 'live') return state;
  if (interrupted) return 'interrupted';
  if (unplugged && !unplugged.replaced) return 'lost';
  if (trouble && (lessened || !cameraOff)) return 'trouble';
  if (cameraOff) return 'camera-off';
  if (unplugged) return 'replaced';
  return audioOnly ? 'audio-only' : state;
}

/** Whether these words are seen over a picture, too: something has to be done. */
export const isUrgent = (key: string, { lessened }: Pick<StatusFacts, 'lessened'>): boolean =>
  key === 'interrupted' || key === 'lost' || (key === 'trouble' && lessened);

/**
 * Whether to show what leads to the question for permission, or out of its refusal. `offers`: the page has put something
 * there that captures by itself, also where no question is left.
 */
export function needsPermission(
  state: PreviewState,
  permission: CapturePermission,
  offers: boolean,
): boolean {
  if (!['empty', 'ended', 'failed'].includes(state)) return false;
  return permission !== 'unknown' && (offers || permission !== 'granted');
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
