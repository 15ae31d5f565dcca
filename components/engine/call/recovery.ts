import { MediaKitError } from '../errors.js';
import { diagnose, isHopeless, networkFacts, type NetworkFacts } from './diagnosis.js';
import { Ladder } from './ladder.js';
import type { PairOptions } from './pair.js';
import type { Peer } from './peer.js';
import { reconnectPolicy, type Remedy } from './reconnect.js';

/** Servers that were asked for within so many ms are of now, and so is a restart: both sides often want it at once. */
const RECENT = 2000;
const CLOSED = 'The connection was closed and no other one came about: join again.';
const NO_SERVERS = 'The ICE servers given last cannot be used: see the cause.';

export interface RecoveryOptions extends Pick<
  PairOptions,
  'polite' | 'clock' | 'reconnect' | 'online' | 'heard' | 'configure' | 'send' | 'failed'
> {
  /** The present connection, and its number. */
  readonly current: () => { readonly peer: Peer; readonly number: number };
  /** Whether media have flowed. */
  readonly wasConnected: () => boolean;
  /** Makes a new connection in place of the present one. */
  readonly rebuild: (number: number) => void;
  /** What this says of itself may be another now. */
  readonly changed: () => void;
}

/**
 * Whether a restart may leave the peer deaf (Chromium 156 to Firefox 153, now and then the first one and every second one):
 * until it has the answer, the browser that offers tries its new addresses with the credentials of before, to which Firefox
 * says yes; and the pair that is chosen so is none that Firefox listens to.
 */
const deafens = ({ answer, connection }: Peer): boolean =>
  isOfFirefox(answer) && !isOfFirefox(connection.localDescription!.sdp);
const ufragOf = (description: RTCSessionDescription | null): string | undefined =>
  /ice-ufrag:(\S+)/.exec(description?.sdp ?? '')?.[1];
const isOfFirefox = (sdp: string): boolean => /^o=mozilla/m.test(sdp);

/** Brings the connection of a pair back. Loaded on demand, while there still is a way to load it. */
export class Recovery {
  readonly ladder: Ladder;
  readonly #options: RecoveryOptions;
  #renewing = false;
  #closed = false;
  #refusal: MediaKitError | null = null;
  /** The peer's side of ICE, which is another one from each restart and each new connection on. */
  #ice: string | undefined;
  /**
   * Our side of ICE that addresses are gathered for, until what came of it is judged; whatever there is at first. A
   * restart has a side of its own a moment before the browser takes back that it has gathered.
   */
  #sought: string | undefined;
  /** When servers were asked for last, for a restart. */
  #asked = -Infinity;
  /** What was told last as the reason of a failure. */
  #complaint = '';

  constructor(options: RecoveryOptions) {
    this.#options = options;
    const { reconnect: policy = reconnectPolicy() } = options;
    this.ladder = new Ladder({ ...options, policy, remedy: (remedy) => this.#mend(remedy) });
  }

  /** The connection has come into this state, or has found all of its addresses. */
  follow(state: RTCPeerConnectionState, isNew: boolean): void {
    if (state === 'connected') this.#complaint = '';
    if (isNew) this.ladder.follow(state);
    this.#notice();
    // Where only relays are allowed and none was given, there is nothing to wait for.
    if (state === 'connected' || state === 'closed') return;
    const { iceGatheringState, localDescription } = this.#options.current().peer.connection;
    const ufrag = ufragOf(localDescription);
    if (iceGatheringState === 'gathering') this.#sought = ufrag;
    else if ((this.#sought ?? ufrag) === ufrag && isHopeless(this.#facts())) {
      this.#sought = '';
      this.ladder.giveUp();
    }
  }

  /** Restarts ICE where media flow, else begins anew to bring them back. */
  begin(): void {
    if (this.#closed) return;
    this.#complaint = '';
    if (this.#options.current().peer.state === 'connected') this.#mend('restart');
    else this.ladder.begin();
  }

  /** The peer has asked for it. */
  asked(remedy: 'restart' | 'rebuild'): void {
    if (this.#closed) return;
    this.ladder.took(remedy);
    void (remedy === 'restart' ? this.#restart(true) : this.#renew(true));
  }

  /** No connection can be made any longer. */
  refuse(error: MediaKitError): void {
    this.#refusal = error;
    this.ladder.giveUp();
  }

  close(): void {
    this.#closed = true;
    this.ladder.close();
  }

  /** Where the peer alone noticed what is wrong, our servers are to be of now, too: the answer does not wait for them. */
  #notice(): void {
    const { polite, current } = this.#options;
    const { connection } = current().peer;
    // Firefox tells nothing of one that is closed.
    if (connection.signalingState === 'closed') return;
    const ufrag = ufragOf(connection.remoteDescription);
    if (!ufrag || ufrag === this.#ice) return;
    if (this.#ice && polite) void this.#restart(false);
    this.#ice = ufrag;
  }

  #mend(remedy: Remedy): void {
    const { polite, send, current, changed } = this.#options;
    if (remedy === 'give-up') this.#complain();
    // Of the two it is the first offerer who does it.
    else if (polite) send('restart', { c: current().number + (remedy === 'rebuild' ? 1 : 0) });
    else if (remedy === 'rebuild') void this.#renew(false);
    if (remedy === 'restart') void this.#restart(false);
    changed();
  }

  /** With the servers of now. */
  async #restart(asked: boolean): Promise<void> {
    const { current, configure, polite, clock, failed, rebuild } = this.#options;
    const { peer, number } = current();
    const { connection } = peer;
    if (clock.now() - this.#asked < RECENT) return;
    this.#asked = clock.now();
    const configuration = await configure().catch(() => null);
    if (this.#closed || peer !== current().peer || connection.signalingState === 'closed') return;
    const { iceServers } = configuration ?? {};
    try {
      // The rest is as it was made, maybe by the page.
      if (iceServers) connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    } catch (thrown) {
      failed(MediaKitError.from(thrown, 'bad-input', NO_SERVERS));
    }
    if (polite) return;
    if (deafens(peer)) rebuild(number + 1);
    else peer.restartIce(asked);
  }

  async #renew(asked: boolean): Promise<void> {
    if (this.#renewing) return;
    const { configure, rebuild, current } = this.#options;
    this.#renewing = true;
    // Where there are no other servers those of before have to do.
    await configure().catch(() => {});
    this.#renewing = false;
    const { climbing, failed } = this.ladder;
    // It may have healed meanwhile. After our end the peer may still try.
    if (!this.#closed && (climbing || (asked && failed))) rebuild(current().number + 1);
  }

  #facts(): NetworkFacts {
    const { connection, errors } = this.#options.current().peer;
    return networkFacts(connection, errors, this.#options.wasConnected());
  }

  #complain(): void {
    if (this.#closed) return;
    // Firefox tells nothing of a connection that the page has closed.
    const { signalingState } = this.#options.current().peer.connection;
    const error =
      this.#refusal ??
      (signalingState === 'closed'
        ? new MediaKitError('connection-failed', CLOSED)
        : diagnose(this.#facts()));
    this.#refusal = null;
    // The peer may have us try again and again.
    if (error.message === this.#complaint) return;
    this.#complaint = error.message;
    this.#options.failed(error);
  }
}
