import { expect } from '@open-wc/testing';
import { encodePresence } from '../../../components/engine/call/frames.js';
import { OwnPresence } from '../../../components/engine/call/own-presence.js';
import { FakeClock } from './support.js';

describe('OwnPresence', () => {
  const presence = { sid: 'stay-of-ours', ts: 1, name: '' };
  const begin = () => {
    const [clock, told] = [new FakeClock(), [] as string[]];
    const own = new OwnPresence({
      presence,
      clock,
      announce: () => told.push('announced'),
      check: () => told.push('checks'),
      echoed: () => told.push('echoed'),
      denied: () => told.push('denied'),
    });
    own.announce();
    return { clock, told, own };
  };

  it('is denied where the room does not have it after 5 s', () => {
    const { clock, told } = begin();
    clock.advance(4999);
    expect(told).to.deep.equal(['announced', 'checks']);
    clock.advance(1);
    expect(told).to.deep.equal(['announced', 'checks', 'denied']);
    expect(clock.pending).to.equal(0);
  });

  it('is not denied where the way to the room turns out to hang', () => {
    const { clock, told, own } = begin();
    clock.advance(1500);
    own.reachable(false);
    clock.advance(10_000);
    own.reachable(true);
    clock.advance(1000);
    own.heard(encodePresence(presence));
    clock.advance(10_000);
    expect(told).to.deep.equal(['announced', 'checks', 'echoed']);
    expect(clock.pending).to.equal(0);
  });

  it('may come back to a page that was frozen meanwhile', () => {
    const { clock, told, own } = begin();
    clock.freeze(60_000);
    clock.advance(0);
    own.heard(encodePresence(presence));
    clock.advance(10_000);
    expect([told.includes('echoed'), told.includes('denied')]).to.deep.equal([true, false]);
    expect(clock.pending).to.equal(0);
  });

  it('is denied 5 s after such a page goes on', () => {
    const { clock, told } = begin();
    clock.freeze(60_000);
    clock.advance(4999);
    expect(told.includes('denied')).to.equal(false);
    clock.advance(1);
    expect(told.includes('denied')).to.equal(true);
  });
});
