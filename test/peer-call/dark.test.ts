import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { PeerQuality } from '../../components/engine/call/quality.js';
import type { CallState } from '../../components/engine/call/room.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { addCall, query, queryAll, rejection } from './calls.js';
import { addMade, madePeer } from './made.js';

const poor = { score: 'poor' } as PeerQuality;
const [ann, ben] = [madePeer('a', { name: 'Ann' }), madePeer('b', { name: 'Ben', audio: false })];
const others = (first: Parameters<typeof madePeer>[1]): Partial<CallState> => ({
  peers: [{ ...ann, ...first }, ben],
});

const looks: Record<string, [Partial<CallState>, Partial<PeerCall>?]> = {
  'one large': [others({ speaking: true, quality: poor }), { layout: 'speaker' }],
  'one kept large': [others({}), { pinned: 'a' }],
  'all alike': [others({ speaking: true, quality: poor })],
  'a connection that is being made': [others({ status: 'connecting' })],
  'a connection that is being mended': [others({ status: 'reconnecting' })],
  'a connection that was given up': [others({ status: 'failed' })],
  'no network': [{ ...others({ status: 'offline' }), status: 'reconnecting', reachable: false }],
  'nobody else': [{ status: 'waiting' }],
};

describe('<peer-call> in the dark', () => {
  const { style } = document.documentElement;
  before(() => {
    style.colorScheme = 'dark';
  });
  after(() => {
    style.colorScheme = '';
  });
  afterEach(() => document.body.replaceChildren());

  async function isReadable(call: PeerCall): Promise<void> {
    const [red] = getComputedStyle(query(call, '.call')!).backgroundColor.match(/\d+/)!;
    expect(Number(red), 'it is dark').to.be.below(64);
    // axe does not look for a text below anything, nor before a picture.
    query(call, '.overlay')!.remove();
    for (const video of queryAll(call, 'video')) video.remove();
    await expect(call).to.be.accessible();
  }

  for (const [what, [state, properties]] of Object.entries(looks)) {
    it(`shows ${what} readably`, async () => {
      const { call } = await addMade(state, { controls: true, name: 'Me', ...properties });
      if (what.startsWith('one')) await until(() => query(call, '.large'), 'one large');
      if (what.includes('made')) await until(() => query(call, '.tile-status'), 'told');
      await isReadable(call);
    });
  }

  for (const [when, state] of [
    ['before', { status: 'idle', video: false }],
    ['while', { status: 'joining' }],
    ['after', { status: 'left' }],
  ] as const) {
    it(`shows the lobby readably ${when} joining`, async () => {
      const { call } = await addMade(state, { lobby: true, room: 'Stand-up', name: 'Me' });
      await until(() => query(call, '.lobby'), 'the lobby');
      await isReadable(call);
    });
  }

  it('shows an error readably', async () => {
    const call = await addCall({ controls: true });
    await rejection(call.join());
    await call.updateComplete;
    expect(query(call, '[role="alert"]') !== null).to.equal(true);
    await isReadable(call);
  });
});
