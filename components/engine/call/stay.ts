import type { Clock } from '../clock.js';
import { leftEarly, MediaKitError } from '../errors.js';
import type { Signaling, SignalingChannel, SignalingHandlers } from '../signaling/signaling.js';
import type { CallState } from './call-state.js';
import type { Encryption } from './encryption/encryption.js';
import type { Exchange } from './data/exchange.js';
import { LABEL } from './data/label.js';
import { Entrance } from './entrance.js';
import { Exchanging } from './exchanging.js';
import { cutName, helloBody, type Presence, type ViewBody } from './frames.js';
import { randomId } from './identifiers.js';
import type { LocalMedia } from './local-media.js';
import type { Member } from './member.js';
import type { Network } from './network.js';
import { OwnPresence } from './own-presence.js';
import { NO_CONNECTION, Pair } from './pair.js';
import type { ReconnectPolicy } from './reconnect.js';
import { Roster } from './roster.js';
import { Shown } from './shown.js';
import { Spare } from './spare.js';
import type { WatchOptions } from './watch.js';
import { Watching } from './watching.js';

/** How long ignored messages are gathered before they are told. */
const GATHERING = 250;

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
  /** Encrypts all that these connections carry, where that is wanted. */
  readonly encryption: Encryption | null;
  /** What a connection is configured with, as it is known, and as it is after asking anew. */
  readonly configuration: () => RTCConfiguration;
  readonly configure: () => Promise<RTCConfiguration>;
  readonly dispatch: (event: Event) => void;
  /** Called after each change of what is shown. */
  readonly changed: () => void;
  /** Called at once when the room has taken us in. */
  readonly admitted: () => void;
  /** The stay cannot go on. */
  readonly failed: (error: MediaKitError) => void;
}

/** One stay in a room, from joining to leaving: the members, and a connection to each. */
export class Stay {
  readonly #options: StayOptions;
  readonly #presence: Presence;
  readonly #roster: Roster;
  readonly #pairs = new Map<string, Pair>();
  readonly #shown: Shown;
  readonly #closing = new AbortController();
  readonly #entrance: Entrance;
  readonly #spare: Spare;
  readonly #watching: Watching;
  readonly #exchanging: Exchanging;
  #channel: SignalingChannel | null = null;
  #own: OwnPresence | null = null;
  /** What came before the channel was there. */
  #early: (() => void)[] = [];
  #cancelPreparation: (() => void) | undefined;
  #ignored = 0;
  #cancelGathering: (() => void) | undefined;
  #reachable = true;
  #online = true;

