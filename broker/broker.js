// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';

/**
 * The embedded MQTT broker for development, demonstrations and tests. It keeps everything in memory, knows nobody by
 * name and lets every client into every room: whoever serves strangers runs a real broker.
 * @module
 */

/**
 * @typedef {object} Broker
 * @property {(request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex, head: Buffer) => void} handleUpgrade
 *   Takes over an upgrade request of an HTTP server.
 * @property {() => void} drop Cuts every connection without a word, as a failing network would. The wills are carried out.
 * @property {() => Promise<void>} close Cuts every connection and ends; nothing stays behind.
 */

const maxPayload = 256 * 1024;
const id = '[\\w-]{1,64}';
const presenceTopic = new RegExp(`^pc/1/${id}/p/(${id})$`);
const messageTopic = new RegExp(`^pc/1/${id}/to/${id}/(${id})$`);
const presenceFilter = new RegExp(`^pc/1/${id}/p/\\+$`);
const messageFilter = new RegExp(`^pc/1/${id}/to/(${id})/\\+$`);

/** Messages that one client may publish: so many each second, and so many at once after a rest. */
const sustained = 200;
const burst = 2000;

/**
 * A peer publishes its own presence and messages in its own name.
 * @param {string} peer
 * @param {import('aedes').PublishPacket} packet
 */
function mayPublish(peer, { topic, retain, qos }) {
  if (qos > 1) return false;
  const [, author] = (retain ? presenceTopic : messageTopic).exec(topic) ?? [];
  return author === peer;
}

/**
 * A peer hears the presences of a room and what is addressed to itself.
 * @param {string} peer
 * @param {string} filter
 */
function maySubscribe(peer, filter) {
  return presenceFilter.test(filter) || messageFilter.exec(filter)?.[1] === peer;
}

/** @returns {() => boolean} whether there is a token to take */
function tokenBucket() {
  let tokens = burst;
  let last = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * sustained);
    last = now;
    return tokens-- >= 1;
  };
}

/** @returns {Promise<Broker>} */
export async function createBroker() {
  /** @type {WeakMap<import('aedes').Client, () => boolean>} */
  const buckets = new WeakMap();
  const aedes = await Aedes.createBroker({
    // A session that outlives its connection would pile up messages for nobody.
    preConnect(_client, { clean, protocolVersion }, done) {
      const permitted = clean === true && protocolVersion === 4;
      done(permitted ? null : new Error('only clean sessions of MQTT 3.1.1'), permitted);
    },
    authenticate(client, _name, _password, done) {
      buckets.set(client, tokenBucket());
      const permitted = new RegExp(`^${id}$`).test(client.id);
      // 2: identifier rejected
      done(permitted ? null : Object.assign(new Error('client id'), { returnCode: 2 }), permitted);
    },
    // Synchronous: messages of one chunk would overtake each other otherwise. An error cuts the connection.
    authorizePublish(client, packet, done) {
      if (!client || !mayPublish(client.id, packet))
        return done(new Error(`${packet.topic} is not permitted`));
      done(buckets.get(client)?.() ? null : new Error('too many messages'));
    },
    authorizeSubscribe(client, subscription, done) {
      done(null, maySubscribe(client.id, subscription.topic) ? subscription : null);
    },
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.has('mqtt') && 'mqtt',
  });
  const drop = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    handleUpgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (client) => {
        const stream = createWebSocketStream(client);
        // A packet is written in pieces: one message for all of them, not one for each.
        stream._writev = (pieces, done) =>
          stream._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), 'binary', done);
        aedes.handle(stream, request);
      });
    },
    drop,
    async close() {
      drop();
      await new Promise((closed) => sockets.close(closed));
      await new Promise((closed) => aedes.close(() => closed(undefined)));
    },
  };
}

/**
 * A broker with an HTTP server of its own. Port 0 is a free one; a broker that was closed can be started again on its port.
 * @param {{ port?: number, host?: string }} [options]
 */
export async function startBroker({ port = 0, host = '127.0.0.1' } = {}) {
  const broker = await createBroker();
  const server = createServer((_request, response) =>
    response.writeHead(426).end('MQTT over WebSocket only\n'),
  );
  server.on('upgrade', broker.handleUpgrade);
  try {
    await once(server.listen(port, host), 'listening');
  } catch (taken) {
    await broker.close();
    throw taken;
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    ...broker,
    port: address.port,
    url: `ws://${host}:${address.port}/mqtt`,
    async close() {
      const closed = new Promise((done) => server.close(done));
      await broker.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
