import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBroker } from '../../broker/broker.js';
import { whyNot } from '../support/daemon.mjs';
import { meets, open, screenshot, seesAndHears, until, useExamples } from '../support/e2e.mjs';
import { startHostile } from '../support/hostile-broker.mjs';
import { startMosquitto } from '../support/mosquitto.mjs';

const colours = { Annabella: [140, 40, 180], Bartholomew: [20, 120, 60] };
const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
/** What only those in the call may read. */
const private_ = /Annabella|Bartholomew|a=fingerprint|ice-ufrag|candidate:|"sid"/;

const servers = {
  'the embedded broker': { start: startBroker },
  Mosquitto: { start: startMosquitto, skip: whyNot('mosquitto') },
};

describe('a call with a secret', () => {
  const { examples, browsers, pages } = useExamples();

  /** `secret`: null, a passphrase, or the numbers of 32 bytes. */
  async function join(kind, { room, name, signaling, secret }) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
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

  for (const [server, { start, skip = false }] of Object.entries(servers)) {
    describe(`through ${server} in hostile hands`, { skip }, () => {
      let broker, hostile;
      before(async () => {
        broker = await start();
        hostile = await startHostile(broker.url);
      });
      after(async () => {
        await hostile?.close();
        await broker?.close();
      });

      /** Two in a room of their own. */
      const meet = (kinds, secret) => {
        const room = randomUUID();
        hostile.log.length = 0;
        return Promise.all(
          Object.keys(colours).map((name, at) =>
            join(kinds[at], { room, name, signaling: hostile.url, secret }),
          ),
        );
      };
      const readable = () => hostile.log.filter(({ payload }) => private_.test(String(payload))).length;

      it('tells it nothing, and everything without one', { timeout: 120_000 }, async () => {
        await talking(...(await meet(['chromium', 'firefox'], [...randomBytes(32)])));
        assert.ok(hostile.log.length > 8);
        assert.equal(readable(), 0);
        await talking(...(await meet(['chromium', 'firefox'], 'correct horse')));
        assert.equal(readable(), 0);
        await talking(...(await meet(['chromium', 'firefox'], null)));
        assert.ok(readable() > 4);
      });

      for (const kinds of [
        ['chromium', 'firefox'],
        ['firefox', 'chromium'],
      ]) {
        it(
          `goes on in ${kinds.join(' and ')} while it changes, repeats, redirects and invents`,
          { timeout: 120_000 },
          async () => {
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
            const [ann, bob] = await meet(kinds, [...randomBytes(32)]);
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
        'says within 10 s that the secret is another or none, and works with the right one',
        { timeout: 120_000 },
        async () => {
          for (const [right, wrong] of [
            ['correct horse', 'Correct horse'],
            [[...randomBytes(32)], null],
          ]) {
            const room = randomUUID();
            const signaling = hostile.url;
            const ann = await join('chromium', { room, name: 'Annabella', signaling, secret: right });
            const bob = await join('firefox', { room, name: 'Bartholomew', signaling, secret: wrong });
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
          }
        },
      );

      it('is brought together by no server that leads elsewhere', { timeout: 60_000 }, async () => {
        // The room of one is given the presences and messages of another, under its own name.
        const secret = [...randomBytes(32)];
        const [one, other] = [randomUUID(), randomUUID()];
        const ann = await join('chromium', { room: one, name: 'Annabella', signaling: hostile.url, secret });
        const bob = await join('firefox', {
          room: other,
          name: 'Bartholomew',
          signaling: hostile.url,
          secret,
        });
        const [{ id: annId, ignored }, { id: bobId }] = await Promise.all([state(ann), state(bob)]);
        const { payload } = hostile.log.findLast(({ topic }) => topic === `pc/1/${other}/p/${bobId}`);
        hostile.say(annId, `pc/1/${one}/p/${bobId}`, payload);
        await until(async () => (await state(ann)).ignored > ignored, 'ignored');
        assert.equal((await state(ann)).peers, 0);
      });
    });
  }

  describe('the example', () => {
    for (const kind of ['chromium', 'firefox']) {
      it(`keeps the secret in the fragment in ${kind}, and meets there`, { timeout: 90_000 }, async () => {
        const requested = [];
        const visit = async (url) => {
          const page = await open(browsers[kind], 'about:blank');
          pages.push(page);
          page.on('request', (request) => requested.push(request.url(), JSON.stringify(request.headers())));
          await page.goto(url, { waitUntil: 'load' });
          return page;
        };
        const join = async (page, name) => {
          await page.type('input[name=name]', name);
          await page.click('button.primary');
        };
        const ann = await visit(`${examples.origin}/secret.html`);
        const link = await until(() => ann.$eval('#link', ({ value }) => value), 'the link');
        const [, secret] = link.split('#');
        assert.match(secret, /^[\w-]{43}$/);
        assert.equal(await ann.evaluate(() => location.href), link);
        const bob = await visit(link);
        await join(ann, 'Ann');
        await join(bob, 'Bob');
        await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
        await Promise.all(
          [ann, bob].map((page, at) => page.evaluate((name) => window.e2e.hears(name), ['Bob', 'Ann'][at])),
        );
        const stranger = await visit(`${examples.origin}/secret.html`);
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
      });
    }

    it('is accessible, fits, and says that a link is damaged', { timeout: 60_000 }, async () => {
      const page = await open(browsers.chromium, `${examples.origin}/secret.html#3q2`);
      pages.push(page);
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