  constructor(options: StayOptions) {
    this.#options = options;
    const { id, name, clock, dispatch, changed, admitted } = options;
    this.#presence = { sid: randomId(), ts: Date.now(), name: cutName(name) };
    this.#spare = new Spare(options);
    this.#watching = new Watching(this.#watchOptions());
    this.#exchanging = new Exchanging({
      ...options,
      members: () => this.#shown.all.map(({ id }) => id),
      link: (id) => this.#pairs.get(id),
      report: (error) => this.#report(error),
      flooded: (peer) => {
        const member = this.#member(peer);
        if (member) this.#watching.flooded(member, true);
      },
    });
    this.#shown = new Shown({
      pair: (peer) => this.#pairs.get(peer),
      observed: (peer) => this.#watching.of(peer),
      dispatch,
      changed,
    });
    this.#entrance = new Entrance({
      ...options,
      members: () => this.#roster.members,
      admitted,
      turnedAway: (error) => this.#fail(error),
    });
    this.#roster = new Roster({
      id,
      sid: this.#presence.sid,
      clock,
      hello: () => helloBody(this.#presence, this.#entrance.left),
      transmit: (to, payload) => this.#channel?.send(to, payload),
      seen: (member) => this.#connect(member),
      confirmed: (member) => {
        if (this.#shown.add(member)) this.#entrance.look();
      },
      renamed: (member) => this.#shown.update(member),
      gone: (member) => this.#disconnect(member),
      message: (member, type, body) => {
        if (type === 'key') this.#learn(member, body);
        else this.#pairs.get(member.id)?.receive(type, body);
      },
      flooded: (member) => this.#watching.flooded(member),
      answered: (member, back) => this.#pairs.get(member.id)?.answered(back),
      ghost: (peer) => this.#channel?.clear?.(peer),
      ignored: () => this.#ignore(),
      repeated: (peer) => this.#watching.tampered(peer),
      isConnected: (peer) => this.#pairs.get(peer)?.isConnected ?? false,
      hasHungUp: (peer) => this.#pairs.get(peer)?.hasHungUp ?? false,
    });
    const { network, encryption } = options;
    encryption?.begin({
      self: { id, sid: this.#presence.sid },
      clock,
      send: (peer, type, body) => this.#roster.send(peer, type, body),
      heard: (peer) => this.#roster.isAnswered(peer),
      trouble: (peer, trouble) => this.#watching.frames(peer, trouble),
    });
    network((sign) => {
      if (sign !== 'awake') this.#online = sign === 'online';
      for (const pair of this.#pairs.values()) {
        pair.look();
        // Another network may be there: what was tried before counts no longer, and what still seems to flow may hang.
        if (sign === 'online') pair.restartIce();
      }
    }, this.#closing.signal);
  }

  /** How many messages were ignored. */
  get ignored(): number {
    return this.#ignored;
  }

  /** What the room tells of itself. */
  get summary(): Pick<CallState, 'peers' | 'reachable' | 'speaker' | 'issues' | 'ignored'> & {
    /** Whether media flow between us and any of them. */
    isConnected: boolean;
  } {
    const peers = this.#shown.all;
    const { speaker, issues } = this.#watching;
    return {
      peers,
      isConnected: peers.some(({ id }) => this.#pairs.get(id)?.isConnected),
      reachable: this.#reachable,
      speaker,
      issues,
      ignored: this.#ignored,
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
      channel = await Promise.race([opening, this.#entrance.admission as Promise<never>]);
    } catch (thrown) {
      // One that opens all the same is nobody's.
      opening.then(
        (late) => late.close(),
        () => {},
      );
      if (signal.aborted) throw leftEarly();
      throw MediaKitError.from(
        thrown,
        'signaling-unreachable',
        'The way to the room could not be opened: check the signaling address and the network.',
      );
    }
    if (signal.aborted) {
      channel.close();
      throw leftEarly();
    }
    this.#channel = channel;
    this.#own = new OwnPresence({
      presence: this.#presence,
      clock,
      announce: (payload) => channel.announce(payload),
      echoed: () => this.#entrance.echoed(),
      denied: () => {
        const words = 'The room does not take our presence: let the rules of the signaling server permit it.';
        this.#fail(new MediaKitError('signaling-refused', words));
      },
    });
    this.#entrance.begin();
    this.#own.announce();
    for (const handle of this.#early.splice(0)) handle();
    return this.#entrance.admission;
  }

  /** What carries messages and files, from the first one on. Rejects where it does not load. */
  exchange(): Promise<Exchange> {
    return this.#exchanging.load();
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
    this.#cancelPreparation?.();
    this.#cancelGathering?.();
    this.#own?.close();
    this.#watching.release();
    this.#roster.close();
    this.#channel?.close();
    this.#exchanging.close();
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
    this.#shown.clear();
    this.#spare.close();
    this.#options.encryption?.release();
    this.#early = [];
    this.#entrance.close(leftEarly());
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
      tampered: whenOpen((peer) => this.#watching.tampered(peer)),
      warned: whenOpen((error) => this.#report(error)),
      failed: whenOpen((error) => this.#fail(error)),
    };
  }

  /** Nobody is let in before it is known that connections can be made. */
  #prepare(): void {
    try {
      if (this.#pairs.size === 0) this.#spare.make();
      this.#entrance.prepared();
    } catch (thrown) {
      this.#fail(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #connect({ id }: Member): void {
    const { id: ownId, media, clock, reconnect, createConnection, configure, encryption } = this.#options;
    encryption?.met(id);
    try {
      const pair: Pair = new Pair({
        id,
        polite: ownId > id,
        media,
        crowd: () => this.#pairs.size,
        clock,
        reconnect,
        createConnection: () => {
          const connection = this.#spare.take() ?? createConnection();
          encryption?.assign(connection, id);
          return connection;
        },
        configure,
        online: () => this.#online,
        heard: () => this.#reachable && this.#roster.isAnswered(id),
        send: (type, body) => this.#roster.send(id, type, body),
        dispatch: (event) => this.#pass(id, event),
        changed: (tracks) => this.#follow(id, tracks),
        ignored: () => this.#ignore(),
        failed: (error) => {
          if (error.code === 'network-blocked') this.#watching.block(id, error.message);
          this.#report(error);
        },
      });
      this.#pairs.set(id, pair);
      this.#crowdChanged();
    } catch (thrown) {
      this.#report(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  /** Each gets its part of what may be sent. */
  #crowdChanged(): void {
    this.applyMedia().catch((error: MediaKitError) => this.#report(error));
  }

  #disconnect({ id }: Member): void {
    const pair = this.#pairs.get(id);
    const hungUp = pair?.hasHungUp;
    this.#exchanging.current?.forget(id);
    pair?.close();
    this.#pairs.delete(id);
    this.#options.encryption?.left(id);
    this.#watching.forget(id);
    this.#crowdChanged();
    this.#shown.remove(id);
    if (!hungUp) this.#channel?.gone?.(id);
  }

  /** A member encrypts, and with this key. */
  #learn(member: Member, body: unknown): void {
    const { encryption } = this.#options;
    if (!encryption) this.#watching.frames(member.id, 'undecryptable');
    else if (!encryption.receive(member, body)) this.#ignore();
  }

  #follow(id: string, tracks?: boolean): void {
    const pair = this.#pairs.get(id);
    if (!pair) return;
    this.#update(id, tracks);
    this.#exchanging.current?.look(id);
    if (pair.isConnected) this.#watching.connected(id);
    const { connectionState } = pair.connection;
    if (pair.hasHungUp || connectionState === 'disconnected' || connectionState === 'failed') {
      this.#roster.connectionLost(id);
      this.#channel?.check?.();
    }
  }

  /** The page hears all events of a connection but those of the kit's own channels. */
  #pass(id: string, event: Event): void {
    const { channel } = event as RTCDataChannelEvent;
    if (channel?.label === LABEL) this.#exchanging.take(id, channel);
    else this.#options.dispatch(event);
  }

  #update(id: string, tracks?: boolean, quietly?: boolean): void {
    const member = this.#member(id);
    if (member) this.#shown.update(member, tracks, quietly);
  }

  #member(id: string): Member | undefined {
    return this.#roster.members.find((one) => one.id === id);
  }

  #watchOptions(): WatchOptions {
    const { room, clock, media, dispatch, changed } = this.#options;
    return {
      room,
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
    this.#entrance.close(error);
    this.#options.failed(error);
  }

  #report(error: MediaKitError): void {
    this.#options.dispatch(new ErrorEvent('error', { error, message: error.message }));
  }
}
