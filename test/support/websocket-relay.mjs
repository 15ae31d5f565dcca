import { createRelay } from '../../examples/websocket-relay.js';

/**
 * A plugin for Web Test Runner: the relay of the WebSocket example at `/relay/<any name>` on the runner's own port.
 * `POST /relay/<name>?do=drop` cuts its connections.
 */
export function websocketRelay() {
  const relays = new Map();
  const relayAt = (path) => {
    const name = /^\/relay\/([\w-]+)(\?|$)/.exec(path)?.[1];
    if (name && !relays.has(name)) relays.set(name, createRelay());
    return relays.get(name);
  };
  return {
    name: 'websocket-relay',
    serverStart({ server }) {
      server.on('upgrade', (request, socket, head) =>
        relayAt(request.url)?.handleUpgrade(request, socket, head),
      );
    },
    serve({ path, method, query }) {
      if (method !== 'POST' || query.do !== 'drop' || !relayAt(path)) return undefined;
      relayAt(path).drop();
      return { body: 'done', type: 'text' };
    },
    serverStop() {
      for (const relay of relays.values()) relay.close();
    },
  };
}
