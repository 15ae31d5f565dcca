import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Algorithms, encodeUser } from '@nats-io/jwt';
import { createAccount, createUser } from '@nats-io/nkeys';
import { createKeys, roomToken } from '../../examples/brokers/nats.js';
import { startDaemon } from './daemon.mjs';
import { root, until } from './e2e.mjs';
import { freePort } from './port.mjs';
import { Raw, rogue } from './rogue.mjs';

/** How long a cluster may take until it lets clients in, in ms: its nodes first agree on a leader. */
const PATIENCE = 60_000;

/** Starts a cluster of so many NATS servers, on this machine alone, for whoever comes. */
export async function startNats(size = 3) {
  // One after the other, so that none is given twice.
  const ports = [];
  while (ports.length < 4 * size) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const nodes = Array.from({ length: size }, () => {
    const [client, route, socket, mqtt] = ports.splice(0, 4);
    return { client, route, socket, mqtt };
  });
  const routes = nodes.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ');
  const configuration = ({ client, route, socket, mqtt }, at) => `
server_name: node${at}
listen: "127.0.0.1:${client}"
jetstream { store_dir: "store" }
cluster { name: test, listen: "127.0.0.1:${route}", routes: [${routes}] }
websocket { listen: "127.0.0.1:${socket}", no_tls: true }
mqtt { listen: "127.0.0.1:${mqtt}" }
`;
  const daemons = await Promise.all(
    nodes.map((node, at) =>
      startDaemon('nats-server', {
        args: ['-c', 'nats.conf'],
        ports: [node.socket],
        files: { 'nats.conf': configuration(node, at) },
      }),
    ),
  );
  const urls = nodes.map(({ socket }) => `ws://127.0.0.1:${socket}/mqtt`);
  const letsIn = (url, at) => async () => {
    const client = await rogue(url, `probe${at}`).catch(() => null);
    client?.close();
    return client;
  };
  await Promise.all(urls.map((url, at) => until(letsIn(url, at), `${url} lets a client in`, PATIENCE)));
  return {
    nodes: daemons.map((daemon, at) => ({ ...daemon, url: urls[at] })),
    urls,
    close: () => Promise.all(daemons.map((daemon) => daemon.close())),
  };
}

/** Starts one NATS server as the guide sets it up, on this machine alone, for those with a token. */
export async function startNatsWithAccess() {
  const { calls, conf } = await createKeys();
  const port = await freePort();
  let configuration = readFileSync(join(root, 'examples/brokers/nats.conf'), 'utf8')
    .replace(':9001', `:${port}`)
    .replace(':4222', `:${await freePort()}`)
    .replace(':1883', `:${await freePort()}`);
  for (const [name, value] of Object.entries(conf)) configuration = configuration.replaceAll(name, value);
  const daemon = await startDaemon('nats-server', {
    args: ['-c', 'nats.conf'],
    ports: [port],
    files: { 'nats.conf': configuration },
  });
  const url = `ws://127.0.0.1:${port}/mqtt`;
  const issue = async (room, { seconds, signer = calls } = {}) => {
    const user = createUser();
    const password = await roomToken({ calls: signer, room, user, seconds });
    const peer = user.getPublicKey();
    // It binds none: nobody is to guess it.
    return { room, peer, clientId: randomUUID(), username: peer, password };
  };
  await until(
    async () => {
      const who = await issue('probe');
      const client = new Raw(url);
      const code = await client.connect(who.clientId, { ...who, password: Buffer.from(who.password) });
      client.socket.terminate();
      return code === 0;
    },
    `${url} lets a client in\n${daemon.output()}`,
    PATIENCE,
  );
  const rights = { bearer_token: true, allowed_connection_types: ['MQTT_WS'] };
  const password = await encodeUser('witness', createUser(), calls, rights, { algorithm: Algorithms.v2 });
  const witness = new Raw(url);
  await witness.connect('witness', { username: 'witness', password: Buffer.from(password) });
  await witness.subscribe('#', '$SYS/#');
  return {
    url,
    /** Hears everything. */
    witness,
    member: (room, seconds) => issue(room, { seconds }),
    former: (room) => issue(room, { seconds: -60 }),
    forged: (room) => issue(room, { signer: createAccount() }),
    close() {
      witness.socket.terminate();
      return daemon.close();
    },
    output: daemon.output,
  };
}
