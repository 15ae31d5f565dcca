import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import type { Signaling, SignalingChannel, SignalingHandlers } from '../signaling/signaling.js';
import { PeerChangeEvent, PeerJoinEvent, PeerLeaveEvent } from './events.js';
import { cutName, helloBody, type Presence } from './frames.js';
import { randomId } from './identifiers.js';
import type { LocalMedia } from './local-media.js';
import { OwnPresence } from './own-presence.js';
import { Peer } from './peer.js';
import type { ReconnectPolicy } from './reconnect.js';
import type { PeerState } from './room.js';
import { Roster, type Member } from './roster.js';

/** How long a newcomer looks whether the room is full. */
const ENTRANCE = 2000;
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
  readonly reconnect: ReconnectPolicy;
  readonly createConnection: () => RTCPeerConnection;
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
  readonly #connections = new Map<string, Peer>();
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
  #echoed = false;
  #cancelEntrance: (() => void) | undefined;
  #cancelPreparation: (() => void) | undefined;
  #ignored = 0;
  #cancelGathering: (() => void) | undefined;

  constructor(options: StayOptions) {
    this.#options = options;
    const { id, name, clock } = options;
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
      hello: () => helloBody(this.#presence, this.#entering),
      transmit: (to, payload) => this.#channel?.send(to, payload),
      seen: (member) => this.#connect(member),
      confirmed: (member) => this.#show(member),
      renamed: (member) => this.#update(member.id),
      gone: (member) => this.#disconnect(member),
      message: (member, type, body) => this.#connections.get(member.id)?.receive(type, body),
      ignored: () => this.#ignore(),
      isConnected: (peer) => this.#connections.get(peer)?.isConnected ?? false,
      hasHungUp: (peer) => this.#connections.get(peer)?.hasHungUp ?? false,
    });
  }

  /** The other members. */
  get peers(): readonly PeerState[] {
    return Object.freeze([...this.#shown.values()]);
  }

  /** Whether media flow between us and any of them. */
  get isConnected(): boolean {
    return [...this.#shown.keys()].some((id) => this.#connections.get(id)?.isConnected);
  }

  /** How many messages were ignored. */
  get ignored(): number {
    return this.#ignored;
  }

  connection(id: string): RTCPeerConnection | null {
    return this.#connections.get(id)?.connection ?? null;
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
    this.#cancelEntrance = clock.after(ENTRANCE, () => {
      this.#entering = false;
      this.#admit();
    });
    for (const handle of this.#early.splice(0)) handle();
    return this.#admission;
  }

  /** Sends what the local media are now. */
  async applyMedia(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((peer) => peer.applyMedia()));
  }

  /** With one peer or with all. */
  restartIce(id?: string): void {
    if (id === undefined) for (const peer of this.#connections.values()) peer.restartIce();
    else this.#connections.get(id)?.restartIce();
  }

  /** Says goodbye to everybody and closes everything, at once. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cancelEntrance?.();
    this.#cancelPreparation?.();
    this.#cancelGathering?.();
    this.#own?.close();
    this.#roster.close();
    this.#channel?.close();
    for (const peer of this.#connections.values()) peer.close();
    this.#connections.clear();
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
        this.#own?.reachable(yes);
        this.#roster.reachable(yes);
      }),
      ignored: whenOpen(() => this.#ignore()),
      failed: whenOpen((error) => this.#fail(error)),
    };
  }

  /** Nobody is let in before it is known that connections can be made. */
  #prepare(): void {
    try {
      if (this.#connections.size === 0) this.#spare = this.#options.createConnection();
      this.#prepared = true;
      this.#admit();
    } catch (thrown) {
      this.#fail(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #connect({ id }: Member): void {
    const { id: ownId, media, clock, reconnect, createConnection, dispatch } = this.#options;
    let connection: RTCPeerConnection;
    try {
      connection = this.#spare ?? createConnection();
    } catch (thrown) {
      return this.#report(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
    this.#spare = null;
    const peer = new Peer({
      id,
      polite: ownId > id,
      number: 1,
      connection,
      media,
      clock,
      reconnect,
      send: (type, body) => this.#roster.send(id, type, body),
      dispatch,
      changed: (tracks) => this.#follow(id, peer, tracks),
      ignored: () => this.#ignore(),
      failed: (error) => this.#report(error),
    });
    this.#connections.set(id, peer);
  }

  #disconnect({ id }: Member): void {
    this.#connections.get(id)?.close();
    this.#connections.delete(id);
    const state = this.#shown.get(id);
    if (!state) return;
    this.#shown.delete(id);
    this.#options.changed();
    this.#options.dispatch(new PeerLeaveEvent(state));
  }

  #follow(id: string, peer: Peer, tracks?: boolean): void {
    if (this.#connections.get(id) !== peer) return;
    this.#update(id, tracks);
    const { connectionState } = peer.connection;
    if (peer.hasHungUp || connectionState === 'disconnected' || connectionState === 'failed')
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

  /** `tracks`: some have come or gone in the same streams. */
  #update(id: string, tracks = false): void {
    const before = this.#shown.get(id);
    const member = this.#roster.members.find((one) => one.id === id);
    const state = before && member && this.#describe(member);
    if (!state || (!tracks && isSame(state, before))) return;
    this.#shown.set(id, state);
    this.#options.changed();
    this.#options.dispatch(new PeerChangeEvent(state));
  }

  #describe({ id, name }: Member): PeerState | null {
    const peer = this.#connections.get(id);
    if (!peer) return null;
    const { stream, screen, state, connection } = peer;
    const { connectionState, iceConnectionState } = connection;
    const { audio, video } = state;
    return Object.freeze({ id, name, stream, screen, audio, video, connectionState, iceConnectionState });
  }

  /** Lets us in, or turns us away: those who are inside stay, and of several newcomers the smaller ids come first. */
  #admit(): void {
    const { id, maxPeers } = this.#options;
    const { members } = this.#roster;
    const before = members.filter((member) => member.confirmed && (!member.entering || member.id < id));
    if (this.#entering && before.length >= maxPeers) {
      const words = `The room is full: it takes ${maxPeers}. Try again when somebody has left.`;
      this.#fail(new MediaKitError('room-full', words));
    } else if (this.#echoed && this.#prepared && (!this.#entering || members.length < maxPeers)) {
      this.#welcome();
    }
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
