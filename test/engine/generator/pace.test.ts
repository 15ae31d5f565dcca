import { expect } from '@open-wc/testing';
import { Pace } from '../../../components/engine/generator/pace.js';

/** When each of these arrivals may go, in ms. */
function goes(rate: number, arrivals: readonly number[]): number[] {
  const pace = new Pace(rate);
  return arrivals.map((arrival) => {
    const at = arrival + Math.max(0, pace.wait(arrival));
    pace.went(at);
    return at;
  });
}

describe('Pace', () => {
  it('lets the first go at once', () => {
    expect(new Pace(1).wait(0)).to.equal(-Infinity);
  });

  it('never holds a writer at the very rate back, however unsteady', () => {
    const arrivals = Array.from({ length: 100 }, (_, number) => number * 20 + (number % 3) * 4);
    expect(goes(50, arrivals)).to.deep.equal(arrivals);
  });

  it('holds nobody back for good who was late once', () => {
    const arrivals = Array.from({ length: 60 }, (_, number) => number * 20 + (number === 5 ? 18 : 0));
    const waits = goes(50, arrivals).map((at, number) => at - arrivals[number]!);
    expect(Math.max(...waits)).to.be.above(0);
    expect(waits.slice(-40)).to.deep.equal(Array(40).fill(0));
  });

  it('lets what comes at once go at the rate', () => {
    expect(goes(100, [0, 0, 0, 0])).to.deep.equal([0, 4.5, 14, 23.5]);
  });

  it('saves nothing up in a silence', () => {
    expect(goes(100, [0, 1000, 1000, 1000])).to.deep.equal([0, 1000, 1004.5, 1014]);
  });

  it('takes another rate from the next on', () => {
    const pace = new Pace(100);
    pace.went(0);
    pace.rate = 10;
    pace.went(10);
    expect(pace.wait(10)).to.equal(45);
  });
});
