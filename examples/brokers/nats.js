// On the server of the page: who may enter which room at NATS.
import { Algorithms, encodeAccount, encodeOperator, encodeUser } from '@nats-io/jwt';
import { createAccount, createOperator } from '@nats-io/nkeys';

const format = { algorithm: Algorithms.v2 };
const unlimited = {
  subs: -1,
  conn: -1,
  leaf: -1,
  imports: -1,
  exports: -1,
  data: -1,
  payload: -1,
  wildcards: true,
};

/** Once: the keys, and what `nats.conf` needs of them. Keep `calls` secret: it signs the tokens. */
export async function createKeys() {
  const [operator, system, calls] = [createOperator(), createAccount(), createAccount()];
  const [systemKey, callsKey] = [system.getPublicKey(), calls.getPublicKey()];
  // MQTT keeps its presences in JetStream.
  const limits = { ...unlimited, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const signed = { ...format, signer: operator };
  return {
    calls,
    conf: {
      OPERATOR_JWT: await encodeOperator('operator', operator, { system_account: systemKey }, format),
      SYSTEM_KEY: systemKey,
      SYSTEM_JWT: await encodeAccount('system', system, { limits: unlimited }, signed),
      CALLS_KEY: callsKey,
      CALLS_JWT: await encodeAccount('calls', calls, { limits }, signed),
    },
  };
}

/** Lets the holder of a user key into a room. The public key is the id of the peer: give it the same one each time. */
export function roomToken({ calls, room, user, seconds = 600 }) {
  const peer = user.getPublicKey();
  const at = `pc.1.${room}`;
  const rights = {
    bearer_token: true,
    pub: { allow: [`${at}.p.${peer}`, `${at}.to.*.${peer}`] },
    sub: { allow: [`${at}.p.*`, `${at}.to.${peer}.*`] },
    allowed_connection_types: ['MQTT_WS'],
  };
  return encodeUser(peer, user, calls, rights, { ...format, exp: Math.floor(Date.now() / 1000) + seconds });
}
