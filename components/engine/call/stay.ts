import { MediaKitError } from '../errors.js';
import { Attendance, type AttendanceOptions } from './attendance.js';
import type { CallState } from './call-state.js';
import type { Exchange } from './data/exchange.js';
import { Exchanging } from './exchanging.js';
import type { ViewBody } from './frames.js';
import { LABEL } from './identifiers.js';
import type { Member } from './member.js';
import { NO_CONNECTION } from './pair.js';
import { Pairs, type PairsOptions } from './pairs.js';
import { Roster } from './roster.js';
import { Shown } from './shown.js';
import { Spare } from './spare.js';
import { Watching } from './watching.js';

export interface StayOptions
  extends
    Pick<
      AttendanceOptions,
      'signaling' | 'room' | 'id' | 'name' | 'maxPeers' | 'clock' | 'admitted' | 'failed'
    >,
    Pick<PairsOptions, 'media' | 'network' | 'reconnect' | 'createConnection' | 'configure' | 'encryption'> {
  /** What connections are configured with now. */
  readonly configuration: () => RTCConfiguration;
  /** The one that was made ahead. */
  readonly spare: Spare | null;
  readonly dispatch: (event: Event) => void;
  /** Called after each change of what is shown. */
  readonly changed: () => void;
}

/** How long ignored messages are gathered before they are told. */
const GATHERING = 250;

export { Spare };

/** One stay in a room, from joining to leaving: the members, and a connection to each. */
export class Stay {
  readonly #options: StayOptions;
  readonly #closing = new AbortController();
  readonly #spare: Spare;
  readonly #pairs: Pairs;
  readonly #watching: Watching;
  readonly #exchanging: Exchanging;
  readonly #shown: Shown;
  readonly #attendance: Attendance;
  readonly #roster: Roster;
  #reachable = true;
  #ignored = 0;
  #cancelGathering: (() => void) | undefined;

