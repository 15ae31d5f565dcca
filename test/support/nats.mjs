import { startDaemon } from './daemon.mjs';
import { freePort, until } from './e2e.mjs';
import { rogue } from './rogue.mjs';

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
