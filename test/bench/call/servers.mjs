import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/port.mjs';

const script = fileURLToPath(new URL('server.mjs', import.meta.url));
const urls = {
  broker: (port) => `ws://127.0.0.1:${port}/mqtt`,
  relay: (port) => `ws://127.0.0.1:${port}`,
  peerjs: (port) => `http://127.0.0.1:${port}`,
};

/** Starts a server in a process of its own; after `kill()` it may be started again at the same place. */
export async function startServer(kind) {
  const port = await freePort();
  let child;
  const start = async () => {
    child = fork(script, [kind, String(port)]);
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the ${kind} server ended (${code})`)));
    });
  };
  await start();
  return {
    port,
    url: urls[kind](port),
    start,
    kill() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      return ended;
    },
  };
}
