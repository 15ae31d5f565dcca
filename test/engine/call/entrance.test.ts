import { expect } from '@open-wc/testing';
import { Entrance } from '../../../components/engine/call/entrance.js';
import { ENTRANCE } from '../../../components/engine/call/frames.js';
import type { Member } from '../../../components/engine/call/member.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('Entrance', () => {
  /** An entrance to a room of two for `m`, and what came of it. */
  function enter(...members: Member[]) {
    const clock = new ManualClock();
    const told: string[] = [];
    const entrance: Entrance = new Entrance({
      id: 'm',
      maxPeers: 2,
      clock,
      members: () => members,
      admitted: () => told.push('admitted'),
      turnedAway: (error) => {
        told.push(error.code);
        entrance.close(error);
      },
    });
    entrance.begin();
    entrance.prepared();
    entrance.echoed();
    return { clock, entrance, members, told };
  }
  const member = (id: string, settles: number, confirmed = true) => ({
    id,
    sid: id,
    name: '',
    confirmed,
    settles,
  });

  it('lets in as soon as it is known that there is room', async () => {
    const { entrance, told } = enter(member('a', 0));
    await entrance.admission;
    expect(told).to.deep.equal(['admitted']);
  });

  it('waits for those with larger ids to settle, turns away then, and does not let in after that', async () => {
    const { clock, entrance, told } = enter(member('x', 1000), member('y', 1000));
    clock.advance(ENTRANCE * 2);
    expect(told).to.deep.equal(['room-full']);
    const code = await entrance.admission.catch((error: { code: string }) => error.code);
    expect([code, clock.pending]).to.deep.equal(['room-full', 0]);
  });

  it('lets in when the time is over in which one may be turned away', () => {
    const { clock, told } = enter(member('x', 5000), member('y', 5000));
    clock.advance(ENTRANCE - 1);
    expect(told).to.deep.equal([]);
    clock.advance(1);
    expect(told).to.deep.equal(['admitted']);
  });

  describe('when not all have answered by then', () => {
    it('turns away as soon as those who were there before have', () => {
      const late = member('y', 0, false);
      const { clock, entrance, told } = enter(member('x', 0), late);
      clock.advance(ENTRANCE);
      expect(told).to.deep.equal(['admitted']);
      late.confirmed = true;
      entrance.look();
      expect(told).to.deep.equal(['admitted', 'room-full']);
    });

    it('stays where it is a newcomer who does', () => {
      const late = member('a', 0, false);
      const { clock, entrance, told } = enter(member('x', 0), late);
      clock.advance(ENTRANCE * 2);
      Object.assign(late, { confirmed: true, settles: ENTRANCE + 1 });
      entrance.look();
      expect(told).not.to.include('room-full');
    });

    it('stays whoever comes back, once it was clear who is there', () => {
      const [other, late] = [member('x', 0), member('y', 0, false)];
      const { clock, entrance, members, told } = enter(other, late);
      clock.advance(ENTRANCE);
      members.pop();
      entrance.look();
      late.confirmed = true;
      members.push(late);
      entrance.look();
      expect(told).not.to.include('room-full');
    });
  });
});
