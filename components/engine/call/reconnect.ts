/** Decides when a connection in trouble is to be mended. */
export interface ReconnectPolicy {
  /** How long a connection may be in this state before ICE is restarted, in ms; null: it needs no restart. */
  restartAfter(state: RTCPeerConnectionState): number | null;
}

const DISCONNECTED_PATIENCE = 2000;

/** A `disconnected` connection often heals by itself, a `failed` one never. */
export const standardReconnectPolicy: ReconnectPolicy = {
  restartAfter(state) {
    if (state === 'failed') return 0;
    return state === 'disconnected' ? DISCONNECTED_PATIENCE : null;
  },
};
