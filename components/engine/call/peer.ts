import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { NATIVE_EVENTS, withPeerId } from './events.js';
import { readCandidates, readDescription, readRestart, readState, type StateBody } from './frames.js';
import type { LocalMedia, Outgoing, Slot } from './local-media.js';
import { beginNegotiation, negotiate, type NegotiationInput, type NegotiationStep } from './negotiator.js';
import type { ReconnectPolicy } from './reconnect.js';
import { RemoteMedia } from './remote-media.js';

const CANDIDATE_BATCH = 20;
const EARLY_CANDIDATES = 64;
const NOT_SENT = 'A track could not be sent: use one of the usual size, or leave and join again.';

export interface PeerOptions {
  readonly id: string;
  /** Whether the peer makes the first offer, and wins when two offers cross. */
  readonly polite: boolean;
  /** The number of this connection in the pair: what is meant for another one is dropped. */
  readonly number: number;
  readonly connection: RTCPeerConnection;
  readonly media: LocalMedia;
  readonly clock: Clock;
  readonly reconnect: ReconnectPolicy;
  readonly send: (type: string, body: unknown) => void;
  readonly dispatch: (event: Event) => void;
  /** Something that the members see of this peer may be another now; `tracks`: tracks have come or gone. */
  readonly changed: (tracks?: boolean) => void;
  /** A message made no sense and had no effect. */
  readonly ignored: () => void;
  readonly failed: (error: MediaKitError) => void;
}

