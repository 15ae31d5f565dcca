import type { CallState } from '../engine/call/call-state.js';

/** The key of the words that say why there is nobody to write to, or null. `met`: there was somebody. */
export function hindranceOf(state: CallState | undefined, met: boolean): string | null {
  if (!state) return 'no-call';
  if (state.status === 'joining') return 'joining';
  if (state.status === 'idle' || state.status === 'left') return 'outside';
  if (state.peers.length > 0) return null;
  return met ? 'left-alone' : 'alone';
}
