import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { Conversation } from './conversation.js';
import {
  decodeFrame,
  decodePresence,
  encodeFrame,
  isOtherVersion,
  readHello,
  type Frame,
  type Presence,
} from './frames.js';
import { Allowance } from './allowance.js';
import { Newcomers } from './newcomers.js';
import { isIdentifier } from '../signaling/signaling.js';

/** How long a member may be without presence before it counts as gone: a cut connection comes back within it. */
const GRACE = 4000;
/** How long a member that has spoken may be silent altogether. A server notices a lost one within 90 s. */
const LOSS = 90_000;
/** From this age on a presence without anybody is taken away, whatever the clocks of two machines say. */
const GHOST = 600_000;
const MEMBERS = 50;
// Far more than a room sees while a replay could matter, and no way to fill the memory.
const REMEMBERED = 512;
/** How much one member may say, which is far more than a call needs, and how much more until it is cut off. */
const SAYINGS = [200, 25] as const;
const PATIENCE = 1000;
const CROWD = `The room has more than ${MEMBERS} members; the others are not seen here.`;
const OTHER_VERSION =
  'Somebody in the room has a "secret" or another version of the kit, and is not seen here: give both the same.';
const TOO_LARGE = 'The message is larger than 64 kB: send less at once.';

/** Somebody else in the room, from the first sign on. */
export interface Member {
  readonly id: string;
  readonly sid: string;
  /** What it calls itself. */
  readonly name: string;
  /** Whether it has spoken to us: anything else may have been left behind by somebody long gone. */
  readonly confirmed: boolean;
  /** Until when, by our clock, it may still be turned away. */
  readonly settles: number;
}

interface Entry extends Member {
  ts: number;
  name: string;
  confirmed: boolean;
  settles: number;
  /** Null while it is hidden: it did not answer, and nothing was heard of it since. */
  conversation: Conversation | null;
  /** Its presence was withdrawn, and the grace is over. */
  withdrawn: boolean;
  cancelGrace: (() => void) | undefined;
  cancelLoss: (() => void) | undefined;
  /** It was told as a ghost. */
  ghost: boolean;
  readonly sayings: Allowance;
  /** How much it has said beyond that. */
  excess: number;
}

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

