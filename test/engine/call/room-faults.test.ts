import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { until } from '../../support/wait.js';
import { joinAll, type Member, nameOf, pair, picture, Wire } from './support.js';

interface Words {
  readonly s: string;
  readonly d: string;
  readonly k: string;
  n: number;
}

/** Who speaks in which conversation to this member, and how far it has come. */
function lastWords(wire: Wire, to: Member): Words {
  const words = wire.log
    .filter((message) => message.to === to.id)
    .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as Words);
  const { s, d, k } = words[0]!;
  return { s, d, k, n: Math.max(...words.map(({ n }) => n)) };
}

/** What the peer of this connection could offer next, with so many media besides. */
function withMoreMedia({ remoteDescription }: RTCPeerConnection, count: number): string {
  const sdp = remoteDescription!.sdp.replace(/^a=setup:.*$/gm, 'a=setup:actpass');
  const shared = ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'].map(
    (name) => new RegExp(`^a=${name}:.*$`, 'm').exec(sdp)![0],
  );
  const mids = Array.from({ length: count }, (_, index) => `more${index}`);
  const sections = mids.map((mid) =>
    [
      ...['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'c=IN IP4 0.0.0.0', 'a=rtpmap:0 PCMU/8000', 'a=rtcp-mux'],
      ...[`a=mid:${mid}`, 'a=sendonly', ...shared, ''],
    ].join('\r\n'),
  );
  return sdp.replace(/^a=group:BUNDLE.*$/m, (line) => [line, ...mids].join(' ')) + sections.join('');
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('Room: faults', () => {
  const members: Member[] = [];
  const two = (speed?: number): [Member, Member] => {
    const both = pair({ speed });
    members.push(...both);
    return both;
  };
  const call = async (speed?: number): Promise<[Member, Member, Wire]> => {
    const [one, other] = two(speed);
    const wire = new Wire();
    await joinAll([one, other], { signaling: wire });
    await one.connected(other);
    await other.connected(one);
    await until(() => one.peer(other) && other.peer(one));
    return [one, other, wire];
  };

  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock, events } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
      expect(
        events.flatMap((event) => (event instanceof ErrorEvent ? event.message : [])).join(),
        'errors',
      ).to.equal('');
    }
    members.length = 0;
  });

  describe('a member that crashes', () => {
    for (const noticed of [true, false]) {
      it(`is gone soon where the transport ${noticed ? 'notices' : 'does not notice'}`, async function () {
        this.timeout(60_000);
        const both = await call(8);
        // Once the first offerer, which mends by itself, and once the other, which asks for it.
        const [gone, left] = noticed ? [both[1], both[0]] : [both[0], both[1]];
        both[2].cut(gone.id, noticed);
        // Nobody hears it.
        gone.room.leave();
        await until(() => left.state.peers.length === 0, 'gone', 40_000);
        expect(left.count('peer-leave')).to.equal(1);
        expect(left.state.status).to.equal('waiting');
      });
    }

    it('that comes back under the same id is another one', async () => {
      const [one, other, wire] = await call();
      wire.cut(other.id, true);
      other.room.leave();
      await pause(2);
      wire.heal(other.id);
      await joinAll([other], { signaling: wire });
      await until(() => one.count('peer-join') === 2, 'joined again');
      await one.connected(other);
      expect([one.state.peers.length, one.count('peer-leave')]).to.deep.equal([1, 1]);
    });
  });

  describe('a lost way to the room', () => {
    it('cuts no media, and what was said meanwhile arrives afterwards', async () => {
      const [one, other, wire] = await call(8);
      for (const { id } of [one, other]) {
        wire.reachable(id, false);
        wire.cut(id, false);
      }
      one.room.setVideo(false);
      one.room.setStream(picture('red'));
      one.room.setVideo(true);
      // As the clocks of these two go, that is 16 s and more.
      await pause(2500);
      for (const member of [one, other]) {
        expect(member.state.status).to.equal('connected');
        expect(member.count('peer-leave')).to.equal(0);
      }
      for (const { id } of [one, other]) {
        wire.heal(id);
        wire.reachable(id, true);
      }
      expect(nameOf(await other.sees(one))).to.equal('red');
      expect([one.count('peer-join'), other.count('peer-join')]).to.deep.equal([1, 1]);
    });

    it('of the others alone cuts no media either, though their presence is withdrawn and nothing is answered', async () => {
      const [one, other, wire] = await call(8);
      wire.cut(other.id, false);
      wire.presence(one.id, other.id, null);
      one.room.setStream(picture('red'));
      await pause(2500);
      expect([one.state.status, one.state.peers.length]).to.deep.equal(['connected', 1]);
      wire.heal(other.id);
      wire.presence(one.id, other.id, wire.presences.get(other.id)!);
      expect(nameOf(await other.sees(one))).to.equal('red');
      expect([one.count('peer-join'), other.count('peer-join')]).to.deep.equal([1, 1]);
      expect([one.count('peer-leave'), other.count('peer-leave')]).to.deep.equal([0, 0]);
    });
  });

  describe('a member that was dropped by the other alone', () => {
    it('begins anew with it', async () => {
      const [one, other, wire] = await call(8);
      // One loses the other for good: no word and no media. The other only misses the media.
      wire.cut(one.id, false);
      one.connections.at(-1)!.close();
      one.connections.at(-1)!.dispatchEvent(new Event('connectionstatechange'));
      wire.presence(one.id, other.id, null);
      await until(() => one.state.peers.length === 0, 'dropped', 20_000);
      wire.heal(one.id);
      wire.presence(one.id, other.id, wire.presences.get(other.id)!);
      await until(() => one.count('peer-join') === 2 && other.count('peer-join') === 2, 'both again', 20_000);
      await one.connected(other);
      await other.connected(one);
    });
  });

  describe('hostile messages', () => {
    it('have no effect, are counted, and the call goes on', async () => {
      const [one, other, wire] = await call();
      const { ignored } = one.state;
      const { s, d, k } = lastWords(wire, one);
      const frame = (more: object): string =>
        JSON.stringify({ v: 1, s, d, k, n: 0, a: 0, t: 'ack', ...more });
      const bad = [
        '',
        'null',
        '[]',
        '{"v":1',
        '"' + 'x'.repeat(70_000) + '"',
        frame({ v: 2 }),
        frame({ s: 'a/b' }),
        frame({ d: 'somebody' }),
        frame({ k: '' }),
        frame({ n: -2 }),
        frame({ n: 1.5 }),
        frame({ n: '1' }),
        frame({ a: -1 }),
        frame({ ak: 'an_earlier_one' }),
        frame({ ak: {} }),
        frame({ t: 'x'.repeat(17) }),
        frame({ t: 7 }),
        frame({ k: 'another', ak: 'another' }),
      ];
      for (const text of bad) wire.message(one.id, other.id, text);
      // From senders that are no peers, or ourselves.
      for (const from of ['', 'a b', 'x'.repeat(65), one.id]) wire.message(one.id, from, frame({}));
      const presences = [
        '',
        '{}',
        '{"v":2,"sid":"a","ts":1}',
        '{"v":1,"sid":"a b","ts":1}',
        '{"v":1,"sid":"a","ts":-1}',
      ];
      presences.push(
        '{"v":1,"sid":"a","ts":1,"name":7}',
        `{"v":1,"sid":"a","ts":1,"x":"${'x'.repeat(2100)}"}`,
      );
      for (const text of presences) wire.presence(one.id, 'stranger', text);
      await until(() => one.state.ignored - ignored >= bad.length + 4 + presences.length, 'counted');
      expect(one.state.ignored - ignored).to.equal(bad.length + 4 + presences.length);
      expect(one.state.peers.length).to.equal(1);
      one.room.setStream(picture('red'));
      expect(nameOf(await other.sees(one))).to.equal('red');
    });

    it('of one that floods have it cut off, and named', async () => {
      const [one, other, wire] = await call();
      await until(() => one.quiet && other.quiet, 'quiet');
      const words = JSON.stringify({ ...lastWords(wire, one), v: 1, a: 0, t: 'ack' });
      for (let count = 0; count < 5_000; count++) wire.message(one.id, other.id, words);
      await until(() => one.state.peers.length === 0, 'cut off');
      const issue = await until(() => one.state.issues.find(({ name }) => name === 'flooding'), 'an issue');
      expect(issue.peerId).to.equal(other.id);
      expect(one.state.status).to.equal('waiting');
    });

    it('of the peer itself have no effect either', async () => {
      const [one, other, wire] = await call();
      await until(() => one.quiet && other.quiet, 'quiet');
      const words = lastWords(wire, one);
      const { ignored } = one.state;
      const bodies: [string, unknown][] = [
        ['unknown', {}],
        ['hello', null],
        ['hello', { v: 1, sid: 'another', ts: 1 }],
        ['desc', null],
        ['desc', { c: 1, type: 'rollback', sdp: '' }],
        ['desc', { c: 0, type: 'offer', sdp: '' }],
        ['desc', { c: 1, type: 'offer', sdp: 7 }],
        ['desc', { c: 1, type: 'offer', sdp: 'v=0\r\nnonsense' }],
        ['desc', { c: 2, type: 'offer', sdp: 'v=0' }],
        ['desc', { c: 1, type: 'offer', sdp: withMoreMedia(one.connections.at(-1)!, 100) }],
        ['cands', { c: 1, list: 'x' }],
        ['cands', { c: 1, list: [{ candidate: 7 }] }],
        ['cands', { c: 1, list: Array.from({ length: 300 }, () => ({ candidate: '' })) }],
        // Firefox takes this one without a word.
        ['cands', { c: 1, list: [{ candidate: 'candidate:nonsense', sdpMid: '0' }] }],
        ['restart', {}],
        ['restart', { c: 7 }],
        ['state', { audio: 1, video: true, screen: null }],
        ['state', { audio: true, video: true, screen: 'x'.repeat(300) }],
        ['__proto__', { constructor: 1 }],
      ];
      for (const [t, b] of bodies) {
        wire.message(one.id, other.id, JSON.stringify({ ...words, v: 1, n: ++words.n, a: 0, t, b }));
      }
      await until(() => one.state.ignored - ignored >= bodies.length - 1, 'counted');
      expect(one.state.ignored - ignored).to.be.within(bodies.length - 1, bodies.length);
      expect([one.state.status, one.peer(other)!.audio]).to.deep.equal(['connected', false]);
      expect(one.connections.at(-1)!.getTransceivers().length).to.be.below(10);
    });

    it('cannot be made of random bytes or of random JSON', async function () {
      this.retries(0);
      const [one, other, wire] = await call();
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
          wire.message(one.id, other.id, bytes);
          wire.presence(one.id, 'stranger', bytes);
        }),
        { numRuns: 500 },
      );
      fc.assert(
        fc.property(fc.json(), (text) => {
          wire.message(one.id, other.id, text);
          wire.presence(one.id, 'stranger', text);
        }),
        { numRuns: 500 },
      );
      let changes = 0;
      one.room.store.subscribe(() => changes++);
      // What the other really says is not heard either in such a noise.
      await until(() => one.state.ignored >= 2000, 'counted');
      expect(changes, 'told together').to.be.below(10);
      expect(one.state.status).to.equal('connected');
    });

    it('cannot be replayed, neither in this life nor in a later one', async () => {
      const [one, other, wire] = await call();
      const replay = (): void => {
        for (const { to, from, payload } of [...wire.log]) if (to === one.id) wire.message(to, from, payload);
      };
      replay();
      await pause(200);
      expect([one.state.status, one.count('peer-join')]).to.deep.equal(['connected', 1]);
      other.room.leave();
      await until(() => one.state.peers.length === 0);
      const { ignored } = one.state;
      replay();
      wire.presence(one.id, other.id, wire.presences.get(other.id)!);
      expect(one.state.peers.length).to.equal(0);
      await until(() => one.state.ignored > ignored, 'counted');
      one.room.leave();
      await joinAll([one], { signaling: wire });
      replay();
      await pause(200);
      expect([one.state.peers.length, one.open]).to.deep.equal([0, 1]);
    });

    it('of a crowd of made-up members open no more than 50 connections', async () => {
      const [one, other, wire] = await call();
      const warn = console.warn;
      let warnings = 0;
      console.warn = () => warnings++;
      try {
        for (let index = 0; index < 80; index++) {
          wire.presence(one.id, `ghost${index}`, JSON.stringify({ v: 1, sid: `s${index}`, ts: 1 }));
        }
      } finally {
        console.warn = warn;
      }
      expect(one.open).to.equal(50);
      expect(warnings).to.equal(1);
      expect([one.state.peers.length, one.state.peers[0]!.id]).to.deep.equal([1, other.id]);
      for (let index = 0; index < 80; index++) wire.presence(one.id, `ghost${index}`, null);
      await until(() => one.open === 1, 'ghosts are gone');
    });
  });
});
