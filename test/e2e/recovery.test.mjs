import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { startBroker } from '../../broker/broker.js';
import { whyNot } from '../support/daemon.mjs';
import { startHostile } from '../support/hostile-broker.mjs';
import { enter, launch, meets, open, until, useExamples } from '../support/e2e.mjs';
import { startMosquitto } from '../support/mosquitto.mjs';
import {
  allWasWell,
  longestStill,
  nobodyLeft,
  pictures,
  record,
  seeEachOther,
  talk,
} from '../support/record.mjs';
import { Raw, rogue } from '../support/rogue.mjs';
import { seesSync } from '../support/sync.mjs';

/** On a crowded machine a picture may stand for so many ms, where nothing is wrong. */
const STILL = 4000;

describe('calls that recover', { concurrency: 3 }, () => {
  const { examples, browsers } = useExamples();
  before(async () => {
    // Automation switches off the back/forward cache.
    browsers.returning = await launch('chromium', { ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  });

  const empty = (kind, settings) => open(browsers[kind], `${examples.origin}/fixture`, settings);

  /** Runs `act` with Ann and Bob in a call. */
  async function call(kinds, act, { tiles, ...options } = {}) {
    const pages = await Promise.all(kinds.map((kind) => empty(kind, { counted: true })));
    const [ann, bob] = pages;
    const shared = { room: randomUUID(), signaling: examples.broker, ...options };
    try {
      await Promise.all([
        talk(ann, { ...shared, name: 'Ann', other: 'Bob' }),
        talk(bob, { ...shared, name: 'Bob', other: 'Ann' }),
      ]);
      await seeEachOther(ann, bob);
      await act({ ann, bob, shared });
      await allWasWell(pages, { tiles });
    } finally {
      await Promise.all(pages.map((page) => page.close()));
    }
  }

  /** The connection to the peer, for `isStill`. */
  const connection = (page, name) =>
    page.evaluateHandle((name) => {
      const { call, peer } = window.e2e;
      return call().getPeerConnection(peer(name).id);
    }, name);
  const isStill = (page, name, before) =>
    page.evaluate(
      (name, before) => window.e2e.call().getPeerConnection(window.e2e.peer(name).id) === before,
      name,
      before,
    );

  for (const seconds of [2, 15]) {
    it(`the broker is away for ${seconds} s`, { timeout: 120_000 }, async (test) => {
      let broker = await startBroker();
      const { port, url: signaling } = broker;
      const cid = await empty('chromium');
      const act = async ({ ann, bob, shared }) => {
        const same = await Promise.all([connection(ann, 'Bob'), connection(bob, 'Ann')]);
        const away = Date.now();
        await broker.close();
        await Promise.all([setTimeout(seconds * 1000), pictures(ann, 20), pictures(bob, 20)]);
        const still = await Promise.all([ann, bob].map((page) => longestStill(page, away)));
        test.diagnostic(`${seconds} s: no picture stood for more than ${Math.max(...still)} ms`);
        assert.ok(Math.max(...still) < STILL, `still for ${still} ms`);
        broker = await startBroker({ port });
        const back = Date.now();
        await cid.evaluate((call) => window.e2e.enter(call), { ...shared, name: 'Cid' });
        await meets(cid, 'Ann', 'Bob');
        test.diagnostic(`${seconds} s: a newcomer is connected ${Date.now() - back} ms after the return`);
        const seesCid = (page) =>
          page.evaluate(() => {
            const { frame, tileVideo, until } = window.e2e;
            const shown = async () => tileVideo('Cid') && (await frame(tileVideo('Cid')));
            return until(shown, 'a picture of Cid');
          });
        await Promise.all([seesCid(ann), seesCid(bob), seesSync(cid, 'Bob', bob), seesSync(ann, 'Bob', bob)]);
        await seesSync(bob, 'Ann', ann);
        await nobodyLeft(ann, bob);
        assert.ok(await isStill(ann, 'Bob', same[0]));
        assert.ok(await isStill(bob, 'Ann', same[1]));
      };
      try {
        await call(['chromium', 'firefox'], act, { signaling, tiles: 2 });
      } finally {
        await cid.close();
        await broker.close();
      }
    });
  }

  it('a way to the broker that hangs as we join is another one, and no refusal', { timeout: 60_000 }, () =>
    Promise.all(
      ['chromium', 'firefox'].map(async (kind) => {
        const hostile = await startHostile(examples.broker);
        let hung = false;
        hostile.alter = (topic, payload, client) => {
          if (hung || !topic.endsWith(`/p/${client}`)) return payload;
          hung = true;
          hostile.hang(client);
          return null;
        };
        const page = await empty(kind);
        try {
          const joining = { room: randomUUID(), signaling: hostile.url, name: 'Ann' };
          await page.evaluate((call) => window.e2e.enter(call), joining);
          assert.ok(hung);
          assert.equal(await page.evaluate(() => window.e2e.call().state.status), 'waiting');
        } finally {
          await page.close();
          await hostile.close();
        }
      }),
    ),
  );

  for (const kinds of [
    ['chromium', 'chromium'],
    ['firefox', 'chromium'],
    ['chromium', 'firefox'],
  ]) {
    it(`${kinds[1]} reloads the page, and ${kinds[0]} knows it again`, { timeout: 90_000 }, () =>
      call(kinds, async ({ ann, bob, shared }) => {
        const id = () => bob.evaluate(() => window.e2e.call().localId);
        const before = await id();
        await bob.reload();
        await talk(bob, { ...shared, name: 'Bob', other: 'Ann' });
        await seeEachOther(ann, bob);
        assert.equal(await id(), before);
      }),
    );
  }

  for (const kinds of [
    ['chromium', 'chromium'],
    ['chromium', 'firefox'],
    ['firefox', 'firefox'],
  ]) {
    it(`${kinds.join(' and ')} both restart ICE at once, and once more`, { timeout: 90_000 }, () =>
      call(kinds, async ({ ann, bob }) => {
        const same = await connection(ann, 'Bob');
        const users = () =>
          ann.evaluate(() => {
            const { call, peer } = window.e2e;
            const { localDescription, remoteDescription } = call().getPeerConnection(peer('Bob').id);
            const user = (description) => /a=ice-ufrag:(\S+)/.exec(description?.sdp)?.[1];
            return [localDescription, remoteDescription].map(user);
          });
        const restart = async () => {
          const before = await users();
          await Promise.all([ann, bob].map((page) => page.evaluate(() => window.e2e.call().restartIce())));
          const others = async () => (await users()).every((user, at) => user && user !== before[at]);
          await until(others, 'other credentials on both sides');
          await seeEachOther(ann, bob);
        };
        await restart();
        // Firefox does not stand a restart by another browser: there a new connection comes.
        if (kinds[0] === kinds[1]) assert.ok(await isStill(ann, 'Bob', same));
        // What is asked for sooner counts as the same.
        await setTimeout(2_000);
        await restart();
        await nobodyLeft(ann, bob);
      }),
    );
  }

  /** Ends the connection behind the back of the element. */
  const breakOff = (page, name) =>
    page.evaluate((name) => {
      const { call, peer } = window.e2e;
      call().getPeerConnection(peer(name).id).close();
    }, name);

  for (const [kinds, both] of [
    [['chromium', 'chromium'], false],
    [['firefox', 'chromium'], false],
    [['chromium', 'firefox'], false],
    [['chromium', 'firefox'], true],
  ]) {
    const who = both ? kinds.join(' and ') : `${kinds[0]}, with ${kinds[1]},`;
    it(`${who} loses the connection for good`, { timeout: 90_000 }, (test) =>
      call(kinds, async ({ ann, bob }) => {
        await Promise.all([breakOff(ann, 'Bob'), both && breakOff(bob, 'Ann')]);
        test.diagnostic(`${who}: ${await seeEachOther(ann, bob)}`);
      }),
    );
  }

  /** Freezes the hidden tab while `act` runs, and shows it again. */
  async function frozen(page, act) {
    const session = await page.createCDPSession();
    const { windowId } = await session.send('Browser.getWindowForTarget');
    const show = (windowState) =>
      session.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
    await show('minimized');
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await act();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await show('normal');
  }

  it('a tab is frozen for 20 s', { timeout: 120_000 }, () => {
    const act = async ({ ann, bob }) => {
      const mute = (page) => page.evaluate(() => window.e2e.call().toggleAudio(false));
      const hearsOf = (page, name) => {
        const muted = (name) =>
          window.e2e.until(() => window.e2e.peer(name)?.audio === false, `${name} is muted`);
        return page.evaluate(muted, name);
      };
      // Chromium pauses what plays, and does not let it go on by itself.
      await frozen(bob, () => setTimeout(2_000));
      await pictures(bob, 20);
      await frozen(bob, () => Promise.all([mute(ann), setTimeout(20_000)]));
      // What was said meanwhile has arrived, and what is said now does.
      await hearsOf(bob, 'Ann');
      await mute(bob);
      await hearsOf(ann, 'Bob');
      await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
      await Promise.all([pictures(ann, 20), pictures(bob, 20)]);
      await nobodyLeft(ann, bob);
    };
    return call(['firefox', 'chromium'], act, { sound: true });
  });

  it('a page is left, and comes back from the back/forward cache', { timeout: 90_000 }, async () => {
    // Chromium keeps no page whose tracks are live: this one's own camera is given back when it is left. Firefox keeps none
    // that had a camera, a socket or a connection when it was left.
    const shared = { room: randomUUID(), signaling: examples.broker };
    const [ann, bob] = await Promise.all(['firefox', 'returning'].map((kind) => empty(kind)));
    try {
      await talk(ann, { ...shared, name: 'Ann', other: 'Bob' });
      await bob.evaluate(
        async (options) => {
          window.addEventListener('pageshow', ({ persisted }) => (window.persisted = persisted));
          const call = document.createElement('peer-call');
          Object.assign(call, options, { audio: true, video: true });
          document.body.append(call);
          await call.join();
        },
        { ...shared, name: 'Bob' },
      );
      await record(bob, 'Ann');
      await Promise.all([seesSync(bob, 'Ann', ann), pictures(ann, 10)]);
      await bob.goto(`${examples.origin}/fixture?another`);
      await ann.evaluate(() => window.e2e.until(() => !window.e2e.peer('Bob'), 'Bob has left'));
      await bob.goBack();
      const why = () => JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons);
      assert.equal(await bob.evaluate(why), 'null', 'it was in the cache');
      await bob.evaluate(() => window.e2e.until(() => window.persisted, 'the page is shown again'));
      await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
      await Promise.all([seesSync(bob, 'Ann', ann), pictures(ann, 10)]);
      await allWasWell([ann, bob]);
    } finally {
      await Promise.all([ann.close(), bob.close()]);
    }
  });

  it(
    'whom a crashed broker has left behind is not shown, and withdrawn when long gone',
    { timeout: 120_000 },
    async () => {
      const broker = await startPermissive();
      const room = randomUUID();
      try {
        for (const [id, age] of [
          ['young', 0],
          ['old', 24 * 60 * 60_000],
        ]) {
          const ghost = await rogue(broker.url, id);
          const presence = { v: 1, sid: `sid-${id}`, ts: Date.now() - age, name: id };
          await ghost.publish(`pc/1/${room}/p/${id}`, presence, { retain: true });
          ghost.close();
        }
        const act = async ({ ann, bob }) => {
          for (const page of [ann, bob]) {
            // Those that were made for the ghosts have been closed again.
            const alone = () => window.e2e.until(() => window.e2e.left().connections === 1, 'alone', 40_000);
            await page.evaluate(alone);
          }
          await seeEachOther(ann, bob);
          await nobodyLeft(ann, bob);
          const withdrawn = (id) => broker.withdrawn.has(`pc/1/${room}/p/${id}`);
          await until(() => withdrawn('old'), 'the old one is withdrawn');
          assert.equal(withdrawn('young'), false);
        };
        await call(['chromium', 'firefox'], act, { room, signaling: broker.url });
      } finally {
        await broker.close();
      }
    },
  );

  it(
    'who crashes together with Mosquitto, and stands in what that has written down, does not stay',
    { skip: whyNot('mosquitto'), timeout: 120_000 },
    async (test) => {
      const broker = await startMosquitto({ persistent: true });
      test.after(() => broker.close());
      const doomed = await launch('chromium');
      test.after(() => doomed.close());
      const shared = { room: randomUUID(), signaling: broker.url };
      const join = async (browser, name, settings) => {
        const page = await enter(browser, examples, { ...shared, name }, { counted: true, ...settings });
        test.after(() => page.close().catch(() => {}));
        return page;
      };
      // By her clock she came long ago.
      const late = () => {
        const now = Date.now;
        Date.now = () => now() - 11 * 60_000;
      };
      const [ann, bob] = await Promise.all([
        join(doomed, 'Ann', { before: late }),
        join(browsers.firefox, 'Bob'),
      ]);
      await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
      const topic = `pc/1/${shared.room}/p/${await ann.evaluate(() => window.e2e.call().localId)}`;
      await until(() => broker.keeps(topic), 'written down');
      await broker.stop({ killed: true });
      doomed.process().kill('SIGKILL');
      await broker.start();
      const witness = new Raw(broker.url);
      test.after(() => witness.socket.terminate());
      await witness.connect(randomUUID());
      await witness.subscribe(topic);
      await until(() => witness.heard.length, 'her presence is there: nobody has carried out her will');
      const back = Date.now();
      const cid = await join(browsers.chromium, 'Cid');
      await meets(cid, 'Bob');
      // What was made for her has been closed again, before anything was shown of it.
      const alone = () => window.e2e.until(() => window.e2e.left().connections === 1, 'alone', 30_000);
      await Promise.all([cid.evaluate(alone), bob.evaluate(alone)]);
      test.diagnostic(`nothing is left of her after ${Date.now() - back} ms`);
      await Promise.all([meets(cid, 'Bob'), meets(bob, 'Cid')]);
      await until(() => witness.heard.at(-1) === `${topic} `, 'her presence is withdrawn');
      assert.deepEqual((await cid.evaluate(() => window.e2e.told)).departures, []);
      assert.deepEqual((await bob.evaluate(() => window.e2e.told)).departures, ['Ann']);
    },
  );
});

/** A broker that permits everything and tells which topics were `withdrawn`. */
async function startPermissive() {
  const aedes = await Aedes.createBroker();
  const withdrawn = new Set();
  aedes.on('publish', ({ topic, payload, retain }) => {
    if (retain && payload.length === 0) withdrawn.add(topic);
  });
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => aedes.handle(createWebSocketStream(socket), request));
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${server.address().port}/mqtt`,
    withdrawn,
    async close() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((closed) => server.close(closed));
      await new Promise((closed) => aedes.close(closed));
    },
  };
}
