import { once } from 'node:events';
import mqtt from 'mqtt-packet';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * Stands between clients and a real broker, as whoever runs it might: `log` is all that clients published, `alter` may
 * change or drop (null) what a client is given, `say` gives a client whatever it likes, and by `hang` the connection that
 * a client has leads nowhere any longer, without a word.
 */
export async function startHostile(upstream, host = '127.0.0.1') {
  const server = new WebSocketServer({ port: 0, host, handleProtocols: () => 'mqtt' });
  const clients = new Map();
  const hung = new WeakSet();
  const hostile = {
    url: undefined,
    log: [],
    /** @type {(topic: string, payload: Buffer, client: string) => Buffer | null} */
    alter: (_topic, payload) => payload,
    say: (client, topic, payload) =>
      clients
        .get(client)
        .send(mqtt.generate({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false })),
    hang: (client) => hung.add(clients.get(client)),
    async close() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((closed) => server.close(closed));
    },
  };

  server.on('connection', (socket) => {
    const broker = new WebSocket(upstream, 'mqtt');
    const opened = once(broker, 'open').then(
      () => true,
      () => false,
    );
    const [outgoing, incoming] = [mqtt.parser(), mqtt.parser()];
    let client;
    outgoing.on('packet', async (packet) => {
      if (hung.has(socket)) return;
      if (packet.cmd === 'connect') {
        client = packet.clientId;
        clients.set(client, socket);
      }
      if (packet.cmd === 'publish') hostile.log.push({ topic: packet.topic, payload: packet.payload });
      if (await opened) broker.send(mqtt.generate(packet));
    });
    incoming.on('packet', (packet) => {
      if (packet.cmd === 'publish' && packet.payload.length) {
        const payload = hostile.alter(packet.topic, packet.payload, client);
        if (!payload) return;
        packet.payload = payload;
      }
      if (hung.has(socket)) return;
      if (socket.readyState === WebSocket.OPEN) socket.send(mqtt.generate(packet));
    });
    socket.on('message', (data) => outgoing.parse(data));
    broker.on('message', (data) => incoming.parse(data));
    socket.on('close', () => broker.close());
    broker.on('close', () => socket.close());
    broker.on('error', () => socket.terminate());
  });
  await once(server, 'listening');
  hostile.url = `ws://${host}:${server.address().port}/mqtt`;
  return hostile;
}
