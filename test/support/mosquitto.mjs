import { startDaemon } from './daemon.mjs';
import { freePort } from './e2e.mjs';

/** Starts Mosquitto, on this machine alone, for whoever comes. */
export async function startMosquitto() {
  const port = await freePort();
  // With a listener for WebSockets only it does not start, and without the domain it listens on all interfaces.
  const configuration = `
user root
allow_anonymous true
persistence false
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
  return { ...daemon, url: `ws://127.0.0.1:${port}/mqtt` };
}
