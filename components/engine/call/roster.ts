import type { Clock } from '../clock.js';
import { isIdentifier } from '../signaling/signaling.js';
import { Acquaintance, type AcquaintanceOptions } from './acquaintance.js';
import { Former } from './former.js';
import {
  decodeFrame,
  decodePresence,
  isOtherVersion,
  readHello,
  type Frame,
  type Presence,
} from './frames.js';
import type { Member } from './member.js';
import { Newcomers } from './newcomers.js';

const MEMBERS = 50;
/** How much more than it may one member may say until it is cut off. */
const PATIENCE = 1000;
const CROWD = `The room has more than ${MEMBERS} members; the others are not seen here.`;
const OTHER_VERSION =
  'Somebody in the room has a "secret" or another version of the kit, and is not seen here: give both the same.';

export interface RosterOptions {
  /** Our own id and stay. */
  readonly id: string;
  readonly sid: string;
  readonly clock: Clock;
  /** The body that introduces us. */
  readonly hello: () => unknown;
  readonly transmit: (to: string, payload: Uint8Array) => void;
  /** A member may be there: time to connect, too early to show it. */
  readonly seen: (member: Member) => void;
  /** It is there. */
  readonly confirmed: (member: Member) => void;
  readonly renamed: (member: Member) => void;
  /** It is not there any longer; it may come back, and is seen again then. */
  readonly gone: (member: Member) => void;
  readonly message: (member: Member, type: string, body: unknown) => void;
  /** It answers again; `back`: after there was no way to it, or a long silence. */
  readonly answered: (member: Member, back: boolean) => void;
  /** What the member says is lost, held back or out of order, or it does not answer. */
  readonly unsteady: (id: string) => void;
  /** A presence was left behind by somebody long gone. */
  readonly ghost: (id: string) => void;
  /** A member that said far too much was cut off. */
  readonly flooded: (member: Member) => void;
  /** Something came that was malformed, too large, of a former life or hostile. */
  readonly ignored: () => void;
  /**
   * It was of a member that has said goodbye, and comes later than anything can that a server has not held back or said
   * again. Former presences of others are told by nobody: a server honestly keeps those of pages that have crashed.
   */
  readonly repeated: (id: string) => void;
  /** Whether media flow between us and the member, whatever its presence says. */
  readonly isConnected: (id: string) => boolean;
  /** Whether the member itself has closed the connection, as a page does that goes away. */
  readonly hasHungUp: (id: string) => boolean;
}

