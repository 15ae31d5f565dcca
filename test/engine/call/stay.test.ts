import { expect } from '@open-wc/testing';
import { encodePresence } from '../../../components/engine/call/frames.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import type { Signaling, SignalingHandlers } from '../../../components/engine/signaling/signaling.js';
import { until } from '../../support/wait.js';
import { FakeClock, Member } from './support.js';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A member alone in its room, and what its transport may tell it at any time. */
async function alone() {
  let handlers!: Required<SignalingHandlers>;
  const signaling: Signaling = {
    open: async ({ peer }, given) => {
      handlers = given as Required<SignalingHandlers>;
      const announce = (payload: Uint8Array): void => given.presence(peer, payload);
      return { announce, send: () => {}, close: () => {} };
    },
  };
  const clock = new FakeClock();
  const member = new Member({ clock });
  const joined = member.room.join({ signaling, room: 'test' });
  await until(() => clock.pending > 0, 'opening');
  clock.advance(0);
  await joined;
  const issues = (): number => member.count('call-issue');
  return { member, clock, handlers, issues };
}

/** The watch that tells is loaded. */
async function watched(): Promise<void> {
  await import('../../../components/engine/call/watch.js');
  await pause();
}

describe('Stay', () => {
  it('leaves no timer behind, whatever comes after its end', async () => {
    const { member, clock, handlers, issues } = await alone();
    member.room.leave();
    expect(clock.pending, 'after leaving').to.equal(0);
    const { ignored } = member.state;
    const { length } = member.events;
    const error = new MediaKitError('signaling-refused', 'Late.');
    handlers.presence('late', encodePresence({ sid: 'late', ts: 1, name: '' }));
    handlers.message('late', new Uint8Array(9));
    handlers.reachable(false);
    handlers.ignored();
    handlers.tampered('late');
    handlers.warned(error);
    handlers.failed(error);
    await watched();
    expect([clock.pending, issues()]).to.deep.equal([0, 0]);
    expect([member.state.ignored, member.events.length]).to.deep.equal([ignored, length]);
    expect(member.open).to.equal(0);
  });

  it('leaves no timer behind of what was to be told when it ended', async () => {
    const { member, clock, handlers, issues } = await alone();
    handlers.tampered('late');
    handlers.ignored();
    member.room.leave();
    await watched();
    expect([clock.pending, issues()]).to.deep.equal([0, 0]);
  });

  it('ends what lasts, timers included', async () => {
    const { member, clock, handlers, issues } = await alone();
    handlers.tampered('late');
    await until(() => member.state.issues.length, 'told');
    member.room.leave();
    expect([clock.pending, issues(), member.state.issues.length]).to.deep.equal([0, 2, 0]);
  });
});
