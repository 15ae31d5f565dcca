// @ts-check
import { createHmac } from 'node:crypto';

/**
 * A user name and a password for a TURN server that hold for a while, as coturn's `use-auth-secret` and others check
 * them: `<expiry>:<name>`, and its HMAC-SHA1 under the secret that the server shares. For the server of a page, which
 * hands out the result as an entry of `iceServers`; the secret never leaves it.
 * @param {object} options
 * @param {string} options.secret What coturn has as `static-auth-secret`.
 * @param {string | string[]} options.urls `turn:` and `turns:` addresses of the server.
 * @param {string} [options.name] Whom the server's log names: an account, say. Not checked by it.
 * @param {number} [options.seconds] How long they hold: an hour by default. A call outlives them; its next connection does not.
 * @param {number} [options.now] in ms since 1970
 * @returns {{ urls: string | string[], username: string, credential: string }}
 */
export function turnCredentials({ secret, urls, name = 'peer', seconds = 3600, now = Date.now() }) {
  if (!secret)
    throw new TypeError('Without a secret everybody could make these: set the one of the TURN server.');
  const username = `${Math.floor(now / 1000 + seconds)}:${name}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return { urls, username, credential };
}
