import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { Candidates } from './candidates.js';
import { orderOffer } from './codecs.js';
import { NATIVE_EVENTS, withPeerId } from './events.js';
import { readCandidates, readDescription, type ViewBody } from './frames.js';
import type { LocalMedia } from './local-media.js';
import { beginNegotiation, negotiate, type NegotiationInput, type NegotiationStep } from './negotiator.js';
import type { RemoteMedia } from './remote-media.js';
import { NOT_SENT, Senders } from './senders.js';

/** The last ones tell what is wrong. */
const ERRORS = 16;
/** In how many answers, or in one offer that was answered, a transceiver must have sent until it is fresh no longer. */
const ROUNDS = 2;
/** The id of the channel that gives the peer's a place in an offer: the last that Chromium has. */
const PLACE = 1023;

export interface PeerOptions {
  readonly id: string;
  /** Whether the peer makes the first offer, and wins when two offers cross. */
  readonly polite: boolean;
  /** The number of this connection in the pair. */
  readonly number: number;
  readonly connection: RTCPeerConnection;
  readonly media: LocalMedia;
  /** What comes from the peer. */
  readonly remote: RemoteMedia;
  /** How many others are sent to. */
  readonly crowd: () => number;
  readonly clock: Clock;
  readonly send: (type: string, body: unknown) => void;
  readonly dispatch: (event: Event) => void;
  /** The connection has come into another state. */
  readonly changed: () => void;
  /** A message made no sense and had no effect. */
  readonly ignored: () => void;
  readonly failed: (error: MediaKitError) => void;
}

