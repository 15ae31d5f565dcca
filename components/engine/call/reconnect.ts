/** A connection that carries no media, as the policy sees it. All times in ms. */
export interface Trouble {
  /** What has become of the connection since the last remedy; `closed` where one side has closed it. */
  readonly state: RTCPeerConnectionState;
  /** Since the trouble began. */
  readonly lasting: number;
  /** Since the last remedy, or since the peer could hear of it; since the trouble began where there was none. */
  readonly waiting: number;
  /** Whether ICE was restarted. */
  readonly restarted: boolean;
  /** How many new connections were made. */
  readonly rebuilt: number;
  /** Whether the peer answers: without it nothing can be agreed on. */
  readonly heard: boolean;
  /** Whether this device has a network. */
  readonly online: boolean;
}

/** `rebuild`: a new connection in place of the old one. */
export type Remedy = 'restart' | 'rebuild' | 'give-up';

/** Decides how a connection in trouble is mended. */
export interface ReconnectPolicy {
  /** What is to be done next, and in how many ms; null: nothing before something else changes. */
  next(trouble: Trouble): { readonly remedy: Remedy; readonly after: number } | null;
}

const LIMIT = 60_000;
/** A `disconnected` connection often heals by itself, a `failed` one never. */
const DISCONNECTED_PATIENCE = 2000;
/** Whoever hangs up mostly leaves, and says so in a moment. */
const HUNG_UP_PATIENCE = 1000;
/** How long a connection may take to come about. */
const PATIENCE = 6000;
/** How long to wait before each new connection. */
const DELAYS = [0, 300, 1200, 2700, 4800, 7000];

/** ICE first, then one new connection after the other for a minute. `random` spreads those who lost the same network. */
export function reconnectPolicy(random: () => number = Math.random): ReconnectPolicy {
  const wait = ({ state, restarted, rebuilt }: Trouble): number => {
    const dead = state === 'failed' || state === 'closed';
    if (restarted || rebuilt > 0) {
      return (dead ? 0 : PATIENCE) + DELAYS[Math.min(rebuilt, DELAYS.length - 1)]! * (0.75 + random() / 2);
    }
    if (dead) return state === 'closed' ? HUNG_UP_PATIENCE : 0;
    return state === 'disconnected' ? DISCONNECTED_PATIENCE : PATIENCE;
  };
  return {
    next(trouble) {
      const { state, lasting, waiting, restarted, rebuilt, heard, online } = trouble;
      if (!online) return null;
      const left = Math.max(0, LIMIT - lasting);
      const after = heard ? Math.max(0, wait(trouble) - waiting) : left;
      if (after >= left) return { remedy: 'give-up', after: left };
      const fresh = !restarted && rebuilt === 0 && state !== 'closed';
      return { remedy: fresh ? 'restart' : 'rebuild', after };
    },
  };
}
