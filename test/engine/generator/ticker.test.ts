import { expect } from '@open-wc/testing';
import { nextDeadline, Ticker } from '../../../components/engine/generator/ticker.js';

/** A clock that stands still until it is told to go on. */
class HandClock {
  time = 0;
  #waiting: { at: number; callback: () => void }[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const entry = { at: this.time + ms, callback };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  goTo(time: number): void {
    this.time = time;
    const due = this.#waiting.filter(({ at }) => at <= time);
    this.#waiting = this.#waiting.filter(({ at }) => at > time);
    for (const { callback } of due) callback();
  }
}

describe('nextDeadline', () => {
  it('keeps to the line of deadlines', () => {
    expect(nextDeadline(0, 40, 0)).to.equal(40);
    expect(nextDeadline(0, 40, 39)).to.equal(80);
    expect(nextDeadline(0, 40, 38.9)).to.equal(40);
    expect(nextDeadline(0, 40, 40)).to.equal(80);
    expect(nextDeadline(0, 40, 41)).to.equal(80);
    expect(nextDeadline(7, 40, 1000)).to.equal(1007);
  });
});

describe('Ticker', () => {
  it('skips what it missed and does not drift', () => {
    const clock = new HandClock();
    const ticks: number[] = [];
    const ticker = new Ticker(clock, 25, (now) => ticks.push(now));
    for (const time of [41, 80, 119.5, 300, 320]) clock.goTo(time);
    // 119.5 is early, and 300 is one call instead of four.
    expect(ticks).to.deep.equal([41, 80, 300, 320]);
    ticker.release();
    expect(clock.waiting).to.equal(0);
    clock.goTo(1000);
    expect(ticks.length).to.equal(4);
  });

  it('changes its rate at once', () => {
    const clock = new HandClock();
    const ticks: number[] = [];
    const ticker = new Ticker(clock, 1, (now) => ticks.push(now));
    clock.goTo(10);
    ticker.setRate(50);
    for (const time of [30, 50, 70]) clock.goTo(time);
    expect(ticks).to.deep.equal([30, 50, 70]);
    expect(clock.waiting, 'one wake at a time').to.equal(1);
    ticker.release();
  });

  it('may be released from its own tick', () => {
    const clock = new HandClock();
    let ticks = 0;
    const ticker = new Ticker(clock, 25, () => {
      ticks++;
      ticker.release();
    });
    clock.goTo(40);
    clock.goTo(80);
    expect(ticks).to.equal(1);
    expect(clock.waiting).to.equal(0);
  });
});