/** One connection to a peer: what is sent, what comes, and how it is agreed on. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #senders: Senders;
  readonly #candidates: Candidates;
  readonly #listening = new AbortController();
  #negotiation;
  /** One thing at a time: the state of the connection is always known when the next message is looked at. */
  #queue = Promise.resolve();
  /** What is in the queue and has not begun. */
  #waiting = 0;
  #restarting = false;
  /** What sends by the last description of ours, and in how many rounds each has. */
  #sending: readonly RTCRtpTransceiver[] = [];
  readonly #rounds = new WeakMap<RTCRtpTransceiver, number>();
  #answer = '';
  #adopted = false;
  #connected = false;
  /** What went wrong with the servers since the last restart of ICE. */
  #errors: RTCPeerConnectionIceErrorEvent[] = [];

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#negotiation = beginNegotiation(options.polite);
    const { connection, clock, number: c, send } = options;
    this.#senders = new Senders({ ...options, signal: this.#listening.signal });
    this.#candidates = new Candidates({ connection, clock, send: (list) => send('cands', { c, list }) });
    this.#listen();
    this.#applyOrFail();
    // At once: the browser is at it while the page is told of the peer.
    if (!options.polite) this.#queue = this.#negotiate('needed');
  }

  get connection(): RTCPeerConnection {
    return this.#connection;
  }

  /**
   * Whether media flow: from `connected` until `disconnected` or `failed`. Firefox is `connecting` again for a moment
   * when an offer opens a further direction, and nothing is cut then.
   */
  get isConnected(): boolean {
    // A page may close the connection itself, and no event tells.
    return this.#connected && this.#connection.connectionState !== 'closed';
  }

  /** Where the connection stands: `connected` as long as media flow, `closed` also where the peer has closed it. */
  get state(): RTCPeerConnectionState {
    if (this.hasHungUp) return 'closed';
    return this.isConnected ? 'connected' : this.#connection.connectionState;
  }

  /** Whether the peer has closed the connection, which is no fault of the network. */
  get hasHungUp(): boolean {
    return this.#transport?.state === 'closed';
  }

  /** What went wrong with the servers since the last restart of ICE. */
  get errors(): readonly RTCPeerConnectionIceErrorEvent[] {
    return this.#errors;
  }

  /** How large the peer shows us. */
  set view(view: ViewBody) {
    this.#senders.view = view;
  }

  /** A `desc`, `cands` or `renegotiate` for this connection, each in its turn. */
  receive(type: string, body: unknown): void {
    const taken = this.#read(type, body);
    if (!taken) this.#options.ignored();
  }

  /** What goes out over others may be less now. */
  tune(): void {
    this.#senders.tune();
  }

  /** Sends what the local media are now; resolves when the tracks are exchanged, rejects with `MediaKitError`. */
  async applyMedia(): Promise<void> {
    // The first offer brings the polite side its transceivers.
    if (this.#options.polite && !this.#negotiation.begun) return;
    if (this.#connection.signalingState !== 'closed') await this.#senders.apply();
  }

  /**
   * To be called on the impolite side alone: an answer of Firefox as the second side would be refused by Chromium.
   * Where the peer has asked for it, an offer that is under way does.
   */
  restartIce(asked: boolean): void {
    if (asked && (this.#restarting || !this.#connection.remoteDescription)) return;
    this.#restarting = true;
    this.#errors = [];
    this.#connection.restartIce();
  }

  /** The last answer as it came: `remoteDescription` is what the browser made of it. */
  get answer(): string {
    return this.#answer;
  }

  /** Has no part any longer in what is agreed on and told; what still flows goes on. */
  retire(): void {
    this.#listening.abort();
    this.#candidates.close();
  }

  close(): void {
    this.retire();
    this.#connection.close();
  }

  get #transport(): RTCDtlsTransport | null | undefined {
    return this.#connection.getTransceivers()[0]?.sender.transport;
  }

  get #closed(): boolean {
    return this.#listening.signal.aborted;
  }

  #listen(): void {
    const connection = this.#connection;
    const { signal } = this.#listening;
    const { id, dispatch, changed, remote } = this.#options;
    const need = (): Promise<void> => this.#negotiate(this.#isFresh ? 'fresh' : 'needed');
    connection.addEventListener('negotiationneeded', () => this.#enqueue(need), { signal });
    connection.addEventListener('icecandidate', ({ candidate }) => this.#candidates.found(candidate), {
      signal,
    });
    connection.addEventListener('track', (event) => remote.add(event), { signal });
    connection.addEventListener('connectionstatechange', () => this.#followState(), { signal });
    for (const type of ['iceconnectionstatechange', 'icegatheringstatechange'] as const) {
      connection.addEventListener(type, changed, { signal });
    }
    const keep = (error: RTCPeerConnectionIceErrorEvent): void => {
      this.#errors = [...this.#errors, error].slice(-ERRORS);
    };
    connection.addEventListener('icecandidateerror', keep, { signal });
    for (const type of NATIVE_EVENTS) {
      connection.addEventListener(type, (event) => dispatch(withPeerId<Event>(event, id)), { signal });
    }
  }

  /** False where it makes no sense. */
  #read(type: string, body: unknown): boolean {
    switch (type) {
      case 'desc': {
        const description = readDescription(body);
        if (!description) return false;
        this.#enqueue(() => this.#negotiate(description.type, description.sdp));
        return true;
      }
      case 'cands': {
        const candidates = readCandidates(body);
        if (!candidates) return false;
        const list = candidates.list.length > 0 ? candidates.list : [undefined];
        const add = async (): Promise<void> => this.#judge(await this.#candidates.add(list));
        if (this.#isAtTheirOffer) void add();
        else this.#enqueue(add);
        return true;
      }
      case 'renegotiate':
        if (this.#options.polite) return false;
        this.#enqueue(() => this.#negotiate('asked'));
        return true;
      default:
        return false;
    }
  }

  /** Whether the peer's candidates can only be those of its first offer, or of the one that is answered now. */
  get #isAtTheirOffer(): boolean {
    const connection = this.#connection;
    const { signalingState } = connection;
    // Firefox throws where it is asked for the description of one that the page has closed.
    if (this.#waiting > 0 || signalingState === 'closed') return false;
    return !connection.remoteDescription || signalingState === 'have-remote-offer';
  }

  #enqueue(task: () => Promise<void>): void {
    this.#waiting++;
    this.#queue = this.#queue.then(async () => {
      this.#waiting--;
      if (!this.#closed) await task();
    });
  }

  async #negotiate(input: NegotiationInput, sdp = ''): Promise<void> {
    const { ignored, changed, failed } = this.#options;
    const [step, state] = negotiate(this.#negotiation, this.#connection.signalingState, input);
    this.#negotiation = state;
    try {
      if (input === 'asked' && step === 'make-offer' && this.#connection.sctp === null) {
        this.#connection.createDataChannel('', { negotiated: true, id: PLACE });
      }
      await this.#perform(step, sdp);
    } catch (thrown) {
      if (this.#closed) return;
      if (input === 'offer' || input === 'answer') return ignored();
      failed(
        MediaKitError.from(thrown, 'connection-failed', 'No offer could be made: leave and join again.'),
      );
    }
    changed();
  }

  async #perform(step: NegotiationStep, sdp: string): Promise<void> {
    const connection = this.#connection;
    switch (step) {
      case 'ask':
        return this.#options.send('renegotiate', { c: this.#options.number });
      case 'make-offer':
        return this.#describe();
      case 'accept-offer':
        await this.#takeOffer({ type: 'offer', sdp: orderOffer(sdp, this.#options.media.sending.codecs) });
        if (this.#closed) return;
        if (this.#options.polite && !this.#adopted) {
          this.#adopted = true;
          this.#senders.adopt();
          this.#applyOrFail();
        }
        await Promise.all([this.#addEarly(), this.#describe()]);
        this.#ripen(1);
        // A connection that was replaced meanwhile has no say in what is shown.
        if (!this.#closed) this.#options.remote.settle();
        return;
      case 'accept-answer':
        await connection.setRemoteDescription({ type: 'answer', sdp });
        if (this.#closed) return;
        this.#restarting = false;
        this.#answer = sdp;
        this.#ripen(ROUNDS);
        this.#options.remote.settle();
        return this.#addEarly();
    }
  }

  /** Takes our own back where one is out. Firefox refuses one that restarts ICE then, until it has made such a one, too. */
  async #takeOffer(offer: RTCSessionDescriptionInit): Promise<void> {
    const connection = this.#connection;
    const crossing = connection.signalingState === 'have-local-offer';
    try {
      await connection.setRemoteDescription(offer);
    } catch (thrown) {
      if (!crossing || this.#closed || (thrown as DOMException).name !== 'InvalidAccessError') throw thrown;
      connection.restartIce();
      await connection.createOffer();
      await connection.setRemoteDescription(offer);
    }
  }

  /** Makes the description that is due and sends it. */
  async #describe(): Promise<void> {
    this.#candidates.hold();
    this.#sending = this.#connection.getTransceivers().filter(sends);
    try {
      await this.#connection.setLocalDescription();
      if (this.#closed) return;
      const { type, sdp } = this.#connection.localDescription!;
      this.#options.send('desc', { c: this.#options.number, type, sdp });
    } finally {
      this.#candidates.letGo();
    }
  }

  /**
   * Whether something that was agreed on for the peer to send in is for us, too, and has hardly been so; or this may be the
   * first data channel: Chromium opens none any longer where the offer of the first was taken back, and goes on offering.
   */
  get #isFresh(): boolean {
    const { sctp } = this.#connection;
    const isFresh = (one: RTCRtpTransceiver): boolean =>
      one.mid !== null && sends(one) && (this.#rounds.get(one) ?? 0) < ROUNDS;
    return sctp === null || this.#connection.getTransceivers().some(isFresh);
  }

  #ripen(rounds: number): void {
    for (const one of this.#sending) {
      // An offer of the peer's may have had no place for it.
      if (one.mid !== null) this.#rounds.set(one, (this.#rounds.get(one) ?? 0) + rounds);
    }
  }

  #applyOrFail(): void {
    this.applyMedia().catch((thrown) => {
      this.#options.failed(MediaKitError.from(thrown, 'connection-failed', NOT_SENT));
    });
  }

  async #addEarly(): Promise<void> {
    this.#judge(await this.#candidates.addEarly());
  }

  /** Candidates of an offer that lost mean nothing. */
  #judge(useless: number): void {
    if (this.#negotiation.ignoring || this.#closed) return;
    for (let count = 0; count < useless; count++) this.#options.ignored();
  }

  #followState(): void {
    const { changed } = this.#options;
    const { connectionState } = this.#connection;
    this.#connected =
      connectionState === 'connected' || (this.#connected && connectionState === 'connecting');
    // The state of the connection itself tells of a peer that hung up only seconds later.
    this.#transport?.addEventListener('statechange', changed, { signal: this.#listening.signal });
    changed();
  }
}

function sends({ direction }: RTCRtpTransceiver): boolean {
  return direction.startsWith('send');
}
