import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { createLogger, createServer, preview } from 'vite';
import WebSocket from 'ws';
import { createBroker, startBroker } from '../../broker/broker.js';
import { mqttBroker } from '../../broker/vite-plugin.js';
import { until } from '../support/e2e.mjs';
import { importTs } from '../support/import-ts.mjs';
import { Raw } from '../support/rogue.mjs';
import { skip as noTls, startTls } from '../support/tls.mjs';

describe('the embedded broker', () => {
  let broker;
  const raws = [];
  const raw = (...args) => {
    const client = new Raw(...args);
    raws.push(client);
    return client;
  };
  const member = async (name, room = 'room') => {
    const client = raw(broker.url);
    assert.equal(await client.connect(name), 0);
    assert.deepEqual(await client.subscribe(`pc/1/${room}/to/${name}/+`, `pc/1/${room}/p/+`), [0, 0]);
    return client;
  };

  before(async () => (broker = await startBroker()));
  after(() => broker.close());
  afterEach(() => {
    for (const { socket } of raws.splice(0)) socket.terminate();
  });

  it('carries presences and messages', async () => {
    const ann = await member('ann');
    const bob = await member('bob');
    ann.publish('pc/1/room/p/ann', 'Ann', { retain: true, qos: 1 });
    bob.publish('pc/1/room/to/ann/bob', 'hello');
    await until(() => ann.heard.length === 2 && bob.heard.length === 1, 'both');
    assert.deepEqual(ann.heard.sort(), ['pc/1/room/p/ann Ann', 'pc/1/room/to/ann/bob hello']);
    const cid = await member('cid');
    await until(() => cid.heard.length === 1, 'the kept one');
    ann.publish('pc/1/room/p/ann', '', { retain: true, qos: 1 });
    await until(() => cid.heard.length === 2, 'withdrawn');
  });

  it('answers the greeting first, also of who does not wait for that', { skip: noTls }, async () => {
    const tls = await startTls(broker);
    try {
      const ann = raw(tls.url, 'mqtt', { rejectUnauthorized: false });
      await once(ann.socket, 'open');
      const greeting = { protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 };
      ann.send({ cmd: 'connect', clientId: 'ann', ...greeting });
      ann.send({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: 'pc/1/room/p/+', qos: 0 }] });
      await until(() => ann.packets.length === 2, 'both answers');
      const [greeted, { granted }] = ann.packets;
      assert.deepEqual([greeted.cmd, greeted.returnCode, granted], ['connack', 0, [0]]);
    } finally {
      tls.close();
    }
  });

  it('sends no packet in pieces', async () => {
    const [ann, bob] = [await member('ann'), await member('bob')];
    let messages = 0;
    bob.socket.on('message', () => messages++);
    ann.publish('pc/1/room/to/bob/ann', 'hello');
    await until(() => bob.heard.length === 1, 'the message');
    assert.equal(messages, 1);
  });

  it('refuses clients that are not of this protocol', async () => {
    assert.equal(await raw(broker.url).connect('a/b'), 2);
    assert.equal(await raw(broker.url).connect('x'.repeat(65)), 2);
    assert.equal(await raw(broker.url).connect('ann', { clean: false }), 'closed');
    const other = raw(broker.url, 'soap');
    await until(() => other.closed, 'refused');
  });

  it('lets nobody listen to what is not meant for him', async () => {
    const eve = raw(broker.url);
    await eve.connect('eve');
    const topics = [
      '#',
      '+/#',
      '$SYS/#',
      '$share/g/pc/1/room/p/+',
      'pc/1/+/p/+',
      'pc/1/room/#',
      'pc/1/room/to/ann/+',
      'pc/1/room/to/+/eve',
    ];
    assert.deepEqual(
      await eve.subscribe(...topics),
      topics.map(() => 128),
    );
  });

  for (const [topic, options] of [
    ['pc/1/room/p/ann', { retain: true }],
    ['pc/1/room/p/eve', { retain: false }],
    ['pc/1/room/to/ann/bob', {}],
    ['pc/1/room/to/ann/eve', { retain: true }],
    ['pc/1/room/to/ann/eve', { qos: 2 }],
    ['pc/1/ro om/p/eve', { retain: true }],
    ['pc/2/room/p/eve', { retain: true }],
    ['$SYS/x', {}],
    ['anything', {}],
  ]) {
    it(`cuts off who publishes to ${topic} ${JSON.stringify(options)}`, async () => {
      const ann = await member('ann');
      const eve = await member('eve');
      eve.publish(topic, 'bad', options);
      await until(() => eve.closed, 'cut off');
      assert.deepEqual(ann.heard, []);
    });
  }

  it('does not carry out a will in the name of another', async () => {
    const ann = await member('ann');
    ann.publish('pc/1/room/p/ann', 'Ann', { retain: true, qos: 1 });
    const eve = raw(broker.url);
    await eve.connect('eve', {
      will: { topic: 'pc/1/room/p/ann', payload: Buffer.alloc(0), retain: true, qos: 1 },
    });
    eve.socket.terminate();
    const bob = await member('bob');
    bob.publish('pc/1/room/p/bob', 'Bob', { retain: true, qos: 1 });
    await until(() => ann.heard.length === 2, 'bob');
    assert.deepEqual(ann.heard, ['pc/1/room/p/ann Ann', 'pc/1/room/p/bob Bob']);
    ann.publish('pc/1/room/p/ann', '', { retain: true, qos: 1 });
    bob.publish('pc/1/room/p/bob', '', { retain: true, qos: 1 });
    await until(() => ann.heard.length === 4, 'withdrawn');
  });

  it('cuts off floods and messages that are too large, and only these', async () => {
    const ann = await member('ann');
    const eve = await member('eve');
    eve.publish('pc/1/room/to/ann/eve', 'x'.repeat(64 * 1024));
    await until(() => ann.heard.length === 1, 'one of 64 kB');
    eve.publish('pc/1/room/to/ann/eve', 'x'.repeat(300 * 1024));
    await until(() => eve.closed, 'too large');
    const mallory = await member('mallory');
    for (let n = 0; n < 3000; n++) mallory.publish('pc/1/room/to/ann/mallory');
    await until(() => mallory.closed, 'a flood');
    assert.equal(ann.closed, false);
  });

  it('survives bytes that are no MQTT', async () => {
    const strange = raw(broker.url);
    await once(strange.socket, 'open');
    strange.socket.send(Buffer.from('ffffffffffff', 'hex'));
    await until(() => strange.closed, 'cut off');
    assert.equal((await member('ann')).closed, false);
  });

  it('cuts every connection, stops, and starts again on its port', async () => {
    const first = await startBroker();
    const client = raw(first.url);
    await client.connect('ann');
    first.drop();
    await until(() => client.closed, 'dropped');
    const next = raw(first.url);
    assert.equal(await next.connect('ann'), 0);
    await first.close();
    await until(() => next.closed, 'stopped');
    const second = await startBroker({ port: first.port });
    assert.equal(await raw(second.url).connect('ann'), 0);
    await second.close();
  });

  it('says when the port is taken', async () => {
    await assert.rejects(startBroker({ port: broker.port }), { code: 'EADDRINUSE' });
  });

  it('keeps no presence longer than its connection, also where there is no will', async () => {
    const ann = await member('ann');
    const bob = await member('bob');
    bob.publish('pc/1/room/p/bob', 'Bob', { retain: true, qos: 1 });
    await until(() => ann.heard.length === 1, 'bob');
    bob.socket.terminate();
    await until(() => ann.heard.length === 2, 'no bob');
    assert.deepEqual(ann.heard[1], 'pc/1/room/p/bob ');
  });

  it('carries out the will of who was cut off for a flood', async () => {
    const ann = await member('ann');
    const eve = raw(broker.url);
    const will = { topic: 'pc/1/room/p/eve', payload: Buffer.alloc(0), retain: true, qos: 1 };
    await eve.connect('eve', { will });
    eve.publish('pc/1/room/p/eve', 'Eve', { retain: true, qos: 1 });
    await until(() => ann.heard.length === 1, 'eve');
    for (let n = 0; n < 3000; n++) eve.send({ cmd: 'pingreq' });
    await until(() => ann.heard.length === 2, 'no eve');
    assert.equal(ann.heard[1], 'pc/1/room/p/eve ');
    await until(() => eve.closed, 'cut off');
  });

  it('keeps each to one room', async () => {
    const eve = await member('eve', 'one');
    assert.deepEqual(await eve.subscribe('pc/1/two/p/+'), [128]);
    eve.publish('pc/1/two/p/eve', 'Eve', { retain: true, qos: 1 });
    await until(() => eve.closed, 'cut off');
  });

  it('does not wait for who does not read, and cuts it off', { timeout: 30_000 }, async () => {
    const [ann, bob, frozen] = [await member('ann'), await member('bob'), await member('frozen')];
    frozen.socket._socket.pause();
    const large = 'x'.repeat(60_000);
    // More than a system keeps for it, and no more than is allowed.
    const senders = [];
    for (let n = 0; n < 4; n++) senders.push(await member(`sender${n}`));
    for (const [n, sender] of senders.entries()) {
      for (let sent = 0; sent < 100; sent++) sender.publish(`pc/1/room/to/frozen/sender${n}`, large);
    }
    const asked = performance.now();
    bob.publish('pc/1/room/to/ann/bob', 'hello');
    await until(() => ann.heard.length === 1, 'hello');
    assert.ok(performance.now() - asked < 5000, 'nobody waits');
    frozen.socket._socket.resume();
    await until(() => frozen.closed, 'cut off');
  });

  it('does not gather a packet that is too large', async () => {
    const eve = raw(broker.url);
    await eve.connect('eve');
    // 256 MB are announced, and some sent.
    eve.socket.send(Buffer.from('30ffffff7f0001', 'hex'));
    await until(() => eve.closed, 'cut off');
    assert.match(eve.closed, /size/);
  });

  it('says why it hangs up', async () => {
    const eve = await member('eve');
    eve.publish('anything');
    await until(() => eve.closed, 'cut off');
    assert.equal(eve.closed, '1008 topic');
  });

  it('takes so many members and connections, and no more', async () => {
    const small = await startBroker({ limits: { members: 2, connections: 4 } });
    try {
      const enter = async (name) => {
        const client = raw(small.url);
        assert.equal(await client.connect(name), 0);
        client.publish(`pc/1/room/p/${name}`, name, { retain: true, qos: 1 });
        await until(() => client.closed || client.packets.some(({ cmd }) => cmd === 'puback'), 'taken');
        return client;
      };
      const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
      assert.equal(cid.closed, '1008 members');
      bob.socket.terminate();
      await until(() => /presences 1$/m.test(small.metrics()), 'room');
      assert.equal((await enter('dan')).closed, false);
      const [five, six, seven] = [raw(small.url), raw(small.url), raw(small.url)];
      assert.deepEqual([await five.connect('five'), await six.connect('six')], [0, 0]);
      assert.equal(await seven.connect('seven'), 'closed');
      assert.equal(ann.closed, false);
      assert.match(small.metrics(), /refused_total\{reason="connections"\} 1$/m);
      assert.match(small.metrics(), /cut_total\{reason="members"\} 1$/m);
    } finally {
      await small.close();
    }
  });

  it('turns away the pages of other origins, where it is told', async () => {
    const closed = await startBroker({ allowOrigin: ['https://app.example'] });
    try {
      const from = (origin) => raw(closed.url, 'mqtt', { origin }).connect('ann');
      assert.equal(await from('https://app.example'), 0);
      assert.equal(await from(undefined), 0);
      for (const origin of [
        'https://evil.example',
        'https://app.example.evil.example',
        'null',
        'http://app.example',
      ])
        assert.equal(await from(origin), 'closed', origin);
    } finally {
      await closed.close();
    }
  });

  it('survives who is turned away and hangs up at once', async () => {
    const closed = await startBroker({ allowOrigin: ['https://app.example'] });
    try {
      for (let n = 0; n < 20; n++) {
        const socket = connect(closed.port, '127.0.0.1');
        await once(socket, 'connect');
        const head = ['GET /mqtt HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
        socket.write(
          [...head, 'Origin: https://evil.example', '', ''].join('\r\n').padEnd(60_000 * (n % 2), 'x'),
        );
        socket.resetAndDestroy();
      }
      await until(() => /refused_total\{reason="origin"\}/.test(closed.metrics()), 'turned away');
      assert.equal(await raw(closed.url).connect('ann'), 0);
    } finally {
      await closed.close();
    }
  });

  it(
    'keeps no connection that it turned away, and ends without it',
    { timeout: 10_000 },
    async ({ signal }) => {
      const closed = await startBroker({ allowOrigin: ['https://app.example'] });
      const socket = connect({ port: closed.port, host: '127.0.0.1', allowHalfOpen: true });
      signal.addEventListener('abort', () => socket.destroy());
      socket.write('GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
      socket.write('Origin: https://evil.example\r\n\r\n');
      const [answer] = await once(socket, 'data');
      assert.match(String(answer), /^HTTP\/1\.1 403 /);
      await once(socket, 'end');
      await closed.close();
      socket.destroy();
    },
  );

  it('says goodbye when it ends, and tells nobody that others have left', async () => {
    const other = await startBroker();
    const [ann, bob] = [raw(other.url), raw(other.url)];
    const will = { topic: 'pc/1/room/p/bob', payload: Buffer.alloc(0), retain: true, qos: 1 };
    await ann.connect('ann');
    await ann.subscribe('pc/1/room/p/+');
    await bob.connect('bob', { will });
    bob.publish('pc/1/room/p/bob', 'Bob', { retain: true, qos: 1 });
    await until(() => ann.heard.length === 1, 'bob');
    // Who does not answer is not waited for.
    bob.socket._socket.pause();
    await other.close();
    assert.equal(ann.closed, '1001 ');
    assert.equal(ann.heard.length, 1);
    bob.socket._socket.resume();
  });

  it('takes nobody for gone when the machine has slept', async ({ mock }) => {
    const repeated = mock.method(globalThis, 'setInterval');
    const other = await startBroker();
    const calls = repeated.mock.calls.map(({ arguments: [callback, ms] }) => ({ callback, ms }));
    repeated.mock.restore();
    try {
      const [ann, bob] = [raw(other.url), raw(other.url)];
      await ann.connect('ann');
      await ann.subscribe('pc/1/room/p/+', 'pc/1/room/to/ann/+');
      const will = { topic: 'pc/1/room/p/bob', payload: Buffer.alloc(0), retain: true, qos: 1 };
      await bob.connect('bob', { will });
      const now = Date.now();
      mock.method(Date, 'now', () => now + 3_600_000);
      // The clock went on, and timers did not: the rarest one may be the first.
      for (const { callback } of calls.filter(({ ms }) => ms < 3_600_000).slice(-1)) callback();
      bob.publish('pc/1/room/to/ann/bob', 'here');
      await until(() => ann.heard.some((words) => words.endsWith('here')), 'a word');
      assert.deepEqual(ann.heard, ['pc/1/room/to/ann/bob here']);
    } finally {
      await other.close();
    }
  });

  it('lets nobody open it to a network without a word', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'broker.example']) {
      await assert.rejects(startBroker({ host }), { code: 'OPEN_TO_EVERYBODY' });
    }
    const told = await startBroker({ host: '0.0.0.0', insecureOpenToEverybody: true });
    await told.close();
    const careful = await startBroker({ host: '0.0.0.0', verify: () => Promise.reject(new Error('nobody')) });
    await careful.close();
  });

  it('leaves nothing open', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
    const other = await createBroker();
    const server = createHttpServer().on('upgrade', other.handleUpgrade);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `ws://127.0.0.1:${server.address().port}/`;
    const half = raw(url);
    await once(half.socket, 'open');
    assert.equal(await raw(url).connect('ann'), 0);
    await other.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await until(() => raws.every(({ closed }) => closed), 'closed');
    await until(
      () =>
        process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate' && kind !== 'Timeout')
          .length <= before,
      'nothing open',
    );
  });

  it("brings the kit's own client together in Node, and reports its times", async (context) => {
    const { MqttSignaling } = await importTs('components/engine/signaling/mqtt.ts');
    const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1].toFixed(1);
    const [opens, presences] = [[], []];
    for (let n = 0; n < 21; n++) {
      const seen =
        Promise.withResolvers?.() ??
        (() => {
          const all = {};
          all.promise = new Promise((resolve) => (all.resolve = resolve));
          return all;
        })();
      const deaf = { presence() {}, message() {}, reachable() {} };
      const enter = (peer, handlers) =>
        new MqttSignaling([broker.url], { WebSocket }).open(
          { room: `figures${n}`, peer },
          { ...deaf, ...handlers },
        );
      const ann = await enter('ann', { presence: (peer) => peer === 'bob' && seen.resolve() });
      const start = performance.now();
      const bob = await enter('bob');
      opens.push(performance.now() - start);
      const announced = performance.now();
      bob.announce(new TextEncoder().encode('Bob'));
      await seen.promise;
      presences.push(performance.now() - announced);
      ann.close();
      bob.close();
    }
    context.diagnostic(`open ${middle(opens)} ms, presence seen ${middle(presences)} ms (medians of 21)`);
  });
});

