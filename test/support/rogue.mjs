import { once } from 'node:events';
import mqtt from 'mqtt-packet';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from './e2e.mjs';

/** An MQTT client that says exactly what it is told to, unlike the kit's own, and keeps what it hears. */
export class Raw {
  packets = [];
  closed = false;

  constructor(url, protocol = 'mqtt', options = undefined) {
    const parser = mqtt.parser();
    parser.on('packet', (packet) => this.packets.push(packet));
    this.socket = new WebSocket(url, protocol, options);
    this.socket.on('message', (data) => parser.parse(data));
    this.socket.on('close', (code, reason) => (this.closed = `${code} ${reason}`));
    this.socket.on('error', () => undefined);
  }

  send(packet) {
    this.socket.send(mqtt.generate(packet));
  }

  /** Resolves with the code of the answer, or `'closed'`. */
  async connect(clientId, more = {}) {
    await until(() => this.closed || this.socket.readyState === WebSocket.OPEN, 'a connection');
    if (this.closed) return 'closed';
    const greeting = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 };
    this.send({ ...greeting, clientId, ...more });
    await until(() => this.closed || this.packets.length, 'an answer');
    return this.packets.shift()?.returnCode ?? 'closed';
  }

  /** Resolves with what was granted, or `'closed'`. */
  async subscribe(...topics) {
    const answer = () => this.packets.findIndex(({ cmd }) => cmd === 'suback');
    this.send({ cmd: 'subscribe', messageId: 7, subscriptions: topics.map((topic) => ({ topic, qos: 0 })) });
    await until(() => this.closed || answer() >= 0, 'suback');
    return answer() >= 0 ? this.packets.splice(answer(), 1)[0].granted : 'closed';
  }

  publish(topic, payload = 'x', { retain = false, qos = 0 } = {}) {
    this.send({ cmd: 'publish', topic, payload, retain, qos, messageId: qos ? 9 : undefined });
  }

  get heard() {
    return this.packets
      .filter(({ cmd }) => cmd === 'publish')
      .map(({ topic, payload }) => `${topic} ${payload}`);
  }
}

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
