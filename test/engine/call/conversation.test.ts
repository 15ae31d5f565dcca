import { expect } from '@open-wc/testing';
import { Conversation, type Receipt } from '../../../components/engine/call/conversation.js';
import type { Frame } from '../../../components/engine/call/frames.js';
import { FakeClock } from './support.js';

/** A small generator of numbers from 0 to 1 that a seed repeats. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Way = (frame: Frame, deliver: () => void) => void;

/** One side, and everything that happened to it. */
class Side {
  readonly got: string[] = [];
  readonly sent: Frame[] = [];
  readonly receipts: Receipt[] = [];
  disordered = 0;
  unreachable = 0;
  overflowed = 0;
  readonly answers: boolean[] = [];
  conversation!: Conversation;

  constructor(
    readonly name: string,
    readonly peer: string,
    readonly clock: FakeClock,
    readonly way: Way,
    readonly other: () => Side,
    readonly retired: ReadonlySet<string> = new Set(),
  ) {
    this.begin();
  }

  begin(): void {
    this.conversation = new Conversation({
      sid: this.name,
      peerSid: this.peer,
      retired: this.retired,
      anew: false,
      clock: this.clock,
      transmit: (frame) => {
        this.sent.push(frame);
        this.way(frame, () => this.other().hear(frame));
      },
      deliver: (type, body) => void this.got.push(`${type}${String(body)}`),
      answered: (back) => void this.answers.push(back),
      disordered: () => this.disordered++,
      unreachable: () => this.unreachable++,
      overflowed: () => this.overflowed++,
    });
  }

  hear(frame: Frame): void {
    this.receipts.push(this.conversation.receive(frame));
  }
}

function sides(clock: FakeClock, way: Way): [Side, Side] {
  const one: Side = new Side('one', 'two', clock, way, () => two);
  const two: Side = new Side('two', 'one', clock, way, () => one);
  return [one, two];
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);

