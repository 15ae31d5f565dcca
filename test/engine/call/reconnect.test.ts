import { expect } from '@open-wc/testing';
import { Ladder } from '../../../components/engine/call/ladder.js';
import { reconnectPolicy, type Remedy, type Trouble } from '../../../components/engine/call/reconnect.js';
import { FakeClock } from './support.js';

describe('reconnectPolicy', () => {
  const policy = reconnectPolicy(() => 0.5);
  const next = (trouble: Partial<Trouble>): string => {
    const plan = policy.next({
      state: 'connecting',
      lasting: 0,
      waiting: 0,
      restarted: false,
      rebuilt: 0,
      heard: true,
      online: true,
      ...trouble,
    });
    return plan ? `${plan.remedy} ${plan.after}` : 'nothing';
  };

  it('restarts ICE first, as soon as there is reason to', () => {
    expect(next({ state: 'failed' })).to.equal('restart 0');
    expect(next({ state: 'disconnected' })).to.equal('restart 2000');
    expect(next({ state: 'disconnected', waiting: 1500 })).to.equal('restart 500');
    expect(next({ state: 'disconnected', waiting: 9000 })).to.equal('restart 0');
    expect(next({ state: 'new' })).to.equal('restart 6000');
    expect(next({ state: 'connecting' })).to.equal('restart 6000');
    expect(next({ state: 'closed' }), 'nothing to restart').to.equal('rebuild 1000');
  });

  it('makes a new connection when that did not help, and then one after the other', () => {
    expect(next({ restarted: true })).to.equal('rebuild 6000');
    expect(next({ restarted: true, state: 'failed' })).to.equal('rebuild 0');
    const delays = [1, 2, 3, 4, 5, 6, 50].map((rebuilt) => next({ rebuilt, state: 'failed' }));
    expect(delays).to.deep.equal([300, 1200, 2700, 4800, 7000, 7000, 7000].map((ms) => `rebuild ${ms}`));
    expect(next({ rebuilt: 1 }), 'it may still come about').to.equal('rebuild 6300');
  });

  it('spreads them by a quarter each way', () => {
    const spread = [0, 0.999].map(
      (chance) =>
        reconnectPolicy(() => chance).next({
          state: 'failed',
          lasting: 0,
          waiting: 0,
          restarted: true,
          rebuilt: 2,
          heard: true,
          online: true,
        })!.after,
    );
    expect(spread.map(Math.round)).to.deep.equal([900, 1499]);
  });

  it('waits while nothing can be told, and without end while it is offline', () => {
    expect(next({ state: 'failed', heard: false })).to.equal('give-up 60000');
    expect(next({ state: 'failed', heard: false, lasting: 20_000 })).to.equal('give-up 40000');
    expect(next({ state: 'failed', online: false, lasting: 90_000 })).to.equal('nothing');
  });

  it('ends after 60 s', () => {
    expect(next({ rebuilt: 6, lasting: 59_000 })).to.equal('give-up 1000');
    expect(next({ rebuilt: 6, lasting: 70_000 })).to.equal('give-up 0');
  });
});

