import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import WebSocket from 'ws';
import { startBroker } from '../../broker/broker.js';
import { TokenError } from '../../broker/tokens.js';
import { whyNot } from '../support/daemon.mjs';
import { until } from '../support/e2e.mjs';
import { startEmbeddedWithAccess } from '../support/embedded.mjs';
import { importTs } from '../support/import-ts.mjs';
import { startMosquittoWithAccess } from '../support/mosquitto.mjs';
import { startNatsWithAccess } from '../support/nats.mjs';
import { Raw } from '../support/rogue.mjs';

const { MqttSignaling } = await importTs('components/engine/signaling/mqtt.ts');

const presence = ({ room, peer }) => `pc/1/${room}/p/${peer}`;
const message = (room, to, { peer }) => `pc/1/${room}/to/${to}/${peer}`;

/** How a stranger tries to come in: what it says of itself. The rest is refused to whoever is inside. */
const entrances = [
  ['without a name and a password', ({ ann }) => ({ clientId: ann.peer })],
  ['with the name of a member alone', ({ ann }) => ({ ...ann, password: undefined })],
  ['with a password that is a guess', ({ ann }) => ({ ...ann, password: 'guess' })],
  ['with a password that a stranger has made', ({ broker }) => broker.forged('one')],
  ['with a membership that has ended', ({ broker }) => broker.former('one')],
  [
    'with the client id of another',
    async ({ ann, broker }) => ({ ...(await broker.member('one')), clientId: ann.clientId }),
    { bound: true },
  ],
];

/** What a member of the room `one` tries to hear. */
const filters = [
  ['everything', () => '#'],
  ['everything of the kit', () => 'pc/#'],
  ['everything in the room', () => 'pc/1/one/#'],
  ['the state of the broker', () => '$SYS/#'],
  ['presences as one of a group', () => '$share/group/pc/1/one/p/+'],
  ['what is for another', ({ ann }) => `pc/1/one/to/${ann.peer}/+`],
  ['what is for anybody', () => 'pc/1/one/to/+/+'],
  ['who answers a certain member', ({ bob }) => `pc/1/one/to/+/${bob.peer}`],
  ['who is in which room', () => 'pc/1/+/p/+'],
  ['who is in another room', () => 'pc/1/two/p/+'],
  ['what is for its name in another room', ({ eve }) => `pc/1/two/to/${eve.peer}/+`],
];

/** What a member of the room `one` tries to say: topic, text and whether it is retained. */
const messages = [
  ['something in the name of another', ({ ann, bob }) => [message('one', ann.peer, bob), 'bad', false]],
  ['that another is somebody else', ({ ann }) => [presence(ann), 'bad', true]],
  ['that another is not there', ({ ann }) => [presence(ann), '', true]],
  ['something into another room', ({ cid, eve }) => [message('two', cid.peer, eve), 'bad', false]],
  ['that it is in another room', ({ eve }) => [presence({ ...eve, room: 'two' }), 'bad', true]],
  ['that another is not in another room', ({ cid }) => [presence(cid), '', true]],
  ['something outside of the protocol', () => ['anything', 'bad', true]],
  ['something in the name of the broker', () => ['$SYS/broker/uptime', 'bad', true]],
];

/** What a member of the room `one` wants said when it vanishes. */
const wills = [
  ['that another is not there', ({ ann }) => [presence(ann), '', true]],
  ['something in the name of another', ({ ann, bob }) => [message('one', ann.peer, bob), 'bad', false]],
];

const brokers = [
  { name: 'the embedded broker', start: startEmbeddedWithAccess, skip: false, hangsUp: true },
  { name: 'Mosquitto with dynamic security', start: startMosquittoWithAccess, skip: whyNot('mosquitto') },
  {
    name: 'NATS in operator mode',
    start: startNatsWithAccess,
    skip: whyNot('nats-server'),
    unbound: 'NATS binds no client id to a token: the guide makes them such that nobody guesses one',
  },
];

