import type { CallState, PeerState } from '../../components/engine/call/room.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { addCall, query } from './calls.js';

/** Somebody with whom all is well. */
export function madePeer(id: string, changes: Partial<PeerState> = {}): PeerState {
  return {
    id,
    name: '',
    stream: null,
    screen: null,
    audio: true,
    video: true,
    speaking: false,
    status: 'connected',
    connectionState: 'connected',
    iceConnectionState: 'connected',
    quality: null,
    verification: null,
    ...changes,
  };
}

/** A call in which all is well. */
export function madeState(changes: Partial<CallState> = {}): CallState {
  return {
    status: 'connected',
    localId: 'me',
    peers: [],
    localStream: null,
    localScreen: null,
    audio: true,
    video: true,
    reachable: true,
    speaker: null,
    issues: [],
    ignored: 0,
    ...changes,
  };
}

/** A `<peer-call>` that shows a call as no test can cause it; `show` puts another one in its place. */
export async function addMade(
  state: Partial<CallState>,
  properties: Partial<PeerCall> = {},
): Promise<{ call: PeerCall; show: (state: Partial<CallState>) => Promise<void> }> {
  let made = madeState(state);
  const call = await addCall(properties);
  Object.defineProperty(call, 'state', { get: () => made });
  const show = async (next: Partial<CallState>): Promise<void> => {
    made = madeState(next);
    call.requestUpdate();
    await call.updateComplete;
    const needed = !made.reachable || made.peers.some(({ status }) => status !== 'connecting');
    if (needed || made.issues.length) await until(() => query(call, '.pin, .notice'), 'loaded');
    await call.updateComplete;
  };
  await show(state);
  return { call, show };
}
