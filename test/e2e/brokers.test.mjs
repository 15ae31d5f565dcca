import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { whyNot } from '../support/daemon.mjs';
import { open, root, useExamples } from '../support/e2e.mjs';
import { startMosquitto } from '../support/mosquitto.mjs';
import { startNats } from '../support/nats.mjs';
import { Raw } from '../support/rogue.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';

const people = ['Ann', 'Bob', 'Cid'];
/** What only those in the call may read; too long to come about by chance. */
const private_ = /"name"|"sid"|a=fingerprint|ice-ufrag|candidate:/;
/** How long a cluster that has lost a node may take until it lets clients in again, in ms. */
const PATIENCE = 60_000;

describe('brokers of others', () => {
  const { examples, browsers, pages } = useExamples();

  /** Joins with pictures that are known again. */
  async function talk(kind, { room, name, signaling }) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
    await page.evaluate(
      async (signaling, attributes, mqtt) => {
        const call = await window.e2e.place(attributes);
        const { urls, prefix, secret } = signaling;
        if (secret) call.secret = secret;
        call.signaling = prefix ? new (await import(mqtt)).MqttSignaling(urls, { prefix }) : signaling;
        await call.join();
      },
      signaling,
      { room, name },
      `/@fs${root}components/engine/signaling/mqtt.ts`,
    );
    await sendSync(page, { tone: 'sine' });
    return page;
  }

  /** Rejects unless each of them sees and hears every other, and nobody has left. */
  async function talking(...members) {
    await seeAndHearEachOther(Object.fromEntries(members.map((page, at) => [people[at], page])));
    for (const page of members)
      assert.deepEqual(await page.evaluate(() => window.e2e.told.departures), [], 'nobody left');
  }

  /** Ann and Bob, and whoever comes next, each with the address of their own. */
  const meet = async (kinds, signaling, room = randomUUID()) => {
    const members = await Promise.all(
      kinds.map((kind, at) => talk(kind, { room, name: people[at], signaling: signaling[at] })),
    );
    await talking(...members);
    return members;
  };

  const reachable = (page, yes) =>
    page.evaluate(
      (yes, patience) => {
        const { call, until } = window.e2e;
        return until(() => call().state.reachable === yes, yes ? 'reachable' : 'out of reach', patience);
      },
      yes,
      PATIENCE,
    );

  /** A stranger enters who says far too much to each of them; resolves when all have told of it. */
  async function flood(url, room, members) {
    const stranger = `flood-${randomUUID()}`;
    const told = members.map((page) =>
      page.evaluate((id) => {
        const { call, until } = window.e2e;
        let told;
        call().addEventListener('call-issue', ({ issue: { peerId, name } }) => {
          if (peerId === id) told ??= name;
        });
        return until(() => told, 'a word about the stranger', 30_000);
      }, stranger),
    );
    const receivers = await Promise.all(
      members.map((page) => page.evaluate(() => window.e2e.call().state.localId)),
    );
    const raw = new Raw(url);
    await raw.connect(stranger);
    const presence = { v: 1, sid: 'stranger', ts: Date.now(), name: 'Mallory' };
    raw.publish(`pc/1/${room}/p/${stranger}`, JSON.stringify(presence), { retain: true });
    const words = JSON.stringify({ v: 1, s: 'stranger', d: 'x', k: 'k', n: 0, a: 0, t: 'ack' });
    for (const receiver of receivers) {
      for (let sent = 0; sent < 3000; sent++) raw.publish(`pc/1/${room}/to/${receiver}/${stranger}`, words);
    }
    assert.deepEqual(await Promise.all(told), ['flooding', 'flooding']);
    raw.publish(`pc/1/${room}/p/${stranger}`, '', { retain: true });
    raw.socket.close();
  }

  const pairs = [
    ['chromium', 'chromium'],
    ['chromium', 'firefox'],
    ['firefox', 'firefox'],
  ];

  describe('Mosquitto', { skip: whyNot('mosquitto') }, () => {
    let broker;
    before(async () => {
      broker = await startMosquitto();
    });
    after(() => broker?.close());

    for (const kinds of pairs) {
      const mixed = kinds[0] !== kinds[1];
      const more = mixed ? ', also while one floods them, whom they cut off and name' : '';
      it(`${kinds.join(' and ')} meet, see and hear each other${more}`, { timeout: 60_000 }, async () => {
        const room = randomUUID();
        const members = await meet(kinds, [broker.url, broker.url], room);
        if (mixed) {
          await flood(broker.url, room, members);
          await talking(...members);
        }
        for (const page of members) assert.deepEqual(page.problems, []);
      });
    }

    it(
      'is used by others, too: chromium and firefox meet by topics of their own, and nobody reads what they say',
      { timeout: 60_000 },
      async () => {
        const witness = new Raw(broker.url);
        await witness.connect(randomUUID());
        await witness.subscribe('#');
        const own = { urls: [broker.url], prefix: 'acme', secret: 'correct horse' };
        await meet(['chromium', 'firefox'], [own, own]);
        assert.deepEqual(new Set(witness.heard.map((words) => words.slice(0, 7))), new Set(['acme/1/']));
        assert.ok(witness.heard.length > 8);
        assert.deepEqual(
          witness.heard.filter((words) => private_.test(words)),
          [],
        );
        witness.socket.terminate();
      },
    );

    it(
      'is killed: the call goes on, and a newcomer comes in when it is back',
      { timeout: 120_000 },
      async () => {
        const room = randomUUID();
        const [ann, bob] = await meet(['chromium', 'firefox'], [broker.url, broker.url], room);
        await broker.stop({ killed: true });
        await Promise.all([reachable(ann, false), reachable(bob, false)]);
        await talking(ann, bob);
        await broker.start();
        await Promise.all([reachable(ann, true), reachable(bob, true)]);
        const cid = await talk('chromium', { room, name: 'Cid', signaling: broker.url });
        await talking(ann, bob, cid);
      },
    );
  });

  describe('a cluster of NATS', { skip: whyNot('nats-server') }, () => {
    let cluster;
    before(async () => {
      cluster = await startNats();
    });
    after(() => cluster?.close());

    for (const kinds of pairs) {
      it(
        `${kinds.join(' and ')} meet at different nodes, see and hear each other`,
        { timeout: 60_000 },
        async () => {
          const members = await meet(kinds, cluster.urls);
          for (const page of members) assert.deepEqual(page.problems, []);
        },
      );
    }

    it('loses a node: its callers go to another one, and meet a newcomer', { timeout: 120_000 }, async () => {
      const room = randomUUID();
      const [one, two, three] = cluster.urls;
      const [ann, bob] = await meet(
        ['firefox', 'chromium'],
        [
          [one, two, three],
          [two, three, one],
        ],
        room,
      );
      await cluster.nodes[0].stop({ killed: true });
      await reachable(ann, false);
      await talking(ann, bob);
      await reachable(ann, true);
      const cid = await talk('chromium', { room, name: 'Cid', signaling: [three, one, two] });
      await talking(ann, bob, cid);
    });
  });
});
