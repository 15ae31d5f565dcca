import { createBroker } from '../../broker/broker.js';

/**
 * A plugin for Web Test Runner: an MQTT broker for every test that wants one, at `/mqtt/<any name>` on the runner's own
 * port. `POST /mqtt/<name>?do=…` handles it: `drop` cuts its connections, `stop` ends it, `start` starts an empty one.
 */
export function mqttBrokers() {
  /** @type {Map<string, Promise<import('../../broker/broker.js').Broker> | null>} null: stopped */
  const brokers = new Map();
  const brokerAt = (name) => {
    if (!brokers.has(name)) brokers.set(name, createBroker());
    return brokers.get(name);
  };
  const nameIn = (path) => /^\/mqtt\/([\w-]+)$/.exec(path)?.[1];
  const actions = {
    drop: async (name) => (await brokers.get(name))?.drop(),
    stop: async (name) => {
      const broker = brokers.get(name);
      brokers.set(name, null);
      await (await broker)?.close();
    },
    start: async (name) => void brokers.delete(name),
  };
  return {
    name: 'mqtt-brokers',
    serverStart({ server }) {
      server.on('upgrade', async (request, socket, head) => {
        const name = nameIn(request.url);
        if (!name) return;
        const broker = await brokerAt(name);
        if (broker) broker.handleUpgrade(request, socket, head);
        else socket.destroy();
      });
    },
    async serve(context) {
      const name = nameIn(context.path);
      const action = actions[context.query.do];
      if (!name || !action || context.method !== 'POST') return;
      await action(name);
      return { body: 'done', type: 'text' };
    },
    async serverStop() {
      await Promise.all([...brokers.keys()].map(actions.stop));
    },
  };
}
