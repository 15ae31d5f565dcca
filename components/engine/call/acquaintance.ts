import { Allowance } from './allowance.js';
import { Conversation } from './conversation.js';
import type { Former } from './former.js';
import { encodeFrame, readHello, type Presence } from './frames.js';
import type { Member } from './member.js';
import type { Newcomers } from './newcomers.js';
import type { RosterOptions } from './roster.js';

/** How long a member may be without presence before it counts as gone: a cut connection comes back within it. */
const GRACE = 4000;
/** How long a member that has spoken may be silent altogether. A server notices a lost one within 90 s. */
const LOSS = 90_000;
/** From this age on a presence without anybody is taken away, whatever the clocks of two machines say. */
const GHOST = 600_000;
/** How much one member may say, which is far more than a call needs. */
const SAYINGS = [200, 25] as const;

export interface AcquaintanceOptions extends Omit<RosterOptions, 'id' | 'flooded' | 'repeated'> {
  readonly former: Former;
  readonly newcomers: Newcomers;
  /** Whether there is a way to the room. */
  readonly reachable: () => boolean;
  /** Whether we have left. */
  readonly over: () => boolean;
  /** Nothing holds it here any longer: called before it is `gone`. */
  readonly removed: (one: Acquaintance) => void;
}

/** One stay of somebody else: its presence, the conversation with it, and when it counts as gone. */
export class Acquaintance implements Member {
  readonly id: string;
  readonly sid: string;
  name: string;
  /** When it announced itself last, by its own clock. */
  ts: number;
  confirmed = false;
  settles = 0;
  readonly sayings: Allowance;
  /** How much it has said beyond that. */
  excess = 0;
  readonly #options: AcquaintanceOptions;
  #conversation: Conversation | null = null;
  /** Its presence was withdrawn, and the grace is over. */
  #withdrawn = false;
  #cancelGrace: (() => void) | undefined;
  #cancelLoss: (() => void) | undefined;
  /** It was told as a ghost. */
  #ghost = false;

  constructor(id: string, { sid, ts, name }: Presence, options: AcquaintanceOptions) {
    this.id = id;
    this.sid = sid;
    this.ts = ts;
    this.name = name;
    this.#options = options;
    this.sayings = new Allowance(options.clock, ...SAYINGS);
  }

  /** Null while it is hidden: it did not answer, and nothing was heard of it since. */
  get conversation(): Conversation | null {
    return this.#conversation;
  }

  /** Begins a conversation with it, unless a listener of what came before has made us leave; `anew`: it was hidden. */
  meet(anew = false): Conversation | null {
    if (this.#options.over()) return null;
    const { id, sid: peerSid } = this;
    const { sid, clock, hello, transmit, seen, answered, former, newcomers, reachable, unsteady } =
      this.#options;
    newcomers.begin(id);
    const conversation = new Conversation({
      sid,
      peerSid,
      retired: former.conversations,
      anew,
      clock,
      transmit: (frame) => transmit(id, encodeFrame(frame)),
      deliver: (type, body) => this.#deliver(type, body),
      answered: (back) => {
        this.#calm();
        answered(this, back);
      },
      disordered: () => unsteady(id),
      unreachable: () => {
        unsteady(id);
        this.#doubt();
      },
      overflowed: () => {
        if (this.#conversation === conversation) this.hide();
      },
    });
    this.#conversation = conversation;
    if (!reachable()) conversation.pause();
    conversation.send('hello', hello());
    seen(this);
    return conversation;
  }

  /** It has spoken to us. */
  confirm(): void {
    if (this.confirmed || !this.#conversation) return;
    this.confirmed = true;
    this.#options.confirmed(this);
  }

  /** The same stay announced itself again. */
  welcomeBack({ ts, name }: Presence): void {
    this.#endGrace();
    this.#withdrawn = false;
    this.ts = ts;
    this.#rename(name);
    if (!this.#conversation) this.meet(true);
    else if (this.#conversation.isUnreachable) this.#conversation.resume();
  }

  /** Its presence was withdrawn. */
  startGrace(): void {
    const { clock, hasHungUp, isConnected } = this.#options;
    if (this.#withdrawn || this.#cancelGrace) return;
    // A page that goes away may lose its way to the room before it can say goodbye.
    if (hasHungUp(this.id)) return this.remove();
    this.#cancelGrace = clock.after(GRACE, () => {
      this.#cancelGrace = undefined;
      this.#withdrawn = true;
      if (!isConnected(this.id)) this.remove();
    });
  }

  /** Media do not flow any longer: nothing holds one whose presence or answers are missing. */
  connectionLost(): void {
    if (this.#withdrawn || (this.#cancelGrace && this.#options.hasHungUp(this.id))) this.remove();
    else if (this.#conversation?.isUnreachable) this.#doubt();
  }

  /** Takes it out of sight; a sign of life brings it back. */
  hide(): void {
    const conversation = this.#conversation;
    if (!conversation) return;
    conversation.close();
    this.#calm();
    this.#conversation = null;
    this.confirmed = false;
    this.#options.former.retire(conversation.peerKey);
    this.#options.gone(this);
  }

  /** It is gone. */
  remove(): void {
    this.#endGrace();
    this.#options.removed(this);
    this.hide();
  }

  /** Says goodbye to it. */
  leave(): void {
    this.#endGrace();
    this.#calm();
    this.#conversation?.bye();
    this.#conversation?.close();
    this.#conversation = null;
  }

  #deliver(type: string, body: unknown): void {
    const { clock, message, ignored } = this.#options;
    if (type !== 'hello') return message(this, type, body);
    const presence = readHello(body);
    if (presence?.sid !== this.sid) return ignored();
    this.settles = presence.entering && clock.now() + presence.entering;
    this.#rename(presence.name);
  }

  #rename(name: string): void {
    if (this.name === name) return;
    this.name = name;
    this.#options.renamed(this);
  }

  /** It does not answer, and where no media flow either, it may be gone. */
  #doubt(): void {
    const { isConnected, hasHungUp, clock, ghost } = this.#options;
    const { id, confirmed } = this;
    if (isConnected(id)) return;
    if (this.#withdrawn) return this.remove();
    if (confirmed && !hasHungUp(id)) {
      this.#cancelLoss ??= clock.after(LOSS, () => {
        this.#cancelLoss = undefined;
        if (!isConnected(id)) this.hide();
      });
      return;
    }
    this.hide();
    if (confirmed || this.#ghost || Date.now() - this.ts < GHOST) return;
    // Once: there are servers that do not permit it and hang up.
    this.#ghost = true;
    ghost(id);
  }

  #endGrace(): void {
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
  }

  #calm(): void {
    this.#cancelLoss?.();
    this.#cancelLoss = undefined;
  }
}
