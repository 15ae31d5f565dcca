import { expect } from '@open-wc/testing';
import { encodeFrame, encodePresence, helloBody } from '../../../components/engine/call/frames.js';
import type { Member } from '../../../components/engine/call/member.js';
import { Roster } from '../../../components/engine/call/roster.js';
import { FakeClock } from './support.js';

/** One member's roster, and what it said. */
class Place {
  readonly roster: Roster;
  readonly log: string[] = [];
  readonly answers: string[] = [];
  readonly presence;
  connected = false;
  hungUp = false;
  ignored = 0;

  constructor(
    readonly id: string,
    readonly sid: string,
    clock: FakeClock,
    transmit: (from: Place, to: string, payload: Uint8Array) => void,
    ts = 1,
  ) {
    this.presence = { sid, ts, name: `name of ${id}` };
    const say = (what: string) => (member: Member) => void this.log.push(`${what} ${member.id}`);
    this.roster = new Roster({
      id,
      sid,
      clock,
      hello: () => helloBody(this.presence, 0),
      transmit: (to, payload) => transmit(this, to, payload),
      seen: say('seen'),
      confirmed: say('confirmed'),
      renamed: say('renamed'),
      gone: say('gone'),
      message: ({ id: from }, type) => void this.log.push(`${type} ${from}`),
      answered: ({ id: from }, back) => void this.answers.push(`${from} ${String(back)}`),
      unsteady: () => {},
      ghost: (ghost) => void this.log.push(`ghost ${ghost}`),
      flooded: ({ id: from }) => void this.log.push(`flooded ${from}`),
      ignored: () => this.ignored++,
      repeated: (other) => void this.log.push(`repeated ${other}`),
      isConnected: () => this.connected,
      hasHungUp: () => this.hungUp,
    });
  }

  get bytes(): Uint8Array {
    return encodePresence(this.presence);
  }

  get names(): readonly string[] {
    return this.roster.members.filter(({ confirmed }) => confirmed).map(({ id }) => id);
  }
}

