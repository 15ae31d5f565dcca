import { expect } from '@open-wc/testing';
import { Watchdog } from '../../../components/engine/generator/watchdog.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('Watchdog', () => {
  function watch(): { clock: ManualClock; dog: Watchdog; silences: () => number } {
    const clock = new ManualClock();
    let silences = 0;
    const dog = new Watchdog(clock, () => silences++);
    return { clock, dog, silences: () => silences };
  }

  it('says nothing while reports come', () => {
    const { clock, dog, silences } = watch();
    for (let second = 0; second < 10; second++) {
      dog.heard();
      clock.advance(1000);
    }
    expect(silences()).to.equal(0);
  });

  it('tells of a silence of more than three seconds', () => {
    const { clock, silences } = watch();
    for (let second = 0; second < 3; second++) clock.advance(1000);
    expect(silences()).to.equal(0);
    clock.advance(1000);
    expect(silences()).to.equal(1);
  });

  it('takes no sleep of its own for a silence of others', () => {
    const { clock, dog, silences } = watch();
    clock.sleep(60_000);
    expect(silences()).to.equal(0);
    dog.heard();
    clock.advance(1000);
    expect(silences()).to.equal(0);
  });

  it('is quiet once it is released', () => {
    const { clock, dog, silences } = watch();
    dog.release();
    for (let second = 0; second < 9; second++) clock.advance(1000);
    expect(silences()).to.equal(0);
  });
});
