import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import mqtt from 'mqtt-packet';
import { WebSocket } from 'ws';
import { startBroker } from '../../broker/broker.js';
import { until } from '../support/e2e.mjs';
import { startEmbeddedWithAccess } from '../support/embedded.mjs';
import { Raw } from '../support/rogue.mjs';

// Whatever somebody may send who reaches the broker: nothing of it is to harm those who talk there.
const ROUNDS = 700;
/** After this it hangs, in ms. */
const PATIENCE = 10_000;

const mostly = (right, ...wrong) =>
  fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );
/** Ann and Bob are honest; Eve has a token of her own, where there are any. */
const name = mostly(['eve'], 'mallory', 'ann/', '', 'a/b', '+', '#', 'é', '__proto__', 'x'.repeat(65));
const place = mostly(
  ['pc/1/room/to/ann/eve', 'pc/1/room/to/bob/eve', 'pc/1/room/to/nobody/eve', 'pc/1/room/p/eve'],
  ...['pc/1/room/p/ann', 'pc/1/room/to/ann/bob', 'pc/1/other/p/eve', 'pc/1/__proto__/p/eve', 'constructor'],
  ...['', '+', '#', '/', '$SYS/x', 'é\u0000', 'x'.repeat(999)],
);
const filter = mostly(
  ['pc/1/room/to/eve/+', 'pc/1/room/p/+'],
  ...['pc/1/room/to/ann/+', 'pc/1/other/p/+', '', '#', '+', '$SYS/#', '$share/g/#', '__proto__', 'é\u0000'],
);
const payload = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const messageId = fc.constantFrom(1, 2, 0xffff);
const qos = mostly([0, 1], 2);

const publish = fc
  .record({
    cmd: fc.constant('publish'),
    topic: place,
    payload,
    qos,
    messageId,
    other: mostly([false], true),
  })
  // Only presences are kept.
  .map(({ other, ...rest }) => ({ ...rest, retain: /\/p\//.test(rest.topic) !== other }));
const connectOf = (...passwords) =>
  fc
    .record({
      cmd: fc.constant('connect'),
      protocol: mostly([['MQTT', 4]], ['MQIsdp', 3], ['MQTT', 5]),
      clean: mostly([true], false),
      keepalive: fc.constantFrom(0, 1, 60, 0xffff),
      clientId: name,
      username: fc.constantFrom('eve', ''),
      password: mostly(passwords, '', 'x', 'a.b.c', 'é'.repeat(500)),
      will: fc.option(publish, { nil: undefined }),
    })
    .map(({ protocol: [protocolId, protocolVersion], password, ...rest }) => ({
      ...rest,
      ...{ protocolId, protocolVersion, password: Buffer.from(password) },
    }));

/** What a client says; and in between what makes no sense there, and what a broker says. */
const packetOf = (connect) => {
  const idle = fc.record({ cmd: fc.constant('pingreq') });
  const subscribe = fc.record({
    cmd: fc.constant('subscribe'),
    messageId,
    subscriptions: fc.array(fc.record({ topic: filter, qos }), { minLength: 1, maxLength: 3 }),
  });
  const unsubscribe = fc.record({
    cmd: fc.constant('unsubscribe'),
    messageId,
    unsubscriptions: fc.array(filter, { minLength: 1, maxLength: 3 }),
  });
  const odd = fc.record({
    cmd: fc.constantFrom(
      'puback',
      'pubrec',
      'pubrel',
      'pubcomp',
      'disconnect',
      'pingresp',
      'suback',
      'connack',
    ),
    messageId,
    granted: fc.constant([0]),
    returnCode: fc.nat(5),
    sessionPresent: fc.boolean(),
  });
  return fc.oneof(
    { weight: 30, arbitrary: publish },
    { weight: 9, arbitrary: subscribe },
    { weight: 3, arbitrary: unsubscribe },
    { weight: 3, arbitrary: idle },
    { weight: 6, arbitrary: odd },
    { weight: 1, arbitrary: connect },
  );
};
const written = (packet) => packet.map(write).filter(Boolean);
/** Null where the codec does not even write it. */
function write(packet) {
  try {
    return mqtt.generate(packet);
  } catch {
    return null;
  }
}

const head = fc.integer({ min: 0, max: 255 });
const bytes = fc.uint8Array({ maxLength: 40 });
/** As in packets-fuzz.test.mjs: a packet whose length is that of its body, or nearly, and a topic as long as it says. */
const malformed = fc
  .tuple(head, bytes, fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1))
  .map(([first, rest, off]) => Uint8Array.of(first, Math.max(0, rest.length + off), ...rest));
const message = fc
  .tuple(fc.constantFrom(0x30, 0x31, 0x32, 0x33), fc.uint8Array({ maxLength: 12 }), bytes)
  .map(([first, name, rest]) =>
    Uint8Array.of(first, name.length + 2 + rest.length, 0, name.length, ...name, ...rest),
  );
const spoilt = (right) =>
  fc.tuple(right, fc.nat(), fc.nat(255), fc.nat()).map(([whole, at, by, end]) => {
    const bytes = Buffer.from(whole);
    bytes[at % bytes.length] ^= by;
    return end % 3 ? bytes : bytes.subarray(0, end % bytes.length);
  });

/** One connection: its greeting, if it has one, and what follows; each of them is a message of its WebSocket. */
function visitOf(password) {
  const connect = connectOf(password);
  const right = written(packetOf(connect));
  const sent = fc.oneof(
    { weight: 90, arbitrary: right },
    { weight: 3, arbitrary: spoilt(right) },
    { weight: 1, arbitrary: malformed },
    { weight: 1, arbitrary: message },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ maxLength: 9 }) },
  );
  return fc.record({
    greeting: fc.option(written(connect), { freq: 9, nil: undefined }),
    /** Whether it waits for the answer to its greeting. */
    patient: fc.boolean(),
    messages: fc.array(sent, { maxLength: 16, size: 'max' }),
    /** What is no message of a WebSocket, in the end. */
    noise: fc.option(fc.uint8Array({ minLength: 2, maxLength: 20 }), { freq: 2, nil: undefined }),
  });
}

