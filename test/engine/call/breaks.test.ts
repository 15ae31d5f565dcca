import { expect } from '@open-wc/testing';
import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { until } from '../../support/wait.js';
import { joinAll, pair } from './support.js';

describe('A connection that breaks', () => {
  for (const [state, doubted] of [
    ['disconnected', true],
    ['failed', true],
    ['connecting', false],
  ] as const) {
    it(`has the way to the room ${doubted ? 'checked' : 'left alone'} when it is ${state}`, async () => {
      const inner = new MemorySignaling();
      const checked: string[] = [];
      const signaling: Signaling = {
        async open(address, handlers, signal) {
          const channel = await inner.open(address, handlers, signal);
          return Object.assign(channel, { check: () => void checked.push(address.peer) });
        },
      };
      const [one, other] = pair();
      try {
        await joinAll([one, other], { signaling });
        await Promise.all([one.connected(other), other.connected(one)]);
        expect(checked).to.deep.equal([]);
        const connection = one.room.getPeerConnection(other.id)!;
        Object.defineProperty(connection, 'connectionState', { value: state, configurable: true });
        connection.dispatchEvent(new Event('connectionstatechange'));
        await until(() => one.peer(other)?.connectionState === state, state);
        expect([...new Set(checked)]).to.deep.equal(doubted ? [one.id] : []);
      } finally {
        for (const { room } of [one, other]) room.release();
      }
    });
  }

  it('is looked for at once where another network comes, though it seems to be there', async () => {
    const [one, other] = pair();
    try {
      await joinAll([one, other]);
      await Promise.all([one.connected(other), other.connected(one)]);
      const { offers } = one;
      other.network('offline');
      other.network('online');
      await until(() => one.offers > offers, 'another offer');
    } finally {
      for (const { room } of [one, other]) room.release();
    }
  });
});
