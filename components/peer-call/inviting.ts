import { openIceServers } from '../engine/call/ice-server-list.js';
import { systemClock } from '../engine/clock.js';
import { InviteSignaling, type UsedInvites } from '../engine/signaling/invite.js';
import type { CallOptions } from './call.js';
import { iceServersFrom } from './options.js';

/** The way to one other without a server, with the ICE servers of now. Rejects with `MediaKitError`. */
export async function inviteSignaling(
  { iceServers, iceTransportPolicy }: CallOptions,
  used: UsedInvites,
): Promise<InviteSignaling> {
  const given = iceServersFrom(iceServers);
  const asked = new AbortController();
  const servers = await openIceServers({ given, clock: systemClock, failed: () => {} }, asked.signal);
  asked.abort();
  return new InviteSignaling({ iceServers: [...servers.current()], iceTransportPolicy }, systemClock, used);
}
