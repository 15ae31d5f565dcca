import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admit, dismiss } from '../../examples/brokers/mosquitto.js';
import { startDaemon } from './daemon.mjs';
import { root, until } from './e2e.mjs';
import { freePort } from './port.mjs';
import { Raw } from './rogue.mjs';

/** Starts Mosquitto, on this machine alone, for whoever comes. `persistent`: it writes down at once what it is to keep. */
export async function startMosquitto({ persistent = false } = {}) {
  const port = await freePort();
  const persistence = persistent
    ? 'persistence true\nautosave_on_changes true\nautosave_interval 1'
    : 'persistence false';
  // With a listener for WebSockets only it does not start, and without the domain it listens on all interfaces.
  const configuration = `
user root
allow_anonymous true
${persistence}
log_dest stdout
listener 0 socket
listener ${port} 127.0.0.1
protocol websockets
socket_domain ipv4
`;
  const daemon = await startDaemon('mosquitto', {
    args: ['-c', 'mosquitto.conf'],
    ports: [port],
    files: { 'mosquitto.conf': configuration },
  });
  const written = join(daemon.folder, 'mosquitto.db');
  return {
    ...daemon,
    url: `ws://127.0.0.1:${port}/mqtt`,
    /** Whether these words are in what it has written down. */
    keeps: (words) => existsSync(written) && readFileSync(written).includes(words),
  };
}

/** Starts Mosquitto as the guide sets it up, on this machine alone, for whom it is told of. */
export async function startMosquittoWithAccess() {
  const [port, admin] = [await freePort(), await freePort()];
  const configuration = readFileSync(join(root, 'examples/brokers/mosquitto.conf'), 'utf8')
    .replace('listener 9001', `listener ${port}`)
    .replace('listener 1883', `listener ${admin}`);
  const password = randomUUID();
  const daemon = await startDaemon('mosquitto', {
    args: ['-c', 'mosquitto.conf'],
    ports: [port],
    files: { 'mosquitto.conf': `user root\nlog_dest stdout\n${configuration}` },
    prepare: (folder) =>
      execFileSync('mosquitto_ctrl', ['dynsec', 'init', 'dynamic-security.json', 'admin', password], {
        cwd: folder,
        stdio: 'ignore',
      }),
  });
  const url = `ws://127.0.0.1:${port}/mqtt`;
  const administrator = async (clientId) => {
    const client = new Raw(url);
    await client.connect(clientId, { username: 'admin', password: Buffer.from(password) });
    return client;
  };
  const [server, witness] = await Promise.all(['server', 'witness'].map(administrator));
  await witness.subscribe('#', '$SYS/#');
  await server.subscribe('$CONTROL/dynamic-security/v1/response');
  const command = async (commands) => {
    server.packets.length = 0;
    server.publish('$CONTROL/dynamic-security/v1', JSON.stringify(commands), { qos: 1 });
    const answer = () => server.packets.find(({ cmd }) => cmd === 'publish');
    const { responses } = JSON.parse((await until(answer, 'an answer')).payload);
    const errors = responses.filter(({ error }) => error);
    if (errors.length) throw new Error(JSON.stringify(errors));
  };
  const member = async (room) => {
    const who = { room, peer: randomUUID(), password: randomUUID() };
    await command(admit(who));
    return { ...who, clientId: who.peer, username: who.peer };
  };
  return {
    url,
    /** Hears everything. */
    witness,
    member,
    dismiss: (who) => command(dismiss(who)),
    /** What somebody has who was a member once. */
    async former(room) {
      const who = await member(room);
      await command(dismiss(who));
      return who;
    },
    /** What somebody has who makes it up. */
    forged: async (room) => ({ ...(await member(room)), password: randomUUID() }),
    async close() {
      for (const { socket } of [server, witness]) socket.terminate();
      await daemon.close();
    },
  };
}
