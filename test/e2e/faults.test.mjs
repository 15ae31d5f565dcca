import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startBroker } from '../../broker/broker.js';
import { enter, launch, meets, open, useExamples } from '../support/e2e.mjs';
import { freePort } from '../support/port.mjs';
import { rogue, startRefusing } from '../support/rogue.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';

describe('faults', () => {
  const { examples, browsers, pages } = useExamples();
  let refusing;

  before(async () => {
    refusing = await startRefusing();
  });
  after(() => refusing?.close());

  async function join(kind, options) {
    const page = await enter(browsers[kind], examples, options);
    pages.push(page);
    return page;
  }

  async function empty(kind) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
    return page;
  }

  /** Joins with pictures that are known again. */
  async function talk(kind, options) {
    const page = await join(kind, options);
    await sendSync(page, { tone: 'sine' });
    return page;
  }

  /** Ann and Bob, in a call. */
  async function pair(room, signaling = examples.broker) {
    const both = await Promise.all([
      talk('chromium', { room, signaling, name: 'Ann' }),
      talk('firefox', { room, signaling, name: 'Bob' }),
    ]);
    await stillTalk(...both);
    return both;
  }

  const stillTalk = (ann, bob) => seeAndHearEachOther({ Ann: ann, Bob: bob });

  /** Tries to join; answers the error's code, the events, and whether the element works afterwards. */
  const attempt = (page, options, working) =>
    page.evaluate(
      async (wrong, right) => {
        await customElements.whenDefined('peer-call');
        const call = document.createElement('peer-call');
        const fired = [];
        call.addEventListener('error', ({ error }) => fired.push(error));
        Object.assign(call, wrong);
        document.body.append(call);
        const start = performance.now();
        const error = await call.join().then(
          () => null,
          (reason) => reason,
        );
        const took = performance.now() - start;
        const afterwards = call.state.status;
        Object.assign(call, right);
        await call.join();
        const works = call.state.status;
        call.remove();
        return {
          code: error?.code,
          message: error?.message,
          same: fired.includes(error),
          took,
          afterwards,
          works,
        };
      },
      options,
      working,
    );

  it('signaling malformed, refused, unreachable', { timeout: 90_000 }, async (context) => {
    const [room, here] = ['standup', examples.broker];
    const nobody = `ws://127.0.0.1:${await freePort()}/mqtt`;
    const cases = [
      ['malformed', { room, signaling: 'ws://:not a url' }, 'bad-input'],
      ['another scheme', { room, signaling: 'ftp://127.0.0.1/' }, 'bad-input'],
      ['nobody listens', { room, signaling: nobody }, 'signaling-unreachable'],
      ['no broker there', { room, signaling: here.replace('/mqtt', '/nothing') }, 'signaling-unreachable'],
      ['refused', { room, signaling: refusing.url }, 'signaling-refused'],
      ['no room', { room: '', signaling: here }, 'bad-input'],
    ];
    await Promise.all(
      Object.keys(browsers).map(async (kind) => {
        const page = await empty(kind);
        // In turn: a browser opens one socket to a host at a time.
        for (const [what, wrong, wanted] of cases) {
          const right = { room: randomUUID(), signaling: here };
          const { code, message, same, took, afterwards, works } = await attempt(page, wrong, right);
          context.diagnostic(`${kind}, ${what}: ${code} after ${Math.round(took)} ms: ${message}`);
          assert.equal(code, wanted, what);
          assert.ok(same, `${what}: fired as an event too`);
          assert.equal(afterwards, 'idle', what);
          assert.equal(works, 'waiting', `${what}: usable afterwards`);
        }
      }),
    );
  });

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: says so where what mends a connection does not load`, { timeout: 90_000 }, async (test) => {
      const room = randomUUID();
      const browser = await launch(kind, { networkEnabled: true });
      test.after(() => browser.close());
      const both = await Promise.all([1, 2].map(() => open(browser, `${examples.origin}/fixture`)));
      for (const page of both) {
        await page.setRequestInterception(true);
        page.on('request', (request) => {
          if (/recovery/.test(request.url())) request.abort();
          else request.continue();
        });
      }
      await Promise.all(
        both.map((page, at) =>
          page.evaluate((call) => window.e2e.enter(call), {
            signaling: examples.broker,
            room,
            name: ['Ann', 'Bob'][at],
          }),
        ),
      );
      const [ann, bob] = both;
      await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
      const told = bob.evaluate(
        () =>
          new Promise((resolve) => {
            const call = window.e2e.call();
            call.addEventListener('error', ({ error: { code, message } }) =>
              resolve({ code, message, status: call.peers[0].status }),
            );
          }),
      );
      await ann.evaluate(() => {
        const call = window.e2e.call();
        call.getPeerConnection(call.peers[0].id).close();
      });
      const { code, message, status } = await told;
      assert.equal(code, 'network-blocked');
      assert.match(message, /did not load.*reload the page/);
      assert.equal(status, 'failed');
    });
  }

  it('rooms with unusual names are rooms: two meet in each', { timeout: 60_000 }, async () => {
    for (const room of ['x'.repeat(10_000), 'a/b#c+d', 'Büro 🎈 <b>']) {
      const both = await Promise.all([
        join('chromium', { room, name: 'Ann' }),
        join('chromium', { room, name: 'Bob' }),
      ]);
      await Promise.all([meets(both[0], 'Bob'), meets(both[1], 'Ann')]);
      await Promise.all(pages.splice(0).map((page) => page.close()));
    }
  });

  it(
    'the broker dies: the call goes on, and a newcomer comes in when it is back',
    { timeout: 90_000 },
    async () => {
      let broker = await startBroker();
      const { port, url } = broker;
      try {
        const room = randomUUID();
        const [ann, bob] = await pair(room, url);
        await broker.close();
        await stillTalk(ann, bob);
        broker = await startBroker({ port });
        const cid = await talk('chromium', { room, signaling: url, name: 'Cid' });
        await seeAndHearEachOther({ Ann: ann, Bob: bob, Cid: cid });
        for (const page of [ann, bob])
          assert.deepEqual(await page.evaluate(() => window.e2e.told.departures), [], 'nobody left');
      } finally {
        await broker.close();
      }
    },
  );

  it('strangers who send rubbish are ignored and counted', { timeout: 90_000 }, async (context) => {
    const room = randomUUID();
    const [ann, bob] = await pair(room);
    const facts = () =>
      ann.evaluate(() => {
        const { localId, ignored } = window.e2e.call().state;
        return { localId, ignored, bob: window.e2e.peer('Bob').id };
      });
    const before = await facts();
    const mallory = await rogue(examples.broker, 'mallory');
    const to = `pc/1/${room}/to/${before.localId}/mallory`;
    const me = `pc/1/${room}/p/mallory`;
    const frame = { v: 1, s: 'mallorysid', d: 'x', k: 'k', n: 1, a: 0, t: 'hello', b: {} };
    const rubbish = [
      '',
      'not json',
      '[]',
      'null',
      '"text"',
      '{',
      Buffer.from([0xff, 0xfe, 0x00, 0x01]),
      '['.repeat(60_000),
      `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      // The most that this broker lets through is more than the room takes.
      'x'.repeat(66_000),
      { ...frame, b: 'x'.repeat(65_600) },
      { ...frame, v: 2 },
      { ...frame, v: '1' },
      { ...frame, s: '<img src=x>' },
      { ...frame, s: 5 },
      { ...frame, k: 'x'.repeat(65) },
      { ...frame, n: -2 },
      { ...frame, n: 1.5 },
      { ...frame, n: '1' },
      { ...frame, n: 1e300 },
      { ...frame, a: -1 },
      { ...frame, t: 'x'.repeat(17) },
      { ...frame, t: '__proto__' },
      { ...frame, t: 'desc', b: { c: 1, type: 'offer', sdp: 'v=0' } },
      { ...frame, t: 'cands', b: { c: 1, list: 'x' } },
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ];
    for (const payload of rubbish) await mallory.publish(to, payload);
    const presences = [
      'not json',
      { v: 1 },
      { v: 1, sid: 'no id!', ts: 1 },
      { v: 1, sid: 'sid', ts: 'soon' },
      { v: 1, sid: 'sid', ts: 1, name: { toString: 1 } },
      { v: 1, sid: 'sid', ts: 1, name: 'x'.repeat(65) },
      { v: 1, sid: 'sid', ts: 1, meta: 'x'.repeat(3_000) },
    ];
    for (const payload of presences) await mallory.publish(me, payload, { retain: true });
    await ann.evaluate(
      (least) =>
        window.e2e.until(() => window.e2e.call().state.ignored >= least, `${least} messages ignored`),
      before.ignored + 10,
    );
    const { ignored } = await facts();
    context.diagnostic(
      `${rubbish.length + presences.length} sent, ${ignored - before.ignored} counted as ignored`,
    );

    // A well-formed stranger who never answers, with a name that would be markup.
    await mallory.publish(
      me,
      { v: 1, sid: 'malsid', ts: Date.now(), name: '<img src=x onerror=alert(1)>' },
      { retain: true },
    );
    await stillTalk(ann, bob);
    const names = await ann.evaluate(() => window.e2e.call().peers.map(({ name }) => name));
    assert.deepEqual(names, ['Bob'], 'who never confirmed has no tile');
    await mallory.publish(me, '', { retain: true });
    mallory.close();
    assert.equal(await ann.evaluate(() => ({}).polluted), undefined);
    for (const page of [ann, bob]) assert.deepEqual(page.problems, []);
  });

  it('one stranger announcing many peers does not end the call', { timeout: 90_000 }, async () => {
    const room = randomUUID();
    const [ann, bob] = await pair(room);
    const crowd = await Promise.all(
      Array.from({ length: 60 }, (_, at) => rogue(examples.broker, `ghost${at}`)),
    );
    // This broker hangs up at those for whom the room has no place.
    const announced = await Promise.allSettled(
      crowd.map((one, at) =>
        one.publish(`pc/1/${room}/p/ghost${at}`, { v: 1, sid: `sid${at}`, ts: at }, { retain: true }),
      ),
    );
    assert.equal(announced.filter(({ status }) => status === 'fulfilled').length, 48);
    await stillTalk(ann, bob);
    for (const one of crowd) one.close();
    for (const page of [ann, bob]) assert.deepEqual(page.problems, []);
  });

  for (const kind of ['chromium', 'firefox']) {
    it(
      `${kind}: removed in the middle of joining, joined twice, left before joined`,
      { timeout: 60_000 },
      async () => {
        const page = await empty(kind);
        const answers = await page.evaluate(async (room, signaling) => {
          await customElements.whenDefined('peer-call');
          const { until } = window.e2e;
          const make = () => {
            const call = document.createElement('peer-call');
            Object.assign(call, { room, signaling });
            document.body.append(call);
            return call;
          };
          const code = (promise) =>
            promise.then(
              () => 'joined',
              (error) => error.code,
            );
          const found = {};

          const removed = make();
          const joining = code(removed.join());
          removed.remove();
          // A join may be quicker than the grace; nobody stays in the room either way.
          found.removed = ['aborted', 'joined'].includes(await joining);
          await until(() => ['idle', 'left'].includes(removed.state.status), 'the removed one has left');
          document.body.append(removed);
          await removed.join();
          found.removedAgain = removed.state.status;

          const twice = make();
          found.twice = await Promise.all([code(twice.join()), code(twice.join())]);
          found.third = await code(twice.join());
          await until(() => twice.peers.length === 1, 'the other is seen once');

          const early = make();
          early.leave();
          found.leftBefore = early.state.status;
          const broken = code(early.join());
          early.leave();
          found.leftWhile = await broken;
          found.leftThen = await code(early.join());
          for (const call of [removed, twice, early]) call.remove();
          return found;
        }, examples.broker);
        assert.deepEqual(answers, {
          removed: true,
          removedAgain: 'waiting',
          twice: ['joined', 'joined'],
          third: 'joined',
          leftBefore: 'idle',
          leftWhile: 'aborted',
          leftThen: 'joined',
        });
        assert.deepEqual(page.problems, []);
      },
    );
  }
});
