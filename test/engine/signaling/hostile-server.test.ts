import { expect } from '@open-wc/testing';
import { CallIssueEvent } from '../../../components/engine/call/events.js';
import type { CallIssue } from '../../../components/engine/call/issues.js';
import { sealed } from '../../../components/engine/signaling/sealed.js';
import type { Secret } from '../../../components/engine/signaling/secret.js';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { until } from '../../support/wait.js';
import { Member, nameOf, pair, picture } from '../call/support.js';
import { flipped, Hostile, type Said } from './hostile.js';

const secret = crypto.getRandomValues(new Uint8Array(32));
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What the other would be told of our DTLS certificate, if the server could write it. */
const FINGERPRINT = /a=fingerprint:sha-256 [\dA-F:]+/g;
const FOREIGN = `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`;

function swapFingerprint({ payload }: Said): Uint8Array {
  const text = decoder.decode(payload);
  return FINGERPRINT.test(text) ? encoder.encode(text.replace(FINGERPRINT, FOREIGN)) : payload;
}

describe('a hostile server between two rooms', () => {
  let server: Hostile;
  let members: Member[];
  const streams: { stop(): void }[] = [];

  beforeEach(() => {
    server = new Hostile();
    members = [];
  });

  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
    }
    for (const stream of streams.splice(0)) stream.stop();
  });

  const join = (member: Member, given: Secret | null, name = ''): Promise<void> => {
    const signaling: Signaling = given === null ? server : sealed(server, given, member.clock);
    return member.room.join({ signaling, room: 'test', name });
  };

  /** Two in a room, each with its own idea of the secret. */
  const enter = async (
    one: Secret | null = secret,
    other = one,
    speed?: number,
  ): Promise<[Member, Member]> => {
    const both = pair({ speed });
    members.push(...both);
    await Promise.all([join(both[0], one, 'Annabella'), join(both[1], other, 'Bartholomew')]);
    return both;
  };

  const meet = async (one: Member, other: Member): Promise<void> => {
    await Promise.all([one.connected(other), other.connected(one)]);
  };

  const call = async (given: Secret | null = secret): Promise<[Member, Member]> => {
    const both = await enter(given);
    await meet(...both);
    return both;
  };

  /** The call is as it was, and what is said in it still arrives. */
  const goesOn = async (one: Member, other: Member): Promise<void> => {
    for (const member of [one, other]) {
      expect([member.state.status, member.state.peers.length]).to.deep.equal(['connected', 1]);
      expect([member.count('peer-join'), member.count('peer-leave')]).to.deep.equal([1, 0]);
      expect(member.errors.map(({ message }) => message)).to.deep.equal([]);
    }
    const stream = picture('red');
    streams.push(stream);
    one.room.setStream(stream);
    expect(nameOf(await other.sees(one))).to.equal('red');
  };

  const ignoredMore = (member: Member, before: number, by: number): Promise<boolean> =>
    until(() => member.state.ignored >= before + by, `${by} more were ignored`);

  it('reads nothing of names, descriptions and addresses', async () => {
    const secrets = /Annabella|Bartholomew|fingerprint|ice-ufrag|candidate|"sid"/;
    const readable = (): number =>
      server.log.filter(({ payload }) => secrets.test(String.fromCharCode(...payload))).length;
    const [one, other] = await call();
    await goesOn(one, other);
    expect(server.log.length).to.be.above(8);
    expect(readable()).to.equal(0);
    for (const { room } of members.splice(0)) room.release();
    server.log.length = 0;
    // Without a secret it would.
    await call(null);
    expect(readable()).to.be.above(4);
  });

  it('cannot swap the fingerprint of a certificate', async () => {
    server.alter = swapFingerprint;
    await goesOn(...(await call()));
  });

  it('swaps it where there is no secret', async () => {
    server.alter = swapFingerprint;
    const [one, other] = await enter(null);
    const told = await until(() => other.connections.find(({ remoteDescription }) => remoteDescription));
    expect(told.remoteDescription!.sdp).to.contain('AB:AB:AB:AB');
    await until(() => ['failed', 'closed'].includes(told.connectionState), 'no connection', 15_000);
    expect(one.peer(other)?.connectionState).not.to.equal('connected');
  });

  it('gains nothing by changing a bit of each second message: it is said again', async () => {
    let count = 0;
    server.alter = ({ to, payload }) =>
      to !== null && ++count % 2 ? flipped(payload, count % payload.length) : payload;
    const [one, other] = await call();
    expect(one.state.ignored + other.state.ignored).to.be.above(0);
    server.alter = ({ payload }) => payload;
    await goesOn(one, other);
  });

  it('cannot replay a message or a conversation, now or in a later life', async () => {
    const [one, other] = await call();
    await until(() => one.quiet && other.quiet, 'quiet');
    const replayed = server.saidTo(other.id);
    const before = other.state.ignored;
    for (const { from, payload } of replayed) server.message(other.id, from, payload);
    await ignoredMore(other, before, replayed.length);
    await goesOn(one, other);
    other.room.leave();
    await until(() => one.state.peers.length === 0, 'left');
    await join(other, secret, 'Bartholomew');
    await meet(one, other);
    const again = other.state.ignored;
    for (const { from, payload } of replayed) server.message(other.id, from, payload);
    await ignoredMore(other, again, replayed.length);
    expect([other.state.peers.length, other.state.status]).to.deep.equal([1, 'connected']);
    const issue = await until(() => other.state.issues[0], 'told');
    expect([issue.name, issue.peerId]).to.deep.equal(['tampering', one.id]);
  });

  it('cannot bring a former presence back', async () => {
    const [one, other] = await call();
    const former = server.presencesOf(other.id)[0]!.payload;
    other.room.leave();
    await until(() => one.state.peers.length === 0, 'left');
    server.presence(one.id, other.id, former);
    expect(one.state.peers.length).to.equal(0);
    await join(other, secret, 'Bartholomew');
    await meet(one, other);
    const { ignored } = one.state;
    server.presence(one.id, other.id, former);
    await ignoredMore(one, ignored, 1);
    expect([one.state.peers.length, one.state.status, one.count('peer-join')]).to.deep.equal([
      1,
      'connected',
      2,
    ]);
  });

  it('is told of when it says again, or late, what is of one that has left', async () => {
    let late: Uint8Array | undefined;
    server.alter = ({ from, to, payload }) => {
      if (from !== members[1]!.id || to === null || late) return payload;
      late = payload;
      return null;
    };
    const [one, other] = await enter(secret, secret, 8);
    await meet(one, other);
    const former = server.presencesOf(other.id)[0]!.payload;
    other.room.leave();
    await until(() => one.state.peers.length === 0, 'left');
    await join(other, secret, 'Bartholomew');
    await meet(one, other);
    for (const repeat of [
      () => server.presence(one.id, other.id, former),
      () => server.message(one.id, other.id, late!),
    ]) {
      await until(() => {
        repeat();
        return one.state.issues.some(({ name, peerId }) => name === 'tampering' && peerId === other.id);
      }, 'told');
      await until(() => one.state.issues.length === 0, 'over', 5000);
    }
    expect([one.state.peers.length, one.state.status]).to.deep.equal([1, 'connected']);
  });

  it('is told of when it puts what is said out of order, or holds it back', async () => {
    const [one, other] = await enter(secret, secret, 8);
    const stream = picture('red');
    streams.push(stream);
    for (const { room } of [one, other]) room.setStream(stream);
    await meet(one, other);
    await until(() => one.quiet && other.quiet, 'quiet');
    const isTold = ({ state }: Member, of: Member): boolean =>
      state.issues.some(({ name, peerId }) => name === 'unreliable-signaling' && peerId === of.id);
    let late: Said | undefined;
    server.alter = (said) => {
      if (said.to !== other.id || late) return said.payload;
      late = said;
      return null;
    };
    for (const on of [false, true]) one.room.setVideo(on);
    await until(() => isTold(other, one), 'told of the order');
    await until(() => other.state.issues.length === 0, 'over');
    server.alter = ({ to, payload }) => (to === other.id ? null : payload);
    one.room.setVideo(false);
    await until(() => isTold(one, other), 'told of the silence');
    server.alter = ({ payload }) => payload;
    other.room.setVideo(false);
    await until(() => one.state.issues.length === 0, 'over');
    expect(one.peer(other)?.status).to.equal('connected');
  });

  it('gains nothing by holding all back and handing it on late, backwards and twice', async () => {
    const held: Said[] = [];
    server.alter = (said) => {
      if (said.to === null) return said.payload;
      held.push(said);
      return null;
    };
    const [one, other] = await enter();
    const handOn = setInterval(() => {
      for (const { to, from, payload } of held
        .splice(0)
        .reverse()
        .flatMap((said) => [said, said]))
        server.message(to!, from, payload);
    }, 300);
    try {
      await meet(one, other);
    } finally {
      clearInterval(handOn);
    }
    server.alter = ({ payload }) => payload;
    await goesOn(one, other);
  });

  it('cannot redirect, re-attribute or make up anything', async () => {
    const [one, other] = await call();
    await until(() => one.quiet && other.quiet, 'quiet');
    const { payload } = server.saidTo(other.id)[0]!;
    const presence = server.presencesOf(one.id)[0]!.payload;
    const plain = (text: object): Uint8Array => encoder.encode(JSON.stringify(text));
    const before = other.state.ignored;
    server.message(other.id, 'mallory', payload);
    server.presence(other.id, 'mallory', presence);
    server.presence(other.id, 'mallory', plain({ v: 1, sid: 'mallory', ts: 1, name: 'Mallory' }));
    server.presence(other.id, one.id, plain({ v: 1, sid: 'another', ts: Date.now() * 2, name: 'Mallory' }));
    server.message(other.id, one.id, plain({ v: 1, s: 'a', d: 'b', k: 'c', n: -1, a: 0, t: 'bye' }));
    server.message(other.id, one.id, new Uint8Array());
    server.presence(other.id, one.id, presence.slice(0, 20));
    server.message(other.id, one.id, new Uint8Array(256 * 1024).fill(1));
    await ignoredMore(other, before, 8);
    expect(other.state.ignored).to.equal(before + 8);
    expect(other.peer(one)!.name).to.equal('Annabella');
    await goesOn(one, other);
  });

  it('cannot move a message to another room of the same secret', async () => {
    const [one, other] = await call();
    const elsewhere = new Member();
    members.push(elsewhere);
    await elsewhere.room.join({ signaling: sealed(server, secret, elsewhere.clock), room: 'elsewhere' });
    const { ignored } = elsewhere.state;
    for (const { payload } of server.presencesOf(one.id)) server.presence(elsewhere.id, one.id, payload);
    for (const { payload } of server.saidTo(other.id)) server.message(elsewhere.id, one.id, payload);
    await ignoredMore(elsewhere, ignored, 2);
    expect(elsewhere.state.peers.length).to.equal(0);
    await goesOn(one, other);
  });

  it('brings nobody together who has another secret or none, and says so', async () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (words: string) => void warnings.push(words);
    for (const given of [crypto.getRandomValues(new Uint8Array(32)), 'a passphrase', null]) {
      const [one, other] = await enter(secret, given, 4);
      await until(() => one.errors.length > 0, 'told', 10_000);
      expect(one.errors.map(({ code }) => code)).to.deep.equal(['bad-input']);
      expect(one.errors[0]!.message).to.contain('"secret"');
      for (const member of [one, other]) {
        expect([member.state.status, member.state.peers.length]).to.deep.equal(['waiting', 0]);
        expect(member.state.ignored).to.be.above(0);
      }
      // Leaving, and coming with the right one, mends it.
      other.room.leave();
      await join(other, secret, 'Bartholomew');
      await meet(one, other);
      for (const { room } of members.splice(0)) room.release();
    }
    console.warn = warn;
    // From the one without.
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.contain('"secret"');
  });

  it('is told of as an issue that counts it, and ends when it does', async () => {
    const [one, other] = await call();
    const issues = (member: Member): CallIssue[] =>
      member.events.flatMap((event) => (event instanceof CallIssueEvent ? [event.issue] : []));
    for (const at of [20, 21, 22])
      server.message(other.id, one.id, flipped(server.saidTo(other.id)[0]!.payload, at));
    server.presence(other.id, 'mallory', new Uint8Array(40).fill(1));
    await until(() => other.state.issues.length === 2, 'both issues');
    const standing = other.state.issues.map(({ name, peerId, ended }) => ({ name, peerId, ended }));
    expect(standing).to.deep.equal([
      { name: 'tampering', peerId: one.id, ended: null },
      { name: 'tampering', peerId: null, ended: null },
    ]);
    expect(issues(one)).to.deep.equal([]);
    await until(() => other.state.issues.length === 0, 'over', 20_000);
    const counts = issues(other).map(({ peerId, ended, count }) => [peerId, ended !== null, count]);
    expect(counts).to.deep.include.members([
      [one.id, false, 1],
      [one.id, true, 3],
      [null, true, 1],
    ]);
    expect(counts.length).to.equal(4);
    await goesOn(one, other);
  });
});