  constructor(options: StayOptions) {
    this.#options = options;
    const { id, clock, media, encryption, dispatch, changed } = options;
    const { signal } = this.#closing;
    const report = (error: MediaKitError): void => this.#report(error);
    const ignored = (): void => this.#ignore();
    this.#spare = options.spare ?? new Spare({ ...options, expected: null });
    this.#pairs = new Pairs({
      ...options,
      createConnection: () => this.#spare.take(options.configuration()) ?? options.createConnection(),
      between: (peer) => ({
        heard: () => this.#reachable && this.#roster.isAnswered(peer),
        send: (type, body) => this.#roster.send(peer, type, body),
        dispatch: (event) => this.#pass(peer, event),
        changed: (tracks) => this.#follow(peer, tracks),
        ignored,
        failed: (error) => {
          if (error.code === 'network-blocked') this.#watching.block(peer, error.message);
          report(error);
        },
      }),
      report,
      signal,
    });
    this.#watching = new Watching({
      ...options,
      connections: () => this.#pairs.connections,
      tracks: () => media.outgoing.slice(0, 2).flatMap(({ track }) => track ?? []),
      told: (peer) => this.#pairs.get(peer)?.expected ?? { audio: false, video: false },
      heard: (peer) => this.#roster.isAnswered(peer),
      observed: (peer, news) => {
        // No event tells that the page has closed a connection.
        this.#pairs.get(peer)?.look();
        this.#update(peer, false, !news);
      },
    });
    this.#exchanging = new Exchanging({
      ...options,
      members: () => this.#shown.all.map((peer) => peer.id),
      link: (peer) => this.#pairs.get(peer),
      report,
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
    this.#attendance = new Attendance({
      ...options,
      members: () => this.#roster.members,
      prepare: () => {
        if (this.#pairs.size === 0) this.#spare.make(options.configuration());
      },
      handlers: this.#handlers(),
      signal,
    });
    const { sid } = this.#attendance;
    this.#roster = new Roster({
      id,
      sid,
      clock,
      hello: () => this.#attendance.hello,
      transmit: (to, payload) => this.#attendance.channel?.send(to, payload),
      seen: (member) => this.#connect(member),
      confirmed: (member) => {
        if (this.#shown.add(member)) this.#attendance.look();
      },
      renamed: (member) => this.#shown.update(member),
      gone: (member) => this.#disconnect(member),
      message: (member, type, body) => {
        if (type === 'key') this.#learn(member, body);
        else this.#pairs.get(member.id)?.receive(type, body);
      },
      flooded: (member) => this.#watching.flooded(member),
      answered: (member, back) => this.#pairs.get(member.id)?.answered(back),
      unsteady: (peer) => this.#watching.unsteady(peer),
      ghost: (peer) => this.#attendance.channel?.clear(peer),
      ignored,
      repeated: (peer) => this.#watching.tampered(peer),
      isConnected: (peer) => this.#pairs.get(peer)?.isConnected ?? false,
      hasHungUp: (peer) => this.#pairs.get(peer)?.hasHungUp ?? false,
    });
    encryption?.begin({
      self: { id, sid },
      clock,
      send: (peer, type, body) => this.#roster.send(peer, type, body),
      heard: (peer) => this.#roster.isAnswered(peer),
      trouble: (peer, trouble) => this.#watching.frames(peer, trouble),
    });
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
  open(): Promise<void> {
    return this.#attendance.open();
  }

  /** What carries messages and files, from the first one on. Rejects where it does not load. */
  exchange(): Promise<Exchange> {
    return this.#exchanging.load();
  }

  /** Sends what the local media are now. */
  applyMedia(): Promise<void> {
    return this.#pairs.applyMedia();
  }

  /** Tells a peer how large we show what it sends. */
  tellView(id: string, view: ViewBody): void {
    this.#pairs.get(id)?.tellView(view);
  }

  /** With one peer or with all. */
  restartIce(id?: string): void {
    this.#pairs.restartIce(id);
  }

  /** Says goodbye to everybody and closes everything, at once. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#watching.release();
    this.#roster.close();
    this.#attendance.close();
    this.#exchanging.close();
    this.#pairs.close();
    this.#spare.close();
    this.#shown.clear();
    this.#options.encryption?.release();
    this.#cancelGathering?.();
  }

  #handlers(): AttendanceOptions['handlers'] {
    return {
      presence: (peer, payload) => this.#roster.presence(peer, payload),
      message: (from, payload) => this.#roster.message(from, payload),
      reachable: (yes) => {
        this.#reachable = yes;
        this.#roster.reachable(yes);
        this.#options.changed();
      },
      ignored: () => this.#ignore(),
      tampered: (peer) => this.#watching.tampered(peer),
      warned: (error) => this.#report(error),
    };
  }

  #connect({ id }: Member): void {
    try {
      this.#pairs.connect(id);
    } catch (thrown) {
      this.#report(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #disconnect({ id }: Member): void {
    const hungUp = this.#pairs.get(id)?.hasHungUp;
    this.#exchanging.current?.forget(id);
    this.#pairs.disconnect(id);
    this.#watching.forget(id);
    this.#shown.remove(id);
    if (!hungUp) this.#attendance.channel?.gone(id);
    this.#attendance.look();
  }

  /** The connection to a member may be in another state. */
  #follow(id: string, tracks?: boolean): void {
    const pair = this.#pairs.get(id);
    if (!pair) return;
    this.#update(id, tracks);
    this.#exchanging.current?.look(id);
    if (pair.isConnected) this.#watching.connected(id);
    const { connectionState } = pair.connection;
    if (pair.hasHungUp || connectionState === 'disconnected' || connectionState === 'failed') {
      this.#roster.connectionLost(id);
      this.#attendance.channel?.check();
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

  /** A member encrypts, and with this key. */
  #learn(member: Member, body: unknown): void {
    const { encryption } = this.#options;
    if (!encryption) this.#watching.frames(member.id, 'undecryptable');
    else if (!encryption.receive(member, body)) this.#ignore();
  }

  #ignore(): void {
    this.#ignored++;
    this.#cancelGathering ??= this.#options.clock.after(GATHERING, () => {
      this.#cancelGathering = undefined;
      this.#options.changed();
    });
  }

  #report(error: MediaKitError): void {
    this.#options.dispatch(new ErrorEvent('error', { error, message: error.message }));
  }
}
