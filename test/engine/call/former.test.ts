import { expect } from '@open-wc/testing';
import { Former } from '../../../components/engine/call/former.js';
import { FakeClock } from './support.js';

describe('Former', () => {
  it('finds repeated what comes 4 s after a goodbye, unless a server may have kept it', () => {
    const clock = new FakeClock();
    const former = new Former(clock);
    former.end('said', true);
    former.end('replaced');
    clock.advance(4000);
    expect(former.isRepeated('said'), 'on its way').to.equal(false);
    clock.advance(1);
    const repeated = (): boolean[] => ['said', 'replaced', 'stranger'].map((sid) => former.isRepeated(sid));
    expect(repeated()).to.deep.equal([true, false, false]);
    former.forgive();
    expect(repeated()).to.deep.equal([false, false, false]);
    expect([former.has('said'), former.has('stranger')]).to.deep.equal([true, false]);
  });

  it('remembers the last 512', () => {
    const former = new Former(new FakeClock());
    for (let index = 0; index < 513; index++) {
      former.end(`stay ${index}`);
      former.retire(`key ${index}`);
    }
    former.retire(undefined);
    expect([former.has('stay 0'), former.has('stay 1')]).to.deep.equal([false, true]);
    expect([former.conversations.has('key 0'), former.conversations.size]).to.deep.equal([false, 512]);
  });
});
