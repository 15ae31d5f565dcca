import type { CaptureState } from '../engine/capture/capturer.js';
import type { CapturePermission } from '../engine/capture/permission.js';
import type { PreviewState } from './stream-preview.state.js';

/** How it goes with what a preview captures itself. */
export interface Plight {
  /** What to say of it in place of the words about the state; null where these do. */
  readonly words: string | null;
  /** Whether this is seen over a picture, too: something has to be done. */
  readonly urgent: boolean;
  /** What is shown on the way to the question for permission, or null. */
  readonly asking: CapturePermission | null;
  /** Whether to offer another try. */
  readonly again: boolean;
  /** Whether what is loaded for it is of use: a button, or the room that large words take. */
  readonly part: boolean;
}

/** What a plight follows from. */
export interface PlightFacts {
  readonly state: PreviewState;
  readonly capture: Pick<CaptureState, 'interrupted' | 'lost' | 'tracks' | 'error' | 'display'>;
  /** Whether our own camera was switched off. */
  readonly cameraOff: boolean;
  /** Whether the browser will ask before it captures. */
  readonly asks: boolean;
}

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

/** The key of the words about a plight; `trouble` is what the error says. Null where all is well. */
export function plightKey({ state, capture, cameraOff, asks }: PlightFacts): string | null {
  if (asks) return 'prompt';
  if (state !== 'live') return state === 'lost' ? state : null;
  if (capture.interrupted) return 'interrupted';
  const unplugged = unpluggedOf(capture);
  if (unplugged && !unplugged.replaced) return 'lost';
  const { error } = capture;
  const told = !cameraOff || isLessened(capture, cameraOff);
  if (error && error.code !== 'aborted' && told) return 'trouble';
  return unplugged && !cameraOff ? 'replaced' : null;
}

/** Whether words with this key are seen over a picture, too. */
export const isUrgent = (key: string | null, { capture, cameraOff }: PlightFacts): boolean =>
  key === 'interrupted' || key === 'lost' || (key === 'trouble' && isLessened(capture, cameraOff));

/** The device that was unplugged, of several the first that has no other in its place; null where there is none. */
export function unpluggedOf({
  lost,
  tracks,
}: Pick<CaptureState, 'lost' | 'tracks'>): { readonly label: string; readonly replaced: boolean } | null {
  const devices = lost.map(({ kind, label }) => {
    const sought = kind === 'camera' ? 'video' : 'audio';
    return { label, replaced: tracks.some((track) => track.kind === sought && track.readyState === 'live') };
  });
  return devices.find(({ replaced }) => !replaced) ?? devices[0] ?? null;
}

/** Whether it goes on with less than it began with. */
function isLessened({ tracks, display }: PlightFacts['capture'], cameraOff: boolean): boolean {
  const gone = tracks.filter(({ readyState }) => readyState === 'ended');
  return !display && gone.some(({ kind }) => kind === 'audio' || !cameraOff);
}

/**
 * Whether a capture that failed may go well the next time, without the page doing anything about it. A display is asked
 * for each time; a device that the user has denied begins by itself when it is allowed, and of the system's settings
 * browsers tell nothing.
 */
export function mayTryAgain(
  { status, display, error }: Pick<CaptureState, 'status' | 'display' | 'error'>,
  permission: CapturePermission,
): boolean {
  if (status !== 'failed' || !/^(device|permission|network)/.test(error!.code)) return false;
  return permission !== 'denied-by-policy' && (display || permission !== 'denied');
}
