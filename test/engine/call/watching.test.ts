import { expect } from '@open-wc/testing';
import { Watching } from '../../../components/engine/call/watching.js';
import type { CallIssueEvent } from '../../../components/engine/call/events.js';
import { until } from '../../support/wait.js';
import { FakeClock } from './support.js';

describe('Watching', () => {
  const clock = new FakeClock();
  let told: string[] = [];
  let watching: Watching;

  beforeEach(() => {
    told = [];
    watching = new Watching({
      room: 'room',
      clock,
      connections: () => [],
      tracks: () => [],
      told: () => ({ audio: false, video: false }),
      observed: () => {},
      dispatch: (event) => void told.push((event as CallIssueEvent).issue.peerId!),
      changed: () => {},
    });
  });
  afterEach(() => {
    watching.release();
    expect(clock.pending, 'waiting timers').to.equal(0);
  });

  it('tells, when it is loaded, of those alone to whom there still is no way', async () => {
    for (const id of ['gone', 'back', 'blocked']) watching.block(id, 'No way.');
    expect(watching.issues.length, 'not loaded yet').to.equal(0);
    watching.forget('gone');
    watching.connected('back');
    await until(() => watching.issues.length, 'loaded');
    expect(told).to.deep.equal(['blocked']);
    watching.forget('blocked');
    expect([watching.issues.length, told.length]).to.deep.equal([0, 2]);
  });

  it('tells nothing after its release, though it was about to', async () => {
    watching.block('blocked', 'No way.');
    watching.release();
    const another = await import('../../../components/engine/call/watch.js');
    await Promise.resolve(another);
    expect([watching.issues.length, told.length]).to.deep.equal([0, 0]);
  });

  it('waits a while before it is loaded for what has come up', () => {
    watching.connected('one');
    watching.connected('two');
    expect(clock.pending).to.equal(1);
  });
});
