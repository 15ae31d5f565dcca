import { openIceServers } from '../engine/call/ice-server-list.js';
import { systemClock } from '../engine/clock.js';
import { loaded } from '../engine/errors.js';
import { InviteSignaling, type UsedInvites } from '../engine/signaling/invite.js';
import { checkSecret, keyMaterial } from '../engine/signaling/secret.js';
import type { CallOptions } from './call.js';
import { iceServersFrom, transportPolicyFrom } from './options.js';

/** The way to one other without a server, with the ICE servers of now. Rejects with `MediaKitError`. */
export async function inviteSignaling(options: CallOptions, used: UsedInvites): Promise<InviteSignaling> {
  const given = iceServersFrom(options.iceServers);
  const iceTransportPolicy = transportPolicyFrom(options.iceTransportPolicy);
  await checkPrivacy(options);
  const asked = new AbortController();
  const servers = await openIceServers({ given, clock: systemClock, failed: () => {} }, asked.signal);
  asked.abort();
  return new InviteSignaling({ iceServers: [...servers.current()], iceTransportPolicy }, systemClock, used);
}

/** What would keep the call from beginning is told before a text is out. */
async function checkPrivacy({ room, secret, endToEnd }: CallOptions): Promise<void> {
  if (endToEnd) {
    const { checkEncryption } = await loaded(import('../engine/call/encryption/encryption.js'));
    checkEncryption(secret);
  }
  if (secret === null) return;
  checkSecret(secret);
  await keyMaterial(secret, room!);
}
