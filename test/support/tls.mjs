import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { whyNot } from './daemon.mjs';

/** Why nothing can be encrypted on its way here, or false. */
export const skip = whyNot('openssl');

/** A second, encrypted way to a broker, with a certificate that nobody has signed: browsers are to take any. */
export async function startTls({ handleUpgrade }) {
  const wanted = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout - -out -';
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = execFileSync('openssl', ['req', ...wanted.split(' '), ...name], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const server = createServer({ key: made, cert: made }).on('upgrade', handleUpgrade);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `wss://127.0.0.1:${server.address().port}/mqtt`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
