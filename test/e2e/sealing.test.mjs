import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
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

/** An address of this machine that others see, too; undefined where it has none. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const faithful = (_topic, payload) => payload;
const flipped = (payload, at) => {
  const changed = Buffer.from(payload);
  changed[at] ^= 1;
  return changed;
};
const plain = (words) => Buffer.from(JSON.stringify(words));
const readable = ({ log }) => log.filter(({ payload }) => private_.test(String(payload))).length;

const told = (page) => page.evaluate(() => window.e2e.told);
const state = (page) =>
  page.evaluate(() => {
    const { status, ignored, peers, localId } = window.e2e.call().state;
    return { status, ignored, peers: peers.length, id: localId };
  });
const seeEachOther = (ann, bob) =>
  Promise.all([
    seesAndHears(ann, 'Bartholomew', colours.Bartholomew, { sound: false }),
    seesAndHears(bob, 'Annabella', colours.Annabella, { sound: false }),
  ]);
const joinAnew = (page, options = {}) =>
  page.evaluate(async (options) => {
    const call = window.e2e.call();
    call.leave();
    Object.assign(call, options);
    await call.join();
  }, options);

/** What a page knows of its call, and how often it was told of what a server does, by the peer that the issue names. */
const heard = (page) =>
  page.evaluate(() => {
    const { call, told } = window.e2e;
    const { status, ignored, peers, issues } = call().state;
    const counted = { tampering: {}, 'unreliable-signaling': {} };
    for (const { name, peerId, count } of [...told.issues.filter(({ ended }) => ended !== null), ...issues])
      if (counted[name]) counted[name][peerId] = (counted[name][peerId] ?? 0) + count;
    const sdp = (id) => call().getPeerConnection(id).remoteDescription?.sdp;
    return {
      ignored,
      tampering: counted.tampering,
      unreliable: counted['unreliable-signaling'],
      knows: {
        status,
        errors: [...told.errors],
        departures: [...told.departures],
        peers: peers.map(({ id, name, audio, video }) => ({
          ...{ id, name, audio, video },
          other: sdp(id)?.match(/^a=(ice-ufrag|fingerprint).*/gm),
        })),
      },
    };
  });

/** What the server was given of Annabella and for her until the two had met. */
function given({ hostile, since, met, room, annId, bobId }) {
  const at = (place) => {
    const topic = `pc/1/${room}/${place}`;
    const said = hostile.log.slice(since, met).filter((one) => one.topic === topic && one.payload.length);
    assert.ok(said.length, `something at ${place}`);
    return said;
  };
  const [presences, messages] = [at(`p/${annId}`), at(`to/${bobId}/${annId}`)];
  const answers = at(`to/${annId}/${bobId}`);
  return { messages, presence: presences[0], message: messages[0], answer: answers[0] };
}

/** The same place of somebody who is not there. */
const stranger = ({ annId }, topic) => topic.replace(new RegExp(`${annId}$`), 'mallory');

/** Bartholomew is given what is not so: he ignores it and, where `isTold`, hears once more of tampering, and of nothing else. */
async function forge({ hostile, bob, bobId, annId }, topic, payload, isTold = true) {
  const before = await heard(bob);
  hostile.say(bobId, topic, payload);
  // More may be: what the other says again.
  const isIgnored = (before) => window.e2e.until(() => window.e2e.call().state.ignored > before, 'ignored');
  await bob.evaluate(isIgnored, before.ignored);
  const now = await heard(bob);
  const whose = topic.endsWith(`/${annId}`) ? annId : null;
  const tampering = isTold
    ? { ...before.tampering, [whose]: (before.tampering[whose] ?? 0) + 1 }
    : before.tampering;
  assert.deepEqual([now.tampering, now.knows], [tampering, before.knows]);
}

/** Annabella switches her camera, and Bartholomew is told. */
async function switchCamera({ ann, bob }, on) {
  await ann.evaluate((on) => window.e2e.call().toggleVideo(on), on);
  const isTold = (on) => window.e2e.until(() => window.e2e.peer('Annabella')?.video === on, 'the camera');
  await bob.evaluate(isTold, on);
}

/** What is said now still arrives. */
async function goesOn(call) {
  const { ann, bob } = call;
  await switchCamera(call, !(await ann.evaluate(() => window.e2e.call().state.video)));
  await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
}

/** Both leave and meet again, there. */
async function meetAnew(call, room = call.room) {
  call.room = room;
  call.since = call.hostile.log.length;
  await Promise.all([call.ann, call.bob].map((page) => joinAnew(page, { room })));
  await Promise.all([meets(call.ann, 'Bartholomew'), meets(call.bob, 'Annabella')]);
  call.met = call.hostile.log.length;
}

