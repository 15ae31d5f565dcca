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

  it('lets what comes at once go at the rate', () => {
    expect(goes(100, [0, 0, 0, 0])).to.deep.equal([0, 5, 15, 25]);
  });

  it('saves nothing up in a silence', () => {
    expect(goes(100, [0, 1000, 1000, 1000])).to.deep.equal([0, 1000, 1005, 1015]);
  });

  it('takes another rate from the next on', () => {
    const pace = new Pace(100);
    pace.went(0);
    pace.rate = 10;
    pace.went(10);
    expect(pace.wait(10)).to.equal(50);
  });
});
