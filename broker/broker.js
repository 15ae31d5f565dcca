// @ts-check
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Aedes } from 'aedes';
import { WebSocketServer } from 'ws';
import { exposure } from './exposure.js';
import { inboundGuard } from './inbound.js';
import { isIdentifier, Member } from './member.js';
import { Metrics } from './metrics.js';
import { Presences } from './presences.js';
import { socketStream } from './socket-stream.js';

/**
 * The embedded MQTT broker for development, demonstrations, tests and small private use. It keeps everything in memory.
 * With `verify` it lets in whom a token names, into the room of that token; without it everybody into every room.
 * @module
 */

/**
 * @typedef {object} BrokerOptions
 * @property {(token: string) => Promise<import('./tokens.js').Admission>} [verify] Checks the passwords; see `tokenVerifier` in tokens.js.
 * @property {readonly string[]} [allowOrigin] Pages of other origins are turned away. By default none are.
 * @property {Partial<Limits>} [limits]
 * @property {(event: string, details?: Record<string, unknown>) => void} [log] Hears what happens; never a token.
 */

/**
 * @typedef {object} Limits
 * @property {number} connections Open at once.
 * @property {number} members Presences in a room.
 * @property {number} rate Messages a client may send each second; one of more than 4 kB counts as several.
 * @property {number} burst Messages a client may send at once after a rest.
 */

/**
 * @typedef {object} Broker
 * @property {(request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex, head: Buffer) => void} handleUpgrade
 *   Takes over an upgrade request of an HTTP server.
 * @property {() => void} drop Cuts every connection without a word, as a failing network would. The wills are carried out.
 * @property {() => string} metrics The figures, in the text format of Prometheus.
 * @property {() => Promise<void>} close Says to everybody that it ends, and ends; nothing stays behind.
 */

/** @type {Readonly<Limits>} */
export const defaultLimits = Object.freeze({ connections: 10_000, members: 50, rate: 200, burst: 2000 });

/** One message may hold several packets; see inbound.js for these. */
const maxPayload = 256 * 1024;
/** How long a client may take to say who it is, in ms. */
const greetingWithin = 10_000;
/** How long clients may take to hang up when the broker ends, in ms. */
const goodbyeWithin = 1000;
const longestTimer = 2 ** 31 - 1;

