// @ts-check
import { createBroker } from './broker.js';
import { exposure } from './exposure.js';

/**
 * Serves the embedded MQTT broker on Vite's own port, beside Vite's own socket, in `vite` and in `vite preview`. What is
 * given beside the path is for the broker, such as `verify`. Without that it warns where Vite listens beyond this machine,
 * unless it is told that this is meant: `insecureOpenToEverybody`.
 * @param {{ path?: string, insecureOpenToEverybody?: boolean } & import('./broker.js').BrokerOptions} [options]
 * @returns {import('vite').Plugin}
 */
export function mqttBroker({ path = '/mqtt', insecureOpenToEverybody = false, ...options } = {}) {
  /** @param {import('vite').ViteDevServer | import('vite').PreviewServer} vite */
  const attach = async ({ httpServer: server, config }) => {
    // In middleware mode the server is somebody else's.
    if (!server) return;
    const broker = await createBroker(options);
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] === path) broker.handleUpgrade(request, socket, head);
      // Once there is a listener, a request that nobody takes would hang.
      else if (server.listenerCount('upgrade') === 1) socket.destroy();
    });
    server.on('listening', () => {
      const { address } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const exposed = exposure(address, { ...options, insecureOpenToEverybody });
      if (exposed)
        config.logger.warn(`mqttBroker: ${exposed} Give it \`verify\`, or \`insecureOpenToEverybody\`.`);
    });
    // A restart makes a new server, and the clients come back to its broker.
    server.on('close', () => void broker.close());
  };
  return {
    name: 'mqtt-broker',
    configureServer: attach,
    configurePreviewServer: attach,
  };
}
