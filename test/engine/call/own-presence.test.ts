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
      echoed: () => told.push('echoed'),
      denied: () => told.push('denied'),
    });
    own.announce();
    return { clock, told, own };
  };

  it('is denied where the room does not have it after 5 s', () => {
    const { clock, told } = begin();
    clock.advance(4999);
    expect(told).to.deep.equal(['announced']);
    clock.advance(1);
    expect(told).to.deep.equal(['announced', 'denied']);
    expect(clock.pending).to.equal(0);
  });

  it('may come back to a page that was frozen meanwhile', () => {
    const { clock, told, own } = begin();
    clock.freeze(60_000);
    clock.advance(0);
    own.heard(encodePresence(presence));
    clock.advance(10_000);
    expect(told).to.deep.equal(['announced', 'echoed']);
    expect(clock.pending).to.equal(0);
  });

  it('is denied 5 s after such a page goes on', () => {
    const { clock, told } = begin();
    clock.freeze(60_000);
    clock.advance(4999);
    expect(told).to.deep.equal(['announced']);
    clock.advance(1);
    expect(told).to.deep.equal(['announced', 'denied']);
  });
});
