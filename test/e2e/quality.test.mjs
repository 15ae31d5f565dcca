import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { enter, meets, until, useExamples } from '../support/e2e.mjs';

// Each kind of browser watches the other one.
describe('what a call tells of itself', () => {
  const { examples, browsers, pages } = useExamples();

  async function join(browser, room, name) {
    const page = await enter(browsers[browser], examples, { room, name });
    pages.push(page);
    await page.evaluate(() => {
      window.told = { speakers: [], issues: [] };
      const call = window.e2e.call();
      const nameOf = (id) => call.peers.find((peer) => peer.id === id)?.name ?? null;
      call.addEventListener('speaker-change', ({ peerId }) => window.told.speakers.push(nameOf(peerId)));
      call.addEventListener('call-issue', ({ issue }) =>
        window.told.issues.push({ ...issue, peer: nameOf(issue.peerId) }),
      );
    });
    return page;
  }

  /** Ann in Chromium and Bob in Firefox. */
  async function two() {
    const room = randomUUID();
    const [ann, bob] = await Promise.all([join('chromium', room, 'Ann'), join('firefox', room, 'Bob')]);
    await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
    return { ann, bob };
  }

  const volume = (page, value) =>
    page.evaluate((to) => void (document.querySelector('media-generator').volume = to), value);
  const told = (page) => page.evaluate(() => window.told);
  const peer = (page, name) =>
    page.evaluate((who) => {
      const { speaking, quality } = window.e2e.peer(who);
      return { speaking, quality };
    }, name);

  it(
    'tells how well each connection works, and gives the reports themselves',
    { timeout: 90_000 },
    async () => {
      const { ann, bob } = await two();
      for (const [page, name] of [
        [ann, 'Bob'],
        [bob, 'Ann'],
      ]) {
        const { quality } = await until(
          async () => {
            const seen = await peer(page, name);
            const { received, sent, roundTrip } = seen.quality ?? {};
            return received?.frameRate > 0 && sent.frameRate > 0 && roundTrip !== null && seen;
          },
          `the figures of ${name}`,
          45_000,
        );
        for (const direction of [quality.received, quality.sent]) {
          assert.ok(direction.bitrate > 5_000 && direction.bitrate < 5_000_000, `${direction.bitrate} bit/s`);
          assert.ok(direction.width > 0 && direction.width <= 320, `${direction.width} wide`);
          assert.ok(direction.codecs.includes('opus'), String(direction.codecs));
          assert.equal(direction.codecs.length, 2);
        }
        assert.match(quality.score, /^(good|fair|poor)$/);
        assert.equal(quality.candidatePair.protocol, 'udp');

        const reports = await page.evaluate(async (who) => {
          const call = window.e2e.call();
          const { id } = window.e2e.peer(who);
          const types = (report) => [...report.values()].map(({ type }) => type);
          const all = await call.getStats();
          return {
            ids: [...all.keys()].join() === id,
            one: types(await call.getStats(id)),
            all: types(all.get(id)),
          };
        }, name);
        assert.equal(reports.ids, true);
        assert.ok(reports.one.includes('inbound-rtp') && reports.all.includes('inbound-rtp'));
      }
    },
  );

  it('tells who speaks while a tone comes and goes', { timeout: 90_000 }, async () => {
    const { ann, bob } = await two();
    await Promise.all([volume(ann, 0), volume(bob, 0)]);
    const speaks = async (page, name, yes) =>
      until(
        async () => (await peer(page, name)).speaking === yes,
        `${name} ${yes ? 'speaks' : 'is silent'}`,
        45_000,
      );
    await Promise.all([speaks(ann, 'Bob', false), speaks(bob, 'Ann', false)]);
    for (const [speaker, name, listener] of [
      [ann, 'Ann', bob],
      [bob, 'Bob', ann],
    ]) {
      await volume(speaker, 0.5);
      await speaks(listener, name, true);
      await volume(speaker, 0);
      await speaks(listener, name, false);
      const { speakers } = await told(listener);
      assert.equal(speakers.at(-1), name);
    }
    // Neither of them ever heard itself.
    assert.ok(!(await told(ann)).speakers.includes('Ann'));
  });

  it(
    'tells that nothing arrives of what is sent, and when it comes again',
    { timeout: 120_000 },
    async () => {
      const { ann, bob } = await two();
      const active = (page, yes) =>
        page.evaluate(async (on) => {
          const { call } = window.e2e;
          const connection = call().getPeerConnection(call().peers[0].id);
          const sender = connection.getSenders().find(({ track }) => track?.kind === 'video');
          const parameters = sender.getParameters();
          parameters.encodings[0].active = on;
          await sender.setParameters(parameters);
        }, yes);
      const issues = async (page) => (await told(page)).issues.filter(({ name }) => name === 'no-media');
      for (const [sender, name, receiver] of [
        [ann, 'Ann', bob],
        [bob, 'Bob', ann],
      ]) {
        await until(
          async () => (await peer(receiver, name)).quality?.received.frameRate > 0,
          'frames',
          45_000,
        );
        await active(sender, false);
        const [start] = await until(
          async () => {
            const all = await issues(receiver);
            return all.length > 0 && all;
          },
          'the problem',
          45_000,
        );
        assert.equal(start.peer, name);
        assert.equal(start.ended, null);
        await active(sender, true);
        const [, end] = await until(
          async () => {
            const all = await issues(receiver);
            return all.length > 1 && all;
          },
          'its end',
          45_000,
        );
        assert.equal(end.since, start.since);
        assert.ok(end.ended > end.since);
      }
    },
  );

  it('tells in Chromium and Firefox that our own microphone is silent', { timeout: 120_000 }, async () => {
    const { ann, bob } = await two();
    const silent = async (page) =>
      (await told(page)).issues.filter(({ name }) => name === 'silent-microphone');
    await Promise.all([volume(ann, 0), volume(bob, 0)]);
    const begun = (page) => until(async () => (await silent(page)).length === 1, 'the problem', 60_000);
    await Promise.all([begun(ann), begun(bob)]);
    await Promise.all([volume(ann, 0.5), volume(bob, 0.5)]);
    for (const page of [ann, bob]) {
      const end = await until(async () => (await silent(page))[1], 'its end', 30_000);
      assert.equal(end.peerId, null);
      assert.ok(end.ended > end.since);
    }
  });

  it('tells in Chromium and Firefox that a device of ours is withheld', { timeout: 120_000 }, async () => {
    const { ann, bob } = await two();
    const withheld = async (page) =>
      (await told(page)).issues.filter(({ name }) => name === 'muted-by-system');
    // What comes over a connection is muted by the browser itself, as what comes from a device is by the system.
    const relay = (page) =>
      page.evaluate(async () => {
        const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
        from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
        to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
        const { audioTrack, videoTrack } = document.getElementById('camera');
        const [sound] = [audioTrack, videoTrack].map((track) => from.addTransceiver(track));
        window.give = async (yes) => {
          sound.direction = yes ? 'sendonly' : 'inactive';
          await from.setLocalDescription();
          await to.setRemoteDescription(from.localDescription);
          await to.setLocalDescription();
          await from.setRemoteDescription(to.localDescription);
        };
        await window.give(true);
        const tracks = to.getReceivers().map(({ track }) => track);
        window.e2e.call().srcObject = new MediaStream(tracks);
        await window.e2e.until(() => tracks.every(({ muted }) => !muted), 'relayed tracks');
      });
    const give = (page, yes) => page.evaluate((on) => window.give(on), yes);
    await Promise.all([relay(ann), relay(bob)]);
    await Promise.all([give(ann, false), give(bob, false)]);
    for (const page of [ann, bob]) {
      const begin = await until(async () => (await withheld(page))[0], 'the problem', 30_000);
      assert.equal(begin.peerId, null);
      assert.equal(begin.ended, null);
    }
    await Promise.all([give(ann, true), give(bob, true)]);
    for (const page of [ann, bob]) {
      const [begin, end] = await until(
        async () => {
          const all = await withheld(page);
          return all.length > 1 && all;
        },
        'its end',
        30_000,
      );
      assert.equal(end.since, begin.since);
      assert.ok(end.ended > end.since);
    }
  });
});