for (const { name, start, skip, unbound, hangsUp } of brokers) {
  describe(`access at ${name}`, { skip }, () => {
    let broker;
    /** Ann and Bob are in the room `one`, Cid and Dan in the room `two`. */
    const people = {};
    const clients = {};
    const visitors = [];

    const connect = async ({ clientId, username, password }, more) => {
      const client = new Raw(broker.url);
      visitors.push(client);
      const bytes = password === undefined ? {} : { password: Buffer.from(password) };
      return { client, code: await client.connect(clientId, { username, ...bytes, ...more }) };
    };
    /** Comes in and listens as a page does. */
    const enter = async (who, more) => {
      const { client, code } = await connect(who, more);
      assert.equal(code, 0, 'let in');
      const own = [`pc/1/${who.room}/to/${who.peer}/+`, `pc/1/${who.room}/p/+`];
      assert.deepEqual(await client.subscribe(...own), [0, 0]);
      return client;
    };
    const heard = (client, text) =>
      until(() => client.closed || client.heard.some((words) => words.endsWith(text)), text);

    before(async () => {
      broker = await start();
      for (const [peer, room] of [
        ['ann', 'one'],
        ['bob', 'one'],
        ['cid', 'two'],
        ['dan', 'two'],
      ]) {
        people[peer] = await broker.member(room);
        clients[peer] = await enter(people[peer]);
        clients[peer].publish(presence(people[peer]), peer, { retain: true, qos: 1 });
      }
      visitors.length = 0;
      await Promise.all([heard(clients.ann, 'bob'), heard(clients.cid, 'dan')]);
      await Promise.all([heard(clients.bob, 'ann'), heard(clients.dan, 'cid')]);
    });
    after(() => {
      for (const { socket } of Object.values(clients)) socket.terminate();
      return broker?.close();
    });
    beforeEach(async () => {
      people.eve = await broker.member('one');
      const hearers = [...Object.values(clients), ...(broker.witness ? [broker.witness] : [])];
      for (const client of hearers) client.packets.length = 0;
    });
    afterEach(() => {
      for (const { socket } of visitors.splice(0)) socket.terminate();
    });

    /**
     * Asserts that the members are there, were told nothing, and are found by those who come. Resolves with what was said
     * last.
     */
    async function nothingHappened() {
      const { ann, bob, cid, dan } = people;
      const end = randomUUID();
      clients.bob.publish(message('one', ann.peer, bob), end);
      clients.dan.publish(message('two', cid.peer, dan), end);
      for (const [client, words] of [
        [clients.ann, [`${message('one', ann.peer, bob)} ${end}`]],
        [clients.cid, [`${message('two', cid.peer, dan)} ${end}`]],
      ]) {
        await heard(client, end);
        assert.deepEqual(client.heard, words);
      }
      for (const [room, members] of [
        ['one', { ann, bob }],
        ['two', { cid, dan }],
      ]) {
        const newcomer = await broker.member(room);
        const client = await enter(newcomer);
        const all = Object.entries(members).map(([text, who]) => `${presence(who)} ${text}`);
        await until(() => client.heard.length >= all.length, 'the presences').catch(() => {});
        assert.deepEqual(client.heard.sort(), all.sort(), `who is found in ${room}`);
      }
      return end;
    }

    for (const [what, credentials, { bound } = {}] of entrances) {
      it(`lets nobody in ${what}`, { skip: bound && unbound }, async () => {
        const { client, code } = await connect(await credentials({ ...people, broker }));
        assert.notEqual(code, 0);
        await until(() => client.closed, 'cut off');
        assert.equal(clients.ann.closed, false);
        await nothingHappened();
      });
    }

    for (const [what, filter] of filters) {
      it(`does not let a member hear ${what}`, async () => {
        const { ann, bob, cid, dan, eve } = people;
        const { client, code } = await connect(eve);
        assert.equal(code, 0);
        await client.subscribe(`pc/1/one/to/${eve.peer}/+`);
        assert.deepEqual(await client.subscribe(filter(people)), [128], 'refused');
        clients.bob.publish(message('one', ann.peer, bob), 'private');
        clients.ann.publish(message('one', bob.peer, ann), 'private');
        clients.ann.publish(presence(ann), 'ann', { retain: true, qos: 1 });
        clients.cid.publish(presence(cid), 'cid', { retain: true, qos: 1 });
        clients.dan.publish(message('two', eve.peer, dan), 'private');
        clients.dan.publish(message('two', cid.peer, dan), 'private');
        await Promise.all([heard(clients.ann, 'private'), heard(clients.cid, 'private')]);
        await Promise.all([heard(clients.bob, 'ann'), heard(clients.dan, 'cid')]);
        const end = randomUUID();
        clients.bob.publish(message('one', eve.peer, bob), end);
        await heard(client, end);
        const rest = client.heard.filter((words) => !words.endsWith(end));
        assert.deepEqual(rest, []);
        assert.equal(clients.ann.closed || clients.cid.closed, false);
      });
    }

    for (const [what, attempt] of messages) {
      it(`does not let a member say ${what}`, async () => {
        const client = await enter(people.eve);
        const [topic, text, retain] = attempt(people);
        client.publish(topic, text, { retain, qos: 1 });
        await until(() => client.closed || client.packets.some(({ cmd }) => cmd === 'puback'), 'an answer');
        const end = await nothingHappened();
        // There may be nobody among the members who could have heard it.
        if (hangsUp) assert.ok(client.closed, 'cut off');
        if (!broker.witness) return;
        await heard(broker.witness, end);
        assert.ok(!broker.witness.heard.includes(`${topic} ${text}`), 'handed on');
      });
    }

    for (const [what, attempt] of wills) {
      it(`does not let a member say, as its last will, ${what}`, async () => {
        const [topic, text, retain] = attempt(people);
        const will = { topic, payload: Buffer.from(text), retain, qos: 1 };
        const client = await enter(people.eve, { will }).catch(() => null);
        client?.socket.terminate();
        // Whoever comes in his place ends what is left of him.
        const next = await enter(people.eve);
        next.socket.terminate();
        await nothingHappened();
      });
    }

    it('lets a member stay no longer than its membership', { timeout: 20_000 }, async () => {
      const who = await broker.member('one', 2);
      const client = await enter(who);
      await broker.dismiss?.(who);
      await until(() => client.closed, 'cut off');
      assert.notEqual((await connect(who)).code, 0);
    });

    it('lets members do all that a call needs', async () => {
      const deaf = { presence() {}, message() {}, reachable() {} };
      const open = async (handlers) => {
        const who = await broker.member('three');
        const { clientId, username, password } = who;
        const credentials = () => ({ clientId, username, password });
        const channel = await new MqttSignaling([broker.url], { credentials, WebSocket }).open(who, {
          ...deaf,
          ...handlers,
        });
        return { ...who, channel };
      };
      const bytes = (text) => new TextEncoder().encode(text);
      const [seen, told] = [new Map(), []];
      const one = await open({
        presence: (peer, payload) => seen.set(peer, payload && String(Buffer.from(payload))),
        message: (from, payload) => told.push(`${from} ${Buffer.from(payload)}`),
      });
      const other = await open();
      one.channel.announce(bytes('one'));
      other.channel.announce(bytes('other'));
      await until(() => seen.get(one.peer) === 'one' && seen.get(other.peer) === 'other', 'both');
      other.channel.send(one.peer, bytes('hello'));
      await until(() => told.includes(`${other.peer} hello`), 'a message');
      other.channel.close();
      await until(() => seen.get(other.peer) === null, 'withdrawn');
      one.channel.close();
    });
  });
}

