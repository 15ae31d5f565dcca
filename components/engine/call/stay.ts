import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import type { Signaling, SignalingChannel, SignalingHandlers } from '../signaling/signaling.js';
import { PeerChangeEvent, PeerJoinEvent, PeerLeaveEvent } from './events.js';
import { cutName, ENTRANCE, helloBody, type Presence, type ViewBody } from './frames.js';
import { randomId } from './identifiers.js';
import type { LocalMedia } from './local-media.js';
import type { Network } from './network.js';
import { OwnPresence } from './own-presence.js';
import { Pair } from './pair.js';
import type { ReconnectPolicy } from './reconnect.js';
import type { CallState, PeerState } from './room.js';
import { Roster, type Member } from './roster.js';
import type { Watch, WatchOptions } from './watch.js';

const NO_ISSUES: CallState['issues'] = Object.freeze([]);
/** How long ignored messages are gathered before they are told. */
const GATHERING = 250;
const NO_CONNECTION = 'The browser allows no further connection: close other calls and join again.';

export interface StayOptions {
  readonly signaling: Signaling;
  readonly room: string;
  /** Our own id. */
  readonly id: string;
  readonly name: string;
  readonly maxPeers: number;
  readonly media: LocalMedia;
  readonly clock: Clock;
  readonly reconnect: ReconnectPolicy | undefined;
  readonly network: Network;
  readonly createConnection: () => RTCPeerConnection;
  /** What a connection is configured with, as it is known, and as it is after asking anew. */
  readonly configuration: () => RTCConfiguration;
  readonly configure: () => Promise<RTCConfiguration>;
  readonly dispatch: (event: Event) => void;
  /** Called after each change of what is shown. */
  readonly changed: () => void;
  /** The stay cannot go on. */
  readonly failed: (error: MediaKitError) => void;
}

/** One stay in a room, from joining to leaving: the members, and a connection to each. */
export class Stay {
  readonly #options: StayOptions;
  readonly #presence: Presence;
  readonly #roster: Roster;
  readonly #pairs = new Map<string, Pair>();
  /** The members that are there for certain, as they are shown. */
  readonly #shown = new Map<string, PeerState>();
  readonly #closing = new AbortController();
  readonly #admission: Promise<void>;
  #welcome!: () => void;
  #refuse!: (error: MediaKitError) => void;
  /** Made while the first peer is looked for, so that it need not wait for it. */
  #spare: RTCPeerConnection | null = null;
  #prepared = false;
  #channel: SignalingChannel | null = null;
  #own: OwnPresence | null = null;
  /** What came before the channel was there. */
  #early: (() => void)[] = [];
  #entering = true;
  /** Until when others count us as one who may be turned away. */
  #settles: number;
  #echoed = false;
  #cancelEntrance: (() => void) | undefined;
  #cancelPreparation: (() => void) | undefined;
  #ignored = 0;
  #cancelGathering: (() => void) | undefined;
  #reachable = true;
  #online = true;
  #watch: Watch | null = null;
  #watching: Promise<Watch | null> | undefined;

