import { expect } from '@open-wc/testing';
import { MediaKitError } from '../../../components/engine/errors.js';
import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import type { Signaling, SignalingChannel } from '../../../components/engine/signaling/signaling.js';
import { rejection } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';
import { joinAll, type Member, pair, Wire } from './support.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('Room: left from within, and a transport of the page', () => {
  const members: Member[] = [];
  const two = (): [Member, Member] => {
    const both = pair();
    members.push(...both);
    return both;
  };

  /** Leaves as soon as such an event is fired, as a page may. */
  const leaveAt = (member: Member, type: string): void => {
    const push = member.events.push.bind(member.events);
    member.events.push = (...events: Event[]) => {
      if (events[0]!.type === type) member.room.leave();
      return push(...events);
    };
  };

  /** In memory, with another channel. */
  const through = (change: (channel: SignalingChannel) => Partial<SignalingChannel>): Signaling => {
    const memory = new MemorySignaling();
    return {
      open: async (...given) => {
        const channel = await memory.open(...given);
        return { ...channel, ...change(channel) };
      },
    };
  };

  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock } of members) expect([open, clock.pending]).to.deep.equal([0, 0]);
    members.length = 0;
  });

  describe('leave() where a peer-leave is heard leaves nothing behind', () => {
    const met = async (): Promise<[Member, Member, Wire]> => {
      const [one, other] = two();
      const wire = new Wire();
      await joinAll([one, other], { signaling: wire });
      await one.connected(other);
      await other.connected(one);
      leaveAt(one, 'peer-leave');
      return [one, other, wire];
    };
    const leavesNothing = async (one: Member): Promise<void> => {
      await until(() => one.count('peer-leave') === 1, 'left');
      expect([one.open, one.clock.pending]).to.deep.equal([0, 0]);
    };

    it('of a peer that is back as another stay', async () => {
      const [one, other, wire] = await met();
      wire.cut(other.id, false);
      other.room.leave();
      wire.heal(other.id);
      await joinAll([other], { signaling: wire });
      await leavesNothing(one);
    });

    it('of a peer that begins anew', async () => {
      const [one, other, wire] = await met();
      const [first] = wire.log.filter(({ to }) => to === one.id);
      const { s, d } = JSON.parse(new TextDecoder().decode(first!.payload)) as Record<string, string>;
      const hello = { v: 1, sid: s, ts: 1, name: '' };
      const anew = { v: 1, s, d, k: 'another', n: 1, a: 0, t: 'hello', b: hello };
      wire.message(one.id, other.id, JSON.stringify(anew));
      await leavesNothing(one);
    });
  });

  it('hears nothing more of what came before the way was open once it is left', async () => {
    const [one] = two();
    const memory = new MemorySignaling();
    const signaling: Signaling = {
      async open(address, handlers, signal) {
        const channel = await memory.open(address, handlers, signal);
        // As in one chunk of a socket.
        handlers.warned?.(new MediaKitError('bad-input', 'another secret'));
        handlers.presence('bob', bytes({ v: 1, sid: 'sid-b', ts: 1, name: '' }));
        return channel;
      },
    };
    leaveAt(one, 'error');
    await rejection(one.room.join({ signaling, room: 'test' }), 'aborted');
    expect([one.open, one.clock.pending]).to.deep.equal([0, 0]);
  });

  describe('that throws', () => {
    const { error } = console;
    let told = 0;
    beforeEach(() => {
      told = 0;
      console.error = () => void told++;
    });
    afterEach(() => (console.error = error));

    it('at each message is left all the same', async () => {
      const [one, other] = two();
      let breaks = false;
      const signaling = through((channel) => ({
        send: (to, payload) => {
          // As a WebSocket that connects again does.
          if (breaks) throw new DOMException('Still in CONNECTING state', 'InvalidStateError');
          channel.send(to, payload);
        },
      }));
      await joinAll([one, other], { signaling });
      await one.connected(other);
      breaks = true;
      one.room.leave();
      expect([one.state.status, one.open, one.clock.pending, told > 0]).to.deep.equal(['left', 0, 0, true]);
    });

    it('at the announcement is no way to the room', async () => {
      const [one] = two();
      const announce = (): never => {
        throw new DOMException('Still in CONNECTING state', 'InvalidStateError');
      };
      const signaling = through(() => ({ announce }));
      await rejection(one.room.join({ signaling, room: 'test' }), 'signaling-unreachable');
    });

    it('or gives no channel is no way to the room', async () => {
      const [one] = two();
      const signaling = { open: async () => undefined } as unknown as Signaling;
      await rejection(one.room.join({ signaling, room: 'test' }), 'signaling-unreachable');
    });
  });
});