/** Who is in the room: judges what is said by whom, and passes it to the one whom it is of. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #known = new Map<string, Acquaintance>();
  readonly #former: Former;
  readonly #newcomers: Newcomers;
  /** What all of them are made with. */
  readonly #shared: AcquaintanceOptions;
  #reachable = true;
  #over = false;
  readonly #warned = new Set<string>();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#former = new Former(options.clock);
    this.#newcomers = new Newcomers(options.clock);
    this.#shared = {
      ...options,
      former: this.#former,
      newcomers: this.#newcomers,
      reachable: () => this.#reachable,
      over: () => this.#over,
      removed: ({ id }) => this.#known.delete(id),
    };
  }

  /** Those that are not hidden. */
  get members(): readonly Member[] {
    return [...this.#known.values()].filter(({ conversation }) => conversation);
  }

  /** The presence that another keeps, or null when it was withdrawn. */
  presence(id: string, payload: Uint8Array | null): void {
    if (!payload) return this.#known.get(id)?.startGrace();
    if (this.#floods(id)) return this.#options.ignored();
    const presence = isIdentifier(id) ? decodePresence(payload) : null;
    if (!presence) {
      if (isOtherVersion(payload)) this.#warn(OTHER_VERSION);
      return this.#options.ignored();
    }
    this.#introduce(id, presence);
  }

  message(id: string, payload: Uint8Array): void {
    if (this.#floods(id)) return this.#options.ignored();
    const frame = decodeFrame(payload);
    const { id: ownId, sid, ignored } = this.#options;
    if (!frame || !isIdentifier(id) || id === ownId || frame.d !== sid) return ignored();
    if (this.#former.has(frame.s)) return this.#refuse(id, frame.s);
    const other = this.#senderOf(id, frame);
    if (!other) return;
    // Any word of a hidden one is a sign of life: begin anew.
    if (!other.conversation && frame.n >= 0) {
      if (this.#isHasty(id)) return;
      other.meet(true);
    }
    switch (other.conversation?.receive(frame) ?? 'bye') {
      case 'taken':
        return other.confirm();
      case 'stale':
        return ignored();
      case 'bye':
        return this.#end(other, true);
      case 'restarted':
        if (this.#isHasty(id)) return;
        other.hide();
        other.meet()?.receive(frame);
        return other.confirm();
    }
  }

  /** Whether a member answers at once, as far as there is anything to answer. */
  isAnswered(id: string): boolean {
    return this.#known.get(id)?.conversation?.isAnswered ?? false;
  }

  /** Sends to one that was seen and is not gone. */
  send(id: string, type: string, body: unknown): void {
    this.#known.get(id)?.conversation?.send(type, body);
  }

  /** The way to the room was lost or is there again. */
  reachable(yes: boolean): void {
    this.#reachable = yes;
    this.#former.forgive();
    for (const { conversation } of this.#known.values()) {
      if (yes) conversation?.resume();
      else conversation?.pause();
    }
  }

  /** Media do not flow any longer: nothing holds one whose presence or answers are missing. */
  connectionLost(id: string): void {
    this.#known.get(id)?.connectionLost();
  }

  /** Says goodbye to everybody. */
  close(): void {
    this.#over = true;
    for (const other of this.#known.values()) other.leave();
    this.#known.clear();
  }

  /** The one who sent a frame. Only a hello introduces a stranger; the rest is sent again after it. */
  #senderOf(id: string, { s, t, n, b }: Frame): Acquaintance | null {
    const other = this.#known.get(id);
    if (other?.sid === s) return other;
    const hello = t === 'hello' && n === 1 ? readHello(b) : null;
    return hello?.sid === s ? this.#introduce(id, hello) : null;
  }

  #introduce(id: string, presence: Presence): Acquaintance | null {
    const { sid, ts } = presence;
    const known = this.#known.get(id);
    if (this.#former.has(sid) || (known && ts < known.ts)) {
      this.#refuse(id, sid);
      return null;
    }
    if (!(known?.sid === sid && known.conversation) && this.#isHasty(id)) return null;
    if (known?.sid === sid) {
      known.welcomeBack(presence);
      return known;
    }
    if (known) this.#end(known);
    const isFull = this.#known.size >= MEMBERS;
    if ((!known && !this.#newcomers.take()) || isFull) {
      this.#options.ignored();
      if (isFull) this.#warn(CROWD);
      return null;
    }
    const other = new Acquaintance(id, presence, this.#shared);
    this.#known.set(id, other);
    other.meet();
    return other;
  }

  /** Whether a member says so much that it is not listened to now; if that goes on, it is cut off. */
  #floods(id: string): boolean {
    const other = this.#known.get(id);
    if (!other || other.sayings.take()) return false;
    if (++other.excess > PATIENCE) {
      this.#end(other);
      this.#options.flooded(other);
    }
    return true;
  }

  #isHasty(id: string): boolean {
    const hasty = this.#newcomers.isHasty(id);
    if (hasty) this.#options.ignored();
    return hasty;
  }

  /** This stay is over; `farewell`: it has said so. */
  #end(other: Acquaintance, farewell?: boolean): void {
    this.#former.end(other.sid, farewell);
    other.remove();
  }

  /** Something of a stay that is over. */
  #refuse(id: string, sid: string): void {
    this.#options.ignored();
    if (this.#former.isRepeated(sid)) this.#options.repeated(id);
  }

  #warn(words: string): void {
    if (this.#warned.has(words)) return;
    this.#warned.add(words);
    console.warn(words);
  }
}