  constructor(options: StayOptions) {
    this.#options = options;
    const { id, name, clock } = options;
    this.#settles = clock.now() + ENTRANCE;
    this.#presence = { sid: randomId(), ts: Date.now(), name: cutName(name) };
    this.#admission = new Promise((resolve, reject) => {
      this.#welcome = resolve;
      this.#refuse = reject;
    });
    // Refusals are told where the promise is awaited; it may never be.
    this.#admission.catch(() => {});
    this.#roster = new Roster({
      id,
      sid: this.#presence.sid,
      clock,
      hello: () => helloBody(this.#presence, this.#entering ? Math.ceil(this.#settles - clock.now()) : 0),
      transmit: (to, payload) => this.#channel?.send(to, payload),
      seen: (member) => this.#connect(member),
      confirmed: (member) => this.#show(member),
      renamed: (member) => this.#update(member.id),
      gone: (member) => this.#disconnect(member),
      message: (member, type, body) => this.#pairs.get(member.id)?.receive(type, body),
      answered: (member, back) => this.#pairs.get(member.id)?.answered(back),
      ghost: (peer) => this.#channel?.clear?.(peer),
      ignored: () => this.#ignore(),
      isConnected: (peer) => this.#pairs.get(peer)?.isConnected ?? false,
      hasHungUp: (peer) => this.#pairs.get(peer)?.hasHungUp ?? false,
    });
    const { network } = options;
    network((sign) => {
      if (sign !== 'awake') this.#online = sign === 'online';
      for (const pair of this.#pairs.values()) {
        pair.look();
        // Another network may be there: what was tried before counts no longer.
        if (sign === 'online' && !pair.isConnected) pair.restartIce();
      }
    }, this.#closing.signal);
  }

  /** The other members. */
  get peers(): readonly PeerState[] {
    return Object.freeze([...this.#shown.values()]);
  }

  /** Whether media flow between us and any of them. */
  get isConnected(): boolean {
    return [...this.#shown.keys()].some((id) => this.#pairs.get(id)?.isConnected);
  }

  /** How many messages were ignored. */
  get ignored(): number {
    return this.#ignored;
  }

  /** What the room tells of itself. */
  get summary(): Pick<CallState, 'peers' | 'reachable' | 'speaker' | 'issues' | 'ignored'> & {
    isConnected: boolean;
  } {
    const { peers, isConnected, ignored } = this;
    return {
      peers,
      isConnected,
      reachable: this.#reachable,
      speaker: this.#watch?.speaker ?? null,
      issues: this.#watch?.issues ?? NO_ISSUES,
      ignored,
    };
  }

  connection(id: string): RTCPeerConnection | null {
    return this.#pairs.get(id)?.connection ?? null;
  }

  /** Opens the room; resolves when it has taken us in. */
  async open(): Promise<void> {
    const { signaling, room, id, clock } = this.#options;
    const { signal } = this.#closing;
    // Whatever it throws is a rejection.
    const opening = (async () => signaling.open({ room, peer: id }, this.#handlers(), signal))();
    // A browser takes longer to make a connection than the others to answer.
    this.#cancelPreparation = clock.after(0, () => this.#prepare());
    let channel: SignalingChannel;
    try {
      // Nobody is let in before the channel is there, but one may be turned away or leave.
      channel = await Promise.race([opening, this.#admission as Promise<never>]);
    } catch (thrown) {
      // One that opens all the same is nobody's.
      opening.then(
        (late) => late.close(),
        () => {},
      );
      if (signal.aborted) throw aborted();
      throw MediaKitError.from(
        thrown,
        'signaling-unreachable',
        'The way to the room could not be opened: check the signaling address and the network.',
      );
    }
    if (signal.aborted) {
      channel.close();
      throw aborted();
    }
    this.#channel = channel;
    this.#own = new OwnPresence({
      presence: this.#presence,
      clock,
      announce: (payload) => channel.announce(payload),
      echoed: () => {
        this.#echoed = true;
        this.#admit();
      },
      denied: () => {
        const words = 'The room does not take our presence: let the rules of the signaling server permit it.';
        this.#fail(new MediaKitError('signaling-refused', words));
      },
    });
    this.#own.announce();
    this.#settles = clock.now() + ENTRANCE;
    this.#cancelEntrance = clock.after(ENTRANCE, () => {
      this.#admit();
      this.#entering = false;
      this.#admit();
    });
    for (const handle of this.#early.splice(0)) handle();
    return this.#admission;
  }

  /** Sends what the local media are now. */
  async applyMedia(): Promise<void> {
    await Promise.all([...this.#pairs.values()].map((pair) => pair.applyMedia()));
  }

  /** Tells a peer how large we show what it sends. */
  tellView(id: string, view: ViewBody): void {
    this.#pairs.get(id)?.tellView(view);
  }

  /** With one peer or with all. */
  restartIce(id?: string): void {
    if (id === undefined) for (const pair of this.#pairs.values()) pair.restartIce();
    else this.#pairs.get(id)?.restartIce();
  }

  /** Says goodbye to everybody and closes everything, at once. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cancelEntrance?.();
    this.#cancelPreparation?.();
    this.#cancelGathering?.();
    this.#own?.close();
    this.#watch?.release();
    this.#roster.close();
    this.#channel?.close();
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
    this.#shown.clear();
    this.#spare?.close();
    this.#spare = null;
    this.#early = [];
    this.#refuse(aborted());
  }

  #handlers(): SignalingHandlers {
    const whenOpen =
      <A extends unknown[]>(handle: (...values: A) => void) =>
      (...values: A): void => {
        if (this.#closing.signal.aborted) return;
        if (this.#channel) handle(...values);
        else this.#early.push(() => handle(...values));
      };
    const { id } = this.#options;
    return {
      presence: whenOpen((peer, payload) => {
        if (peer === id) this.#own?.heard(payload);
        else this.#roster.presence(peer, payload);
      }),
      message: whenOpen((from, payload) => this.#roster.message(from, payload)),
      reachable: whenOpen((yes) => {
        this.#reachable = yes;
        this.#own?.reachable(yes);
        this.#roster.reachable(yes);
        this.#options.changed();
      }),
      ignored: whenOpen(() => this.#ignore()),
      failed: whenOpen((error) => this.#fail(error)),
    };
  }

  /** Nobody is let in before it is known that connections can be made. */
  #prepare(): void {
    try {
      if (this.#pairs.size === 0) this.#spare = this.#options.createConnection();
      this.#prepared = true;
      this.#admit();
    } catch (thrown) {
      this.#fail(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #connect({ id }: Member): void {
    const { id: ownId, media, clock, reconnect, createConnection, configure, dispatch } = this.#options;
    try {
      const pair: Pair = new Pair({
        id,
        polite: ownId > id,
        media,
        crowd: () => this.#pairs.size,
        clock,
        reconnect,
        createConnection: () => this.#takeSpare() ?? createConnection(),
        configure,
        online: () => this.#online,
        heard: () => this.#reachable && this.#roster.isAnswered(id),
        send: (type, body) => this.#roster.send(id, type, body),
        dispatch,
        changed: (tracks) => this.#follow(id, tracks),
        ignored: () => this.#ignore(),
        failed: (error) => {
          if (error.code === 'network-blocked')
            void this.#watchOver().then((watch) => watch?.block(id, error.message));
          this.#report(error);
        },
      });
      this.#pairs.set(id, pair);
      this.#crowdChanged();
    } catch (thrown) {
      this.#report(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #takeSpare(): RTCPeerConnection | null {
    const spare = this.#spare;
    this.#spare = null;
    // It may have waited longer than its credentials hold.
    spare?.setConfiguration(this.#options.configuration());
    return spare;
  }

  /** Each gets its part of what may be sent. */
  #crowdChanged(): void {
    this.applyMedia().catch((error: MediaKitError) => this.#report(error));
  }

  #disconnect({ id }: Member): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
    this.#watch?.forget(id);
    this.#crowdChanged();
    const state = this.#shown.get(id);
    if (!state) return;
    this.#shown.delete(id);
    this.#options.changed();
    this.#options.dispatch(new PeerLeaveEvent(state));
  }

  #follow(id: string, tracks?: boolean): void {
    const pair = this.#pairs.get(id);
    if (!pair) return;
    this.#update(id, tracks);
    if (pair.isConnected) {
      this.#watch?.block(id, null);
      void this.#watchOver();
    }
    const { connectionState } = pair.connection;
    if (pair.hasHungUp || connectionState === 'disconnected' || connectionState === 'failed')
      this.#roster.connectionLost(id);
  }

  #show(member: Member): void {
    const state = this.#describe(member);
    if (!state) return;
    this.#shown.set(member.id, state);
    this.#options.changed();
    this.#options.dispatch(new PeerJoinEvent(state));
    this.#admit();
  }

  /** `tracks`: some have come or gone in the same streams; `quietly`: nothing that anybody need be told. */
  #update(id: string, tracks = false, quietly = false): void {
    const before = this.#shown.get(id);
    const member = this.#roster.members.find((one) => one.id === id);
    const state = before && member && this.#describe(member);
    if (!state || (!tracks && isSame(state, before))) return;
    this.#shown.set(id, state);
    this.#options.changed();
    if (!quietly) this.#options.dispatch(new PeerChangeEvent(state));
  }

  #describe({ id, name }: Member): PeerState | null {
    const pair = this.#pairs.get(id);
    if (!pair) return null;
    const { status, stream, screen, connection } = pair;
    const { audio, video } = pair.state;
    const { connectionState, iceConnectionState } = connection;
    const { quality = null, speaking = false } = this.#watch?.of(id) ?? {};
    const media = { stream, screen, audio, video, speaking };
    return Object.freeze({ id, name, ...media, status, connectionState, iceConnectionState, quality });
  }

  /** Lets us in, or turns us away: those who are inside stay, and of several newcomers the smaller ids come first. */
  #admit(): void {
    const { id, maxPeers, clock } = this.#options;
    const { members } = this.#roster;
    const before = members.filter(
      (member) => member.confirmed && (member.settles <= clock.now() || member.id < id),
    );
    if (this.#entering && before.length >= maxPeers) {
      const words = `The room is full: it takes ${maxPeers}. Try again when somebody has left.`;
      this.#fail(new MediaKitError('room-full', words));
    } else if (this.#echoed && this.#prepared && (!this.#entering || members.length < maxPeers)) {
      this.#welcome();
    }
  }

  /** Loads what watches over the connections. */
  #watchOver(): Promise<Watch | null> {
    const load = async (): Promise<Watch | null> => {
      try {
        const { Watch } = await import('./watch.js');
        return this.#closing.signal.aborted ? null : (this.#watch = new Watch(this.#watchOptions()));
      } catch (cause) {
        console.warn('A part of the kit did not load: the quality of the call is not watched.', cause);
        return null;
      }
    };
    return (this.#watching ??= load());
  }

  #watchOptions(): WatchOptions {
    const { clock, media, dispatch, changed } = this.#options;
    return {
      clock,
      connections: () => [...this.#pairs].map(([peer, { connection }]) => [peer, connection] as const),
      tracks: () => media.outgoing.slice(0, 2).flatMap(({ track }) => track ?? []),
      told: (peer) => this.#pairs.get(peer)?.expected ?? { audio: false, video: false },
      observed: (peer, news) => {
        // No event tells that the page has closed a connection.
        this.#pairs.get(peer)?.look();
        this.#update(peer, false, !news);
      },
      dispatch,
      changed,
    };
  }

  #ignore(): void {
    this.#ignored++;
    this.#cancelGathering ??= this.#options.clock.after(GATHERING, () => {
      this.#cancelGathering = undefined;
      this.#options.changed();
    });
  }

  #fail(error: MediaKitError): void {
    this.#refuse(error);
    this.#options.failed(error);
  }

  #report(error: MediaKitError): void {
    this.#options.dispatch(new ErrorEvent('error', { error, message: error.message }));
  }
}

function isSame(one: PeerState, other: PeerState): boolean {
  return (Object.keys(one) as (keyof PeerState)[]).every((key) => one[key] === other[key]);
}

/** What a join rejects with that was left before it was done. */
export function aborted(): MediaKitError {
  return new MediaKitError('aborted', 'The room was left before it was joined: join again.');
}