/** Says all that, and hangs up; who is cut off before has had its answer. */
async function pay(url, { greeting, patient, messages, noise }) {
  const socket = new WebSocket(url, 'mqtt');
  const closed = once(socket, 'close');
  const hear = (event) => Promise.race([once(socket, event), closed]);
  await hear('open');
  if (greeting) socket.send(greeting);
  if (greeting && patient) await hear('message');
  const isOpen = () => socket.readyState === WebSocket.OPEN;
  for (const message of messages) if (isOpen()) socket.send(message);
  // It is read in order: with this, everything was.
  if (isOpen()) socket.ping();
  await hear('pong');
  if (noise && isOpen()) socket._socket.end(noise);
  else socket.terminate();
  await closed;
}

/** What is said in presences at last, but for those that were withdrawn. */
const presencesIn = ({ packets }) =>
  [...new Map(packets.map(({ topic, payload }) => [topic, String(payload)]))]
    .filter(([topic, words]) => /\/p\//.test(topic) && words)
    .map(([, words]) => words);

for (const [what, start] of [
  [
    'that lets everybody in',
    async () => ({ ...(await startBroker()), member: (_room, _seconds, peer) => ({ peer, password: '' }) }),
  ],
  ['that checks tokens', startEmbeddedWithAccess],
]) {
  describe(`the embedded broker ${what}, fuzzed`, () => {
    const faults = [];
    const note = (error) => faults.push(error);
    let broker;
    let ann;
    let bob;

    const enter = async (name) => {
      const { username, password } = await broker.member('room', 60, name);
      const client = new Raw(broker.url);
      const more = username && { username, password: Buffer.from(password) };
      assert.equal(await client.connect(name, more), 0);
      await client.subscribe(`pc/1/room/to/${name}/+`);
      client.publish(`pc/1/room/p/${name}`, name, { retain: true });
      return client;
    };
    const figure = (name) => Number(broker.metrics().match(new RegExp(`_${name} (\\d+)$`, 'm'))[1]);
    const isCalm = () => ['connections', 'presences', 'rooms'].map(figure).join() === '2,2,1';
    /** As `until`, which looks too rarely for so many rounds. */
    const soon = async (condition, what) => {
      const end = performance.now() + PATIENCE;
      while (!condition()) {
        assert.ok(performance.now() < end, what);
        await new Promise(setImmediate);
      }
    };

    before(async () => {
      process.on('uncaughtException', note).on('unhandledRejection', note);
      broker = await start();
      [ann, bob] = [await enter('ann'), await enter('bob')];
      await until(isCalm, 'both are there');
    });
    after(async () => {
      for (const client of [ann, bob]) client?.socket.terminate();
      await broker?.close();
      process.off('uncaughtException', note).off('unhandledRejection', note);
    });

    it('over 10,000 messages do no harm to it, nor to those who talk there', async (context) => {
      const { password } = await broker.member('room', 600, 'eve');
      let said = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(visitOf(password), { minLength: 1, maxLength: 3 }), async (visits) => {
          await Promise.all(visits.map((visit) => pay(broker.url, visit)));
          said += visits.reduce(
            (sum, { greeting, messages }) => sum + messages.length + (greeting ? 1 : 0),
            0,
          );
          await soon(isCalm, 'nobody else is there');
          ann.packets.length = bob.packets.length = 0;
          ann.send({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: 'pc/1/room/p/+', qos: 0 }] });
          await soon(() => ann.packets.some(({ cmd }) => cmd === 'suback'), 'Ann is answered');
          bob.publish('pc/1/room/to/ann/bob', 'hello');
          await soon(() => ann.heard.includes('pc/1/room/to/ann/bob hello'), 'Ann hears Bob');
          ann.publish('pc/1/room/to/bob/ann', 'hello');
          await soon(() => bob.heard.includes('pc/1/room/to/bob/ann hello'), 'Bob hears Ann');
          await soon(() => presencesIn(ann).join() === 'ann,bob', 'a newcomer sees those two alone');
          assert.deepEqual(faults.splice(0), []);
        }),
        {
          numRuns: ROUNDS,
          // The broker is the same in all rounds: what comes after a fault says nothing.
          endOnFailure: true,
          timeout: 2 * PATIENCE,
          ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
        },
      );
      const passed = figure('messages_total');
      context.diagnostic(`${said} messages, of which ${passed} were let pass`);
      assert.ok(said > 10_000, `${said} messages`);
      // Those of Ann and Bob are two a round.
      assert.ok(passed > 3 * ROUNDS, `${passed} were let pass`);
    });
  });
}