describe('Ladder', () => {
  let clock: FakeClock;
  let online: boolean;
  let heard: boolean;
  let log: string[];
  let ladder: Ladder;

  beforeEach(() => {
    clock = new FakeClock();
    online = heard = true;
    log = [];
    ladder = new Ladder({
      clock,
      policy: reconnectPolicy(() => 0.5),
      online: () => online,
      heard: () => heard,
      remedy: (remedy: Remedy) => void log.push(`${Math.round(clock.now() / 100) / 10} ${remedy}`),
    });
  });
  afterEach(() => {
    ladder.close();
    expect(clock.pending).to.equal(0);
  });

  it('goes up step by step for a minute, and then rests', () => {
    ladder.follow('disconnected');
    clock.advance(200_000);
    expect(log).to.deep.equal([
      '2 restart',
      '8 rebuild',
      '14.3 rebuild',
      '21.5 rebuild',
      '30.2 rebuild',
      '41 rebuild',
      '54 rebuild',
      '60 give-up',
    ]);
    expect([ladder.failed, clock.pending]).to.deep.equal([true, 0]);
    ladder.follow('disconnected');
    ladder.look();
    ladder.answered(false);
    clock.advance(100_000);
    expect(log.length, 'nothing more').to.equal(8);
  });

  it('ends with the connection, and begins at the bottom the next time', () => {
    ladder.follow('disconnected');
    clock.advance(9000);
    expect(ladder.climbing).to.equal(true);
    ladder.follow('connected');
    clock.advance(100_000);
    expect([log, ladder.climbing]).to.deep.equal([['2 restart', '8 rebuild'], false]);
    ladder.follow('failed');
    clock.advance(0);
    expect(log.at(-1)).to.equal('109 restart');
  });

  it('does nothing where it heals by itself in time', () => {
    ladder.follow('disconnected');
    clock.advance(1900);
    ladder.follow('connected');
    clock.advance(100_000);
    expect(log).to.deep.equal([]);
  });

  it('takes a second failure at once for the sign that a restart did not help', () => {
    ladder.follow('disconnected');
    clock.advance(2000);
    ladder.follow('failed');
    clock.advance(0);
    expect(log).to.deep.equal(['2 restart', '2 rebuild']);
  });

  it('waits while the peer does not hear it, and gives what it did its time from then on', () => {
    ladder.follow('disconnected');
    clock.advance(2000);
    heard = false;
    ladder.look();
    clock.advance(30_000);
    ladder.follow('failed');
    expect(log).to.deep.equal(['2 restart']);
    heard = true;
    ladder.answered(true);
    clock.advance(5900);
    expect(log).to.deep.equal(['2 restart']);
    clock.advance(100);
    expect(log.at(-1)).to.equal('38 rebuild');
    clock.advance(53_000);
    expect(ladder.failed, 'the minute begins with the answer').to.equal(false);
    clock.advance(2000);
    expect(ladder.failed).to.equal(true);
  });

  for (const [what, begin] of [
    ['it is told to', () => ladder.begin()],
    ['the peer is there again', () => ladder.answered(true)],
  ] as const) {
    it(`begins anew after the end when ${what}`, () => {
      ladder.follow('failed');
      clock.advance(70_000);
      expect(ladder.failed).to.equal(true);
      log.length = 0;
      begin();
      expect([log, ladder.failed]).to.deep.equal([['70 restart'], false]);
      clock.advance(70_000);
      expect(log.at(-1)).to.equal('130 give-up');
    });
  }

  it('follows the peer that begins', () => {
    ladder.took('restart');
    expect(clock.pending, 'a restart of what flows is no trouble').to.equal(0);
    ladder.follow('failed');
    clock.advance(70_000);
    log.length = 0;
    ladder.took('rebuild');
    clock.advance(100_000);
    expect([log, ladder.failed], 'it is the try of the peer alone').to.deep.equal([[], true]);
    ladder.follow('connected');
    expect(ladder.failed).to.equal(false);
    ladder.follow('failed');
    ladder.took('rebuild');
    clock.advance(6200);
    expect(log, 'it has its time').to.deep.equal([]);
    clock.advance(200);
    expect(log.length).to.equal(1);
  });

  for (const told of [true, false]) {
    it(`has its minute anew after the page was frozen, ${told ? 'as it is told' : 'as its timers tell'}`, () => {
      ladder.follow('disconnected');
      heard = false;
      ladder.look();
      clock.advance(10_000);
      clock.freeze(3_600_000);
      if (told) ladder.look();
      clock.advance(50_000);
      expect([log, ladder.failed]).to.deep.equal([[], false]);
      heard = true;
      ladder.answered(false);
      clock.advance(7000);
      expect(log).to.deep.equal(['3660 restart', '3666 rebuild']);
    });
  }

  it('takes what is overdue where timers tick once a minute', () => {
    ladder.follow('failed');
    expect(log).to.deep.equal([]);
    clock.freeze(60_000);
    clock.advance(0);
    expect(log).to.deep.equal(['60 restart']);
  });

  it('rests while it is offline, for as long as that takes', () => {
    ladder.follow('disconnected');
    clock.advance(3000);
    online = false;
    ladder.look();
    expect(clock.pending).to.equal(0);
    clock.advance(600_000);
    online = true;
    ladder.look();
    ladder.begin();
    clock.advance(50_000);
    expect([log[1], ladder.failed]).to.deep.equal(['603 restart', false]);
  });

  it('begins nothing where media flow', () => {
    ladder.follow('connected');
    ladder.begin();
    clock.advance(100_000);
    expect(log).to.deep.equal([]);
  });
});
