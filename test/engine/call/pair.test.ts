import { expect } from '@open-wc/testing';
import type { CallIssueEvent } from '../../../components/engine/call/events.js';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { framesShown, play } from '../../support/media.js';
import { until } from '../../support/wait.js';
import {
  FakeClock,
  joinAll,
  type Member,
  type MemberOptions,
  nameOf,
  pair,
  picture,
  Wire,
  type WireFrame,
} from './support.js';

/** A network that carries no media: the addresses that the two tell each other are nobody's. */
const withoutMedia = (frame: WireFrame): WireFrame => {
  const nowhere = (text: string): string =>
    text
      .replace(/(candidate:\S+ \d+ \S+ \d+) \S+/g, '$1 198.51.100.1')
      .replace(/ raddr \S+/g, ' raddr 0.0.0.0');
  if (frame.t === 'desc') {
    const body = frame.b as { readonly sdp: string };
    return { ...frame, b: { ...body, sdp: nowhere(body.sdp) } };
  }
  if (frame.t !== 'cands') return frame;
  const body = frame.b as { readonly list: readonly RTCIceCandidateInit[] };
  const list = body.list.map((one) => ({ ...one, candidate: nowhere(one.candidate ?? '') }));
  return { ...frame, b: { ...body, list } };
};

const opened = ({ events }: Member, type: string): string[] =>
  events.filter((event) => event.type === type).map((event) => (event as Event & { peerId: string }).peerId);