describe('Roster', () => {
  let clock: FakeClock;
  let places: Place[];
  let open: boolean;
  let lose: () => boolean;
  const enter = (id: string, sid = `sid-${id}`, ts = 1): Place => {
    const place = new Place(
      id,
      sid,
      clock,
      (from, to, payload) => {
        clock.after(1, () => {
          if (open && !lose()) for (const at of places) if (at.id === to) at.roster.message(from.id, payload);
        });
      },
      ts,
    );
    places.push(place);
    return place;
  };
  const announce = (place: Place, to = places): void => {
    for (const at of to) if (at !== place) at.roster.presence(place.id, place.bytes);
  };

  beforeEach(() => {
    clock = new FakeClock();
    places = [];
    open = true;
    lose = () => false;
  });

  it('sees, greets and confirms', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    expect(a.log).to.deep.equal(['seen b']);
    clock.advance(1);
    expect(b.log).to.deep.equal(['seen a', 'confirmed a']);
    expect(b.roster.members[0]!.name).to.equal('name of a');
    clock.advance(1);
    expect(a.log).to.deep.equal(['seen b', 'confirmed b']);
    clock.advance(60_000);
    expect(clock.pending).to.equal(0);
  });

  it('cuts off one that floods, and names it', () => {
    const [a, b, c] = [enter('a'), enter('b'), enter('c')];
    announce(b);
    announce(c);
    clock.advance(2);
    expect(a.names).to.deep.equal(['b', 'c']);
    const say = (payload: Uint8Array): void => a.roster.message('b', payload);
    // As much as anybody may say in the long run.
    for (let count = 0; count < 2000; count++) {
      clock.advance(25);
      say(b.bytes);
    }
    a.ignored = 0;
    for (let count = 0; count < 1150; count++) say(b.bytes);
    expect(a.names, 'for a while it is not listened to').to.deep.equal(['b', 'c']);
    expect(a.ignored).to.equal(1150);
    for (let count = 0; count < 100; count++) a.roster.presence('b', b.bytes);
    expect(a.names).to.deep.equal(['c']);
    expect(a.log.slice(-2)).to.deep.equal(['gone b', 'flooded b']);
    announce(b);
    clock.advance(60_000);
    expect(a.names, 'this stay is over').to.deep.equal(['c']);
    enter('b', 'another');
    announce(places.at(-1)!);
    clock.advance(2);
    expect(a.names, 'another one may be better').to.deep.equal(['c', 'b']);
  });

  it('lets one that hung up go as soon as its presence is withdrawn, in either order', () => {
    const [a, b] = [enter('a'), enter('b')];
    for (const hangsUpFirst of [true, false]) {
      announce(b);
      clock.advance(2);
      expect(a.names).to.deep.equal(['b']);
      a.hungUp = hangsUpFirst;
      a.roster.presence('b', null);
      if (!hangsUpFirst) {
        expect(a.names, 'the grace runs').to.deep.equal(['b']);
        a.hungUp = true;
        a.roster.connectionLost('b');
      }
      expect(a.names).to.deep.equal([]);
      a.hungUp = false;
    }
  });

  it('brings 12 together in spite of 20 % loss, and parts them', () => {
    let tick = 1;
    lose = () => (tick = (tick * 48_271) % 2_147_483_647) / 2_147_483_647 < 0.2;
    for (let index = 0; index < 12; index++) enter(`m${index}`);
    for (const place of places) announce(place);
    clock.advance(16_000);
    for (const { names, log } of places) {
      expect(names.length).to.equal(11);
      expect(log.filter((line) => line.startsWith('gone')).length).to.equal(0);
    }
    lose = () => false;
    const [first, ...rest] = places;
    first!.roster.close();
    clock.advance(1);
    for (const { names } of rest) expect(names.length).to.equal(10);
    for (const { roster } of rest) roster.close();
    clock.advance(60_000);
    expect(clock.pending).to.equal(0);
  });

  it('hides a ghost after 16 s, and takes it back at its first word', () => {
    const [a, b] = [enter('a'), enter('b')];
    open = false;
    announce(b, [a]);
    clock.advance(15_900);
    expect(a.roster.members.length).to.equal(1);
    clock.advance(200);
    expect(a.log).to.deep.equal(['seen b', 'gone b', 'ghost b']);
    expect(clock.pending).to.equal(0);
    open = true;
    announce(a, [b]);
    clock.advance(10);
    expect([a.names, b.names]).to.deep.equal([['b'], ['a']]);
  });

  it('has the presence of a ghost taken away, once, if it is more than 10 min old', () => {
    for (const [id, age] of [
      ['old', 660_000],
      ['young', 540_000],
    ] as const) {
      const [a, b] = [enter(`a${id}`), enter(id, id, Date.now() - age)];
      open = false;
      announce(b, [a]);
      clock.advance(17_000);
      // A server that does not permit it has it still.
      announce(b, [a]);
      clock.advance(17_000);
      expect(a.log.filter((line) => line.startsWith('ghost')).length).to.equal(id === 'old' ? 1 : 0);
      open = true;
      announce(a, [b]);
      clock.advance(10);
      expect(a.names, 'who is there after all is seen').to.deep.equal([id]);
    }
  });

  it('waits 90 s more for one that has spoken, unless it hung up', () => {
    for (const hungUp of [false, true]) {
      const [a, b] = [enter(`a${String(hungUp)}`), enter(`b${String(hungUp)}`)];
      announce(b, [a]);
      clock.advance(1000);
      a.hungUp = hungUp;
      open = false;
      a.roster.send(b.id, 'state', {});
      clock.advance(17_000);
      expect(a.names.length).to.equal(hungUp ? 0 : 1);
      clock.advance(90_000);
      expect(a.names.length).to.equal(0);
      open = true;
      for (const { roster } of [a, b]) roster.close();
    }
  });

  it('knows who answers, and tells when somebody does again', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(1000);
    const states = [a.roster.isAnswered('b')];
    open = false;
    a.roster.send('b', 'state', {});
    clock.advance(400);
    states.push(a.roster.isAnswered('b'));
    clock.advance(200);
    states.push(a.roster.isAnswered('b'));
    open = true;
    clock.advance(2000);
    states.push(a.roster.isAnswered('b'));
    a.roster.reachable(false);
    states.push(a.roster.isAnswered('b'), a.roster.isAnswered('nobody'));
    a.roster.reachable(true);
    states.push(a.roster.isAnswered('b'));
    expect(states).to.deep.equal([true, true, false, true, false, false, true]);
    expect(a.answers).to.deep.equal(['b false', 'b true']);
    // Through a silence in which every try failed.
    open = false;
    a.roster.send('b', 'state', {});
    clock.advance(20_000);
    expect([a.roster.isAnswered('b'), a.names]).to.deep.equal([false, ['b']]);
    open = true;
    b.roster.send('a', 'state', {});
    clock.advance(100);
    expect([a.roster.isAnswered('b'), a.answers.at(-1)]).to.deep.equal([true, 'b true']);
    clock.advance(200_000);
    expect(a.names).to.deep.equal(['b']);
  });

  it('waits 4 s when a presence is withdrawn, and longer while media flow', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(10);
    a.roster.presence('b', null);
    clock.advance(3900);
    announce(b, [a]);
    clock.advance(10_000);
    expect(a.log).to.not.include('gone b');
    a.connected = true;
    a.roster.presence('b', null);
    clock.advance(10_000);
    expect(a.names).to.deep.equal(['b']);
    a.connected = false;
    a.roster.connectionLost('b');
    expect(a.log.at(-1)).to.equal('gone b');
    announce(b, [a]);
    clock.advance(10);
    expect([a.names, b.names]).to.deep.equal([['b'], ['a']]);
    // The other side saw that it was dropped, and began anew too.
    expect(b.log).to.deep.equal(['seen a', 'confirmed a', 'gone a', 'seen a', 'confirmed a']);
    a.roster.presence('b', null);
    clock.advance(4001);
    expect(a.names).to.deep.equal([]);
  });

  it('lets the newer stay win, and never takes an ended one back', () => {
    const a = enter('a');
    const old = enter('b', 'old', 5);
    announce(old, [a]);
    clock.advance(10);
    places.pop();
    const next = enter('b', 'new', 6);
    announce(next, [a]);
    clock.advance(10);
    expect(a.log).to.deep.equal(['seen b', 'confirmed b', 'gone b', 'seen b', 'confirmed b']);
    announce(old, [a]);
    expect(a.ignored).to.equal(1);
    a.roster.presence('b', encodePresence({ sid: 'older', ts: 4, name: '' }));
    expect([a.ignored, a.roster.members[0]!.sid]).to.deep.equal([2, 'new']);
    next.roster.close();
    clock.advance(1);
    announce(next, [a]);
    expect([a.names.length, a.ignored]).to.deep.equal([0, 3]);
  });

  it('tells of what is said again in the name of one that has left, and not of what a server may have kept', () => {
    const said: Uint8Array[] = [];
    const meet = (...ids: string[]): [Place, Place] => {
      places = [];
      const [a, b] = ids.map((id) => enter(id)) as [Place, Place];
      announce(b);
      clock.advance(2);
      return [a, b];
    };
    const repeat = (a: Place, b: Place): void => {
      a.log.length = a.ignored = 0;
      a.roster.presence('b', b.bytes);
      for (const payload of said) a.roster.message('b', payload);
      expect([a.ignored, a.names.length]).to.deep.equal([1 + said.length, 0]);
    };
    const [a, b] = meet('a', 'b');
    const { message } = a.roster;
    a.roster.message = (from, payload) => {
      said.push(payload);
      message.call(a.roster, from, payload);
    };
    b.roster.send('a', 'app', 'words');
    clock.advance(1);
    b.roster.close();
    clock.advance(1);
    a.roster.message = message;
    expect([a.log.at(-1), said.length]).to.deep.equal(['gone b', 2]);
    repeat(a, b);
    clock.advance(4000);
    repeat(a, b);
    expect(a.log, 'it may still be on its way').to.deep.equal([]);
    clock.advance(2);
    repeat(a, b);
    expect(a.log).to.deep.equal(['repeated b', 'repeated b', 'repeated b']);
    a.roster.reachable(true);
    repeat(a, b);
    expect(a.log, 'it may have been kept').to.deep.equal([]);
    // Nor of a second page of the same id, whose turn never comes.
    said.length = 0;
    const [c, former] = meet('a', 'b');
    c.roster.presence('b', encodePresence({ ...former.presence, sid: 'second', ts: 2 }));
    clock.advance(10_000);
    repeat(c, former);
    expect(c.log).to.deep.equal([]);
    for (const { roster } of [a, b, c, former]) roster.close();
  });

  it('begins only now and then with one that churns its stays, and at once with the others', () => {
    const [a, b] = [enter('a'), enter('b')];
    for (let n = 0; n < 5000; n++) {
      a.roster.presence('x', encodePresence({ sid: `x${n}`, ts: n, name: '' }));
    }
    expect(a.log.filter((line) => line === 'seen x').length).to.equal(5);
    expect(a.ignored).to.equal(4995);
    announce(b);
    clock.advance(10);
    expect(a.names).to.deep.equal(['b']);
    clock.advance(2000);
    for (const sid of ['y', 'z']) a.roster.presence('x', encodePresence({ sid, ts: 9999, name: '' }));
    expect(a.roster.members.find(({ id }) => id === 'x')?.sid).to.equal('y');
  });

  it('warns once of another version', () => {
    const a = enter('a');
    const { warn } = console;
    let warnings = 0;
    console.warn = () => warnings++;
    try {
      const bytes = new TextEncoder().encode('{"v":2,"sid":"a","ts":1}');
      for (const id of ['x', 'y']) a.roster.presence(id, bytes);
    } finally {
      console.warn = warn;
    }
    expect([warnings, a.ignored, a.roster.members.length]).to.deep.equal([1, 2, 0]);
  });

  it('is told of another name', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(10);
    a.roster.presence('b', encodePresence({ ...b.presence, ts: 2, name: 'Bob' }));
    expect(a.log.at(-1)).to.equal('renamed b');
    expect(a.roster.members[0]!.name).to.equal('Bob');
  });

  it('counts no try while there is no way, and speaks at once when there is', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(1000);
    a.roster.reachable(false);
    a.roster.send('b', 'state', {});
    clock.advance(100_000);
    expect([b.log.includes('state a'), a.names.length]).to.deep.equal([false, 1]);
    a.roster.reachable(true);
    clock.advance(1);
    expect(b.log.includes('state a')).to.equal(true);
  });

  it('refuses what is too large also while there is no way, and says the rest when there is', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(2);
    a.roster.reachable(false);
    expect(() => a.roster.send('b', 'desc', 'x'.repeat(65_536))).to.throw('larger than 64 kB');
    a.roster.send('b', 'state', 1);
    a.roster.reachable(true);
    clock.advance(1);
    expect(b.log.at(-1)).to.equal('state a');
  });

  it('says nothing to one that it meets while there is no way, until there is', () => {
    const [a, b] = [enter('a'), enter('b')];
    a.roster.reachable(false);
    announce(b, [a]);
    clock.advance(5);
    expect([a.log, b.log]).to.deep.equal([['seen b'], []]);
    a.roster.reachable(true);
    clock.advance(5);
    expect([a.names, b.names]).to.deep.equal([['b'], ['a']]);
  });

  it('takes what one said before it was hidden for no sign of life, when it is said again', () => {
    const a = enter('a');
    const b = helloBody({ sid: 'sid-b', ts: 1, name: '' }, 0);
    const hello = encodeFrame({ s: 'sid-b', d: 'sid-a', k: 'key', n: 1, a: 0, t: 'hello', b });
    a.roster.message('b', hello);
    expect(a.names).to.deep.equal(['b']);
    clock.advance(200_000);
    expect(a.names, 'it has said nothing else').to.deep.equal([]);
    const { ignored } = a;
    a.roster.message('b', hello);
    expect([a.names, a.ignored]).to.deep.equal([[], ignored + 1]);
  });

  it('meets one that slept until it was hidden but once more, whatever is still on its way', () => {
    const [a, b] = [enter('a'), enter('b')];
    const { roster } = b;
    const hear = roster.message.bind(roster);
    const missed: (() => void)[] = [];
    roster.message = (...said) => void missed.push(() => hear(...said));
    announce(b);
    clock.advance(20_000);
    expect(a.log.slice(0, 2)).to.deep.equal(['seen b', 'gone b']);
    // It wakes, and hears everything at once.
    roster.message = hear;
    announce(a);
    for (const said of missed) said();
    clock.advance(1000);
    b.roster.send('a', 'state', {});
    a.roster.send('b', 'state', {});
    clock.advance(1000);
    const seen = ({ log }: Place, id: string): number => log.filter((what) => what === `seen ${id}`).length;
    expect([seen(a, 'b'), seen(b, 'a')]).to.deep.equal([2, 2]);
    expect([a.log.at(-1), b.log.at(-1)]).to.deep.equal(['state b', 'state a']);
    expect([a.roster.isAnswered('b'), b.roster.isAnswered('a')]).to.deep.equal([true, true]);
    clock.advance(60_000);
    expect([a.names, b.names, clock.pending]).to.deep.equal([['b'], ['a'], 0]);
  });

  it('comes to rest when both dropped each other at the same time', () => {
    const [a, b] = [enter('a'), enter('b')];
    announce(b);
    clock.advance(1000);
    open = false;
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      one.roster.send(other.id, 'state', {});
    }
    clock.advance(20_000);
    expect([a.names.length, b.names.length], 'not yet').to.deep.equal([1, 1]);
    clock.advance(90_000);
    expect([a.names.length, b.names.length]).to.deep.equal([0, 0]);
    open = true;
    announce(a);
    announce(b);
    clock.advance(60_000);
    expect([a.names, b.names]).to.deep.equal([['b'], ['a']]);
    expect(clock.pending).to.equal(0);
    expect(a.log.length + b.log.length, 'no endless beginning').to.be.below(16);
  });
});
