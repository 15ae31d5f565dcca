import { randomUUID } from 'node:crypto';
import { startBroker } from '../../broker/broker.js';
import { tokenVerifier } from '../../broker/tokens.js';
import { roomToken } from '../../examples/brokers/token.js';

/** Starts the embedded broker as the guide sets it up, on this machine alone, for those with a token. */
export async function startEmbeddedWithAccess(options) {
  const secret = randomUUID();
  const broker = await startBroker({ ...options, verify: await tokenVerifier({ secret }) });
  const issue = async (room, { seconds, key = secret, peer = randomUUID() } = {}) => {
    const password = await roomToken({ room, peer, seconds, secret: key });
    return { room, peer, clientId: peer, username: peer, password };
  };
  return {
    ...broker,
    secret,
    member: (room, seconds, peer) => issue(room, { seconds, peer }),
    former: (room) => issue(room, { seconds: -60 }),
    forged: (room) => issue(room, { key: randomUUID() }),
  };
}