/** Who is in the room, and the conversation with each. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #entries = new Map<string, Entry>();
  /**
   * Stays that were ended with a `bye` or by a newer one: they never come back. From when on nothing of them can be left on
   * its way: never where there was no `bye`, for a second page of the same id says such things, too.
   */
  readonly #ended = new Map<string, number>();
  /** Conversations that are over. */
  readonly #retired = new Set<string>();
  readonly #newcomers: Newcomers;
  #reachable = true;
  readonly #warned = new Set<string>();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#newcomers = new Newcomers(options.clock);
  }

  /** Those that are not hidden. */
  get members(): readonly Member[] {
    return [...this.#entries.values()].filter(({ conversation }) => conversation);
  }

  /** The presence that another keeps, or null when it was withdrawn. */
  presence(id: string, payload: Uint8Array | null): void {
    if (!payload) return this.#startGrace(id);
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
    if (this.#ended.has(frame.s)) return this.#refuse(id, frame.s);
    const entry = this.#senderOf(id, frame);
    if (!entry) return;
    // Any word of a hidden one is a sign of life: begin anew.
    if (!entry.conversation && frame.n >= 0) {
      if (this.#isHasty(id)) return;
      this.#meet(entry);
    }
    const receipt = entry.conversation?.receive(frame) ?? 'bye';
    switch (receipt) {
      case 'taken':
        return this.#confirm(entry);
      case 'stale':
        return ignored();
      case 'bye':
        return this.#end(entry, this.#options.clock.now() + GRACE);
      case 'restarted':
        if (this.#isHasty(id)) return;
        this.#hide(entry);
        this.#meet(entry).receive(frame);
        return this.#confirm(entry);
    }
  }

  /** Whether a member answers at once, as far as there is anything to answer. */
  isAnswered(id: string): boolean {
    return this.#entries.get(id)?.conversation?.isAnswered ?? false;
  }

  /** Sends to one that was seen and is not gone. */
  send(id: string, type: string, body: unknown): void {
    this.#entries.get(id)?.conversation?.send(type, body);
  }

  /** The way to the room was lost or is there again. */
  reachable(yes: boolean): void {
    this.#reachable = yes;
    // A server hands out anew what is kept there, and may not have heard that its holder is gone.
    for (const sid of this.#ended.keys()) this.#ended.set(sid, Infinity);
    for (const { conversation } of this.#entries.values()) {
      if (yes) conversation?.resume();
      else conversation?.pause();
    }
  }

  /** Media do not flow any longer: nothing holds one whose presence or answers are missing. */
  connectionLost(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.withdrawn || (entry?.cancelGrace && this.#options.hasHungUp(id))) this.#remove(entry);
    else if (entry?.conversation?.isUnreachable) this.#doubt(entry);
  }

  /** Says goodbye to everybody. */
  close(): void {
    for (const entry of this.#entries.values()) {
      entry.cancelGrace?.();
      entry.cancelLoss?.();
      entry.conversation?.bye();
      entry.conversation?.close();
      entry.conversation = null;
    }
    this.#entries.clear();
  }

  /** The one who sent a frame. Only a hello introduces a stranger; the rest is sent again after it. */
  #senderOf(id: string, { s, t, n, b }: Frame): Entry | null {
    const entry = this.#entries.get(id);
    if (entry?.sid === s) return entry;
    const hello = t === 'hello' && n === 1 ? readHello(b) : null;
    return hello?.sid === s ? this.#introduce(id, hello) : null;
  }

  #introduce(id: string, presence: Presence): Entry | null {
    const { sid, ts, name } = presence;
    const known = this.#entries.get(id);
    if (this.#ended.has(sid) || (known && ts < known.ts)) {
      this.#refuse(id, sid);
      return null;
    }
    if (!(known?.sid === sid && known.conversation) && this.#isHasty(id)) return null;
    if (known?.sid === sid) {
      this.#welcomeBack(known, presence);
      return known;
    }
    if (known) this.#end(known);
    const isFull = this.#entries.size >= MEMBERS;
    if ((!known && !this.#newcomers.take()) || isFull) {
      this.#options.ignored();
      if (isFull) this.#warn(CROWD);
      return null;
    }
    const entry: Entry = {
      id,
      sid,
      ts,
      name,
      confirmed: false,
      settles: 0,
      conversation: null,
      withdrawn: false,
      cancelGrace: undefined,
      cancelLoss: undefined,
      ghost: false,
      sayings: new Allowance(this.#options.clock, ...SAYINGS),
      excess: 0,
    };
    this.#entries.set(id, entry);
    this.#meet(entry);
    return entry;
  }

  /** Whether a member says so much that it is not listened to now; if that goes on, it is cut off. */
  #floods(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    const { sayings } = entry;
    if (!sayings.isSpent) {
      sayings.spend();
      return false;
    }
    if (++entry.excess > PATIENCE) {
      this.#end(entry);
      this.#options.flooded(entry);
    }
    return true;
  }

  #warn(words: string): void {
    if (this.#warned.has(words)) return;
    this.#warned.add(words);
    console.warn(words);
  }

  #isHasty(id: string): boolean {
    const hasty = this.#newcomers.isHasty(id);
    if (hasty) this.#options.ignored();
    return hasty;
  }

  /** The same stay announced itself again. */
  #welcomeBack(entry: Entry, { ts, name }: Presence): void {
    entry.cancelGrace?.();
    entry.cancelGrace = undefined;
    entry.withdrawn = false;
    entry.ts = ts;
    this.#rename(entry, name);
    if (!entry.conversation) this.#meet(entry);
    else if (entry.conversation.isUnreachable) entry.conversation.resume();
  }

  #rename(entry: Entry, name: string): void {
    if (entry.name === name) return;
    entry.name = name;
    this.#options.renamed(entry);
  }

  #meet(entry: Entry): Conversation {
    const { id, sid: peerSid } = entry;
    const { sid, clock, transmit, hello, seen } = this.#options;
    this.#newcomers.begin(id);
    const conversation = new Conversation({
      sid,
      peerSid,
      retired: this.#retired,
      clock,
      transmit: (frame) => {
        const payload = encodeFrame(frame);
        if (!payload) throw new MediaKitError('bad-input', TOO_LARGE);
        transmit(id, payload);
      },
      deliver: (type, body) => this.#deliver(entry, type, body),
      answered: (back) => {
        entry.cancelLoss?.();
        entry.cancelLoss = undefined;
        this.#options.answered(entry, back);
      },
      unreachable: () => this.#doubt(entry),
      overflowed: () => {
        if (entry.conversation === conversation) this.#hide(entry);
      },
    });
    entry.conversation = conversation;
    if (!this.#reachable) conversation.pause();
    conversation.send('hello', hello());
    seen(entry);
    return conversation;
  }

  #deliver(entry: Entry, type: string, body: unknown): void {
    if (type !== 'hello') return this.#options.message(entry, type, body);
    const presence = readHello(body);
    if (presence?.sid !== entry.sid) return this.#options.ignored();
    entry.settles = this.#options.clock.now() + presence.entering;
    this.#rename(entry, presence.name);
  }

  #confirm(entry: Entry): void {
    if (entry.confirmed || !entry.conversation) return;
    entry.confirmed = true;
    this.#options.confirmed(entry);
  }

  /** It does not answer, and where no media flow either, it may be gone. */
  #doubt(entry: Entry): void {
    const { isConnected, hasHungUp, clock, ghost } = this.#options;
    const { id, ts, confirmed, withdrawn } = entry;
    if (isConnected(id)) return;
    if (withdrawn) return this.#remove(entry);
    if (confirmed && !hasHungUp(id)) {
      entry.cancelLoss ??= clock.after(LOSS, () => {
        entry.cancelLoss = undefined;
        if (!isConnected(id)) this.#hide(entry);
      });
      return;
    }
    this.#hide(entry);
    if (confirmed || entry.ghost || Date.now() - ts < GHOST) return;
    // Once: there are servers that do not permit it and hang up.
    entry.ghost = true;
    ghost(id);
  }

  #startGrace(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry || entry.withdrawn || entry.cancelGrace) return;
    // A page that goes away may lose its way to the room before it can say goodbye.
    if (this.#options.hasHungUp(id)) return this.#remove(entry);
    entry.cancelGrace = this.#options.clock.after(GRACE, () => {
      entry.cancelGrace = undefined;
      entry.withdrawn = true;
      if (!this.#options.isConnected(id)) this.#remove(entry);
    });
  }

  /** Takes it out of sight; a sign of life brings it back. */
  #hide(entry: Entry): void {
    const { conversation } = entry;
    if (!conversation) return;
    conversation.close();
    entry.cancelLoss?.();
    entry.cancelLoss = undefined;
    entry.conversation = null;
    entry.confirmed = false;
    if (conversation.peerKey !== undefined) {
      this.#retired.add(conversation.peerKey);
      forgetFirst(this.#retired);
    }
    this.#options.gone(entry);
  }

  #remove(entry: Entry): void {
    entry.cancelGrace?.();
    this.#entries.delete(entry.id);
    this.#hide(entry);
  }

  #end(entry: Entry, settled = Infinity): void {
    this.#ended.set(entry.sid, settled);
    forgetFirst(this.#ended);
    this.#remove(entry);
  }

  /** Something of a stay that is over. */
  #refuse(id: string, sid: string): void {
    const { clock, ignored, repeated } = this.#options;
    ignored();
    if (clock.now() > (this.#ended.get(sid) ?? Infinity)) repeated(id);
  }
}

function forgetFirst(all: Map<string, unknown> | Set<string>): void {
  if (all.size > REMEMBERED) all.delete(all.keys().next().value!);
}
