import { expect } from '@open-wc/testing';
import { isFull, timeLeft } from '../../../components/engine/record/limits.js';
import { Stopwatch } from '../../../components/engine/record/stopwatch.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('limits of a recording', () => {
  it('are none by default', () => {
    const none = { maxSize: 0, maxDuration: 0 };
    expect([timeLeft(none, 1e9), isFull(none, 1e12, 1e9)]).to.deep.equal([Infinity, false]);
  });

  it('leave what is left of the time, in ms', () => {
    const limits = { maxSize: 0, maxDuration: 10 };
    expect([timeLeft(limits, 9000), timeLeft(limits, 10_500)]).to.deep.equal([1000, -500]);
  });

  it('end it before the next slice is too much', () => {
    const limits = { maxSize: 1000, maxDuration: 0 };
    expect([isFull(limits, 800, 100), isFull(limits, 801, 100)]).to.deep.equal([false, true]);
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
