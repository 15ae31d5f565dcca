import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBroker } from '../../broker/broker.js';
import { whyNot } from '../support/daemon.mjs';
import { launch, meets, open, screenshot, seesAndHears, startExamples, until } from '../support/e2e.mjs';
import { startHostile } from '../support/hostile-broker.mjs';
import { startMosquitto } from '../support/mosquitto.mjs';

const colours = { Annabella: [140, 40, 180], Bartholomew: [20, 120, 60] };
const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
/** What only those in the call may read. */
const private_ = /Annabella|Bartholomew|a=fingerprint|ice-ufrag|candidate:|"sid"/;

const servers = {
  'the embedded broker': {
    start: startBroker,
    pairs: [
      ['chromium', 'firefox'],
      ['firefox', 'chromium'],
    ],
  },
  Mosquitto: { start: startMosquitto, pairs: [['firefox', 'chromium']], skip: whyNot('mosquitto') },
};

// Most of the time is spent waiting for browsers.
describe('a call with a secret', { concurrency: 2 }, () => {
  let examples;
  const browsers = {};
  before(async () => {
    [examples, browsers.chromium, browsers.firefox] = await Promise.all([
      startExamples(),
      launch('chromium'),
      launch('firefox'),
    ]);
  });
  after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    await examples?.close();
  });

  /** Opens a page for as long as the test runs. */
  async function visit(test, kind, url) {
    const page = await open(browsers[kind], url);
    test.after(() => page.close());
    return page;
  }

  /** `secret`: null, a passphrase, or the numbers of 32 bytes. */
  async function join(test, kind, { room, name, signaling, secret }) {
    const page = await visit(test, kind, `${examples.origin}/fixture`);
    await page.evaluate(
      async ({ secret, color, ...options }) => {
        await customElements.whenDefined('peer-call');
        const camera = document.createElement('media-generator');
        Object.assign(camera, { id: 'camera', pattern: 'solid', tone: 'sine', color, autostart: true });
        const call = Object.assign(document.createElement('peer-call'), { source: 'camera', ...options });
        call.secret = Array.isArray(secret) ? Uint8Array.from(secret) : secret;
        window.told = [];
        call.addEventListener('error', ({ error }) => window.told.push(`${error.code}: ${error.message}`));
        call.addEventListener('call-issue', ({ issue }) => window.told.push(issue.name));
        document.body.append(camera, call);
        await call.join();
      },
      { room, name, signaling, secret, color: hex(colours[name]) },
    );
    return page;
  }

  const told = (page) => page.evaluate(() => window.told);
  const state = (page) =>
    page.evaluate(() => {
      const { status, ignored, peers, localId } = window.e2e.call().state;
      return { status, ignored, peers: peers.length, id: localId };
    });

  const talking = (ann, bob) =>
    Promise.all([
      seesAndHears(ann, 'Bartholomew', colours.Bartholomew),
      seesAndHears(bob, 'Annabella', colours.Annabella),
    ]);

  for (const [server, { start, pairs, skip = false }] of Object.entries(servers)) {
    describe(`through ${server} in hostile hands`, { skip, concurrency: 2 }, () => {
      let broker;
      before(async () => {
        broker = await start();
      });
      after(() => broker?.close());

      /** Whoever runs the server, in one test. */
      async function takeOver(test) {
        const hostile = await startHostile(broker.url);
        test.after(() => hostile.close());
        return hostile;
      }
      /** Two in a room of their own. */
      const meet = (test, { url: signaling }, kinds, secret) => {
        const room = randomUUID();
        return Promise.all(
          Object.keys(colours).map((name, at) => join(test, kinds[at], { room, name, signaling, secret })),
        );
      };
      const readable = ({ log }) => log.filter(({ payload }) => private_.test(String(payload))).length;

      for (const [what, secret, reads] of [
        ['tells it nothing with a key', [...randomBytes(32)], false],
        ['tells it nothing with a passphrase', 'correct horse', false],
        ['tells it everything without a secret', null, true],
      ]) {
        it(what, { timeout: 120_000 }, async (test) => {
          const hostile = await takeOver(test);
          await talking(...(await meet(test, hostile, pairs[0], secret)));
          assert.ok(hostile.log.length > 8);
          assert.equal(readable(hostile) > 4, reads);
          if (!reads) assert.equal(readable(hostile), 0);
        });
      }

      for (const kinds of pairs) {
        it(
          `goes on in ${kinds.join(' and ')} while it changes, repeats, redirects and invents`,
          { timeout: 120_000 },
          async (test) => {
            const hostile = await takeOver(test);
            // Of what it hands on, each fifth message has one bit changed.
            let count = 0;
            const spoiled = {};
            hostile.alter = (topic, payload, client) => {
              if (!topic.includes('/to/') || ++count % 5) return payload;
              spoiled[client] = (spoiled[client] ?? 0) + 1;
              const changed = Buffer.from(payload);
              changed[count % changed.length] ^= 1;
              return changed;
            };
            const [ann, bob] = await meet(test, hostile, kinds, [...randomBytes(32)]);
            await talking(ann, bob);
            hostile.alter = (_topic, payload) => payload;
            const [{ id: annId }, { id: bobId, ignored }] = await Promise.all([state(ann), state(bob)]);
            const said = hostile.log.filter((one) => one.topic.includes(`/to/${bobId}/${annId}`));
            const [{ topic, payload }] = said;
            const presence = topic.replace(/to\/.*/, `p/${annId}`);
            const announced = hostile.log.find((one) => one.topic === presence).payload;
            const plain = (text) => Buffer.from(JSON.stringify(text));
            const stranger = (of) => of.replace(annId, 'mallory');
            const forged = [
              // A replay of all that was said, and of one message and one presence in another's name.
              ...said.map((one) => [one.topic, one.payload]),
              [stranger(topic), payload],
              [stranger(presence), announced],
              // What needs no key.
              [presence, plain({ v: 1, sid: 'another', ts: Date.now() * 2, name: 'Mallory' })],
              [stranger(presence), plain({ v: 1, sid: 'mallory', ts: 1, name: 'Mallory' })],
              [topic, plain({ v: 1, s: 'a', d: 'b', k: 'c', n: -1, a: 0, t: 'bye' })],
              [topic, Buffer.alloc(0)],
              [topic, payload.subarray(0, 20)],
              [topic, Buffer.alloc(100_000, 1)],
            ];
            for (const [at, bytes] of forged) hostile.say(bobId, at, bytes);
            // What did not come whole the first time may come now.
            const least = ignored + forged.length - (spoiled[bobId] ?? 0);
            await until(async () => (await state(bob)).ignored >= least, 'ignored');
            await until(async () => (await told(bob)).includes('tampering'), 'told');
            const names = await bob.evaluate(() => window.e2e.call().peers.map(({ name }) => name));
            assert.deepEqual(names, ['Annabella']);
            // What is said now still arrives.
            await ann.evaluate(() => window.e2e.call().toggleAudio(false));
            await until(
              () => bob.evaluate(() => window.e2e.peer('Annabella')?.audio === false),
              'the muted microphone',
            );
            await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
            for (const page of [ann, bob]) {
              assert.deepEqual(page.problems, []);
              const errors = (await told(page)).filter((text) => text.includes(':'));
              assert.deepEqual(errors, []);
            }
          },
        );
      }

      it(
        'goes on while it hands on late, backwards, twice and from another life',
        { timeout: 120_000 },
        async (test) => {
          const hostile = await takeOver(test);
          const held = [];
          hostile.alter = (topic, payload, client) => {
            held.push([client, topic, payload]);
            return null;
          };
          const late = setInterval(() => {
            const all = held.splice(0).reverse();
            for (const one of [...all, ...all]) hostile.say(...one);
          }, 200);
          test.after(() => clearInterval(late));
          const [ann, bob] = await meet(test, hostile, pairs[0], [...randomBytes(32)]);
          await talking(ann, bob);
          hostile.alter = (_topic, payload) => payload;
          const former = [...hostile.log];
          for (const page of [ann, bob]) {
            await page.evaluate(async () => {
              window.e2e.call().leave();
              await window.e2e.call().join();
            });
          }
          await talking(ann, bob);
          const { id, ignored } = await state(bob);
          const forBob = former.filter(
            ({ topic, payload }) => topic.includes(`/to/${id}/`) || (/\/p\//.test(topic) && payload.length),
          );
          for (const { topic, payload } of forBob) hostile.say(id, topic, payload);
          await until(async () => (await state(bob)).ignored > ignored, 'ignored');
          await ann.evaluate(() => window.e2e.call().toggleAudio(false));
          await until(
            () => bob.evaluate(() => window.e2e.peer('Annabella')?.audio === false),
            'the muted microphone',
          );
          await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
          for (const page of [ann, bob]) assert.deepEqual(page.problems, []);
        },
      );
    });
  }

  // By one server alone: it is the same for all of them.
  describe('between those whom nothing brings together', { concurrency: 3 }, () => {
    let broker;
    before(async () => {
      broker = await startBroker();
    });
    after(() => broker?.close());

    for (const [what, right, wrong] of [
      ['another', 'correct horse', 'Correct horse'],
      ['none', [...randomBytes(32)], null],
    ]) {
      it(
        `says within 10 s that the secret is ${what}, and works with the right one`,
        { timeout: 120_000 },
        async (test) => {
          const options = { room: randomUUID(), signaling: broker.url };
          const ann = await join(test, 'chromium', { ...options, name: 'Annabella', secret: right });
          const bob = await join(test, 'firefox', { ...options, name: 'Bartholomew', secret: wrong });
          await until(async () => (await told(ann)).length, 'Annabella is told', 10_000);
          if (wrong !== null) await until(async () => (await told(bob)).length, 'so is the other', 10_000);
          for (const page of [ann, bob]) {
            const { status, peers } = await state(page);
            assert.deepEqual([status, peers], ['waiting', 0]);
          }
          assert.match((await told(ann))[0], /^bad-input: .*"secret"/);
          await bob.evaluate(async (secret) => {
            const call = window.e2e.call();
            call.leave();
            call.secret = Array.isArray(secret) ? Uint8Array.from(secret) : secret;
            await call.join();
          }, right);
          await talking(ann, bob);
        },
      );
    }

    it('goes on in its room when a server leads elsewhere', { timeout: 60_000 }, async (test) => {
      // The room of one is given the presences and messages of another, under its own name.
      const hostile = await startHostile(broker.url);
      test.after(() => hostile.close());
      const options = { signaling: hostile.url, secret: [...randomBytes(32)] };
      const [one, other] = [randomUUID(), randomUUID()];
      const ann = await join(test, 'chromium', { ...options, room: one, name: 'Annabella' });
      const bob = await join(test, 'firefox', { ...options, room: other, name: 'Bartholomew' });
      const [{ id: annId, ignored }, { id: bobId }] = await Promise.all([state(ann), state(bob)]);
      const { payload } = hostile.log.findLast(({ topic }) => topic === `pc/1/${other}/p/${bobId}`);
      hostile.say(annId, `pc/1/${one}/p/${bobId}`, payload);
      await until(async () => (await state(ann)).ignored > ignored, 'ignored');
      assert.equal((await state(ann)).peers, 0);
    });
  });

  describe('the example', { concurrency: 2 }, () => {
    for (const kind of ['chromium', 'firefox']) {
      it(
        `keeps the secret in the fragment in ${kind}, and meets there`,
        { timeout: 90_000 },
        async (test) => {
          const requested = [];
          const arrive = async (url) => {
            const page = await visit(test, kind, 'about:blank');
            page.on('request', (request) => requested.push(request.url(), JSON.stringify(request.headers())));
            await page.goto(url, { waitUntil: 'load' });
            return page;
          };
          const join = async (page, name) => {
            await page.type('input[name=name]', name);
            await page.click('button.primary');
          };
          const ann = await arrive(`${examples.origin}/secret.html`);
          const link = await until(() => ann.$eval('#link', ({ value }) => value), 'the link');
          const [, secret] = link.split('#');
          assert.match(secret, /^[\w-]{43}$/);
          assert.equal(await ann.evaluate(() => location.href), link);
          const bob = await arrive(link);
          await join(ann, 'Ann');
          await join(bob, 'Bob');
          await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
          await Promise.all(
            [ann, bob].map((page, at) => page.evaluate((name) => window.e2e.hears(name), ['Bob', 'Ann'][at])),
          );
          const stranger = await arrive(`${examples.origin}/secret.html`);
          assert.notEqual(await stranger.$eval('#link', ({ value }) => value), link);
          assert.ok(requested.length > 10);
          assert.deepEqual(
            requested.filter((text) => text.includes(secret) && !text.endsWith(`#${secret}`)),
            [],
          );
          const markup = await ann.evaluate(() => window.e2e.call().outerHTML);
          assert.ok(!markup.includes(secret));
          await ann.bringToFront();
          await screenshot(ann, `secret-call-${kind}`);
          for (const page of [ann, bob, stranger]) {
            assert.deepEqual(page.problems, []);
            assert.deepEqual(
              page.warnings.filter((text) => /secret/.test(text)),
              [],
            );
            assert.deepEqual(await page.evaluate(() => window.e2e.violations), []);
          }
        },
      );
    }

    it('is accessible, fits, and says that a link is damaged', { timeout: 60_000 }, async (test) => {
      const page = await visit(test, 'chromium', `${examples.origin}/secret.html#3q2`);
      await page.click('button.primary');
      await until(() => page.$eval('#notice', ({ textContent }) => /damaged/.test(textContent)), 'told');
      await page.evaluate(axe.source);
      for (const width of [320, 1280]) {
        await page.setViewport({ width, height: 800 });
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(
          violations.map(({ id }) => id),
          [],
        );
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(wide, 0);
        await screenshot(page, `secret-start-${width}`);
      }
    });
  });
});
