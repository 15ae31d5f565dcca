import type { CallState, PeerState } from '../engine/call/room.js';
import { isInside } from '../internal/call-states.js';

/** A key of the tag's words, and what to fill in. */
export type Announcement = readonly [key: string, values?: Readonly<Record<string, string | number>>];

/** What to say to those who do not see the call when it goes from one state to the next; null for nothing. */
export function announcement(before: CallState, after: CallState, guest: string): Announcement | null {
  if (!isInside(after)) return isInside(before) ? ['left'] : null;
  if (!isInside(before)) return after.peers.length ? ['in-call'] : ['waiting'];
  if (after.status !== before.status) {
    if (after.status === 'reconnecting') return ['reconnecting'];
    if (before.status === 'reconnecting' && after.status === 'connected') return ['reconnected'];
  }
  const moved = crowd('joined', before, after, guest) ?? crowd('left', after, before, guest);
  if (moved) return moved;
  for (const peer of after.peers) {
    const changed = change(before.peers, peer, guest);
    if (changed) return changed;
  }
  if (after.reachable && !before.reachable) return ['reachable'];
  if (after.audio !== before.audio) return [after.audio ? 'microphone-on' : 'microphone-off'];
  if (after.video !== before.video) return [after.video ? 'camera-on' : 'camera-off'];
  if (!after.localScreen !== !before.localScreen) return [after.localScreen ? 'sharing' : 'not-sharing'];
  return null;
}

/** Those who are only in the second state. */
function crowd(what: string, without: CallState, within: CallState, guest: string): Announcement | null {
  const moved = within.peers.filter(({ id }) => !without.peers.some((peer) => peer.id === id));
  if (moved.length > 1) return [`peers-${what}`, { count: moved.length }];
  return moved[0] ? [`peer-${what}`, { name: moved[0].name || guest }] : null;
}

/** What has become of one who was there before. */
function change(peers: readonly PeerState[], after: PeerState, guest: string): Announcement | null {
  const before = peers.find(({ id }) => id === after.id)!;
  const name = after.name || guest;
  // Without a network it is all of them, whom nothing tells apart.
  if (after.status !== before.status) {
    if (after.status === 'offline') return ['offline'];
    if (after.status === 'failed') return ['peer-failed', { name }];
    if (after.status === 'reconnecting') return ['peer-reconnecting', { name }];
    if (after.status === 'connected' && before.status !== 'connecting') return ['peer-reconnected', { name }];
  }
  if (!after.screen === !before.screen) return null;
  return [after.screen ? 'peer-sharing' : 'peer-not-sharing', { name }];
}
