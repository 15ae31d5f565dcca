import type { CallState } from '../engine/call/room.js';
import type { CallLayout } from './arranging.js';
import { screenOf } from './layout.js';

/**
 * The tile that is shown large: the pinned one, else, where one is to be large at all, the screen that somebody shares,
 * the one who speaks or spoke last, the first of the others. Null where all are alike.
 */
export function largeTile(
  { peers, speaker, localId, localStream, localScreen }: CallState,
  seats: readonly (string | null)[],
  layout: CallLayout,
  pinned: string | null,
): string | null {
  if (!peers.length) return null;
  const screens = peers.flatMap(({ id, screen }) => (screen ? screenOf(id) : []));
  const ids = peers.map(({ id }) => id);
  const own = [localStream && localId, localScreen && screenOf(localId)];
  if (pinned && [...ids, ...screens, ...own].includes(pinned)) return pinned;
  if (layout !== 'speaker') return null;
  return screens[0] ?? ids.find((id) => id === speaker) ?? seats.find((id) => id !== null) ?? null;
}
