import { systemClock, type Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import type { Signaling } from '../signaling/signaling.js';
import { StateStore, type Store } from '../store.js';
import type { ViewBody } from './frames.js';
import { handOver, takeOver } from './handover.js';
import { openIceServers, type IceServersGiven } from './ice-server-list.js';
import { randomId, roomId } from './identifiers.js';
import type { CallIssue } from './issues.js';
import { LocalMedia, type SendingOptions } from './local-media.js';
import { systemNetwork, type Network } from './network.js';
import type { PeerStatus } from './pair.js';
import type { PeerQuality } from './quality.js';
import type { ReconnectPolicy } from './reconnect.js';
import { aborted, Stay } from './stay.js';

const MAX_PEERS = 8;

/** Where a call stands. */
export type CallStatus =
  'idle' | 'joining' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'left';

/** One other member of the room, as it is known here. */
export interface PeerState {
  /** Its id in the room: the same for as long as it stays, and after its page was reloaded. */
  readonly id: string;
  /** What the peer calls itself: text from a stranger, never markup. */
  readonly name: string;
  /** Its camera and microphone, or null before the first track. */
  readonly stream: MediaStream | null;
  /** The screen that it shares, or null. */
  readonly screen: MediaStream | null;
  /** Whether it says that its microphone is on. */
  readonly audio: boolean;
  /** Whether it says that its camera is on. */
  readonly video: boolean;
  /** Whether it is heard speaking. */
  readonly speaking: boolean;
  /** Where the connection to it stands. */
  readonly status: PeerStatus;
  /** The `connectionState` of the connection to it. */
  readonly connectionState: RTCPeerConnectionState;
  /** The `iceConnectionState` of the connection to it. */
  readonly iceConnectionState: RTCIceConnectionState;
  /** How well the connection to it works, taken every 2 s; null before the first time. New figures alone fire no `peer-change`. */
  readonly quality: PeerQuality | null;
}

/** A call as it is now. */
export interface CallState {
  /** Where the call stands. */
  readonly status: CallStatus;
  /** Our own id in the room. A join in a page that was reloaded gives us the one of before. */
  readonly localId: string;
  /** The other members, each a new object after it changed. */
  readonly peers: readonly PeerState[];
  /** What we send as camera and microphone. */
  readonly localStream: MediaStream | null;
  /** What we share as a screen. */
  readonly localScreen: MediaStream | null;
  /** Whether our microphone is on: there is an audio track and it is not muted here. */
  readonly audio: boolean;
  /** Whether our camera is on. */
  readonly video: boolean;
  /** Whether there is a way to the room: without one media still flow, and nobody new can come. */
  readonly reachable: boolean;
  /** The id of the member who speaks or spoke last, or null. */
  readonly speaker: string | null;
  /** The named problems that last. */
  readonly issues: readonly CallIssue[];
  /** Messages from the room that were malformed, too large or hostile, and ignored; up to 250 ms late. */
  readonly ignored: number;
}

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
  /** The way to the others. */
  readonly signaling: Signaling;
  /** Any text but the empty one; what is no identifier is hashed into one. */
  readonly room: string;
  /** What the others see us called, cut to 64 characters; empty by default. */
  readonly name?: string;
  /** STUN and TURN servers, or a function that is asked for them; none by default. */
  readonly iceServers?: IceServersGiven;
  /** `relay` takes no other way than through a TURN server; `all` by default. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** How many members the room may have, ourselves included; 8 by default. */
  readonly maxPeers?: number;
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

  /** Joins; a second call while joined or joining returns the first one's promise. Rejects with `MediaKitError`. */
  join(options: JoinOptions): Promise<void> {
    if (this.#joined) return this.#joined;
    let begin!: (joined: Promise<void>) => void;
    // Kept before anything happens: a listener of the first change may call again.
    const promise = (this.#joined = new Promise<void>((resolve) => (begin = resolve)));
    begin(this.#join(options));
    return promise;
  }

  /** Says goodbye, closes every connection, synchronously. Does nothing before a join. May join again. */
  leave(): void {
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

  /** Tells a peer how large we show its camera and its screen, so that it sends no more than that. What is null is not sent, nor when it begins later. */
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
    try {
      const room = await roomId(options.room);
      if (signal.aborted) throw aborted();
      this.#localId = takeOver(room) ?? this.#localId;
      this.#store.patch({ localId: this.#localId });
      // A page that goes away says goodbye.
      const hidden = (): void => {
        handOver(room, this.#localId);
        this.leave();
      };
      globalThis.addEventListener('pagehide', hidden, { signal });
      await this.#open(options, room, signal);
      this.#admitted = true;
      this.#publish();
    } catch (thrown) {
      if (!signal.aborted) this.#end('idle');
      throw thrown;
    }
  }

  async #open(options: JoinOptions, room: string, signal: AbortSignal): Promise<void> {
    const {
      signaling,
      name = '',
      iceServers = [],
      iceTransportPolicy = 'all',
      maxPeers = MAX_PEERS,
    } = options;
    if (!Number.isInteger(maxPeers) || maxPeers < 2) {
      throw new MediaKitError(
        'bad-input',
        `A room takes 2 members or more, not ${maxPeers}: change "maxPeers".`,
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
    const servers = await openIceServers(asking, signal);
    if (signal.aborted) throw aborted();
    // One transport for all that is sent: fewer candidates to find and to tell.
    const configuration = (list: readonly RTCIceServer[]): RTCConfiguration => ({
      iceServers: [...list],
      iceTransportPolicy,
      bundlePolicy: 'max-bundle',
    });
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
      createConnection: () => connect(createConnection, configuration(servers.current())),
      configuration: () => configuration(servers.current()),
      configure: async () => configuration(await servers.fresh()),
      dispatch,
      changed: () => this.#publish(),
      failed: (error) => {
        // While joining the promise tells.
        if (!this.#admitted) return;
        this.#end('left');
        this.#report(error);
      },
    });
    return this.#stay.open();
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

function newConnection(configuration: RTCConfiguration): RTCPeerConnection {
  const { RTCPeerConnection: Standard, webkitRTCPeerConnection: Prefixed } = globalThis as {
    RTCPeerConnection?: typeof RTCPeerConnection;
    webkitRTCPeerConnection?: typeof RTCPeerConnection;
  };
  const Connection = Standard ?? Prefixed;
  if (Connection) return new Connection(configuration);
  const words = 'This browser has no WebRTC: use a current Chromium, Firefox or Safari.';
  throw new MediaKitError('unsupported', words);
}

function connect(
  create: (configuration: RTCConfiguration) => RTCPeerConnection,
  configuration: RTCConfiguration,
): RTCPeerConnection {
  try {
    return create(configuration);
  } catch (thrown) {
    throw MediaKitError.from(
      thrown,
      'bad-input',
      `No connection can be made with these "iceServers": ${(thrown as Error).message}`,
    );
  }
}