describe('Conversation', () => {
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });
  const direct: Way = (_frame, deliver) => void clock.after(1, deliver);

  it('delivers in order, and acknowledges after 150 ms where nothing carries it', () => {
    const [one, two] = sides(clock, direct);
    for (let n = 0; n < 3; n++) one.conversation.send('m', n);
    clock.advance(100);
    expect(two.got).to.deep.equal(numbers(3));
    expect(two.sent.length).to.equal(0);
    clock.advance(51);
    expect(two.sent.map(({ t, n, a }) => [t, n, a])).to.deep.equal([['ack', 0, 3]]);
    clock.advance(10_000);
    expect(one.sent.length).to.equal(3);
    expect(clock.pending).to.equal(0);
  });

  it('notices what comes before what was said earlier, but for the first ones', () => {
    let held: (() => void)[] = [];
    let holds = (_: Frame): boolean => false;
    const [one, two] = sides(clock, (frame, deliver) => {
      if (holds(frame)) held.push(deliver);
      else clock.after(1, deliver);
    });
    const later = (): void => {
      clock.advance(5);
      for (const deliver of held) deliver();
      held = [];
    };
    holds = ({ n }) => n === 1;
    for (let n = 0; n < 3; n++) one.conversation.send('m', n);
    later();
    expect([two.got, two.disordered]).to.deep.equal([numbers(3), 0]);
    holds = ({ n }) => n === 4;
    one.conversation.send('m', 3);
    clock.advance(5);
    expect(two.disordered, 'nothing came').to.equal(0);
    one.conversation.send('m', 4);
    later();
    holds = () => false;
    expect([two.got, two.disordered]).to.deep.equal([numbers(5), 1]);
    // Said again, and no news.
    clock.advance(20_000);
    expect([two.disordered, one.disordered]).to.deep.equal([1, 0]);
  });

  it('lets frames carry the acknowledgement', () => {
    const [one, two] = sides(clock, direct);
    one.conversation.send('m', 0);
    clock.advance(10);
    two.conversation.send('m', 0);
    clock.advance(1000);
    expect(two.sent.map(({ t, a, ak }) => [t, a, ak])).to.deep.equal([['m', 1, one.sent[0]!.k]]);
    expect(one.sent.map(({ t }) => t)).to.deep.equal(['m', 'ack']);
  });

  it('tries again after 0.5, 1, 2, 4, 4 and 4 s, then gives up once', () => {
    const [one] = sides(clock, () => {});
    const times: number[] = [];
    const start = clock.now();
    one.conversation.send('m', 0);
    for (let at = 0; at < 30_000; at += 100) {
      const before = one.sent.length;
      clock.advance(100);
      if (one.sent.length > before) times.push(clock.now() - start);
    }
    expect(times).to.deep.equal([500, 1500, 3500, 7500, 11_500, 15_500]);
    expect([one.unreachable, one.conversation.isUnreachable]).to.deep.equal([1, true]);
    expect(clock.pending).to.equal(0);
    one.conversation.send('m', 1);
    expect([one.sent.length, clock.pending], 'nothing is sent into the dark').to.deep.equal([7, 0]);
  });

  it('goes on with a sign of life', () => {
    let open = false;
    const [one, two] = sides(clock, (frame, deliver) => void (open && direct(frame, deliver)));
    one.conversation.send('m', 0);
    clock.advance(20_000);
    one.conversation.send('m', 1);
    open = true;
    two.conversation.send('m', 0);
    clock.advance(10);
    expect(two.got).to.deep.equal(numbers(2));
    expect(one.conversation.isUnreachable).to.equal(false);
  });

  it('survives an outage of 12 s by itself, and a longer one that it is told of', () => {
    for (const [outage, told] of [
      [12_000, false],
      [60_000, true],
    ] as const) {
      let open = true;
      const [one, two] = sides(clock, (frame, deliver) => void (open && direct(frame, deliver)));
      one.conversation.send('m', 0);
      clock.advance(1000);
      open = false;
      if (told) one.conversation.pause();
      one.conversation.send('m', 1);
      one.conversation.send('m', 2);
      clock.advance(outage);
      expect(one.unreachable).to.equal(0);
      open = true;
      if (told) {
        one.conversation.resume();
        clock.advance(2);
        expect(two.got, 'at once').to.deep.equal(numbers(3));
      }
      clock.advance(4001);
      expect(two.got).to.deep.equal(numbers(3));
      clock.advance(1000);
      expect(clock.pending).to.equal(0);
    }
  });

  it('closes when more than 1024 wait', async () => {
    const [one] = sides(clock, direct);
    one.conversation.pause();
    for (let n = 0; n < 1024; n++) one.conversation.send('m', n);
    await Promise.resolve();
    expect(one.overflowed).to.equal(0);
    for (let n = 0; n < 9; n++) one.conversation.send('m', n);
    await Promise.resolve();
    one.conversation.resume();
    expect([one.overflowed, one.sent.length, clock.pending]).to.deep.equal([1, 0, 0]);
  });

  it('keeps at most 64 on their way, and sends the rest as they are taken', () => {
    const [one, two] = sides(clock, direct);
    for (let n = 0; n < 300; n++) one.conversation.send('m', n);
    expect(one.sent.length).to.equal(64);
    clock.advance(5000);
    expect(two.got).to.deep.equal(numbers(300));
    expect(one.sent.length).to.equal(300);
    expect(clock.pending).to.equal(0);
  });

  it('keeps up to 64 early frames, and no later ones', () => {
    const held: [Frame, () => void][] = [];
    const [one, two] = sides(clock, (frame, deliver) => void held.push([frame, deliver]));
    for (let n = 0; n < 64; n++) one.conversation.send('m', n);
    const [first, ...rest] = held.splice(0);
    two.hear({ ...first![0], n: 66, b: 'too far' });
    for (const [, deliver] of rest.reverse()) deliver();
    expect(two.got).to.deep.equal([]);
    first![1]();
    expect(two.got).to.deep.equal(numbers(64));
    two.hear({ ...first![0], n: 65, b: 64 });
    expect(two.got.length).to.equal(65);
  });

  it('is exact through 20 % loss, repetition and reordering both ways', () => {
    const seed = Math.floor(Math.random() * 1e9);
    for (let run = 0; run < 200; run++) {
      const chance = random(seed + run);
      const [one, two] = sides(clock, (_frame, deliver) => {
        for (let copies = chance() < 0.1 ? 2 : 1; copies > 0; copies--) {
          if (chance() >= 0.2) clock.after(1 + Math.floor(chance() * 80), deliver);
        }
      });
      for (let n = 0; n < 40; n++) {
        one.conversation.send('m', n);
        two.conversation.send('m', n);
        clock.advance(Math.floor(chance() * 200));
      }
      clock.advance(60_000);
      const why = `seed ${seed}, run ${run}`;
      // With 20 % loss each way nobody is silent for 16 s but once in many thousands.
      if (one.unreachable + two.unreachable > 0) continue;
      expect(two.got, why).to.deep.equal(numbers(40));
      expect(one.got, why).to.deep.equal(numbers(40));
      expect(clock.pending, why).to.equal(0);
      for (const { receipts } of [one, two])
        expect(receipts.every((receipt) => receipt === 'taken')).to.equal(true);
    }
  });

  it('takes nothing twice when everything is replayed', () => {
    const [one, two] = sides(clock, direct);
    for (let n = 0; n < 10; n++) one.conversation.send('m', n);
    clock.advance(1000);
    for (const frame of [...one.sent]) two.hear(frame);
    clock.advance(1000);
    expect(two.got).to.deep.equal(numbers(10));
  });

  it('believes no acknowledgement of what was not sent', () => {
    const [one, two] = sides(clock, () => {});
    one.conversation.send('m', 0);
    two.conversation.send('m', 0);
    const { k: ak } = one.sent[0]!;
    for (const a of [2, 64, 1e9])
      expect(one.conversation.receive({ ...two.sent[0]!, ak, a })).to.equal('taken');
    clock.advance(501);
    expect(one.sent.filter(({ n }) => n === 1).length).to.equal(2);
  });

  it('sees that the other began anew, and falls into step with it', () => {
    const retired = new Set<string>();
    const [one, two] = sides(clock, direct);
    one.conversation.send('m', 0);
    two.conversation.send('m', 0);
    clock.advance(1000);
    const former = [...two.sent];
    two.conversation.close();
    two.begin();
    two.conversation.send('m', 'new');
    clock.advance(1);
    expect(one.receipts.at(-1)).to.equal('restarted');
    retired.add(one.conversation.peerKey!);
    one.conversation.close();
    const again = new Side('one', 'two', clock, direct, () => two, retired);
    again.hear(two.sent.at(-1)!);
    again.conversation.send('m', 'back');
    clock.advance(1000);
    expect(again.got).to.deep.equal(['mnew']);
    expect(two.got.at(-1)).to.equal('mback');
    expect(two.receipts.slice(-2)).to.not.include('restarted');
    for (const frame of former) expect(again.conversation.receive(frame)).to.equal('stale');
    // What acknowledges our former conversation is of a former life too.
    expect(two.conversation.receive({ ...again.sent[0]!, ak: former[0]!.k })).to.equal('stale');
  });

  it('does not begin anew for one that has heard of this conversation, for that would never end', () => {
    const [one, two] = sides(clock, direct);
    one.conversation.send('m', 0);
    two.conversation.send('m', 0);
    clock.advance(1000);
    const frame = { ...two.sent[0]!, k: 'another', ak: one.sent[0]!.k };
    expect(one.conversation.receive(frame)).to.equal('stale');
    const { ak: _, ...unaware } = frame;
    expect(one.conversation.receive({ ...unaware, n: 0 })).to.equal('stale');
    expect(one.conversation.receive(unaware)).to.equal('restarted');
  });

  it('ends with one word, and with nothing left to do', () => {
    const [one, two] = sides(clock, direct);
    one.conversation.send('m', 0);
    clock.advance(10);
    one.conversation.bye();
    one.conversation.close();
    clock.advance(1);
    expect(two.receipts.at(-1)).to.equal('bye');
    two.conversation.close();
    one.conversation.send('m', 1);
    one.conversation.resume();
    clock.advance(60_000);
    expect(one.sent.map(({ n }) => n)).to.deep.equal([1, -1]);
    expect(clock.pending).to.equal(0);
  });
});
