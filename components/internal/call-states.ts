import type { CallState, CallStatus } from '../engine/call/call-state.js';

const statuses = [
  'idle',
  'joining',
  'waiting',
  'connecting',
  'connected',
  'reconnecting',
  'left',
] as const satisfies CallStatus[];

/** Whether somebody is in the room or on the way into it. */
export const isActive = ({ status }: Pick<CallState, 'status'>): boolean =>
  status !== 'idle' && status !== 'left';

/** Whether the room has been entered. */
export const isInside = (state: CallState): boolean => isActive(state) && state.status !== 'joining';

/** The custom states of a tag that shows a call. */
export function callStates(state: CallState): Readonly<Record<string, boolean>> {
  const inside = isInside(state);
  return {
    ...Object.fromEntries(statuses.map((status) => [status, status === state.status])),
    alone: inside && state.peers.length === 0,
    sharing: state.localScreen !== null,
    muted: inside && !state.audio,
    'camera-off': inside && !state.video,
  };
}

/** The stream of the one who speaks or spoke last, else the first that comes from another member. */
export const remoteStream = ({ peers, speaker }: CallState): MediaStream | null =>
  peers.find(({ id, stream }) => stream && id === speaker)?.stream ??
  peers.find(({ stream }) => stream)?.stream ??
  null;