/** What whoever runs a server can try, and does in this order in one call, to no avail. */
const checks = {
  async 'reads nothing of what is said'({ hostile }) {
    assert.ok(hostile.log.length > 8);
    assert.equal(readable(hostile), 0);
  },
  async 'swaps no certificate'({ ann, bob }) {
    const certificates = (page) =>
      page.evaluate(() => {
        const { call } = window.e2e;
        const { localDescription, remoteDescription } = call().getPeerConnection(call().peers[0].id);
        const certificate = ({ sdp }) => sdp.match(/^a=fingerprint.*/m)[0].toLowerCase();
        return [certificate(localDescription), certificate(remoteDescription)];
      });
    assert.deepEqual(await certificates(ann), (await certificates(bob)).reverse());
  },
  async 'changes no presence'(call) {
    const { topic, payload } = given(call).presence;
    // One letter of her name, where it stands: at the end, before the tag.
    await forge(call, topic, flipped(payload, payload.length - 'Annabella"}'.length - 16));
  },
  async 'gains nothing by bytes that are none, too few or too many'(call) {
    const { topic, payload } = given(call).message;
    for (const bytes of [Buffer.alloc(0), payload.subarray(0, 20), Buffer.alloc(100_000, 1)])
      await forge(call, topic, bytes);
  },
  async 'repeats no message'(call) {
    for (const { topic, payload } of given(call).messages) await forge(call, topic, payload);
  },
  async 'gives no message back to its sender'(call) {
    const { message, answer } = given(call);
    await forge(call, message.topic, answer.payload);
  },
  async 'says nothing in the name of another'(call) {
    const { message, presence } = given(call);
    for (const { topic, payload } of [message, presence]) await forge(call, stranger(call, topic), payload);
  },
  async 'invents nothing that needs no key'(call) {
    const { message, presence } = given(call);
    const newest = { v: 1, sid: 'another', ts: Date.now() * 2, name: 'Mallory' };
    await forge(call, presence.topic, plain(newest));
    await forge(call, stranger(call, presence.topic), plain(newest));
    await forge(call, message.topic, plain({ v: 1, s: 'a', d: 'b', k: 'c', n: -1, a: 0, t: 'bye' }));
  },
  async 'sends nobody away with an empty presence'(call) {
    const { hostile, ann, bob, bobId } = call;
    const { message, presence } = given(call);
    const before = await heard(bob);
    hostile.say(bobId, presence.topic, Buffer.alloc(0));
    await forge(call, message.topic, message.payload.subarray(1));
    const { tampering } = await heard(bob);
    // When this is over, more time has passed than one may be away whose presence is gone.
    await bob.evaluate(() => window.e2e.until(() => !window.e2e.call().state.issues.length, 'calm'));
    const after = await heard(bob);
    assert.deepEqual([after.tampering, after.knows], [tampering, before.knows]);
    await switchCamera(call, true);
    await seeEachOther(ann, bob);
  },
  async 'changes no bit'(call) {
    const { hostile, ann, bob, bobId } = call;
    const { topic, payload } = given(call).message;
    for (const at of [0, 1, 13, payload.length - 1]) await forge(call, topic, flipped(payload, at));
    // Of each fifth message while they meet: it is said again.
    await switchCamera(call, true);
    let count = 0;
    let spoiled = 0;
    hostile.alter = (topic, payload, client) => {
      if (!topic.includes('/to/') || ++count % 5) return payload;
      if (client === bobId) spoiled++;
      return flipped(payload, count % payload.length);
    };
    await meetAnew(call);
    await seeEachOther(ann, bob);
    hostile.alter = faithful;
    await until(async () => (await state(bob)).ignored >= spoiled, 'ignored');
  },
  async 'gains nothing by handing on late, backwards and twice'(call) {
    const { hostile, ann, bob, annId } = call;
    await switchCamera(call, true);
    const before = await heard(bob);
    const held = [];
    hostile.alter = (topic, payload, client) => {
      held.push([client, topic, payload]);
      return null;
    };
    const late = setInterval(() => {
      const all = held.splice(0).reverse();
      for (const one of [...all, ...all]) hostile.say(...one);
    }, 200);
    try {
      await meetAnew(call);
      await seeEachOther(ann, bob);
      // What is said last is what holds.
      await ann.evaluate(() => {
        for (const on of [false, true, false]) window.e2e.call().toggleVideo(on);
      });
      await until(() => bob.evaluate(() => !window.e2e.peer('Annabella').video), 'the camera that is off');
      const counts = ({ tampering, unreliable }) => [tampering, unreliable].map((of) => of[annId] ?? 0);
      const [tampering, unreliable] = counts(before);
      await until(async () => {
        const now = counts(await heard(bob));
        return now[0] > tampering && now[1] > unreliable;
      }, 'told');
    } finally {
      clearInterval(late);
      hostile.alter = faithful;
    }
  },
  async 'moves nothing from one room to another'(call) {
    const { room } = call;
    await meetAnew(call, randomUUID());
    const { messages, presence } = given(call);
    await meetAnew(call, room);
    for (const { topic, payload } of [presence, ...messages])
      await forge(call, topic.replace(/^pc.1.[^/]+/, `pc/1/${room}`), payload);
  },
  async 'holds nothing back unnoticed'(call) {
    const { hostile, ann, bob, bobId, annId } = call;
    const before = await heard(bob);
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
      return ((await heard(bob)).unreliable[annId] ?? 0) > (before.unreliable[annId] ?? 0);
    }, 'told of what is missing');
    hostile.alter = faithful;
    assert.deepEqual((await heard(bob)).tampering, before.tampering);
  },
  async 'brings nobody and nothing back'(call) {
    const { hostile, ann, bob, bobId } = call;
    const former = given(call);
    await meetAnew(call);
    // A server may honestly keep the presence of a page that has crashed.
    await forge(call, former.presence.topic, former.presence.payload, false);
    for (const { topic, payload } of former.messages) await forge(call, topic, payload);
    await goesOn(call);
    const { topic, payload } = given(call).presence;
    await ann.evaluate(() => window.e2e.call().leave());
    await until(async () => (await state(bob)).peers === 0, 'left');
    const before = await heard(bob);
    const now = await until(async () => {
      hostile.say(bobId, topic, payload);
      const { tampering, knows } = await heard(bob);
      return tampering[null] !== before.tampering[null] && { tampering, knows };
    }, 'told');
    assert.deepEqual(now.knows, before.knows);
    await joinAnew(ann);
    await Promise.all([meets(ann, 'Bartholomew'), meets(bob, 'Annabella')]);
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
      { color: hex(colours[name]), kind: 'video', width: 160, height: 90 },
    );
    return page;
  }

  for (const [server, { start, pairs, skip = false }] of Object.entries(servers)) {
    describe(`through ${server} in hostile hands`, { skip, concurrency: 3 }, () => {
      let broker;
      before(async () => {
        broker = await start();
      });
      after(() => broker?.close());

      /** Whoever runs the server, in one test. */
      async function takeOver(test, host) {
        const hostile = await startHostile(broker.url, host);
        test.after(() => hostile.close());
        return hostile;
      }
      /** Two in a room of their own. */
      const meet = (test, { url: signaling }, kinds, secret, room = randomUUID()) =>
        Promise.all(
          Object.keys(colours).map((name, at) => join(test, kinds[at], { room, name, signaling, secret })),
        );

      for (const kinds of pairs) {
        describe(`it, between ${kinds.join(' and ')},`, { concurrency: 1, timeout: 240_000 }, () => {
          const call = { room: randomUUID(), since: 0 };
          const ends = [];
          before(async () => {
            const whole = { after: (end) => ends.unshift(end) };
            call.hostile = await takeOver(whole);
            // As long as they meet.
            call.hostile.alter = swapFingerprint;
            [call.ann, call.bob] = await meet(whole, call.hostile, kinds, [...randomBytes(32)], call.room);
            await seeEachOther(call.ann, call.bob);
            call.hostile.alter = faithful;
            call.met = call.hostile.log.length;
            [call.annId, call.bobId] = (await Promise.all([state(call.ann), state(call.bob)])).map(
              ({ id }) => id,
            );
          });
          after(async () => {
            for (const end of ends) await end();
          });

          for (const [what, check] of Object.entries(checks)) {
            it(what, { timeout: 60_000 }, async () => {
              call.hostile.alter = faithful;
              await check(call);
              await goesOn(call);
              for (const page of [call.ann, call.bob]) {
                assert.deepEqual(page.problems, []);
                assert.deepEqual((await told(page)).errors, []);
              }
            });
          }
        });
      }

      for (const [what, secret, reads] of [
        ['tells it nothing with a passphrase', 'correct horse', false],
        ['tells it everything without a secret', null, true],
      ]) {
        it(what, { timeout: 120_000 }, async (test) => {
          const hostile = await takeOver(test, outside);
          if (!reads) hostile.alter = swapFingerprint;
          const [ann, bob] = await meet(test, hostile, pairs[0], secret);
          await seeEachOther(ann, bob);
          assert.ok(hostile.log.length > 8);
          assert.equal(readable(hostile) > 4, reads);
          if (reads) {
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
          } else {
            assert.equal(readable(hostile), 0);
          }
          // Once, however often it joins.
          const warnings = [ann, bob].map((page) =>
            page.warnings.filter((text) => text.includes('"secret"')),
          );
          const expected = reads && outside ? 1 : 0;
          assert.deepEqual(
            warnings.map(({ length }) => length),
            [expected, expected],
          );
        });
      }

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
            await seeEachOther(ann, bob);
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
