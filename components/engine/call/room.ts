import { systemClock, type Clock } from '../clock.js';
import { leftEarly, loaded, MediaKitError } from '../errors.js';
import type { Secret } from '../signaling/secret.js';
import type { Signaling } from '../signaling/signaling.js';
import { StateStore, type Store } from '../store.js';
import type { CallState, CallStatus } from './call-state.js';
import type { SendFileOptions, SendOptions } from './data/exchange.js';
import { connect, newConnection } from './connection.js';
import type { Encryption } from './encryption/encryption.js';
import type { ViewBody } from './frames.js';
import { handOver, takeOver, wakeStorage } from './handover.js';
import { openIceServers, type IceServersGiven } from './ice-server-list.js';
import { randomId, roomId } from './identifiers.js';
import { LocalMedia, type SendingOptions } from './local-media.js';
import { systemNetwork, type Network } from './network.js';
import type { ReconnectPolicy } from './reconnect.js';
import type { Spare, Stay } from './stay.js';

export type { CallState, CallStatus, PeerState } from './call-state.js';

const MAX_PEERS = 8;

/** What a room is made of. */
export interface RoomOptions {
  /**
   * Fired as they happen: `peer-join`, `peer-leave`, `peer-change`, `speaker-change`, `call-issue`, `error`, and the
   * native events of each connection with `peerId`.
   */
  readonly dispatch: (event: Event) => void;
  /** The browser's own by default. */
  readonly clock?: Clock;
  /**
   * How a lost connection is mended. By default ICE is restarted 2 s after `disconnected` and at once after `failed`;
   * then come new connections, 0, 0.3, 1.2, 2.7, 4.8 and 7 s after the one before has failed, for 60 s in all.
   */
  readonly reconnect?: ReconnectPolicy;
  /** What tells of networks that come and go; the browser's events by default. */
  readonly network?: Network;
  /** How to make a connection; `new RTCPeerConnection(configuration)` by default. */
  readonly createConnection?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** What to join, and as whom. */
export interface JoinOptions {
  /** The way to the others; `sealed()` makes of any one that nobody else can read or change. */
  readonly signaling: Signaling;
  /** Any text but the empty one; what is no identifier is hashed into one. */
  readonly room: string;
  /** Our id in the room, as a token may name it; by default a random one that is kept when the page is reloaded. */
  readonly id?: string | undefined;
  /** What the others see us called, cut to 64 characters; empty by default. */
  readonly name?: string;
  /** STUN and TURN servers, or a function that is asked for them; none by default. */
  readonly iceServers?: IceServersGiven;
  /** `relay` takes no other way than through a TURN server; `all` by default. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** How many members the room may have, ourselves included; 8 by default. */
  readonly maxPeers?: number;
  /**
   * Encrypts every frame of sound and picture with keys that are made of this, so that no server on the way can play them:
   * for all members or none. Rejects with `unsupported` where the browser cannot. Null by default.
   */
  readonly endToEnd?: Secret | null;
}

/** A room of two or more, with one connection for each pair of members. */
export class Room {
  readonly store: Store<CallState>;
  readonly #store: StateStore<CallState>;
  readonly #options: RoomOptions;
  readonly #media = new LocalMedia(() => this.#mediaChanged());
  #localId = randomId();
  #stay: Stay | null = null;
  #joined: Promise<void> | null = null;
  /** What makes a connection before a join that is expected; null where nobody expects one, or it does not load. */
  #spare: Promise<Spare | null> | null = null;
  #leaving = new AbortController();
  /** Whether the room has taken us in. */
  #admitted = false;
  /** Whether a connection has been up since the first peer came: from then on a break is no beginning. */
  #wasConnected = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.store = this.#store = new StateStore<CallState>({
      status: 'idle',
      localId: this.#localId,
      peers: Object.freeze([]),
      localStream: null,
      localScreen: null,
      audio: false,
      video: false,
      reachable: true,
      speaker: null,
      issues: Object.freeze([]),
      ignored: 0,
    });
  }

  /** Does what such a join needs before it is wanted, until `leave()`. What goes wrong is told by the join. */
  expect({ iceServers = [], iceTransportPolicy }: Partial<JoinOptions> = {}): void {
    if (this.#joined || this.#spare) return;
    wakeStorage();
    const expected =
      typeof iceServers === 'function' ? null : configurationOf(iceServers, iceTransportPolicy);
    this.#spare = this.#openSpare(expected).catch(() => null);
    this.#prepare();
  }

  /**
   * Joins; a second call while joined or joining returns the first one's promise. Rejects with `MediaKitError`. That the
   * room is full may be noticed only after it has resolved, within 2 s or when others answer late: then it is left, with an
   * `error` event.
   */
  join(options: JoinOptions): Promise<void> {
    if (this.#joined) return this.#joined;
    let begin!: (joined: Promise<void>) => void;
    // Kept before anything happens: a listener of the first change may call again.
    const promise = (this.#joined = new Promise<void>((resolve) => (begin = resolve)));
    begin(this.#join(options));
    return promise;
  }

  /** Says goodbye, closes every connection, synchronously. Before a join it ends what was expected. May join again. */
  leave(): void {
    void this.#spare?.then((spare) => spare?.close());
    this.#spare = null;
    if (this.#joined) this.#end(this.#admitted ? 'left' : 'idle');
  }

  /** Sends this stream's tracks from now on (null: receive only). Works before, during and after a join. Borrowed: never stopped. */
  setStream(stream: MediaStream | null): void {
    this.#media.setStream(stream);
    this.#mediaChanged();
  }

  /** Microphone on or off without renegotiation and without touching the borrowed track. */
  setAudio(on: boolean): void {
    this.#media.setAudio(on);
    this.#mediaChanged();
  }

  /** Camera on or off without renegotiation and without touching the borrowed track. */
  setVideo(on: boolean): void {
    this.#media.setVideo(on);
    this.#mediaChanged();
  }

  /** Shares this stream as a screen beside the camera, or stops sharing (null). Ends by itself with its track. */
  setScreen(stream: MediaStream | null): void {
    this.#media.setScreen(stream);
    this.#mediaChanged();
  }

  /** How media are sent from now on: bitrate, frame rate, codecs, direction. Works before, during and after a join. */
  setSending(sending: SendingOptions): void {
    this.#media.setSending(sending);
    this.#mediaChanged();
  }

  /** Tells a peer how large we show its camera and its screen, so that it sends no more than that. What is null is not sent, nor when it begins later: tell a size for what may come. */
  setView(peerId: string, view: ViewBody): void {
    this.#stay?.tellView(peerId, view);
  }

  /** Sends `next` wherever `old` was sent. Rejects with `bad-input` where `old` is not sent or is of another kind. */
  async replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void> {
    this.#media.replaceTrack(old, next);
    await this.#applyMedia();
  }

  /** Restarts ICE with one peer or with all. */
  restartIce(peerId?: string): void {
    this.#stay?.restartIce(peerId);
  }

  /**
   * The connection to one peer, for all that the room does not wrap; null where there is none. One that cannot be mended
   * is replaced: what was opened on it, as data channels, has to be opened again.
   */
  getPeerConnection(peerId: string): RTCPeerConnection | null {
    return this.#stay?.connection(peerId) ?? null;
  }

  /** Sends text, a JSON value, an `ArrayBuffer` or a view of one to `to`, or to all; resolves when they have got it. Rejects with `MediaKitError`. */
  async send(data: unknown, options?: SendOptions): Promise<void> {
    return (await this.#inside().exchange()).send(data, options);
  }

  /** Sends a file of any size to `to`, or to all; resolves when they have stored and checked it. Rejects with `MediaKitError`. */
  async sendFile(file: Blob, options?: SendFileOptions): Promise<void> {
    return (await this.#inside().exchange()).sendFile(file, options);
  }

  /** Leaves for good. */
  release(): void {
    this.leave();
    this.#media.release();
    this.#store.patch({ localStream: null, localScreen: null, audio: false, video: false });
  }

  async #join(options: JoinOptions): Promise<void> {
    const { signal } = (this.#leaving = new AbortController());
    this.#admitted = false;
    this.#wasConnected = false;
    this.#store.patch({ status: 'joining', ignored: 0 });
    const { endToEnd } = options;
    // A page may wipe its own bytes at once.
    const own = { ...options, endToEnd: endToEnd?.slice?.() ?? endToEnd };
    try {
      loadStay().catch(() => {});
      const room = await roomId(options.room);
      if (signal.aborted) throw leftEarly();
      this.#localId = options.id ?? takeOver(room) ?? this.#localId;
      this.#store.patch({ localId: this.#localId });
      // A page that goes away says goodbye.
      const hidden = (): void => {
        handOver(room, this.#localId);
        this.leave();
      };
      globalThis.addEventListener('pagehide', hidden, { signal });
      await this.#open(own, room, signal);
    } catch (thrown) {
      // Whoever has left need not hear what else went wrong.
      if (signal.aborted) throw leftEarly();
      this.#end('idle');
      throw thrown;
    }
  }

  async #open(options: JoinOptions, room: string, signal: AbortSignal): Promise<void> {
    const {
      signaling,
      name = '',
      iceServers = [],
      iceTransportPolicy,
      maxPeers = MAX_PEERS,
      endToEnd = null,
    } = options;
    if (!Number.isInteger(maxPeers) || maxPeers < 2) {
      throw new MediaKitError(
        'bad-input',
        `A room takes 2 members or more, not ${maxPeers}: change "max-peers".`,
      );
    }
    const {
      dispatch,
      clock = systemClock,
      reconnect,
      network = systemNetwork,
      createConnection = newConnection,
    } = this.#options;
    const asking = { given: iceServers, clock, failed: (error: MediaKitError) => this.#report(error) };
    const encrypting = endToEnd === null ? null : openEncryption(endToEnd, room);
    const opening = Promise.all([loadStay(), openIceServers(asking, signal), encrypting, this.#spare]);
    opening.catch(() => encrypting?.then((late) => late.release()).catch(() => {}));
    const [{ Stay }, servers, encryption, spare] = await opening;
    if (signal.aborted) {
      encryption?.release();
      throw leftEarly();
    }
    const configuration = (): RTCConfiguration => configurationOf(servers.current(), iceTransportPolicy);
    this.#spare = null;
    // What is encrypted is so from the beginning.
    if (encryption) spare?.close();
    this.#stay = new Stay({
      signaling,
      room,
      id: this.#localId,
      name,
      maxPeers,
      media: this.#media,
      clock,
      reconnect,
      network,
      createConnection: () => {
        const connection = connect(createConnection, configuration());
        return encryption?.guard(connection) ?? connection;
      },
      encryption,
      spare: encryption ? null : spare,
      configuration,
      configure: async () => configurationOf(await servers.fresh(), iceTransportPolicy),
      dispatch,
      changed: () => this.#publish(),
      admitted: () => {
        this.#admitted = true;
        this.#publish();
      },
      failed: (error) => {
        // While joining the promise tells.
        if (!this.#admitted) return;
        this.#end('left');
        this.#report(error);
      },
    });
    return this.#stay.open();
  }

  async #openSpare(expected: RTCConfiguration | null): Promise<Spare> {
    const { Spare } = await loadStay();
    const { createConnection = newConnection } = this.#options;
    return new Spare({
      media: this.#media,
      createConnection: (configuration) => connect(createConnection, configuration),
      expected,
    });
  }

  #prepare(): void {
    this.#spare?.then((spare) => spare?.prepare()).catch(() => {});
  }

  #inside(): Stay {
    if (this.#stay && this.#admitted) return this.#stay;
    throw new MediaKitError('bad-input', 'No call to send anything in: join() first.');
  }

  #end(status: 'idle' | 'left'): void {
    this.#leaving.abort();
    this.#joined = null;
    const { ignored } = this.#stay ?? this.#store.snapshot;
    this.#stay?.close();
    this.#stay = null;
    const none = Object.freeze([]);
    this.#store.patch({ status, peers: none, reachable: true, speaker: null, issues: none, ignored });
  }

  #publish(): void {
    if (!this.#stay) return;
    const { peers, isConnected, ...rest } = this.#stay.summary;
    this.#wasConnected = peers.length > 0 && (this.#wasConnected || isConnected);
    let status: CallStatus = this.#wasConnected ? 'reconnecting' : 'connecting';
    if (!this.#admitted) status = 'joining';
    else if (peers.every((peer) => peer.status === 'failed')) status = 'waiting';
    else if (isConnected) status = 'connected';
    this.#store.patch({ status, peers, ...rest });
  }

  #mediaChanged(): void {
    this.#prepare();
    this.#applyMedia().catch((error: MediaKitError) => this.#report(error));
  }

  async #applyMedia(): Promise<void> {
    const { stream, screen, state } = this.#media;
    this.#store.patch({ localStream: stream, localScreen: screen, audio: state.audio, video: state.video });
    await this.#stay?.applyMedia();
  }

  #report(error: MediaKitError): void {
    this.#options.dispatch(new ErrorEvent('error', { error, message: error.message }));
  }
}

/** One transport for all that is sent: fewer candidates to find and to tell. */
const configurationOf = (
  iceServers: readonly RTCIceServer[],
  iceTransportPolicy: RTCIceTransportPolicy = 'all',
): RTCConfiguration => ({ iceServers: [...iceServers], iceTransportPolicy, bundlePolicy: 'max-bundle' });

/** A page that has not joined yet does without what a call is made of. */
const loadStay = () => loaded(import('./stay.js'));

async function openEncryption(secret: Secret, room: string): Promise<Encryption> {
  const { Encryption } = await loaded(import('./encryption/encryption.js'));
  return Encryption.open(secret, room);
}
