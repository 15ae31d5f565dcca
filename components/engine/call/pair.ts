import { CALM } from '../clock.js';
import { MediaKitError, notLoaded } from '../errors.js';
import { Allowance } from './allowance.js';
import { readDescription, readNumber, readState, readView, type StateBody, type ViewBody } from './frames.js';
import { Peer, type PeerOptions } from './peer.js';
import type { ReconnectPolicy } from './reconnect.js';
import type { Recovery } from './recovery.js';
import { RemoteMedia } from './remote-media.js';

export interface PairOptions extends Omit<PeerOptions, 'number' | 'connection' | 'remote' | 'changed'> {
  /** A connection for the pair; another one for each time that it has to be built anew. */
  readonly createConnection: () => RTCPeerConnection;
  /** What a connection is to be configured with now: TURN servers may want other credentials after a while. */
  readonly configure: () => Promise<RTCConfiguration>;
  readonly reconnect: ReconnectPolicy | undefined;
  /** Whether this device has a network. */
  readonly online: () => boolean;
  /** Whether the peer answers what we tell it. */
  readonly heard: () => boolean;
  /** Something that the members see of this peer may be another now; `tracks`: tracks have come or gone. */
  readonly changed: (tracks?: boolean) => void;
}

/**
 * Where the connection to one member stands: `offline` while there is no network to bring it back with, `failed` when
 * every way was tried in vain.
 */
export type PeerStatus = 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'failed';

/** How far ahead of ours the peer's count of connections may be. */
const AHEAD = 8;
/** How often the peer may have us begin anew. */
const REBUILDS = [5, 2000] as const;
/** How long a connection may come up without what would bring it back, in ms. */
const PATIENCE = 10_000;
export const NO_CONNECTION = 'The browser allows no further connection: close other calls and join again.';

/** Us and one member: the connection that we have now, and the way back to one when it is lost. */
export class Pair {
  readonly #options: PairOptions;
  readonly #remote: RemoteMedia;
  #recovery: Recovery | null = null;
  #loading: Promise<Recovery | null> | undefined;
  #cancelLoading: () => void;
  #tried = false;
  /** Lost, and nothing there that brings it back. */
  #stranded = false;
  #peer: Peer;
  /** The last one that carried media, while a new one does not yet: its picture stays, and may even move again. */
  #former: Peer | null = null;
  #number = 1;
  #peerState: RTCPeerConnectionState = 'new';
  readonly #rebuilds: Allowance;
  #closed = false;
  /** Whether media have flowed: from then on a break is no beginning. */
  #wasConnected = false;
  #hungUp = false;
  #state: StateBody = { audio: false, video: false, screen: null };
  #told: StateBody | undefined;
  /** How large the peer shows us, and we the peer. */
  #shown: ViewBody | null = null;
  #view: ViewBody = { camera: { width: 1, height: 1 }, screen: { width: 1, height: 1 } };
  #viewTold = '';

  /** Throws where no connection can be made. */
  constructor(options: PairOptions) {
    this.#options = options;
    this.#rebuilds = new Allowance(options.clock, ...REBUILDS);
    this.#remote = new RemoteMedia(() => options.changed(true));
    this.#peer = this.#connect(1);
    this.#tellState();
    this.#cancelLoading = options.clock.after(CALM, () => void this.#recover());
  }

  get connection(): RTCPeerConnection {
    return this.#peer.connection;
  }

