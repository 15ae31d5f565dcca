// @ts-check
import { createBroker } from './broker.js';

/**
 * Serves the embedded MQTT broker on Vite's own port, beside Vite's own socket, in `vite` and in `vite preview`. What is
 * given beside the path is for the broker, such as `verify`.
 * @param {{ path?: string } & import('./broker.js').BrokerOptions} [options]
 * @returns {import('vite').Plugin}
 */
export function mqttBroker({ path = '/mqtt', ...options } = {}) {
  /** @param {import('vite').ViteDevServer['httpServer'] | import('vite').PreviewServer['httpServer']} server */
  const attach = async (server) => {
    // In middleware mode the server is somebody else's.
    if (!server) return;
    const broker = await createBroker(options);
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.split('?')[0] === path) broker.handleUpgrade(request, socket, head);
      // Once there is a listener, a request that nobody takes would hang.
      else if (server.listenerCount('upgrade') === 1) socket.destroy();
    });
    // A restart makes a new server, and the clients come back to its broker.
    server.on('close', () => void broker.close());
  };
  return {
    name: 'mqtt-broker',
    configureServer: ({ httpServer }) => attach(httpServer),
    configurePreviewServer: ({ httpServer }) => attach(httpServer),
  };
}