/** The connection to one peer: what is sent, what comes, how it is agreed on, and its mending. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #remote = new RemoteMedia(() => this.#options.changed(true));
  readonly #slots = new Map<Slot, RTCRtpTransceiver>();
  /** What each sender was last given: it tells only later. */
  readonly #sent = new Map<Slot, MediaStreamTrack | null>();
  readonly #listening = new AbortController();
  #negotiation;
  /** One thing at a time: the state of the connection is always known when the next message is looked at. */
  #queue = Promise.resolve();
  #state: StateBody = { audio: false, video: false, screen: null };
  #told: StateBody | undefined;
  /** Our candidates that wait to be sent together; null closes the list. */
  #candidates: (RTCIceCandidate | null)[] = [];
  #cancelBatch: (() => void) | undefined;
  /** The peer must have our description before our candidates. */
  #describing = false;
  /** The peer's candidates that came before its description. */
  #early: (RTCIceCandidateInit | undefined)[] = [];
  #restarting = false;
  #connected = false;
  #cancelRestart: (() => void) | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.#negotiation = beginNegotiation(options.polite);
    this.#listen();
    this.#applyOrFail();
    if (!options.polite) this.#enqueue(() => this.#negotiate('needed'));
  }

  get connection(): RTCPeerConnection {
    return this.#connection;
  }

  /**
   * Whether media flow: from `connected` until `disconnected` or `failed`. Firefox is `connecting` again for a moment
   * when an offer opens a further direction, and nothing is cut then.
   */
  get isConnected(): boolean {
    return this.#connected;
  }

  /** Whether the peer has closed the connection, which is no fault of the network. */
  get hasHungUp(): boolean {
    return this.#transport?.state === 'closed';
  }

  get stream(): MediaStream | null {
    return this.#remote.stream;
  }

  get screen(): MediaStream | null {
    return this.#remote.screen;
  }

  /** What the peer says of its microphone and camera. */
  get state(): StateBody {
    return this.#state;
  }

  /** A message of the peer, each in its turn. */
  receive(type: string, body: unknown): void {
    const taken = this.#read(type, body);
    if (!taken) this.#options.ignored();
  }

  /** Sends what the local media are now; resolves when the tracks are exchanged, rejects with `MediaKitError`. */
  async applyMedia(): Promise<void> {
    this.#tellState();
    // The first offer brings the polite side its transceivers.
    if (this.#options.polite && !this.#negotiation.begun) return;
    await Promise.all(this.#options.media.outgoing.map((outgoing) => this.#apply(outgoing)));
  }

  restartIce(): void {
    // Firefox as the second side would answer in a way that Chromium refuses: the first offerer does it for both.
    if (this.#options.polite) {
      this.#options.send('restart', { c: this.#options.number });
    } else if (!this.#restarting) {
      this.#restarting = true;
      this.#connection.restartIce();
    }
  }

  close(): void {
    this.#listening.abort();
    this.#cancelBatch?.();
    this.#cancelRestart?.();
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
    const { id, dispatch, changed } = this.#options;
    connection.addEventListener('negotiationneeded', () => this.#enqueue(() => this.#negotiate('needed')), {
      signal,
    });
    connection.addEventListener('icecandidate', ({ candidate }) => this.#addOwnCandidate(candidate), {
      signal,
    });
    connection.addEventListener('track', (event) => this.#remote.add(event), { signal });
    connection.addEventListener('connectionstatechange', () => this.#followState(), { signal });
    connection.addEventListener('iceconnectionstatechange', () => changed(), { signal });
    for (const type of NATIVE_EVENTS) {
      connection.addEventListener(type, (event) => dispatch(withPeerId<Event>(event, id)), { signal });
    }
  }

  /** False where the message is none that belongs here. */
  #read(type: string, body: unknown): boolean {
    const { number } = this.#options;
    switch (type) {
      case 'desc': {
        const description = readDescription(body);
        if (description?.c !== number) return false;
        this.#enqueue(() => this.#negotiate(description.type, description.sdp));
        return true;
      }
      case 'cands': {
        const candidates = readCandidates(body);
        if (candidates?.c !== number) return false;
        this.#enqueue(() => this.#addCandidates(candidates.list.length > 0 ? candidates.list : [undefined]));
        return true;
      }
      case 'restart':
        if (this.#options.polite || readRestart(body) !== number) return false;
        this.restartIce();
        return true;
      case 'state': {
        const state = readState(body);
        if (!state) return false;
        this.#state = state;
        this.#remote.nameScreen(state.screen);
        this.#options.changed();
        return true;
      }
      default:
        return false;
    }
  }

  #enqueue(task: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (!this.#closed) await task();
    });
  }

  async #negotiate(input: NegotiationInput, sdp = ''): Promise<void> {
    const { ignored, changed, failed } = this.#options;
    const [step, state] = negotiate(this.#negotiation, this.#connection.signalingState, input);
    const first = !this.#negotiation.begun;
    this.#negotiation = state;
    try {
      await this.#perform(step, first, sdp);
    } catch (thrown) {
      if (this.#closed) return;
      if (input !== 'needed') return ignored();
      failed(
        MediaKitError.from(thrown, 'connection-failed', 'No offer could be made: leave and join again.'),
      );
    }
    changed();
  }

  async #perform(step: NegotiationStep, first: boolean, sdp: string): Promise<void> {
    const connection = this.#connection;
    switch (step) {
      case 'make-offer':
        return this.#describe();
      case 'accept-offer':
        await connection.setRemoteDescription({ type: 'offer', sdp });
        if (first) this.#adoptTransceivers();
        await Promise.all([this.#addCandidates(this.#early.splice(0)), this.#describe()]);
        return this.#remote.settle();
      case 'accept-answer':
        await connection.setRemoteDescription({ type: 'answer', sdp });
        this.#restarting = false;
        this.#remote.settle();
        return this.#addCandidates(this.#early.splice(0));
    }
  }

  /** Makes the description that is due and sends it. */
  async #describe(): Promise<void> {
    this.#describing = true;
    try {
      await this.#connection.setLocalDescription();
      if (this.#closed) return;
      const { type, sdp } = this.#connection.localDescription!;
      this.#options.send('desc', { c: this.#options.number, type, sdp });
    } finally {
      this.#describing = false;
    }
    this.#sendCandidates();
  }

  /** Our tracks go into what the peer offers, so that one offer and one answer do for both directions. */
  #adoptTransceivers(): void {
    const offered = this.#connection.getTransceivers();
    for (const { slot, kind, label } of this.#options.media.outgoing.filter(isBasic)) {
      const transceiver = offered.find(({ receiver }) => receiver.track.kind === kind);
      if (!transceiver) continue;
      transceiver.sender.setStreams(label);
      this.#slots.set(slot, transceiver);
    }
    this.#applyOrFail();
  }

  #applyOrFail(): void {
    this.applyMedia().catch((thrown) => {
      this.#options.failed(MediaKitError.from(thrown, 'connection-failed', NOT_SENT));
    });
  }

  async #apply(outgoing: Outgoing): Promise<void> {
    const { slot, kind, track, direction, label } = outgoing;
    const transceiver = this.#slots.get(slot);
    const unchanged = transceiver !== undefined && this.#sent.get(slot) === track;
    this.#sent.set(slot, track);
    if (!transceiver || transceiver.direction === 'stopped') {
      const sends = direction.startsWith('send');
      if (!sends && (this.#options.polite || !isBasic(outgoing))) return;
      const init = { direction, streams: [label] };
      this.#slots.set(slot, this.#connection.addTransceiver(track ?? kind, init));
      return;
    }
    if (transceiver.direction !== direction) transceiver.direction = direction;
    if (unchanged) return;
    try {
      await transceiver.sender.replaceTrack(track);
    } catch (thrown) {
      // A connection that closes meanwhile has nothing to send.
      if (!this.#closed) throw MediaKitError.from(thrown, 'connection-failed', NOT_SENT);
    }
  }

  #tellState(): void {
    const { state } = this.#options.media;
    const told = this.#told;
    if (told?.audio === state.audio && told.video === state.video && told.screen === state.screen) return;
    this.#told = state;
    this.#options.send('state', state);
  }

  #addOwnCandidate(candidate: RTCIceCandidate | null): void {
    this.#candidates.push(candidate);
    this.#sendCandidates();
  }

  /** The first ones go out at once, those of the next moment together. */
  #sendCandidates(): void {
    if (this.#candidates.length === 0 || this.#describing || this.#cancelBatch) return;
    const { number: c, send, clock } = this.#options;
    const batch = this.#candidates.splice(0);
    // Firefox marks the end with an empty candidate first.
    const list = batch.filter((candidate) => candidate?.candidate);
    if (list.length > 0) send('cands', { c, list });
    if (batch.includes(null)) send('cands', { c, list: [] });
    this.#cancelBatch = clock.after(CANDIDATE_BATCH, () => {
      this.#cancelBatch = undefined;
      this.#sendCandidates();
    });
  }

  /** `undefined` is the end of the peer's candidates. */
  async #addCandidates(candidates: readonly (RTCIceCandidateInit | undefined)[]): Promise<void> {
    if (!this.#connection.remoteDescription) {
      this.#early = [...this.#early, ...candidates].slice(0, EARLY_CANDIDATES);
      return;
    }
    const added = candidates.map((candidate) => this.#connection.addIceCandidate(candidate));
    for (const { status } of await Promise.allSettled(added)) {
      if (status === 'rejected' && !this.#negotiation.ignoring && !this.#closed) this.#options.ignored();
    }
  }

  #followState(): void {
    const { reconnect, clock, changed } = this.#options;
    const { connectionState } = this.#connection;
    this.#connected =
      connectionState === 'connected' || (this.#connected && connectionState === 'connecting');
    this.#cancelRestart?.();
    const delay = reconnect.restartAfter(connectionState);
    if (delay === 0) this.restartIce();
    else if (delay !== null) this.#cancelRestart = clock.after(delay, () => this.restartIce());
    // The state of the connection itself tells of a peer that hung up only seconds later.
    this.#transport?.addEventListener('statechange', () => changed(), { signal: this.#listening.signal });
    changed();
  }
}

/** Whether the first offer has a place for it in any case. */
function isBasic({ slot }: Outgoing): boolean {
  return slot === 'audio' || slot === 'video';
}
