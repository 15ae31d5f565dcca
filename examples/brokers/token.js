// On the server of the page, where it is known who asks: a token for the embedded broker.
import { SignJWT } from 'jose';

/** Lets `peer` into `room` for so many seconds. The secret is the broker's `--jwt-secret`. */
export function roomToken({ room, peer, seconds = 600, secret }) {
  return new SignJWT({ room })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience('peer-call')
    .setSubject(peer)
    .setExpirationTime(`${seconds} seconds`)
    .sign(new TextEncoder().encode(secret));
}