describe('tokens at the embedded broker', () => {
  let broker;
  const clients = [];
  const logged = [];
  before(async () => {
    broker = await startEmbeddedWithAccess({ log: (event, details) => logged.push({ event, ...details }) });
  });
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.terminate();
  });
  after(() => broker.close());

  const enter = async ({ room, peer, password }, more) => {
    const client = new Raw(broker.url);
    clients.push(client);
    const code = await client.connect(peer, { username: peer, password: Buffer.from(password), ...more });
    if (code === 0) await client.subscribe(`pc/1/${room}/to/${peer}/+`, `pc/1/${room}/p/+`);
    return { client, code };
  };

  it('let two of one name be in two rooms, and neither end the other', async () => {
    const [one, two] = [await broker.member('one', 60, 'ann'), await broker.member('two', 60, 'ann')];
    const { client: first } = await enter(one);
    const { client: second } = await enter(two);
    second.publish(presence(two), 'two', { retain: true, qos: 1 });
    await until(() => second.heard.length === 1, 'herself');
    assert.equal(first.closed, false);
    assert.deepEqual(first.heard, []);
  });

  it('let a member come back, and end what it has left behind', async () => {
    const who = await broker.member('one');
    const { client: first } = await enter(who);
    assert.equal((await enter(who)).code, 0);
    await until(() => first.closed, 'the former one');
  });

  it('let a member stay whose earlier greeting comes late, and be seen', async () => {
    const watcher = (await enter(await broker.member('one'))).client;
    const who = await broker.member('one');
    const late = new Raw(broker.url);
    clients.push(late);
    await once(late.socket, 'open');
    const { client: stays } = await enter(who);
    stays.publish(presence(who), 'Ann', { retain: true, qos: 1 });
    await until(() => watcher.heard.length === 1, 'the presence');
    const will = { topic: presence(who), payload: Buffer.alloc(0), retain: true, qos: 1 };
    const { peer, password } = who;
    await late.connect(peer, { username: peer, password: Buffer.from(password), will });
    await until(() => late.closed, 'the late one');
    assert.equal(late.closed, '1008 taken over');
    stays.publish(presence(who), 'Ann still', { retain: true, qos: 1 });
    await until(() => watcher.heard.length > 1, 'another presence');
    assert.equal(stays.closed, false);
    assert.deepEqual(
      watcher.heard.map((words) => words.split(' ').slice(1).join(' ')),
      ['Ann', 'Ann still'],
    );
  });

  it('let the last one stay of those who come at once', async () => {
    let release;
    const asked = [];
    const released = new Promise((resolve) => (release = resolve));
    const verify = async (peer) => {
      asked.push(peer);
      if (asked.length > 2) await released;
      return { peer, room: 'one', expires: Infinity };
    };
    const other = await startBroker({ verify });
    const visit = (peer) => {
      clients.push(new Raw(other.url));
      return [clients.at(-1), clients.at(-1).connect(peer, { username: peer, password: Buffer.from(peer) })];
    };
    try {
      const [[ann, greeted], [first, let1]] = [visit('ann'), visit('bob')];
      assert.deepEqual(await Promise.all([greeted, let1]), [0, 0]);
      for (const client of [ann, first]) await client.subscribe('pc/1/one/p/+');
      const rest = [visit('bob'), visit('bob')];
      await until(() => asked.length === 4, 'both are asked for');
      release();
      await Promise.allSettled(rest.map(([, answer]) => answer));
      await until(() => first.closed && rest.some(([{ closed }]) => closed), 'one is left');
      const [last] = rest.map(([client]) => client).filter(({ closed }) => !closed);
      last.publish('pc/1/one/p/bob', 'Bob', { retain: true, qos: 1 });
      await until(() => ann.heard.length === 1, 'bob');
      last.socket.terminate();
      await until(() => ann.heard.length === 2, 'no bob');
    } finally {
      await other.close();
    }
  });

  it('end the connection with a word, and carry out its will', { timeout: 20_000 }, async () => {
    const watcher = (await enter(await broker.member('one'))).client;
    const who = await broker.member('one', 2);
    const will = { topic: presence(who), payload: Buffer.alloc(0), retain: true, qos: 1 };
    const { client } = await enter(who, { will });
    client.publish(presence(who), 'here', { retain: true, qos: 1 });
    await until(() => watcher.heard.length === 2, 'gone');
    assert.deepEqual(watcher.heard, [`${presence(who)} here`, `${presence(who)} `]);
    await until(() => client.closed, 'closed');
    assert.equal(client.closed, '1008 expired');
  });

  it('let nobody in without a signature', async () => {
    const who = await broker.member('one');
    const [, claims] = who.password.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    for (const password of [`${header}.${claims}.`, `${header}.${claims}`]) {
      assert.equal((await enter({ ...who, password })).code, 5, password);
    }
    assert.equal((await enter(who)).code, 0, 'the same with one');
  });

  it('may hold for years', async () => {
    const warnings = [];
    const warned = ({ name }) => warnings.push(name);
    process.on('warning', warned);
    const { client, code } = await enter(await broker.member('one', 400 * 24 * 3600));
    assert.equal(code, 0);
    assert.deepEqual(await client.subscribe('pc/1/one/p/+'), [0]);
    process.off('warning', warned);
    assert.deepEqual(warnings, [], 'no timer overflows');
  });

  it('are said to be fine, but for the keys, when these are not to be had', async () => {
    const verify = () => Promise.reject(new TokenError('the keys are not to be had', { unavailable: true }));
    const other = await startBroker({ verify });
    const client = new Raw(other.url);
    assert.equal(await client.connect('ann', { username: 'ann', password: Buffer.from('x') }), 3);
    await other.close();
  });

  for (const [what, verify] of [
    [
      'fails',
      () => {
        throw new Error('a check that says "no"');
      },
    ],
    ['rejects with nothing', () => Promise.reject()],
    ['knows nobody', async () => undefined],
  ]) {
    it(`let nobody in where a check of the page's own ${what}`, async () => {
      const other = await startBroker({ verify });
      const client = new Raw(other.url);
      assert.equal(await client.connect('ann', { username: 'ann', password: Buffer.from('x') }), 5);
      assert.match(other.metrics(), /^rtc_elements_broker_refused_total\{reason="([^"\\]|\\.)+"\} 1$/m);
      await other.close();
    });
  }

  it('are in no log', async () => {
    const [good, former] = [await broker.member('one'), await broker.former('one')];
    await enter(good);
    assert.equal((await enter(former)).code, 5);
    const text = JSON.stringify(logged);
    assert.match(text, /"event":"joined","peer":"[\w-]+","room":"one"/);
    assert.match(text, /"event":"refused","reason":"ERR_JWT_EXPIRED"/);
    for (const { password } of [good, former]) {
      for (const part of password.split('.').slice(1)) assert.ok(!text.includes(part));
    }
  });
});