describe('Pair: recovery', () => {
  const members: Member[] = [];
  const borrowed: { stop(): void }[] = [];
  let wire: Wire;
  const two = (options?: MemberOptions): [Member, Member] => {
    const both = pair(options);
    members.push(...both);
    return both;
  };
  const draw = (color: string) => {
    const stream = picture(color);
    borrowed.push(stream);
    return stream;
  };
  const call = async (options?: MemberOptions): Promise<[Member, Member]> => {
    const both = two(options);
    await joinAll(both, { signaling: wire });
    await both[0].connected(both[1]);
    await both[1].connected(both[0]);
    return both;
  };
  const connection = (of: Member, to: Member): RTCPeerConnection => of.room.getPeerConnection(to.id)!;
  /** Both are connected by a connection that is not the one of before. */
  const renewed = async (one: Member, other: Member, before: readonly RTCPeerConnection[]): Promise<void> => {
    for (const [self, peer] of [
      [one, other],
      [other, one],
    ] as const) {
      await until(
        () => self.peer(peer)?.status === 'connected' && !before.includes(connection(self, peer)),
        'another connection',
        15_000,
      );
    }
  };
  /** Lets time pass in a clock that stands, and the browser do its part. */
  const pass = async <T>(clock: FakeClock, condition: () => T, what: string): Promise<void> => {
    await until(
      () => {
        if (condition()) return true;
        clock.advance(250);
        return false;
      },
      what,
      30_000,
    );
  };

  beforeEach(() => {
    wire = new Wire();
  });
  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
    }
    for (const stream of borrowed) stream.stop();
    members.length = 0;
    borrowed.length = 0;
  });

  for (const [who, closing] of [
    ['the first offerer', [0]],
    ['the other', [1]],
    ['both', [0, 1]],
  ] as const) {
    it(`makes another connection when ${who} closed it, and shows it in the same stream`, async function () {
      this.timeout(40_000);
      const both = two();
      const [one, other] = both;
      one.room.setStream(draw('red'));
      other.room.setStream(draw('blue'));
      other.room.setAudio(false);
      await joinAll(both, { signaling: wire });
      expect(nameOf(await one.sees(other))).to.equal('blue');
      expect(nameOf(await other.sees(one))).to.equal('red');
      // One that did not close it itself has a player that goes on without a break.
      const [self, peer] = closing[0] === 0 ? [other, one] : [one, other];
      const { stream } = self.peer(peer)!;
      const video = await play(stream!);
      video.autoplay = true;
      let ended = 0;
      for (const type of ['ended', 'emptied', 'pause']) video.addEventListener(type, () => ended++);
      const before = [connection(one, other), connection(other, one)];
      for (const index of closing) before[index]!.close();
      await renewed(one, other, before);
      await framesShown(video);
      if (closing.length === 1) expect(ended, 'interruptions of the player').to.equal(0);
      video.remove();
      expect(self.peer(peer)!.stream === stream, 'the same stream').to.equal(true);
      expect(nameOf(await one.sees(other))).to.equal('blue');
      expect(nameOf(await other.sees(one))).to.equal('red');
      for (const [self, peer] of [both, [...both].reverse() as [Member, Member]]) {
        expect([self.state.status, self.count('peer-join'), self.count('peer-leave')]).to.deep.equal([
          'connected',
          1,
          0,
        ]);
        expect(self.open, 'the former one is closed').to.equal(1);
        expect(self.peer(peer)!.video).to.equal(true);
        expect(self.errors.length).to.equal(0);
      }
      expect(one.peer(other)!.audio, 'what was said before').to.equal(false);
    });
  }

  /** Two that are connected, in a time that stands, what restarts their ICE, and how often the first offerer did so. */
  const standing = async () => {
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    let asked = 0;
    void joinAll([one], { signaling: wire, iceServers: () => (asked++, []) });
    void joinAll([other], { signaling: wire });
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    const before = asked;
    const ufrag = () => /ice-ufrag:(\S+)/.exec(connection(one, other).localDescription?.sdp ?? '')?.[1];
    const restart = async (by: Member): Promise<void> => {
      const before = ufrag();
      by.room.restartIce();
      const done = () => ufrag() !== before && connection(one, other).signalingState === 'stable';
      await until(done, 'a restart');
    };
    return { clock, both, restart, restarts: () => asked - before };
  };

  for (const [who, first] of [
    ['the first offerer', 0],
    ['the other', 1],
  ] as const) {
    it(`restarts ICE once when both ask for it at about the same time, ${who} first`, async () => {
      const { clock, both, restart, restarts } = await standing();
      const [one, other] = both;
      await restart(both[first]);
      const told = wire.log.length;
      for (const { room } of both) room.restartIce();
      await until(() => wire.log.length > told, 'the other asks');
      clock.advance(2000);
      await restart(one);
      expect(restarts(), 'at once, and later').to.equal(2);
      await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
      expect([one.connections.length, other.connections.length]).to.deep.equal([1, 1]);
    });
  }

  it('makes a new connection in place of a restart that Firefox would get from another browser', async () => {
    wire.alter = (frame) => {
      const body = frame.b as { readonly type?: string; readonly sdp: string };
      if (body?.type !== 'answer') return frame;
      return { ...frame, b: { ...body, sdp: body.sdp.replace(/^o=-/m, 'o=mozilla') } };
    };
    const { clock, both, restart } = await standing();
    for (const [at, by] of [...both, ...both].entries()) {
      await restart(by);
      await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
      const made = navigator.userAgent.includes('Firefox') ? 1 : at + 2;
      expect(both.map(({ connections }) => connections.length)).to.deep.equal([made, made]);
      expect(both.map(({ open }) => open)).to.deep.equal([1, 1]);
      clock.advance(2000);
    }
  });

  it('climbs from rung to rung where nothing gets through, ends after 60 s, and begins anew when it is told to', async function () {
    this.timeout(60_000);
    wire.alter = withoutMedia;
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    void joinAll(both, { signaling: wire });
    await pass(clock, () => both.every(({ state }) => state.status === 'connecting'), 'both know each other');
    const begun = clock.now();
    const at = (count: number) => pass(clock, () => one.connections.length >= count, `${count} connections`);
    await pass(clock, () => one.offers === 2, 'the restart');
    expect(clock.now() - begun, 'the watchdog').to.be.within(4000, 8000);
    expect([one.state.status, one.connections.length]).to.deep.equal(['connecting', 1]);
    await at(2);
    expect(clock.now() - begun).to.be.within(9000, 16_000);
    await at(4);
    expect(other.connections.length).to.be.within(3, 5);
    await pass(clock, () => both.every(({ state }) => state.status === 'waiting'), 'given up');
    expect(clock.now() - begun).to.be.within(55_000, 70_000);
    const made = one.connections.length;
    expect(made, 'all in all').to.be.within(6, 9);
    for (const member of both) {
      expect(member.state.peers.map(({ status }) => status)).to.deep.equal(['failed']);
      expect(member.count('peer-leave')).to.equal(0);
      expect(
        member.errors.map(({ code }) => ['connection-failed', 'network-blocked'].includes(code)),
      ).to.deep.equal([true]);
    }
    // What was on its way is said and acknowledged first.
    const gathered = ({ connections }: Member): boolean =>
      connections.every((one) => one.signalingState === 'closed' || one.iceGatheringState === 'complete');
    await until(() => both.every(gathered), 'all candidates');
    await until(() => {
      const before = wire.log.length;
      clock.advance(5000);
      return wire.log.length === before;
    }, 'silence');
    const said = wire.log.length;
    clock.advance(300_000);
    expect(wire.log.length - said, 'nothing is tried after that').to.equal(0);
    wire.alter = (frame) => frame;
    // By the one who cannot do it itself.
    other.room.restartIce();
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    expect(one.connections.length).to.be.within(made, made + 2);
  });

  it('connects as soon as the network lets it', async function () {
    this.timeout(40_000);
    wire.alter = withoutMedia;
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    void joinAll(both, { signaling: wire });
    await pass(clock, () => one.connections.length === 3, 'two new ones');
    wire.alter = (frame) => frame;
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    expect([...one.errors, ...other.errors].length).to.equal(0);
    expect(connection(one, other).connectionState).to.equal('connected');
  });

  for (const [who, at] of [
    ['the first offerer', 0],
    ['the other', 1],
  ] as const) {
    it(`begins anew after all was in vain as often as it takes, when ${who} alone is told to`, async function () {
      this.timeout(60_000);
      wire.alter = withoutMedia;
      const clock = new FakeClock();
      const both = two({ clock });
      const by = both[at];
      void joinAll(both, { signaling: wire });
      await pass(
        clock,
        () => both.every(({ state }) => state.status === 'connecting'),
        'both know each other',
      );
      await pass(clock, () => both.every(({ state }) => state.status === 'waiting'), 'given up');
      const made = by.connections.length;
      by.room.restartIce();
      await pass(clock, () => by.connections.length > made, 'a new one in vain');
      wire.alter = (frame) => frame;
      await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    });
  }

  it('waits while it is offline, and begins at once when it is online', async () => {
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    void joinAll(both, { signaling: wire });
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    for (const { network } of both) network('offline');
    const before = [connection(one, other), connection(other, one)];
    for (const { id } of both) wire.reachable(id, false);
    for (const each of before) each.close();
    // Its own closing is noticed when something makes it look.
    for (const { network } of both) network('awake');
    for (let second = 0; second < 120; second++) clock.advance(1000);
    for (const member of both) {
      expect(member.state.peers.map(({ status }) => status)).to.deep.equal(['offline']);
      expect([member.connections.length, member.errors.length]).to.deep.equal([1, 0]);
    }
    for (const { id } of both) wire.reachable(id, true);
    expect(one.connections.length, 'still offline').to.equal(1);
    for (const { network } of both) network('online');
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected again');
    expect(before.includes(connection(one, other))).to.equal(false);
  });

  it('waits while nothing can be told, and goes on when there is a way', async () => {
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    void joinAll(both, { signaling: wire });
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    for (const { id } of both) {
      wire.reachable(id, false);
      wire.cut(id, false);
    }
    for (const each of [connection(one, other), connection(other, one)]) each.close();
    for (const { network } of both) network('awake');
    for (let second = 0; second < 40; second++) clock.advance(1000);
    for (const { state, connections } of both) {
      expect([state.status, state.peers.length, connections.length]).to.deep.equal(['reconnecting', 1, 1]);
    }
    for (const { id } of both) {
      wire.heal(id);
      wire.reachable(id, true);
    }
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected again');
    expect([...one.errors, ...other.errors].length).to.equal(0);
  });

  it('does not count the time in which the page was frozen', async () => {
    const clock = new FakeClock();
    const both = two({ clock });
    const [one, other] = both;
    void joinAll(both, { signaling: wire });
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected');
    wire.alter = withoutMedia;
    connection(one, other).close();
    await pass(clock, () => other.state.status === 'reconnecting' && one.connections.length === 2, 'trouble');
    clock.freeze(600_000);
    wire.alter = (frame) => frame;
    for (const { network } of both) network('awake');
    await pass(clock, () => both.every(({ state }) => state.status === 'connected'), 'connected again');
    expect([...one.errors, ...other.errors].length).to.equal(0);
  });

  it('takes no notice of what is late, comes twice or is meant for another connection', async function () {
    this.timeout(40_000);
    const both = await call();
    const [one, other] = both;
    const before = [connection(one, other), connection(other, one)];
    before[1]!.close();
    await renewed(one, other, before);
    const [now] = [connection(one, other)];
    for (const [to, from] of [both, [...both].reverse() as [Member, Member]]) {
      const words = wire.log
        .filter((message) => message.to === to.id)
        .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as WireFrame);
      const { s, d, k } = words[0]!;
      let n = Math.max(...words.map((frame) => frame.n));
      const say = (t: string, b: unknown): void => {
        n++;
        wire.message(to.id, from.id, JSON.stringify({ v: 1, s, d, k, n, a: 0, t, b }));
      };
      const { ignored } = to.state;
      // Everything again as if it were new, in the order of before and in the reverse.
      const old = words.filter(
        ({ t, b }) => ['desc', 'cands', 'restart'].includes(t) && (b as { c: number }).c === 1,
      );
      expect(old.length).to.be.above(1);
      for (const { t, b } of [...old, ...[...old].reverse()]) say(t, b);
      const offer = words.find(({ t }) => t === 'desc')!.b as object;
      const [c, far] = [2, 100];
      say('desc', { ...offer, c: far, type: 'offer' });
      say('desc', { ...offer, c: c + 1, type: 'answer' });
      say('cands', { c: c + 1, list: [] });
      say('restart', { c: c + 2 });
      // An answer that nobody waits for.
      say('desc', { ...offer, c, type: 'answer' });
      await until(() => to.state.ignored >= ignored + 2 * old.length + 4, 'ignored');
    }
    expect(connection(one, other) === now && now!.connectionState === 'connected').to.equal(true);
    expect([one.state.status, other.state.status]).to.deep.equal(['connected', 'connected']);
  });

  it('takes an address that comes late for a connection that the page has closed', async () => {
    const [one, other] = await call();
    const before = [connection(one, other), connection(other, one)];
    const words = wire.log
      .filter(({ to }) => to === other.id)
      .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as WireFrame);
    const n = Math.max(...words.map((frame) => frame.n)) + 1;
    const late = words.find(({ t }) => t === 'cands')!;
    before[1]!.close();
    // Whatever it throws would stop all that comes after it.
    wire.message(other.id, one.id, JSON.stringify({ ...late, n }));
    await renewed(one, other, before);
    expect([...one.errors, ...other.errors].length).to.equal(0);
  });

  it('shows what comes over the new connection, also where the old one is in the middle of a restart', async function () {
    this.timeout(40_000);
    const both = two();
    const [one, other] = both;
    one.room.setStream(draw('red'));
    await joinAll(both, { signaling: wire });
    expect(nameOf(await other.sees(one))).to.equal('red');
    const before = [connection(one, other), connection(other, one)];
    // The answer to a restart takes long, and meanwhile there is another connection.
    const [, slow] = before;
    const describe = slow!.setLocalDescription.bind(slow);
    let answering = false;
    let arrived!: () => void;
    const tracks = new Promise<void>((resolve) => (arrived = resolve));
    slow!.setLocalDescription = async () => {
      answering = true;
      await describe();
      await tracks;
    };
    other.made = (next) => next.addEventListener('track', () => setTimeout(arrived));
    one.room.restartIce();
    await until(() => answering, 'the restart');
    wire.alter = (frame) => (frame.t === 'restart' ? { ...frame, b: { c: 2 } } : frame);
    other.room.restartIce();
    await renewed(one, other, before);
    expect(nameOf(await other.sees(one))).to.equal('red');
  });

  it('makes no more connections than there is reason for, whatever the peer wants', async () => {
    const [one, other] = await call();
    const { log } = wire;
    const words = log
      .filter(({ to }) => to === one.id)
      .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as WireFrame);
    const { s, d, k } = words[0]!;
    let n = Math.max(...words.map((frame) => frame.n));
    for (let c = 2; c < 100; c++) {
      wire.message(one.id, other.id, JSON.stringify({ v: 1, s, d, k, n: ++n, a: 0, t: 'restart', b: { c } }));
      await Promise.resolve();
    }
    await until(() => one.state.ignored >= 90, 'ignored');
    expect(one.connections.length).to.be.below(7);
  });

  it('asks for no more servers than there is reason for, whatever the peer wants', async () => {
    let asked = 0;
    const both = two();
    const iceServers = (): RTCIceServer[] => (asked++, []);
    await joinAll(both, { signaling: wire, iceServers });
    const [one, other] = both;
    await Promise.all([one.connected(other), other.connected(one)]);
    const words = wire.log
      .filter(({ to }) => to === one.id)
      .map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as WireFrame);
    const { s, d, k } = words[0]!;
    let n = Math.max(...words.map((frame) => frame.n));
    for (let count = 0; count < 60; count++) {
      const frame = { v: 1, s, d, k, n: ++n, a: 0, t: 'restart', b: { c: 1 } };
      wire.message(one.id, other.id, JSON.stringify(frame));
      await Promise.resolve();
    }
    await until(() => one.state.ignored >= 50, 'ignored');
    expect(asked).to.be.below(12);
  });

  /** The wire, and which members it is told to be gone. */
  const tellingOf = (gone: string[]): Signaling => ({
    open: async (...args) =>
      Object.assign(await wire.open(args[0], args[1]), { gone: (peer: string) => void gone.push(peer) }),
  });

  it('tells its transport of a member that is out of reach for good', async () => {
    const gone: string[] = [];
    wire.alter = withoutMedia;
    const [one, other] = two({ speed: 10 });
    await joinAll([one, other], { signaling: tellingOf(gone) });
    await until(() => one.peer(other), 'seen');
    wire.cut(other.id, true);
    await until(() => one.count('peer-leave') === 1, 'lost');
    expect(gone).to.deep.equal([other.id]);
  });

  it('says nothing of a member that has left', async () => {
    const gone: string[] = [];
    const [one, other] = two();
    await joinAll([one, other], { signaling: tellingOf(gone) });
    await Promise.all([one.connected(other), other.connected(one)]);
    wire.cut(other.id, false);
    other.room.leave();
    await until(() => one.state.peers[0]?.connectionState !== 'connected', 'hung up');
    wire.presence(one.id, other.id, null);
    await until(() => one.count('peer-leave') === 1, 'left');
    expect(gone).to.deep.equal([]);
  });

  it('says at once why there is no way where only relays are allowed and there are none', async () => {
    const both = two();
    await joinAll(both, { signaling: wire, iceTransportPolicy: 'relay' });
    const [error] = await until(() => (both[0].errors.length > 0 ? both[0].errors : null), 'the error');
    expect(error!.code).to.equal('network-blocked');
    const issue = await until(() => both[0].state.issues[0], 'the issue');
    expect([issue.name, issue.peerId, issue.message]).to.deep.equal([
      'network-blocked',
      both[1].id,
      error!.message,
    ]);
    expect(both[0].state.peers.map(({ status }) => status)).to.deep.equal(['failed']);
    both[0].room.leave();
    const told = both[0].events.filter(({ type }) => type === 'call-issue') as CallIssueEvent[];
    expect(told.map((event) => event.issue.ended === null)).to.deep.equal([true, false]);
  });

  it('asks for the ICE servers again before each restart, and configures the connection with them', async () => {
    let asked = 0;
    const iceServers = () => [{ urls: `stun:127.0.0.1:${++asked + 4000}` }];
    const both = two();
    const [one, other] = both;
    await joinAll(both, { signaling: wire, iceServers });
    await one.connected(other);
    const before = asked;
    one.room.restartIce();
    await until(() => asked > before, 'asked again');
    await until(() => {
      const [server] = connection(one, other).getConfiguration().iceServers!;
      return [server!.urls].flat()[0] === `stun:127.0.0.1:${before + 1 + 4000}`;
    }, 'configured');
    expect(opened(one, 'connectionstatechange').every((id) => id === other.id)).to.equal(true);
  });

  it('asks for them again where the peer makes another connection', async function () {
    this.timeout(20_000);
    const [one, other] = two();
    let asked = 0;
    const iceServers = () => [{ urls: `stun:127.0.0.1:${++asked + 4000}` }];
    await joinAll([one], { signaling: wire });
    await joinAll([other], { signaling: wire, iceServers });
    await Promise.all([one.connected(other), other.connected(one)]);
    const [before, both] = [asked, [connection(one, other), connection(other, one)]];
    both[0]!.close();
    await renewed(one, other, both);
    await until(() => asked > before, 'asked again');
  });

  it('restarts ICE with the servers that it has while no others come', async () => {
    let asked = 0;
    const iceServers = () => (asked++ < 2 ? [] : new Promise<never>(() => {}));
    const [one, other] = two();
    await joinAll([one, other], { signaling: wire, iceServers });
    await one.connected(other);
    const { sdp } = connection(one, other).localDescription!;
    const begin = performance.now();
    one.room.restartIce();
    await until(() => asked > 2, 'asked again');
    await until(() => connection(one, other).localDescription!.sdp !== sdp, 'a restart');
    expect(performance.now() - begin).to.be.below(4000);
  });

  it('has servers of now on both sides, whichever of them restarts ICE', async () => {
    const both = two({ speed: 10 });
    const [one, other] = both;
    let asked = 0;
    const iceServers = () => [{ urls: `stun:127.0.0.1:${++asked + 4000}` }];
    await Promise.all([
      joinAll([one], { signaling: wire }),
      joinAll([other], { signaling: wire, iceServers }),
    ]);
    await other.connected(one);
    const ufrag = (): string => /ice-ufrag:(\S+)/.exec(connection(other, one).remoteDescription!.sdp)![1]!;
    const first = ufrag();
    // From then on it would notice.
    other.room.restartIce();
    await until(() => asked === 2, 'asked for its own restart');
    await until(() => ufrag() !== first, 'restarted');
    const before = other.clock.now();
    await until(() => other.clock.now() - before > 3000, 'later');
    expect(asked, 'once for one restart').to.equal(2);
    one.room.restartIce();
    await until(() => asked === 3, 'asked for the restart of the other');
    await until(() => {
      const [server] = connection(other, one).getConfiguration().iceServers!;
      return [server!.urls].flat()[0] === 'stun:127.0.0.1:4003';
    }, 'configured');
  });
});
