import { expect } from '@open-wc/testing';
import { systemClock } from '../../../components/engine/clock.js';
import { InviteSignaling, type UsedInvites } from '../../../components/engine/signaling/invite.js';
import { cardOf } from '../../../components/engine/signaling/invite/card.js';
import { readLetter, writeLetter } from '../../../components/engine/signaling/invite/text.js';
import { ManualClock } from '../../support/manual-clock.js';
import { bytes, Ear, pairContract, rejection } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';

const DAY = 24 * 60 * 60_000;
const Native = RTCPeerConnection;

/** What the tested class makes of the browser's. */
let connections: RTCPeerConnection[] = [];
let channels: RTCDataChannel[] = [];

class Watched extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }

  override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, options);
    channels.push(channel);
    return channel;
  }
}

const isClosed = ({ signalingState }: RTCPeerConnection): boolean => signalingState === 'closed';

describe('InviteSignaling', () => {
  let ends: InviteSignaling[];

  const end = (...args: ConstructorParameters<typeof InviteSignaling>): InviteSignaling => {
    const made = new InviteSignaling(...args);
    ends.push(made);
    return made;
  };

  beforeEach(() => {
    ends = [];
    connections = [];
    channels = [];
    window.RTCPeerConnection = Watched;
  });

  afterEach(async () => {
    window.RTCPeerConnection = Native;
    for (const one of ends) one.release();
    await until(() => connections.every(isClosed), 'every connection closed');
  });

  async function handOver(host: InviteSignaling, guest: InviteSignaling): Promise<void> {
    await host.acceptReply(await guest.acceptInvite(await host.createInvite()));
  }

  /** Two whose connection is up. */
  async function pair(): Promise<[InviteSignaling, InviteSignaling]> {
    const [host, guest] = [end(), end()];
    await handOver(host, guest);
    await until(() => channels.every(({ readyState }) => readyState === 'open'), 'the channel', 15_000);
    return [host, guest];
  }

  /** Both open a room. */
  async function enter(host: InviteSignaling, guest: InviteSignaling) {
    const [annHears, bobHears] = [new Ear(), new Ear()];
    const ann = await host.open({ room: 'here', peer: 'ann' }, annHears);
    const bob = await guest.open({ room: 'there', peer: 'bob' }, bobHears);
    ann.announce(bytes('Ann'));
    bob.announce(bytes('Bob'));
    return { ann, bob, annHears, bobHears };
  }

  const meet = (annHears: Ear, bobHears: Ear) =>
    until(() => annHears.present.has('bob') && bobHears.present.has('ann'), 'the two meet', 15_000);

  describe('once connected', () => {
    let both: [InviteSignaling, InviteSignaling];

    beforeEach(async () => {
      both = await pair();
    });

    pairContract(() => ({
      open: (address, ...more) => both[address.peer === 'bob' ? 1 : 0].open(address, ...more),
    }));
  });

  describe('bringing two together', () => {
    it('lets both open their rooms first, whatever they are called', async () => {
      const [host, guest] = [end(), end()];
      const { annHears, bobHears, bob } = await enter(host, guest);
      await until(() => annHears.present.has('ann'), 'alone with its own presence');
      expect(annHears.present.size).to.equal(1);
      await handOver(host, guest);
      await meet(annHears, bobHears);
      bob.send('ann', bytes('hello'));
      await until(() => annHears.messages.length, 'a message');
      expect(annHears.messages).to.deep.equal(['bob: hello']);
      expect([annHears.reach, bobHears.reach]).to.deep.equal([[], []]);
    });

    it('makes texts that a code packs densely and that survive being handed on', async () => {
      const [host, guest] = [end(), end()];
      const invite = await host.createInvite();
      expect(invite).to.match(/^INVITE-[A-Z2-7]{100,600}$/);
      const broken = `https://example.org/call#${invite.toLowerCase().replace(/(.{40})/g, '$1\n  ')} `;
      const reply = await guest.acceptInvite(broken);
      expect(reply).to.match(/^REPLY-[A-Z2-7]{100,600}$/);
      const { annHears, bobHears } = await enter(host, guest);
      await host.acceptReply(`\n${reply}\n`);
      await meet(annHears, bobHears);
    });

    it('waits as long as a person takes to carry the reply over', async () => {
      const [host, guest] = [end(), end()];
      const reply = await guest.acceptInvite(await host.createInvite());
      const { annHears, bobHears } = await enter(host, guest);
      const begin = performance.now();
      // Firefox by itself gives up after five seconds.
      await until(() => performance.now() - begin > 7000, 'a person');
      await host.acceptReply(reply);
      await meet(annHears, bobHears);
    });

    it('tells the one who stays, who may invite again', async () => {
      const [host, guest] = await pair();
      const { annHears, bobHears, bob } = await enter(host, guest);
      await meet(annHears, bobHears);
      await rejection(host.createInvite(), 'bad-input');
      bob.close();
      await until(() => annHears.gone.includes('bob') && annHears.reach.length, 'gone');
      expect(annHears.reach).to.deep.equal([false]);
      expect(annHears.errors).to.deep.equal([]);
      const other = end();
      const cidHears = new Ear();
      (await other.open({ room: 'r', peer: 'cid' }, cidHears)).announce(bytes('Cid'));
      await handOver(host, other);
      await until(() => annHears.present.has('cid') && cidHears.present.has('ann'), 'the next', 15_000);
      expect(annHears.reach).to.deep.equal([false, true]);
    });

    it('notices that the other is gone without a goodbye', async () => {
      const [host, guest] = await pair();
      const { annHears, bobHears } = await enter(host, guest);
      await meet(annHears, bobHears);
      connections[1]!.close();
      await until(() => annHears.gone.includes('bob') && annHears.reach.length, 'gone', 15_000);
      expect(annHears.reach).to.deep.equal([false]);
      expect(annHears.errors).to.deep.equal([]);
    });

    it('does with the prefixed class alone, and says where there is none', async () => {
      const page = window as unknown as Record<string, unknown>;
      const before = page['webkitRTCPeerConnection'];
      page['RTCPeerConnection'] = page['webkitRTCPeerConnection'] = undefined;
      try {
        await rejection(end().createInvite(), 'unsupported');
        page['webkitRTCPeerConnection'] = Watched;
        expect(await end().createInvite()).to.match(/^INVITE-/);
      } finally {
        page['webkitRTCPeerConnection'] = before;
      }
    });

    it('says what is wrong with its servers', () =>
      rejection(end({ iceServers: [{ urls: 'nonsense:' }] }).createInvite(), 'bad-input'));

    it('says so where the device has no address that may be told', async () => {
      const error = await rejection(end({ iceTransportPolicy: 'relay' }).createInvite(), 'network-blocked');
      expect(error.message).to.match(/network/);
      expect(connections.every(isClosed)).to.equal(true);
    });
  });

  describe('refusing texts', () => {
    const refuses = async (promise: Promise<unknown>, words: RegExp): Promise<void> => {
      expect((await rejection(promise, 'bad-input')).message).to.match(words);
    };

    it('says what is wrong with each, and makes no connection for it', async () => {
      const [host, guest] = [end(), end()];
      const invite = await host.createInvite();
      const reply = await guest.acceptInvite(invite);
      const count = connections.length;
      const third = end();
      for (const foreign of ['', 'hello', '42', 'INVITE', 'v=0\r\no=-', 'x'.repeat(1e6), null, 7, {}])
        await refuses(third.acceptInvite(foreign as string), /^This is no invite/);
      for (let length = 'INVITE-'.length; length < invite.length; length += 7)
        await refuses(third.acceptInvite(invite.slice(0, length)), /not whole/);
      const swapped = invite.slice(0, -3) + (invite.at(-3) === 'A' ? 'B' : 'A') + invite.slice(-2);
      await refuses(third.acceptInvite(swapped), /damaged/);
      await refuses(third.acceptInvite(`INVITE-BB${invite.slice('INVITE-AB'.length)}`), /another version/);
      await refuses(third.acceptInvite(reply), /^This is a reply/);
      await refuses(third.acceptReply(invite), /^This is an invite/);
      await refuses(third.acceptReply(reply), /^No invite waits/);
      await refuses(guest.acceptReply(reply), /^No invite waits/);
      expect(connections.length).to.equal(count);
    });

    it('takes each invite and each reply once', async () => {
      const [host, guest, late] = [end(), end(), end()];
      const first = await host.createInvite();
      await refuses(host.acceptInvite(first), /your own/);
      const stale = await late.acceptInvite(first);
      const invite = await host.createInvite();
      await refuses(host.acceptInvite(first), /your own, and void/);
      await refuses(host.acceptInvite(invite), /your own: give it/);
      await refuses(host.acceptReply(stale), /another invite/);
      const reply = await guest.acceptInvite(invite);
      await refuses(guest.acceptInvite(invite), /accepted already/);
      const second = await late.acceptInvite(invite);
      const { annHears, bobHears } = await enter(host, guest);
      await host.acceptReply(reply);
      await refuses(host.acceptReply(second), /taken already/);
      await refuses(host.acceptReply(reply), /taken already/);
      await meet(annHears, bobHears);
    });

    it('says of each that its call is over', async () => {
      const [host, guest] = [end(), end()];
      const invite = await host.createInvite();
      const reply = await guest.acceptInvite(invite);
      await refuses(guest.acceptInvite(invite), /hand over the reply/);
      guest.release();
      await refuses(guest.acceptInvite(invite), /in a call that is over/);
      host.release();
      await refuses(host.acceptInvite(invite), /your own, and void/);
      await refuses(host.acceptReply(reply), /void, as its call is over/);
    });

    it('knows those that were used before it was made', async () => {
      const used: UsedInvites = new Map();
      const [host, guest] = [end({}, systemClock, used), end({}, systemClock, used)];
      const own = await host.createInvite();
      const foreign = await end().createInvite();
      await guest.acceptInvite(foreign);
      host.release();
      guest.release();
      const next = end({}, systemClock, used);
      await refuses(next.acceptInvite(own), /your own/);
      await refuses(next.acceptInvite(foreign), /accepted already/);
      await refuses(guest.acceptInvite(foreign), /accepted already/);
    });

    it('knows those of another day', async () => {
      const connection = new Native();
      connection.createDataChannel('');
      await connection.setLocalDescription();
      await until(() => connection.iceGatheringState === 'complete', 'candidates');
      const card = cardOf(connection.localDescription!.sdp)!;
      connection.close();
      const guest = end();
      for (const when of [Date.now() - DAY - 120_000, Date.now() + DAY + 120_000])
        await refuses(
          guest.acceptInvite(writeLetter({ kind: 'invite', card, answers: 0 }, when)),
          /another day/,
        );
      expect(connections.length).to.equal(0);
    });
  });

  describe('giving up', () => {
    it('can be released at any moment', async () => {
      const [host, guest] = [end(), end()];
      const early = host.createInvite();
      host.release();
      await rejection(early, 'aborted');
      const invite = await host.createInvite();
      const late = guest.acceptInvite(invite);
      guest.release();
      await rejection(late, 'aborted');
      expect(connections.filter(isClosed).length).to.equal(2);
      const { ann, annHears } = await enter(host, guest);
      await until(() => annHears.present.has('ann'), 'own presence');
      const { calls } = annHears;
      host.release();
      ann.announce(bytes('too late'));
      await until(() => connections.every(isClosed), 'closed');
      expect(annHears.calls).to.equal(calls);
    });

    it('closes an invite with the room, and one that the next replaces', async () => {
      const host = end();
      await host.createInvite();
      await host.createInvite();
      expect(connections.map(isClosed)).to.deep.equal([true, false]);
      const channel = await host.open({ room: 'r', peer: 'ann' }, new Ear());
      await rejection(host.open({ room: 'r', peer: 'ann' }, new Ear()), 'bad-input');
      channel.close();
      expect(connections.map(isClosed)).to.deep.equal([true, true]);
      // And with one that is left while it opens.
      await host.createInvite();
      const leaving = new AbortController();
      const opening = host.open({ room: 'r', peer: 'ann' }, new Ear(), leaving.signal);
      leaving.abort();
      await rejection(opening, 'aborted');
      expect(connections.every(isClosed)).to.equal(true);
    });

    it('tells the room when the two do not reach each other', async () => {
      const clock = new ManualClock();
      const [host, guest] = [end({}, clock), end()];
      const reply = await guest.acceptInvite(await host.createInvite());
      guest.release();
      const ear = new Ear();
      const channel = await host.open({ room: 'r', peer: 'ann' }, ear);
      await host.acceptReply(reply);
      clock.advance(30_000);
      expect(ear.errors.map(({ code }) => code)).to.deep.equal(['connection-failed']);
      expect(clock.pending).to.equal(0);
      expect(connections.every(isClosed)).to.equal(true);
      // Also one that is opened afterwards, until there is another invite.
      await rejection(host.open({ room: 'r', peer: 'ann' }, new Ear()), 'connection-failed');
      await host.createInvite();
      // What is over does not end what is new.
      channel.close();
      expect(connections.filter((one) => !isClosed(one)).length).to.equal(1);
      (await host.open({ room: 'r', peer: 'ann' }, new Ear())).close();
    });

    it('tells the room whose other end is out of reach for good, unless somebody else is invited', async () => {
      const [host, guest] = await pair();
      const { ann, annHears, bobHears } = await enter(host, guest);
      await meet(annHears, bobHears);
      ann.gone!('bob');
      expect(annHears.errors.length, 'while there is a way').to.equal(0);
      connections[1]!.close();
      await until(() => annHears.reach.length, 'lost');
      const inviting = host.createInvite();
      ann.gone!('bob');
      expect(annHears.errors.length, 'with another invite').to.equal(0);
      await inviting;
      host.release();
      expect(annHears.errors.length, 'after its release').to.equal(0);
    });

    it('ends the room whose other end is out of reach for good', async () => {
      const [host, guest] = await pair();
      const { ann, annHears, bobHears } = await enter(host, guest);
      await meet(annHears, bobHears);
      connections[1]!.close();
      await until(() => annHears.reach.length, 'lost');
      ann.gone!('bob');
      ann.gone!('bob');
      const [error, ...others] = annHears.errors;
      expect([error!.code, /another invite/.test(error!.message), others.length]).to.deep.equal([
        'connection-failed',
        true,
        0,
      ]);
      // The next room may be opened.
      (await host.open({ room: 'here', peer: 'ann' }, new Ear())).close();
    });

    it('does not wait for ever for somebody to take the reply', async () => {
      const clock = new ManualClock();
      const [host, guest] = [end(), end({}, clock)];
      const ear = new Ear();
      await guest.open({ room: 'r', peer: 'bob' }, ear);
      await guest.acceptInvite(await host.createInvite());
      clock.advance(29 * 60_000);
      expect(ear.errors).to.deep.equal([]);
      clock.advance(60_000);
      expect(ear.errors.map(({ code }) => code)).to.deep.equal(['timeout']);
      expect(clock.pending).to.equal(0);
    });

    it('goes on with those candidates that came within five seconds', async () => {
      const clock = new ManualClock();
      Object.defineProperty(Watched.prototype, 'iceGatheringState', {
        configurable: true,
        value: 'gathering',
      });
      try {
        const creating = end({}, clock).createInvite();
        await until(() => connections[0]?.localDescription?.sdp.includes('a=candidate'), 'a candidate');
        clock.advance(5000);
        expect(readLetter(await creating, 'invite').card.candidates.length).to.be.greaterThan(0);
      } finally {
        Reflect.deleteProperty(Watched.prototype, 'iceGatheringState');
      }
    });
  });

  it('ignores and counts what it does not understand', async () => {
    const [host, guest] = await pair();
    const { annHears, bobHears } = await enter(host, guest);
    await meet(annHears, bobHears);
    const { calls } = annHears;
    const raw = channels[1]!;
    const id = (text: string): number[] => [text.length, ...bytes(text)];
    const strange: (string | Uint8Array<ArrayBuffer>)[] = [
      'text',
      new Uint8Array(),
      Uint8Array.of(9, 1, 2, 3),
      Uint8Array.of(0),
      Uint8Array.of(0, 200, 65, 65),
      Uint8Array.from([0, ...id('bob/x'), ...id(''), 1]),
      Uint8Array.from([0, ...id('cid'), ...id(''), 1]),
      Uint8Array.from([0, ...id('ann'), ...id(''), 1]),
      Uint8Array.from([1, ...id('bob'), ...id(''), 1]),
      Uint8Array.from([1, ...id('bob'), ...id('#'), 1]),
    ];
    for (const one of strange) raw.send(one as string);
    await until(() => annHears.ignoredCount === strange.length, 'all of them');
    expect(annHears.calls).to.equal(calls);
    raw.send(Uint8Array.from([1, ...id('bob'), ...id('ann'), 33]));
    await until(() => annHears.messages.length, 'what makes sense');
    expect(annHears.messages).to.deep.equal(['bob: !']);
  });
});