describe('the Vite plugin', () => {
  const config = {
    configFile: false,
    logLevel: 'silent',
    root: import.meta.dirname,
    plugins: [mqttBroker()],
  };

  const connects = async (server, path = '/mqtt') => {
    const { port } = server.httpServer.address();
    const client = new Raw(`ws://localhost:${port}${path}`);
    const answer = await client.connect('ann');
    client.socket.terminate();
    return answer;
  };

  it('serves the broker beside hot reload, also after a restart', async () => {
    const server = await createServer({ ...config, server: { port: 0 } });
    await server.listen();
    try {
      assert.equal(await connects(server), 0);
      assert.equal(await connects(server, '/mqtt?x=1'), 0);
      const { port } = server.httpServer.address();
      const reload = new WebSocket(
        `ws://localhost:${port}/?token=${server.config.webSocketToken}`,
        'vite-hmr',
      );
      const [hello] = await once(reload, 'message');
      assert.match(String(hello), /connected/);
      reload.terminate();
      await server.restart();
      assert.equal(await connects(server), 0);
    } finally {
      await server.close();
    }
  });

  it('serves the broker of a preview and refuses other paths', async () => {
    const server = await preview({ ...config, preview: { port: 0 } });
    try {
      assert.equal(await connects(server), 0);
      for (const path of ['/other', '//', '/mqtt/']) {
        const other = new Raw(`ws://localhost:${server.httpServer.address().port}${path}`);
        await until(() => other.closed, `${path} refused`);
      }
      assert.equal(await connects(server), 0);
    } finally {
      await server.close();
    }
  });

  it('warns where it is open to a network without tokens, unless that is meant', async () => {
    const warned = async (start, host, options) => {
      const customLogger = createLogger('silent');
      const warnings = [];
      customLogger.warn = (words) => warnings.push(words);
      const server = await start({ ...config, plugins: [mqttBroker(options)], customLogger }, host);
      await server.close();
      return warnings.join();
    };
    const develop = async (settings, host) =>
      (await createServer({ ...settings, server: { port: 0, host } })).listen();
    const show = (settings, host) => preview({ ...settings, preview: { port: 0, host } });
    for (const start of [develop, show]) {
      for (const [host, address] of [
        [true, /reaches (0\.0\.0\.0|::) could .*`verify`/],
        ['0.0.0.0', /reaches 0\.0\.0\.0 could .*`insecureOpenToEverybody`/],
      ])
        assert.match(await warned(start, host), address);
      for (const host of [undefined, 'localhost', '127.0.0.1']) assert.equal(await warned(start, host), '');
      for (const options of [{ verify: () => Promise.reject() }, { insecureOpenToEverybody: true }])
        assert.equal(await warned(start, '0.0.0.0', options), '');
    }
  });

  it('does without a server of its own', async () => {
    const server = await createServer({ ...config, server: { middlewareMode: true, ws: false } });
    await server.close();
  });
});
