import { expect } from '@open-wc/testing';
import { timeLeft } from '../../../components/engine/record/limits.js';
import { Stopwatch } from '../../../components/engine/record/stopwatch.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('limits of a recording', () => {
  it('are none by default', () => {
    const so = { size: 1e12, slice: 1e9, elapsed: 1e9 };
    expect(timeLeft({ maxSize: 0, maxDuration: 0 }, so)).to.equal(Infinity);
  });

  it('leave what is left of the time, in ms', () => {
    const limits = { maxSize: 0, maxDuration: 10 };
    expect(timeLeft(limits, { size: 0, slice: 0, elapsed: 9000 })).to.equal(1000);
    expect(timeLeft(limits, { size: 0, slice: 0, elapsed: 10_500 })).to.equal(-500);
  });

  it('end it before the next slice is too much', () => {
    const limits = { maxSize: 1000, maxDuration: 0 };
    expect(timeLeft(limits, { size: 800, slice: 100, elapsed: 0 })).to.equal(Infinity);
    expect(timeLeft(limits, { size: 801, slice: 100, elapsed: 0 })).to.equal(0);
  });
});

describe('Stopwatch', () => {
  it('counts what is no pause', () => {
    const clock = new ManualClock();
    const watch = new Stopwatch(clock);
    expect(watch.elapsed).to.equal(0);
    watch.go();
    clock.advance(100);
    watch.go();
    clock.advance(100);
    watch.hold();
    clock.advance(5000);
    watch.hold();
    expect(watch.elapsed).to.equal(200);
    watch.go();
    clock.advance(50);
    expect(watch.elapsed).to.equal(250);
  });
});