/** Codes of RFC 6455 for a close: the server goes, and the client breaks its rules. */
const GOING_AWAY = 1001;
const POLICY = 1008;
/** Codes of MQTT 3.1.1, 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;

/** @param {BrokerOptions} [options] @returns {Promise<Broker>} */
export async function createBroker({ verify, allowOrigin, limits: given, log = () => {} } = {}) {
  const limits = { ...defaultLimits, ...given };
  const metrics = new Metrics();
  const presences = new Presences(limits.members);
  /** @type {WeakMap<import('aedes').Client, Member>} */
  const members = new WeakMap();
  /** @type {Map<string, import('aedes').Client>} Who is connected, by name. */
  const present = new Map();
  /** @type {WeakMap<import('aedes').Client, (reason: string) => void>} */
  const cuts = new WeakMap();
  /** @type {WeakMap<import('aedes').Client, number>} Which connection was opened after which. */
  const turns = new WeakMap();
  let lastTurn = 0;
  /** @type {WeakMap<import('aedes').Client, NodeJS.Timeout>} */
  const expiries = new WeakMap();
  let stopping = false;

  const aedes = await Aedes.createBroker({
    connectTimeout: greetingWithin,
    // Nobody waits for a client that does not read: see socket-stream.js.
    concurrency: 0,
    // It looks for brokers that fell silent, four times as rarely, and carries out their wills. This one is alone: after a
    // sleep of the machine it would find itself, and declare everybody gone.
    heartbeatInterval: longestTimer / 4,
    // A session that outlives its connection would pile up messages for nobody.
    preConnect(client, { clean, protocolVersion }, done) {
      // Until the greeting is answered. By itself aedes begins with that a little late, and what comes in the meantime in a
      // chunk of its own, as over TLS, is answered first.
      /** @type {typeof client & { pause(): void }} */ (client).pause();
      const permitted = clean === true && protocolVersion === 4;
      if (!permitted) metrics.add('refused_total', 1, 'protocol');
      done(permitted ? null : new Error('only clean sessions of MQTT 3.1.1'), permitted);
    },
    authenticate(client, _name, password, done) {
      /** @param {string} reason @param {number} returnCode @param {{ cause?: string }} [details] */
      const refuse = (reason, returnCode, details) => {
        metrics.add('refused_total', 1, reason);
        log('refused', { reason, ...details, ...address(client) });
        done(Object.assign(new Error(reason), { returnCode }), false);
      };
      /** @param {Member} member */
      const admit = (member) => {
        // A greeting that was long on its way through a bad network: who sent it gave up on it, and has come by another one.
        const rival = present.get(member.name);
        const isLate = rival && Number(turns.get(rival)) > Number(turns.get(client));
        if (isLate) return cuts.get(client)?.('taken over');
        members.set(client, member);
        // aedes itself would mix up those of one id that come at once: to it, no two are the same.
        client.id = randomUUID();
        done(null, true);
      };
      const { id } = client;
      if (!isIdentifier(id)) return refuse('client id', IDENTIFIER_REJECTED);
      if (!verify) return admit(new Member({ peer: id }));
      // Also a check that throws, or resolves with nobody, lets nobody in.
      Promise.resolve(String(password ?? ''))
        .then(verify)
        .then(
          (admission) =>
            admission?.peer === id ? admit(new Member(admission)) : refuse('client id', NOT_AUTHORIZED),
          (error) => {
            const { message, unavailable, cause } = error ?? {};
            const code = unavailable ? UNAVAILABLE : NOT_AUTHORIZED;
            refuse(message || 'the check failed', code, unavailable && { cause: cause?.message });
          },
        );
    },
    // Synchronous: messages of one chunk would overtake each other otherwise. An error cuts the connection.
    authorizePublish(client, packet, done) {
      const member = client && members.get(client);
      if (!member) return done(new Error('nobody'));
      const late = Date.now() >= member.expires;
      const reason = late ? 'expired' : (member.objection(packet) ?? presences.objection(member, packet));
      if (reason) {
        cuts.get(client)?.(reason);
        return done(new Error(reason));
      }
      metrics.add('messages_total');
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const permitted = members.get(client)?.mayHear(subscription.topic);
      done(null, permitted ? subscription : null);
    },
    // What is kept is read before it is sent, and a newcomer would hear it after the word that it is withdrawn.
    authorizeForward: (_client, packet) => (presences.isPast(packet.topic, packet.payload) ? null : packet),
  });

  aedes.on('client', (client) => {
    const member = members.get(client);
    if (!member) return;
    // MQTT 3.1.4: whoever comes again takes the place of what may be a connection that nobody has noticed to be cut.
    const former = present.get(member.name);
    present.set(member.name, client);
    if (former) cuts.get(former)?.('taken over');
    former?.close();
    log('joined', { ...who(member), ...address(client) });
    const expire = () => {
      const left = member.expires - Date.now();
      if (left <= 0) return cuts.get(client)?.('expired');
      expiries.set(client, setTimeout(expire, Math.min(left, longestTimer)).unref());
    };
    if (member.expires < Infinity) expire();
  });
  aedes.on('clientDisconnect', (client) => {
    clearTimeout(expiries.get(client));
    const member = members.get(client);
    if (!member) return;
    log('left', who(member));
    // What it sent is still read, and it may greet once more in that: nobody hears it.
    members.delete(client);
    if (present.get(member.name) === client) present.delete(member.name);
    // Without a will, or with one that came too late, it would stay for ever.
    const topic = presences.forget(member);
    if (topic) erase(topic);
  });
  // One that was on its way when it was forgotten is kept after it was erased.
  aedes.on('publish', ({ topic, payload, retain }) => {
    if (retain && presences.isPast(topic, payload)) erase(topic);
  });
  /** @param {string} topic */
  const erase = (topic) =>
    aedes.publish({ cmd: 'publish', topic, payload: '', qos: 1, retain: true, dup: false }, () => {});

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.has('mqtt') && 'mqtt',
  });
  const drop = () => {
    for (const socket of sockets.clients) socket.terminate();
  };

  /**
   * Why this request is not let in, with the status that says so.
   * @param {import('node:http').IncomingMessage} request
   * @returns {[reason: string, status: string] | undefined}
   */
  const objection = ({ headers: { origin } }) => {
    // Programs name none. What they may do is the token's business.
    if (allowOrigin && origin !== undefined && !allowOrigin.includes(origin))
      return ['origin', '403 Forbidden'];
    const full = stopping || sockets.clients.size >= limits.connections;
    return full ? ['connections', '503 Service Unavailable'] : undefined;
  };

  return {
    handleUpgrade(request, socket, head) {
      const [reason, status] = objection(request) ?? [];
      if (reason) {
        metrics.add('refused_total', 1, reason);
        log('refused', { reason, address: request.socket.remoteAddress });
        // It may be gone already, or never go by itself.
        socket.on('error', () => {});
        socket.once('finish', () => socket.destroy());
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (opened) => {
        metrics.add('connections_total');
        const guard = inboundGuard(limits);
        /** @param {string} why */
        const cut = (why) => {
          if (opened.readyState !== opened.OPEN) return;
          metrics.add('cut_total', 1, why);
          const member = members.get(client);
          log('cut', { reason: why, ...(member && who(member)), ...address(client) });
          opened.close(POLICY, why);
          client.close();
        };
        const stream = socketStream(opened, {
          objection: (chunk) => {
            metrics.add('bytes_total', chunk.length);
            return guard(chunk);
          },
          cut,
        });
        const client = aedes.handle(stream, request);
        cuts.set(client, cut);
        turns.set(client, ++lastTurn);
      });
    },
    drop,
    metrics: () => metrics.text({ connections: sockets.clients.size, ...presences.size }),
    async close() {
      stopping = true;
      for (const socket of sockets.clients) socket.close(GOING_AWAY);
      const timer = setTimeout(drop, goodbyeWithin);
      await new Promise((closed) => sockets.close(closed));
      clearTimeout(timer);
      await new Promise((closed) => aedes.close(() => closed(undefined)));
    },
  };
}

/** @param {Member} member */
const who = ({ peer, room }) => ({ peer, room });

/** @param {import('aedes').Client} client */
const address = ({ req }) => ({ address: req?.socket.remoteAddress });

/**
 * A broker with an HTTP server of its own, which also answers `/healthz` and `/metrics`. Port 0 is a free one; a broker
 * that was closed can be started again on its port. Rejects where it would let everybody of a network into every room.
 * @param {BrokerOptions & { port?: number, host?: string, insecureOpenToEverybody?: boolean }} [options]
 */
export async function startBroker({
  port = 0,
  host = '127.0.0.1',
  insecureOpenToEverybody = false,
  ...options
} = {}) {
  const exposed = exposure(host, { ...options, insecureOpenToEverybody });
  if (exposed) throw Object.assign(new Error(exposed), { code: 'OPEN_TO_EVERYBODY' });
  const broker = await createBroker(options);
  const server = createServer(({ url }, response) => {
    if (url === '/healthz') response.end('ok\n');
    else if (url === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(broker.metrics());
    } else response.writeHead(426).end('MQTT over WebSocket only\n');
  });
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
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${address.port}/mqtt`,
    async close() {
      const closed = new Promise((done) => server.close(done));
      await broker.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
