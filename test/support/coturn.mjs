import { createSocket } from 'node:dgram';
import { turnCredentials } from '../../broker/turn-credentials.js';
import { startDaemon } from './daemon.mjs';
import { until } from './e2e.mjs';
import { freePort } from './port.mjs';

const SECRET = 'a secret of this server and of those who make its user names';

/** A STUN binding request (RFC 8489), which any server answers. */
const BINDING = Buffer.from('000100002112a442' + '00'.repeat(12), 'hex');

/** Resolves when it answers datagrams too, which it does later than it listens for connections. */
async function answering(port) {
  const socket = createSocket('udp4');
  let answered = false;
  socket.on('message', () => (answered = true));
  // Nobody there yet.
  socket.on('error', () => {});
  await until(() => {
    socket.send(BINDING, port, '127.0.0.1');
    return answered;
  }, `coturn at port ${port}`).finally(() => socket.close());
}

/** Starts coturn, a TURN server, on this machine alone, with user names that hold for a time. */
export async function startTurn() {
  const port = await freePort();
  const options = {
    'listening-ip': '127.0.0.1',
    'relay-ip': '127.0.0.1',
    'listening-port': port,
    realm: 'test.local',
    'static-auth-secret': SECRET,
    userdb: 'turndb',
    pidfile: 'pid',
    'log-file': 'stdout',
  };
  const flags = ['use-auth-secret', 'fingerprint', 'no-tls', 'no-dtls', 'no-cli'];
  flags.push('allow-loopback-peers', 'no-multicast-peers', 'simple-log', 'verbose');
  const args = [
    '-n',
    ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    ...flags.map((flag) => `--${flag}`),
  ];
  const daemon = await startDaemon('turnserver', { args, ports: [port] });
  await answering(port);
  return {
    ...daemon,
    port,
    /** What a page is given to reach it: for so many seconds, by name, with this secret, over `udp` or `tcp`. */
    iceServers({ seconds = 3600, name = 'somebody', secret = SECRET, transport = 'udp', at = port } = {}) {
      const urls = `turn:127.0.0.1:${at}?transport=${transport}`;
      return [turnCredentials({ secret, urls, name, seconds })];
    },
  };
}