  get status(): PeerStatus {
    if (this.isConnected) return 'connected';
    if (this.#stranded || this.#recovery?.ladder.failed) return 'failed';
    if (!this.#options.online()) return 'offline';
    return this.#wasConnected ? 'reconnecting' : 'connecting';
  }

  /** What should come from the peer: what it sends, less what we asked it not to. */
  get expected(): { readonly audio: boolean; readonly video: boolean } {
    const { audio, video } = this.#state;
    const receives = this.#options.media.sending.direction !== 'sendonly';
    return { audio: receives && audio, video: receives && video && this.#view.camera !== null };
  }

  /** Whether media flow. One that has hung up is given a moment to say that it leaves. */
  get isConnected(): boolean {
    const { climbing, failed } = this.#recovery?.ladder ?? {};
    return this.#peer.isConnected && !(this.#peer.hasHungUp && (climbing || failed));
  }

  /** Whether the peer has closed the connection, which is no fault of the network, and not opened another one since. */
  get hasHungUp(): boolean {
    return this.#hungUp || this.#peer.hasHungUp;
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

  /** A message of the peer. */
  receive(type: string, body: unknown): void {
    const taken = this.#read(type, body);
    if (!taken) this.#options.ignored();
  }

  /** Sends what the local media are now; resolves when the tracks are exchanged, rejects with `MediaKitError`. */
  async applyMedia(): Promise<void> {
    this.#tellState();
    // The former one may still send: a camera that is turned off must not be seen there either.
    await Promise.all([this.#former?.applyMedia(), this.#peer.applyMedia()]);
  }

  /** Tells the peer how large we show what it sends. */
  tellView(view: ViewBody): void {
    this.#view = view;
    const text = JSON.stringify(view);
    if (text === this.#viewTold) return;
    this.#viewTold = text;
    this.#options.send('view', view);
  }

  /** Restarts ICE, or begins anew to bring back what is lost. */
  restartIce(): void {
    this.#follow();
    void this.#recover().then((recovery) => recovery?.begin());
  }

  /** The network may be another, or timers have rested. */
  look(): void {
    this.#follow();
    this.#recovery?.ladder.look();
  }

  /** The peer answers again; `back`: after it could not be reached at all. */
  answered(back: boolean): void {
    this.#recovery?.ladder.answered(back);
  }

  close(): void {
    this.#closed = true;
    this.#cancelLoading();
    this.#recovery?.close();
    this.#former?.close();
    this.#peer.close();
  }

  /** False where the message is none that belongs here. */
  #read(type: string, body: unknown): boolean {
    switch (type) {
      case 'state': {
        const state = readState(body);
        if (!state) return false;
        this.#state = state;
        this.#remote.nameScreen(state.screen);
        this.#options.changed();
        return true;
      }
      case 'view': {
        const view = readView(body);
        if (!view) return false;
        this.#shown = this.#peer.view = view;
        return true;
      }
      default: {
        const number = readNumber(body);
        if (number === null || number < this.#number || number > this.#number + AHEAD) return false;
        if (number > this.#number) return this.#readNext(type, body, number);
        if (type !== 'restart') this.#peer.receive(type, body);
        else if (this.#options.polite || !this.#rebuilds.take()) return false;
        else void this.#recover().then((recovery) => recovery?.asked('restart'));
        return true;
      }
    }
  }

  /** The first offerer may begin a new connection at any time, and the other one ask for the next. */
  #readNext(type: string, body: unknown, number: number): boolean {
    const { polite } = this.#options;
    const offered = polite && type === 'desc' && readDescription(body)?.type === 'offer';
    const asked = !polite && type === 'restart' && number === this.#number + 1;
    if (!(offered || asked) || !this.#rebuilds.take()) return false;
    if (asked) {
      void this.#recover().then((recovery) => recovery?.asked('rebuild'));
    } else {
      this.#recovery?.ladder.took('rebuild');
      if (this.#rebuild(number)) this.#peer.receive(type, body);
    }
    return true;
  }

  /** What brings the connection back, as soon as it is loaded; null where it does not load. */
  #recover(): Promise<Recovery | null> {
    return (this.#loading ??= this.#loadRecovery());
  }

  async #loadRecovery(): Promise<Recovery | null> {
    try {
      const { Recovery } = await import('./recovery.js');
      if (this.#closed) return null;
      this.#recovery = new Recovery({
        ...this.#options,
        current: () => ({ peer: this.#peer, number: this.#number }),
        wasConnected: () => this.#wasConnected,
        rebuild: (number) => void this.#rebuild(number),
        changed: () => this.#options.changed(),
      });
      this.#recovery.follow(this.#peer.state, true);
    } catch (cause) {
      this.#strand(cause);
    }
    return this.#recovery;
  }

  /** What would bring the connection back did not load. It is asked for again when it is needed. */
  #strand(cause: unknown): void {
    this.#loading = undefined;
    if (this.#closed || this.#stranded) return;
    if (this.isConnected) {
      console.warn('A part of the kit did not load: a connection that is lost does not come back.', cause);
    } else if (/^(new|connecting)$/.test(this.#peer.state) && !this.#tried) {
      // It may come up all the same.
      this.#tried = true;
      this.#cancelLoading = this.#options.clock.after(PATIENCE, () => void this.#recover());
    } else {
      this.#stranded = true;
      this.#options.changed();
      this.#options.failed(notLoaded(cause));
    }
  }

  /** A new connection in place of the one that there is; false where none can be made. */
  #rebuild(number: number): boolean {
    const before = this.#peer;
    try {
      this.#peer = this.#connect(number);
    } catch (thrown) {
      this.#recovery?.refuse(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
      return false;
    }
    this.#hungUp ||= before.hasHungUp;
    if (this.#wasConnected && !this.#former) {
      this.#former = before;
      before.retire();
    } else {
      before.close();
    }
    this.#options.changed();
    return true;
  }

  #connect(number: number): Peer {
    const connection = this.#options.createConnection();
    const remote = this.#remote;
    this.#number = number;
    this.#peerState = 'new';
    remote.begin();
    const peer = new Peer({ ...this.#options, number, connection, remote, changed: () => this.#follow() });
    if (this.#shown) peer.view = this.#shown;
    return peer;
  }

  #follow(): void {
    if (this.#closed) return;
    const { state } = this.#peer;
    const isNew = state !== this.#peerState;
    this.#peerState = state;
    if (isNew && state === 'connected') this.#settle();
    if (state === 'disconnected' || state === 'failed' || state === 'closed') void this.#recover();
    this.#recovery?.follow(state, isNew);
    this.#options.changed();
  }

  #settle(): void {
    this.#wasConnected = true;
    this.#stranded = false;
    this.#hungUp = false;
    this.#former?.close();
    this.#former = null;
    // The former one has had its part of what may go out.
    this.#peer.tune();
    this.#remote.exchange();
  }

  #tellState(): void {
    const { state } = this.#options.media;
    const told = this.#told;
    if (told?.audio === state.audio && told.video === state.video && told.screen === state.screen) return;
    this.#told = state;
    this.#options.send('state', state);
  }
}
