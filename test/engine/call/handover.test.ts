import { expect } from '@open-wc/testing';
import { handOver, takeOver } from '../../../components/engine/call/handover.js';
import { until } from '../../support/wait.js';
import { joinAll, Member, pair, Wire } from './support.js';

const KEY = 'rtc-elements/id/test';

describe('handover', () => {
  const members: Member[] = [];
  const add = <T extends readonly Member[]>(...some: T): T => (members.push(...some), some);

  // A window may begin with what was in the one that opened it.
  beforeEach(() => sessionStorage.clear());
  afterEach(() => {
    for (const { room } of members) room.release();
    members.length = 0;
    sessionStorage.clear();
  });

  it('gives each id to one, in order, and to its own room alone', () => {
    handOver('test', 'a');
    handOver('test', 'b');
    handOver('other', 'c');
    expect([takeOver('test'), takeOver('test'), takeOver('test')]).to.deep.equal(['a', 'b', null]);
    expect(takeOver('other')).to.equal('c');
    expect(sessionStorage.length, 'nothing is left').to.equal(0);
  });

  it('takes nothing old, nothing from the future, and nothing that is no id', () => {
    const now = Date.now();
    const ids = [
      ['old', now - 61_000],
      ['early', now + 3_600_000],
      ['no id', now],
      [7, now],
      ['timeless'],
      ['good', now],
    ];
    sessionStorage.setItem(KEY, JSON.stringify(ids));
    expect([takeOver('test'), takeOver('test')]).to.deep.equal(['good', null]);
    for (const text of ['', '{', 'null', '7', '{}', '[null]', '[7]']) {
      sessionStorage.setItem(KEY, text);
      expect(takeOver('test'), text).to.equal(null);
    }
  });

  it('does without storage', async () => {
    const storage = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')!;
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('No origin.', 'SecurityError');
      },
    });
    try {
      const [one] = add(new Member());
      const { id } = one;
      await joinAll([one]);
      dispatchEvent(new PageTransitionEvent('pagehide'));
      expect([one.state.status, one.id]).to.deep.equal(['left', id]);
    } finally {
      Object.defineProperty(globalThis, 'sessionStorage', storage);
    }
  });

  it('lets the rooms of the next page be the same peers, and any further one another', async () => {
    const before = add(...pair());
    await joinAll(before);
    const ids = before.map(({ id }) => id);
    dispatchEvent(new PageTransitionEvent('pagehide'));
    const after = add(new Member(), new Member(), new Member());
    await joinAll(after);
    expect(after.slice(0, 2).map(({ id }) => id)).to.deep.equal(ids);
    expect(ids.includes(after[2].id)).to.equal(false);
    await after[0].connected(after[1]);
  });

  it('shows the others one tile, though nobody said goodbye', async () => {
    const [one, two] = add(...pair());
    const wire = new Wire();
    await joinAll([one, two], { signaling: wire });
    await one.connected(two);
    wire.cut(two.id, false);
    handOver('test', two.id);
    const [again] = add(new Member());
    two.room.leave();
    wire.heal(two.id);
    let most = 0;
    one.room.store.subscribe(({ peers }) => (most = Math.max(most, peers.length)));
    await joinAll([again], { signaling: wire });
    expect(again.id).to.equal(two.id);
    await until(() => one.count('peer-join') === 2, 'joined again');
    await one.connected(again);
    expect([one.state.peers.length, one.count('peer-leave'), most]).to.deep.equal([1, 1, 1]);
  });
});
