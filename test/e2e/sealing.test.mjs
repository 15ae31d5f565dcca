import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBroker } from '../../broker/broker.js';
import { whyNot } from '../support/daemon.mjs';
import { launch, meets, open, screenshot, seesAndHears, until, useExamples, visit } from '../support/e2e.mjs';
import { startHostile } from '../support/hostile-broker.mjs';
import { startMosquitto } from '../support/mosquitto.mjs';
import { Raw } from '../support/rogue.mjs';

const colours = { Annabella: [140, 40, 180], Bartholomew: [20, 120, 60] };
const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
/** What the other would be told of a DTLS certificate, if the server could write it. */
const foreign = `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`;
const swapFingerprint = (_topic, payload) => {
  const text = String(payload);
  const swapped = text.replace(/a=fingerprint:sha-256 [\dA-F:]+/g, foreign);
  return swapped === text ? payload : Buffer.from(swapped);
};
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
  Mosquitto: {
    start: startMosquitto,
    pairs: [
      ['firefox', 'chromium'],
      ['chromium', 'firefox'],
    ],
    skip: whyNot('mosquitto'),
  },
};

// Most of the time is spent waiting for browsers.
describe('a call with a secret', { concurrency: 3 }, () => {
  const { examples, browsers } = useExamples();

  /** `secret`: null, a passphrase, or the numbers of 32 bytes. */
  async function join(test, kind, { room, name, signaling, secret }) {
    const page = await visit(test, browsers[kind], `${examples.origin}/fixture`);
    await page.evaluate(
      async (attributes, secret, camera) => {
        const call = await window.e2e.place(attributes, camera);
        call.secret = Array.isArray(secret) ? Uint8Array.from(secret) : secret;
        await call.join();
      },
      { room, name, signaling },
      secret,
      { color: hex(colours[name]) },
    );
    return page;
  }

  const told = (page) => page.evaluate(() => window.e2e.told);
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
    describe(`through ${server} in hostile hands`, { skip, concurrency: 3 }, () => {
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
      const joinAnew = (page, options = {}) =>
        page.evaluate(async (options) => {
          const call = window.e2e.call();
          call.leave();
          Object.assign(call, options);
          await call.join();
        }, options);
      const readable = ({ log }) => log.filter(({ payload }) => private_.test(String(payload))).length;

      for (const [what, secret, reads] of [
        ['tells it nothing with a key', [...randomBytes(32)], false],
        ['tells it nothing with a passphrase', 'correct horse', false],
        ['tells it everything without a secret', null, true],
      ]) {
        it(what, { timeout: 120_000 }, async (test) => {
          const hostile = await takeOver(test);
          if (!reads) hostile.alter = swapFingerprint;
          const [ann, bob] = await meet(test, hostile, pairs[0], secret);
          await talking(ann, bob);
          assert.ok(hostile.log.length > 8);
          assert.equal(readable(hostile) > 4, reads);
          if (!reads) return assert.equal(readable(hostile), 0);
          // What would come of it, if it could.
          hostile.alter = swapFingerprint;
          await joinAnew(bob);
          await bob.evaluate(async (foreign) => {
            const { call, until } = window.e2e;
            const [peer] = await until(() => call().peers.length && call().peers, 'a peer');
            const given = () => call().getPeerConnection(peer.id);
            const swapped = () => given()?.remoteDescription?.sdp.includes(foreign);
            const connection = await until(() => swapped() && given(), 'the certificate of somebody else');
            await until(() => ['failed', 'closed'].includes(connection.connectionState), 'no connection');
          }, foreign);
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
            // One letter of her name, where it stands: at the end, before the tag.
            const renamed = Buffer.from(announced);
            renamed[renamed.length - 'Annabella"}'.length - 16] ^= 1;
            const plain = (text) => Buffer.from(JSON.stringify(text));
            const stranger = (of) => of.replace(annId, 'mallory');
            const forged = [
              // A replay of all that was said, of one message to its sender, and of one and a presence in another's name.
              ...said.map((one) => [one.topic, one.payload]),
              [topic, hostile.log.find((one) => one.topic.endsWith(`/to/${annId}/${bobId}`)).payload],
              [stranger(topic), payload],
              [stranger(presence), announced],
              [presence, renamed],
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
            await until(async () => (await told(bob)).issues.includes('tampering'), 'told');
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
              assert.deepEqual((await told(page)).errors, []);
            }
          },
        );
      }

      it(
        'goes on while it hands on late, backwards, twice, from another life and from another room',
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
          const both = await meet(test, hostile, pairs[0], [...randomBytes(32)]);
          const [ann, bob] = both;
          await talking(ann, bob);
          // What is said last is what holds.
          await ann.evaluate(() => {
            const call = window.e2e.call();
            call.toggleAudio(false);
            call.toggleAudio(true);
            call.toggleVideo(false);
          });
          await until(
            () =>
              bob.evaluate(() => {
                const { audio, video } = window.e2e.peer('Annabella');
                return audio && !video;
              }),
            'the camera that is off',
          );
          await until(async () => (await told(bob)).issues.includes('unreliable-signaling'), 'told');
          hostile.alter = (_topic, payload) => payload;
          const room = await bob.evaluate(() => window.e2e.call().room);
          const elsewhere = randomUUID();
          const former = hostile.log.splice(0);
          for (const next of [elsewhere, room]) {
            await Promise.all(both.map((page) => joinAnew(page, { room: next })));
            await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
            if (next === elsewhere) former.push(...hostile.log);
          }
          const [{ id: annId }, { id: bobId, ignored }] = await Promise.all(both.map(state));
          const isOf = (topic) => (one) => one.topic === topic && one.payload.length;
          const [presence, message] = [`p/${annId}`, `to/${bobId}/${annId}`];
          const replays = [
            [`pc/1/${room}/${presence}`, room, presence],
            [`pc/1/${room}/${message}`, room, message],
            [`pc/1/${room}/${presence}`, elsewhere, presence],
            [`pc/1/${room}/${message}`, elsewhere, message],
          ].flatMap(([topic, of, what]) => {
            const said = former.filter(isOf(`pc/1/${of}/${what}`));
            assert.ok(said.length, `${what} in ${of}`);
            return said.map(({ payload }) => [topic, payload]);
          });
          await bob.evaluate(() => (window.e2e.told.issues.length = 0));
          for (const [topic, payload] of replays) hostile.say(bobId, topic, payload);
          await until(async () => (await state(bob)).ignored >= ignored + replays.length, 'ignored');
          await until(async () => (await told(bob)).issues.includes('tampering'), 'told');
          await ann.evaluate(() => window.e2e.call().toggleAudio(false));
          await until(
            () => bob.evaluate(() => window.e2e.peer('Annabella')?.audio === false),
            'the muted microphone',
          );
          await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
          // Newer than all that he knows of her, but said elsewhere.
          hostile.log.length = 0;
          await joinAnew(ann, { room: elsewhere });
          await until(async () => (await state(bob)).peers === 0, 'left');
          const moved = hostile.log.find(isOf(`pc/1/${elsewhere}/${presence}`));
          const { ignored: before } = await state(bob);
          hostile.say(bobId, `pc/1/${room}/${presence}`, moved.payload);
          await until(async () => (await state(bob)).ignored > before, 'ignored, too');
          for (const page of both) assert.deepEqual(page.problems, []);
        },
      );

      it(
        'is told of when it holds back, and says what is of one that has left',
        { timeout: 120_000 },
        async (test) => {
          const hostile = await takeOver(test);
          const both = await meet(test, hostile, pairs[0], [...randomBytes(32)]);
          const [ann, bob] = both;
          await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
          const [{ id: annId }, { id: bobId }] = await Promise.all(both.map(state));
          const isHers = ({ topic, payload }) => topic.endsWith(`/p/${annId}`) && payload.length;
          const former = hostile.log.find(isHers);
          const { errors, issues } = await told(bob);
          assert.deepEqual([...errors, ...issues], []);
          let held = 0;
          hostile.alter = (topic, payload) =>
            topic.endsWith(`/to/${bobId}/${annId}`) && ++held === 1 ? null : payload;
          // What it holds back may be no more than an acknowledgement: then it does so again.
          await until(async () => {
            held = 0;
            await ann.evaluate(() => {
              window.e2e.call().toggleVideo();
              window.e2e.call().toggleVideo();
            });
            return (await told(bob)).issues.includes('unreliable-signaling');
          }, 'told of what is missing');
          await ann.evaluate(() => window.e2e.call().toggleAudio(false));
          const muted = () => bob.evaluate(() => window.e2e.peer('Annabella').audio === false);
          await until(muted, 'it is said again');
          await ann.evaluate(() => window.e2e.call().leave());
          await until(async () => (await state(bob)).peers === 0, 'left');
          assert.deepEqual(
            (await told(bob)).issues.filter((name) => name !== 'unreliable-signaling'),
            [],
          );
          await until(async () => {
            hostile.say(bobId, former.topic, former.payload);
            return (await told(bob)).issues.includes('tampering');
          }, 'told');
          assert.equal((await state(bob)).peers, 0);
        },
      );

      for (const [what, right, wrong] of [
        ['another', 'correct horse', 'Correct horse'],
        ['none', [...randomBytes(32)], null],
      ]) {
        it(
          `says within 10 s that the secret is ${what}, and works with the right one`,
          { timeout: 120_000 },
          async (test) => {
            const options = { room: randomUUID(), signaling: broker.url };
            // Whoever has the right one is told in either browser, by one server or the other.
            const ann = await join(test, pairs[0][0], { ...options, name: 'Annabella', secret: right });
            const bob = await join(test, pairs[0][1], { ...options, name: 'Bartholomew', secret: wrong });
            const isTold = (page) => () => told(page).then(({ errors }) => errors[0]);
            const [error, other] = await Promise.all([
              until(isTold(ann), 'Annabella is told', 10_000),
              wrong === null
                ? until(
                    () => bob.warnings.find((text) => text.includes('"secret"')),
                    'so is the other',
                    10_000,
                  )
                : until(isTold(bob), 'so is the other', 10_000),
            ]);
            for (const { code, message } of wrong === null ? [error] : [error, other]) {
              assert.equal(code, 'bad-input');
              assert.match(message, /"secret"/);
            }
            for (const page of [ann, bob]) {
              const { status, peers } = await state(page);
              assert.deepEqual([status, peers], ['waiting', 0]);
            }
            await bob.evaluate((secret) => {
              const call = window.e2e.call();
              call.leave();
              call.secret = Array.isArray(secret) ? Uint8Array.from(secret) : secret;
              return call.join();
            }, right);
            await talking(ann, bob);
          },
        );
      }
    });
  }

  describe('the example', { concurrency: 2 }, () => {
    for (const kind of ['chromium', 'firefox']) {
      it(
        `keeps the secret in the fragment in ${kind}, and meets there`,
        { timeout: 90_000 },
        async (test) => {
          const requested = [];
          const browser = await launch(kind, { networkEnabled: true });
          test.after(() => browser.close());
          const arrive = async (url) => {
            const page = await open(browser, 'about:blank');
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
          const server = new Raw(examples.broker);
          test.after(() => server.socket.terminate());
          await server.connect(randomUUID());
          await server.subscribe(`pc/1/${await ann.evaluate(() => window.e2e.call().room)}/p/+`);
          await until(() => server.heard.length === 2, 'both presences');
          assert.doesNotMatch(server.heard.join(), private_);
          const kept = () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
          const elsewhere = [
            ...server.heard,
            ...(await Promise.all([ann, bob].map((page) => page.evaluate(kept)))),
          ];
          assert.ok(!elsewhere.join().includes(secret), 'said or stored');
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
      const page = await visit(test, browsers.chromium, `${examples.origin}/secret.html#3q2`);
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
