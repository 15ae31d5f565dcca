import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { randomUUID } from 'node:crypto';
import { whyNot } from '../support/daemon.mjs';
import { root, until, useExamples, visit } from '../support/e2e.mjs';
import { startEmbeddedWithAccess } from '../support/embedded.mjs';
import { startMosquittoWithAccess } from '../support/mosquitto.mjs';
import { startNatsWithAccess } from '../support/nats.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';
import { skip as noTls, startTls } from '../support/tls.mjs';

describe('calls with tokens', { concurrency: 2 }, () => {
  const anyCertificate = { acceptInsecureCerts: true };
  const { examples, browsers } = useExamples({ chromium: anyCertificate, firefox: anyCertificate });
  let broker, tls;
  const logged = [];

  before(async () => {
    const log = (event, details) => logged.push({ event, ...details });
    broker = await startEmbeddedWithAccess({ log });
    if (!noTls) tls = await startTls(broker);
  });
  after(() => {
    tls?.close();
    return broker?.close();
  });

  /** What makes the tokens of one peer for a room, each for so many seconds from when it is asked for. */
  const tokensOf = (peer, room, ...seconds) =>
    seconds.map((time) => async () => (await broker.member(room, time, peer)).password);

  /**
   * Opens a page that joins with these tokens (or what makes them), one after the other, for as long as the test runs.
   * Answers the page, and how joining ended: `joined`, or an error.
   */
  async function join(test, kind, { room, name, tokens, before = [], signaling = broker.url }) {
    const page = await visit(test, browsers[kind], `${examples.origin}/fixture`, { before });
    const left = tokens?.slice();
    await page.exposeFunction('nextToken', () => {
      const [token] = left.length > 1 ? left.splice(0, 1) : left;
      return typeof token === 'function' ? token() : token;
    });
    const outcome = await page.evaluate(
      async (attributes, asks) => {
        const call = await window.e2e.place(attributes);
        window.asked = 0;
        if (asks) call.token = () => (window.asked++, window.nextToken());
        // What is sealed goes by `wss:` and under the rules of tokens, too.
        call.secret = new TextEncoder().encode(attributes.room).slice(0, 32);
        window.breaks = 0;
        call.addEventListener('call-state-change', ({ state }) => (window.breaks += !state.reachable));
        return call.join().then(
          () => 'joined',
          ({ code, message }) => ({ code, message }),
        );
      },
      { room, name, signaling },
      Boolean(tokens),
    );
    return { page, outcome };
  }

  const count = (wanted, peer) =>
    logged.filter((entry) => entry.event === wanted && entry.peer === peer).length;

  /** Runs in the page: its clock is an hour behind, so that it does not know when a token ends. */
  const beLate = () => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - 3_600_000;
  };

  for (const [kinds, cuts, before] of [
    [['chromium', 'firefox'], 0, []],
    [['firefox', 'chromium'], 2, beLate],
  ]) {
    it(
      `${kinds.join(' and ')} meet, and neither sees the other leave when both tokens end, ${cuts ? 'unforeseen' : 'foreseen'}`,
      { timeout: 120_000 },
      async (test) => {
        const room = randomUUID();
        const [peer, other] = [randomUUID(), randomUUID()];
        // The same broker, once by `wss:` and once by `ws:`.
        const signaling = (!cuts && tls?.url) || broker.url;
        const [{ page: ann }, { page: bob }] = await Promise.all(
          [
            ['Ann', peer],
            ['Bob', other],
          ].map(([name, id], index) => {
            const tokens = tokensOf(id, room, 16, 16, 600);
            return join(test, kinds[index], { room, name, tokens, before, signaling });
          }),
        );
        test.diagnostic(`by ${new URL(signaling).protocol}`);
        const idOf = (page) => page.evaluate(() => window.e2e.call().localId);
        assert.deepEqual([await idOf(ann), await idOf(bob)], [peer, other], 'the ids of the tokens');
        await Promise.all([ann, bob].map((page) => sendSync(page, { tone: 'sine' })));
        await seeAndHearEachOther({ Ann: ann, Bob: bob });
        // From one end to the next it takes longer than a peer may be away.
        await until(() => [peer, other].every((id) => count('joined', id) === 3), 'two ends', 45_000);
        assert.deepEqual([count('cut', peer), count('cut', other)], [cuts, cuts]);
        for (const page of [ann, bob])
          await page.evaluate(() => window.e2e.until(() => window.e2e.call().state.reachable, 'reachable'));
        await seeAndHearEachOther({ Ann: ann, Bob: bob });
        for (const page of [ann, bob]) {
          const { departures, errors } = await page.evaluate(() => window.e2e.told);
          assert.deepEqual([departures, errors], [[], []]);
          assert.equal(await page.evaluate(() => window.breaks > 0), cuts > 0, 'out of reach');
          assert.equal(await page.evaluate(() => window.asked), 3, 'asked before each connection');
        }
      },
    );
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind} is told what is wrong with a token`, { timeout: 60_000 }, async (test) => {
      const room = randomUUID();
      const former = await broker.former(room);
      const forged = await broker.forged(room);
      const elsewhere = await broker.member('elsewhere');
      for (const [tokens, code, words] of [
        [[former.password], 'signaling-refused', /not authorized.* the token: .*expired/],
        [[forged.password], 'signaling-refused', /not authorized.* the token: .*who signed it/],
        [[elsewhere.password], 'signaling-refused', /for the room "elsewhere" and not for/],
        [['guess'], 'bad-input', /no JWT/],
        [undefined, 'signaling-refused', /not authorized/],
      ]) {
        const { outcome } = await join(test, kind, { room, name: 'Ann', tokens });
        assert.equal(outcome.code, code, JSON.stringify(outcome));
        assert.match(outcome.message, words);
      }
    });

    it(
      `${kind} ends a call with words when the next token does not hold`,
      { timeout: 60_000 },
      async (test) => {
        const room = randomUUID();
        const { page, outcome } = await join(test, kind, {
          room,
          name: 'Ann',
          tokens: tokensOf(randomUUID(), room, 10, -60),
        });
        assert.equal(outcome, 'joined');
        const [{ code, message }] = await until(
          async () => {
            const { errors } = await page.evaluate(() => window.e2e.told);
            return errors.length && errors;
          },
          'an error',
          30_000,
        );
        assert.equal(code, 'signaling-refused');
        assert.match(message, /the token: .*expired/);
        assert.equal(await page.evaluate(() => window.e2e.call().state.status), 'left');
      },
    );
  }

  for (const [what, start, skip] of [
    ['Mosquitto', startMosquittoWithAccess, whyNot('mosquitto')],
    ['NATS', startNatsWithAccess, whyNot('nats-server')],
  ]) {
    it(`${what} lets in whom it is told of, as the guide says`, { timeout: 120_000, skip }, async (test) => {
      const other = await start();
      test.after(() => other.close());
      const room = randomUUID();
      const [ann, bob] = await Promise.all(
        [
          ['chromium', 'Ann'],
          ['firefox', 'Bob'],
        ].map(async ([kind, name]) => {
          const { peer, clientId, username, password } = await other.member(room);
          const page = await visit(test, browsers[kind], `${examples.origin}/fixture`);
          // Mosquitto takes no tokens: any will do that names the peer.
          const token = what === 'NATS' ? password : (await broker.member(room, 600, peer)).password;
          await page.evaluate(
            async ({ url, module, token, credentials, ...attributes }) => {
              const { MqttSignaling } = await import(module);
              const call = await window.e2e.place(attributes);
              call.token = token;
              call.signaling = new MqttSignaling([url], { credentials: async () => credentials });
              await call.join();
            },
            {
              ...{ room, name, token, url: other.url },
              module: `/@fs${root}components/engine/signaling/mqtt.ts`,
              credentials: { clientId, username, password },
            },
          );
          assert.equal(await page.evaluate(() => window.e2e.call().localId), peer);
          await sendSync(page, { tone: 'sine' });
          return page;
        }),
      );
      await seeAndHearEachOther({ Ann: ann, Bob: bob });
    });
  }
});
