import type { PropertyValues } from 'lit';
import type { CallState } from '../engine/call/room.js';
import type { ArrangingElement } from './arranging.js';
import { largeTile } from './large-tile.js';
import { screenOf } from './layout.js';
import type { Text } from './peer-call.strings.js';

/** What to say when the tiles are arranged in another way; nothing while the pinned one is not there. */
export function arrangement(
  changed: PropertyValues,
  state: CallState,
  { layout, pinned }: ArrangingElement,
  text: Text,
): string | undefined {
  if (changed.has('layout')) return text(layout === 'speaker' ? 'one-large' : 'all-alike');
  if (!changed.has('pinned')) return undefined;
  if (!pinned) return text('unpinned');
  if (largeTile(state, [], layout, pinned) !== pinned) return undefined;
  const { localId, peers } = state;
  if (pinned === localId) return text('pinned', { name: text('you') });
  if (pinned === screenOf(localId)) return text('pinned', { name: text('your-screen') });
  const peer = peers.find(({ id }) => [id, screenOf(id)].includes(pinned));
  const guest = peer?.name || text('guest');
  return text('pinned', { name: peer?.id === pinned ? guest : text('screen', { name: guest }) });
}
