import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { settingsFrom } from '../../broker/settings.js';
import { roomToken } from '../../examples/brokers/token.js';
import { root, until } from '../support/e2e.mjs';
import { freePort } from '../support/port.mjs';
import { Raw } from '../support/rogue.mjs';

const secret = 'a secret of this broker and of its page, long enough';

describe('the settings of the command', () => {
  it('are careful by default', () => {
    assert.deepEqual(settingsFrom([], {}), {
      help: false,
      port: 9001,
      host: '127.0.0.1',
      keys: undefined,
      allowOrigin: undefined,
      limits: {},
      insecureOpenToEverybody: false,
    });
  });

  it('are taken from its words and the environment', () => {
    const words =
      '--port 0 --host :: --jwks keys.json --allow-origin https://a.example --allow-origin https://b.example/';
    const more =
      '--max-connections 1 --max-members 2 --max-rate 3 --max-burst 4 --insecure-open-to-everybody';
    const settings = settingsFrom(`${words} ${more}`.split(' '), { JWT_SECRET: secret });
    assert.deepEqual(settings, {
      help: false,
      port: 0,
      host: '::',
      keys: { jwks: 'keys.json' },
      allowOrigin: ['https://a.example', 'https://b.example'],
      limits: { connections: 1, members: 2, rate: 3, burst: 4 },
      insecureOpenToEverybody: true,
    });
    assert.deepEqual(settingsFrom([], { JWT_SECRET: secret }).keys, { secret });
    assert.deepEqual(settingsFrom(['--jwt-secret', 'one'], { JWT_SECRET: secret }).keys, { secret: 'one' });
  });

  for (const [words, reason] of [
    ['--port eighty', /--port takes .*"eighty"/],
    ['--port 65536', /from 0 to 65535/],
    ['--host=', /--host takes an address/],
    ['--max-rate 0', /--max-rate takes a whole number of 1 or more/],
    ['--max-rate 1.5', /--max-rate/],
    ['--allow-origin app.example', /--allow-origin takes .*"app.example"/],
    ['--allow-origin https://app.example/path', /--allow-origin/],
    ['--allow-origin null', /--allow-origin/],
    ['--jwt-secret a --jwks b', /either/],
    ['--port -1', /use '--port=-XYZ'\.$/],
    ['--open', /--open'\.$/],
    ['extra', /extra/],
  ]) {
    it(`refuse ${words}`, () => {
      assert.throws(() => settingsFrom(words.split(' '), {}), reason);
    });
  }
});

describe('rtc-elements-broker', { timeout: 60_000 }, () => {
  const running = [];
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });

  function run(words, env = {}) {
    const child = spawn(process.execPath, ['broker/command.js', ...words], {
      cwd: root,
      env: { ...process.env, JWT_SECRET: undefined, ...env },
    });
    const one = { child, out: '', error: '', ended: once(child, 'close').then(([code]) => code) };
    child.stdout.setEncoding('utf8').on('data', (text) => (one.out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (one.error += text));
    one.events = () =>
      one.out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    one.says = (event) =>
      until(() => one.events().find((entry) => entry.event === event), `${event}: ${one.error}`, 10_000);
    running.push(one);
    return one;
  }

  it('says what it takes', async () => {
    const helped = run(['--help']);
    assert.equal(await helped.ended, 0);
    for (const word of [
      '--port',
      '--host',
      '--jwt-secret',
      '--jwks',
      '--allow-origin',
      '--max-rate',
      '/healthz',
    ])
      assert.ok(helped.out.includes(word), word);
  });

  for (const [words, reason] of [
    [['--port', 'x'], /--port takes a whole number .* See --help/],
    [['--host', '0.0.0.0'], /everybody who reaches 0\.0\.0\.0 .* --insecure-open-to-everybody/],
    [['--host', '192.0.2.1', '--insecure-open-to-everybody'], /^--host 192\.0\.2\.1 is no address of this/],
    [['--jwt-secret', 'short'], /^--jwt-secret, .*5 bytes; it needs 32.* See --help/],
    [['--jwks', '/missing'], /^--jwks: The file "\/missing" .* See --help/],
  ]) {
    it(`does not run ${words.join(' ')}`, async () => {
      const one = run(words);
      assert.equal(await one.ended, 2);
      assert.match(one.error, reason);
      assert.equal(one.out, '');
    });
  }

  it('runs for everybody where that is said', async () => {
    const one = run(['--host', '0.0.0.0', '--port', '0', '--insecure-open-to-everybody']);
    const { url, tokens } = await one.says('listening');
    assert.equal(tokens, false);
    const anybody = new Raw(`ws://127.0.0.1:${new URL(url).port}/mqtt`);
    assert.equal(await anybody.connect('anybody'), 0);
    anybody.socket.terminate();
  });

  it('says that the port is taken', async () => {
    const first = run(['--port', '0']);
    const { url } = await first.says('listening');
    const { port } = new URL(url);
    const second = run(['--port', port]);
    assert.equal(await second.ended, 2);
    assert.match(second.error, new RegExp(`^--port ${port} is taken .* See --help`));
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    it(`lets in by tokens, tells of itself, and stops at ${signal}`, async () => {
      const port = await freePort();
      const one = run(['--host', '0.0.0.0', '--port', String(port)], { JWT_SECRET: secret });
      assert.equal((await one.says('listening')).tokens, true);
      const url = `ws://127.0.0.1:${port}/mqtt`;
      const token = await roomToken({ room: 'room', peer: 'ann', secret });
      const ann = new Raw(url);
      assert.equal(await ann.connect('ann', { username: 'ann', password: Buffer.from(token) }), 0);
      assert.equal(await new Raw(url).connect('eve'), 5);
      ann.publish('pc/1/room/p/ann', 'Ann', { retain: true, qos: 1 });
      await until(() => ann.packets.length, 'taken');

      const get = (path) => fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal((await get('/healthz')).status, 200);
      assert.equal((await get('/')).status, 426);
      const metrics = await get('/metrics');
      assert.match(metrics.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
      const text = await metrics.text();
      for (const line of [
        'connections 1',
        'rooms 1',
        'presences 1',
        'connections_total 2',
        'messages_total 1',
      ])
        assert.match(text, new RegExp(`^rtc_elements_broker_${line}$`, 'm'));
      assert.match(text, /^rtc_elements_broker_refused_total\{reason="ERR_JWS_INVALID"\} 1$/m);
      for (const line of text.trim().split('\n'))
        assert.match(line, /^# (HELP|TYPE) \w+ .+$|^\w+(\{\w+="[\w ]+"\})? \d+$/);

      one.child.kill(signal);
      assert.equal(await one.ended, 0);
      assert.equal(ann.closed, '1001 ');
      assert.deepEqual(
        one.events().map(({ event }) => event),
        ['listening', 'joined', 'refused', 'stopping', 'left', 'stopped'],
      );
      for (const { time } of one.events()) assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
      assert.ok(!one.out.includes(token.split('.')[2]) && !one.out.includes(secret));
    });
  }

  it('lets in by a key set, from its own pages, and no more than it is told', async (test) => {
    const keys = await generateKeyPair('ES256');
    const known = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] };
    let answer = (response) => response.writeHead(500).end();
    const server = createServer((_request, response) => answer(response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    test.after(() => server.close());
    const place = `http://127.0.0.1:${server.address().port}/keys`;
    const limits = '--max-connections 3 --max-members 2 --max-rate 1 --max-burst 20'.split(' ');
    const one = run([
      ...['--port', '0', '--jwks', place, ...limits],
      ...['--allow-origin', 'https://app.example', '--allow-origin', 'https://too.example'],
    ]);
    const { url, tokens, allowOrigin } = await one.says('listening');
    assert.deepEqual([tokens, allowOrigin], [true, ['https://app.example', 'https://too.example']]);
    const clients = [];
    test.after(() => clients.forEach(({ socket }) => socket.terminate()));
    const enter = async (peer, { origin, key = keys.privateKey, password } = {}) => {
      const client = new Raw(url, 'mqtt', { origin });
      clients.push(client);
      const token = new SignJWT({ room: 'room' })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setAudience('peer-call')
        .setSubject(peer)
        .setExpirationTime('10m');
      const words = Buffer.from(password ?? (await token.sign(key)));
      client.code = await client.connect(peer, { username: peer, password: words });
      if (client.code) await until(() => client.closed, 'closed');
      return client;
    };

    assert.equal((await enter('ann')).code, 3, 'the keys are not to be had');
    const { cause } = one.events().find(({ event }) => event === 'refused');
    assert.ok(cause.startsWith(`${place}: `) && cause.includes('200 OK'), cause);
    answer = (response) => response.end(JSON.stringify(known));
    const ann = await enter('ann', { origin: 'https://app.example' });
    assert.equal(ann.code, 0);
    const { privateKey } = await generateKeyPair('ES256');
    assert.equal((await enter('eve', { key: privateKey })).code, 5);
    assert.equal(
      (await enter('eve', { password: await roomToken({ room: 'room', peer: 'eve', secret }) })).code,
      5,
    );
    assert.equal((await enter('eve', { origin: 'https://evil.example' })).code, 'closed');

    const bob = await enter('bob', { origin: 'https://too.example' });
    const cid = await enter('cid');
    assert.deepEqual([bob.code, cid.code, (await enter('dan')).code], [0, 0, 'closed']);
    for (const [client, peer] of [
      [ann, 'ann'],
      [bob, 'bob'],
    ]) {
      client.publish(`pc/1/room/p/${peer}`, peer, { retain: true, qos: 1 });
      await until(() => client.packets.length, 'taken');
    }
    cid.publish('pc/1/room/p/cid', 'cid', { retain: true, qos: 1 });
    await until(() => cid.closed, 'one too many');
    assert.equal(cid.closed, '1008 members');
    for (let count = 0; count < 30; count++) bob.publish('pc/1/room/to/ann/bob');
    await until(() => bob.closed, 'too much');
    assert.equal(bob.closed, '1008 rate');
    assert.equal(ann.closed, false);
    assert.equal(one.error, '');
  });

  it('runs as a program', async () => {
    const { stdout } = await new Promise((resolve, reject) =>
      execFile(`${root}broker/command.js`, ['--help'], (error, stdout) =>
        error ? reject(error) : resolve({ stdout }),
      ),
    );
    assert.match(stdout, /^rtc-elements-broker/);
  });
});
