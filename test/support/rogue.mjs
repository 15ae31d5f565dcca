import { once } from 'node:events';
import mqtt from 'mqtt-packet';
import { WebSocket, WebSocketServer } from 'ws';

/** An MQTT client that says what it is told to, to whom it is told: the stranger in the room. */
export async function rogue(url, clientId) {
  const socket = new WebSocket(url, 'mqtt');
  const parser = mqtt.parser();
  socket.on('message', (data) => parser.parse(data));
  const closed = once(socket, 'close').then(() =>
    Promise.reject(new Error('the broker closed the connection')),
  );
  closed.catch(() => {});
  const answer = (cmd) => {
    const heard = new Promise((resolve) => {
      const check = (packet) => packet.cmd === cmd && (parser.off('packet', check), resolve(packet));
      parser.on('packet', check);
    });
    return Promise.race([heard, closed]);
  };
  const send = (packet) => socket.send(mqtt.generate(packet));

  await once(socket, 'open');
  const connected = answer('connack');
  send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId, keepalive: 60 });
  await connected;
  let messageId = 0;
  return {
    /** Resolves when the broker has taken it. */
    async publish(topic, payload, { retain = false } = {}) {
      const taken = answer('puback');
      const bytes =
        typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
      send({ cmd: 'publish', topic, payload: bytes, qos: 1, retain, dup: false, messageId: ++messageId });
      await taken;
    },
    close: () => socket.close(1000),
  };
}

/** A broker that lets nobody in: "not authorized". */
export async function startRefusing() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.once('message', () =>
      socket.send(mqtt.generate({ cmd: 'connack', returnCode: 5, sessionPresent: false })),
    );
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${server.address().port}/mqtt`,
    close() {
      for (const socket of server.clients) socket.terminate();
      return new Promise((closed) => server.close(closed));
    },
  };
}
