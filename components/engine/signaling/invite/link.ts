import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import { candidateLine, cardOf, sdpOf, type Card } from './card.js';

/** How long candidates are gathered: a server that does not answer holds up nobody. */
const GATHERING = 5000;
/** How long two who know of each other may take to connect. */
const CONNECTING = 30_000;
/** How long an answer waits for somebody to carry it over. */
const CARRYING = 30 * 60_000;
const STAYING_AWAKE = 5000;
/** How long what was said last may take to go out. */
const LINGERING = 1000;
const LAST_PORT = 65_535;

export interface LinkOptions {
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  /** The two are connected. */
  readonly up: () => void;
  readonly message: (frame: Uint8Array) => void;
  /** It is over; with an error where it never began. */
  readonly down: (error?: MediaKitError) => void;
}

/** A connection that carries nothing but one data channel, made by an offer and an answer that people hand over. */
export class Link {
  readonly #options: LinkOptions;
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #timers = new Set<() => void>();
  /** Rejects when it is closed: what a browser promises of a closed connection never comes. */
  readonly ended: Promise<never>;
  #end!: (error: MediaKitError) => void;
  #isClosed = false;
  #isUp = false;

  /** Throws where the browser makes no such connection. */
  constructor(options: LinkOptions) {
    this.#options = options;
    this.ended = new Promise((_, reject) => (this.#end = reject));
    // Mostly nobody waits for it.
    this.ended.catch(() => {});
    this.#connection = connect(options.configuration);
    this.#channel = this.#connection.createDataChannel('rtc-elements', { negotiated: true, id: 0 });
    this.#channel.binaryType = 'arraybuffer';
    this.#channel.onopen = () => this.#rise();
    this.#channel.onclose = () => this.#fall();
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    // Only one that was up fails for good: until then the other may not have heard of us yet.
    this.#connection.onconnectionstatechange = () => {
      if (this.#isUp && this.#connection.connectionState === 'failed') this.#fall();
    };
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isClosed;
  }

  /** Offers; resolves with our card. */
  offer(): Promise<Card> {
    return this.#describe();
  }

  /** Answers the other's card; resolves with ours. */
  async answer(card: Card): Promise<Card> {
    // Being passive, our DTLS begins when the other has our card: an active Chromium gives up within minutes.
    await this.#connection.setRemoteDescription({ type: 'offer', sdp: sdpOf(card, 'active') });
    this.#connection.onicecandidate = () => this.#stayAwake();
    const own = await this.#describe();
    const words = 'Nobody took the reply for half an hour: ask for another invite.';
    this.#after(CARRYING, () => this.#fall(new MediaKitError('timeout', words)));
    return own;
  }

  /** Takes the card that answers ours. */
  async accept(card: Card): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: sdpOf(card, 'passive') });
    this.#stayAwake();
    const words =
      'The two devices do not reach each other: bring them into one network, let both pages stay open, or give "ice-servers" with a TURN server.';
    this.#after(CONNECTING, () => this.#fall(new MediaKitError('connection-failed', words)));
  }

  /** Sends as far as it can: what is not up or too large loses it. */
  send(frame: Uint8Array): void {
    if (!this.isUp || this.#channel.readyState !== 'open') return;
    try {
      this.#channel.send(frame as Uint8Array<ArrayBuffer>);
    } catch {
      // More than the channel holds.
    }
  }

  /** Closes once what was sent is out. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end(new MediaKitError('aborted', 'The invite was given up meanwhile: begin anew.'));
    for (const cancel of this.#timers) cancel();
    const hangUp = (): void => this.#connection.close();
    if (this.#channel.readyState !== 'open') return hangUp();
    const cancel = this.#options.clock.after(LINGERING, hangUp);
    this.#channel.onclose = () => {
      cancel();
      hangUp();
    };
    this.#channel.close();
  }

  #rise(): void {
    if (this.#isClosed) return;
    this.#isUp = true;
    for (const cancel of this.#timers) cancel();
    this.#options.up();
  }

  #fall(error?: MediaKitError): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.down(error);
  }

  #hear(data: unknown): void {
    if (!this.#isClosed)
      this.#options.message(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array());
  }

  async #describe(): Promise<Card> {
    await this.#connection.setLocalDescription();
    await this.#gathered();
    const card = this.#card();
    if (card.candidates.length) return card;
    const words =
      'This device found no address of its own: connect it to a network, or give "ice-servers" with a TURN server.';
    throw new MediaKitError('network-blocked', words);
  }

  /** Our own card as far as it is known. */
  #card(): Card {
    const card = cardOf(this.#connection.localDescription?.sdp ?? '');
    if (card) return card;
    const words = 'This browser describes its connections in a way that the kit does not know.';
    throw new MediaKitError('unsupported', words);
  }

  #gathered(): Promise<void> {
    const connection = this.#connection;
    return new Promise((resolve) => {
      const look = (): void => {
        if (connection.iceGatheringState === 'complete') resolve();
      };
      connection.onicegatheringstatechange = look;
      this.#after(GATHERING, resolve);
      look();
    });
  }

  /**
   * Firefox gives up 5 s after both descriptions are there, for good, while nothing is left to try; a person takes
   * longer. A candidate that leads to a closed port of this very device is tried for 12 s, so one follows the other.
   */
  #stayAwake(port = LAST_PORT): void {
    const [own] = this.#card().candidates;
    if (!own || this.#isUp || this.#isClosed) return;
    // From the first candidate on.
    this.#connection.onicecandidate = null;
    const candidate = candidateLine({ ...own, type: 'host', port }, LAST_PORT - port);
    this.#connection.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 }).catch(() => {});
    this.#after(STAYING_AWAKE, () => this.#stayAwake(port - 1));
  }

  #after(ms: number, callback: () => void): void {
    if (this.#isUp || this.#isClosed) return;
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }
}

function connect(configuration: RTCConfiguration): RTCPeerConnection {
  const { RTCPeerConnection: Standard, webkitRTCPeerConnection: Prefixed } = globalThis as {
    RTCPeerConnection?: typeof RTCPeerConnection;
    webkitRTCPeerConnection?: typeof RTCPeerConnection;
  };
  const Connection = Standard ?? Prefixed;
  if (!Connection) {
    const words = 'This browser has no WebRTC: use a current Chromium, Firefox or Safari.';
    throw new MediaKitError('unsupported', words);
  }
  try {
    return new Connection(configuration);
  } catch (thrown) {
    const words = `No connection can be made with this configuration: ${(thrown as Error).message}`;
    throw MediaKitError.from(thrown, 'bad-input', words);
  }
}
