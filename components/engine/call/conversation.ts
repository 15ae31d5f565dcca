import type { Clock } from '../clock.js';
import { checkSize, type Frame, type Message } from './frames.js';
import { randomId } from './identifiers.js';

/** How long to wait for an acknowledgement before each further try, in ms; after the last one the peer is unreachable. */
const RETRIES = [500, 1000, 2000, 4000, 4000, 4000, 500];
const ACK_DELAY = 150;
/** How many frames may be on their way, and how many that came early are kept. */
const WINDOW = 64;
/** How many may wait in all: no call has so much to say while nobody answers. */
const BACKLOG = 1024;

export interface ConversationOptions {
  /** Our own stay and the peer's. */
  readonly sid: string;
  readonly peerSid: string;
  /** Conversations of this peer that are over: nothing of them is accepted again. */
  readonly retired: ReadonlySet<string>;
  /** Whether we have dropped an earlier one, of which the peer may have said something that is still to come. */
  readonly anew: boolean;
  readonly clock: Clock;
  readonly transmit: (frame: Frame) => void;
  /** Each frame of the peer once and in order. */
  readonly deliver: (type: string, body: unknown) => void;
  /** The peer answers again; `back`: after there was no way to it, or every try went unanswered. */
  readonly answered: (back: boolean) => void;
  /** A frame came before one that was said earlier: the way has lost that one, holds it back or has put it behind. */
  readonly disordered: () => void;
  /** Called once for each silence: every try went unanswered. */
  readonly unreachable: () => void;
  /** Called once, a moment after more was said than is kept: the conversation is closed then. */
  readonly overflowed: () => void;
}

/**
 * What became of a frame: taken (or a known repetition), of a life that is over, `bye`, or the sign that the peer
 * has dropped us and started anew.
 */
export type Receipt = 'taken' | 'stale' | 'bye' | 'restarted';

/**
 * The frames between us and one peer, in order and without loss over a way that loses, repeats and reorders.
 * Each direction counts 1, 2, 3 … within a random key; what arrived is acknowledged by the other direction's frames.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #key = randomId();
  /** Sent or waiting to be sent, and not acknowledged; the first one is number `#acked + 1`. */
  #outgoing: Message[] = [];
  #acked = 0;
  #attempts = 0;
  #paused = false;
  #unreachable = false;
  #closed = false;
  #cancelRetry: (() => void) | undefined;
  /** The peer's key, once it has spoken. */
  #peerKey: string | undefined;
  #received = 0;
  readonly #early = new Map<number, Frame>();
  #cancelAck: (() => void) | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** The peer's key, to be retired with this conversation. */
  get peerKey(): string | undefined {
    return this.#peerKey;
  }

  /** Whether every try went unanswered. Ends with `resume()` and with the peer's next frame. */
  get isUnreachable(): boolean {
    return this.#unreachable;
  }

  /** Whether the peer answers at once, as far as there was anything to answer. */
  get isAnswered(): boolean {
    return !this.#paused && !this.#unreachable && this.#attempts === 0;
  }

  /** Throws where the message is too large to be sent at all. */
  send(t: string, b?: unknown): void {
    if (this.#closed) return;
    if (this.#outgoing.length >= BACKLOG) {
      this.close();
      // Whoever is speaking keeps its connection until it has spoken.
      return queueMicrotask(this.#options.overflowed);
    }
    const message = { t, b };
    // Before it is held: nobody could be told later, and nothing behind it would be sent.
    checkSize(message);
    const held = this.#paused || this.#unreachable || this.#outgoing.length >= WINDOW;
    if (!held) this.#transmit(this.#acked + this.#outgoing.length + 1, message);
    this.#outgoing.push(message);
    if (!this.#cancelRetry) this.#waitForAck();
  }

  /** Says once that we leave: nobody will be there to say it again. */
  bye(): void {
    this.#transmit(-1, { t: 'bye' });
  }

  receive(frame: Frame): Receipt {
    const { k, ak, n } = frame;
    // Whoever acknowledges an earlier conversation of ours has not heard of this one yet.
    if (this.#options.retired.has(k) || (ak !== undefined && ak !== this.#key)) return 'stale';
    if (this.#peerKey !== undefined && k !== this.#peerKey) {
      // Only one who has heard nothing of this conversation began anew; answering any other would never end.
      return ak === undefined && n > 0 ? 'restarted' : 'stale';
    }
    if (n === -1) return 'bye';
    if (this.#options.anew && this.#peerKey === undefined && ak === undefined) {
      // Said before the peer heard of this: it begins anew when it does, and if this were taken, so would we, by turns.
      this.#transmit(0, { t: 'ack' }, k);
      return 'taken';
    }
    this.#peerKey = k;
    if (ak !== undefined) this.#takeAck(frame.a);
    const back = this.#unreachable;
    if (n > 0) this.#take(frame);
    if (back) this.resume();
    return 'taken';
  }

  /** No way to the peer for the time being: nothing is sent, and no try is counted. */
  pause(): void {
    this.#paused = true;
    this.#waitForAck();
  }

  /** There is a way again, or a sign of life: all that is unanswered goes out at once. */
  resume(): void {
    this.#paused = false;
    this.#unreachable = false;
    this.#attempts = 0;
    this.#sendFrom(this.#acked + 1);
    if (!this.#closed) this.#options.answered(true);
  }

  close(): void {
    this.#closed = true;
    this.#outgoing = [];
    this.#early.clear();
    this.#cancelRetry?.();
    this.#cancelAck?.();
  }

  #takeAck(a: number): void {
    const count = a - this.#acked;
    const sent = Math.min(this.#outgoing.length, WINDOW);
    if (count <= 0 || count > sent) return;
    const next = this.#acked + sent + 1;
    this.#outgoing.splice(0, count);
    this.#acked = a;
    const late = this.#attempts > 0;
    this.#attempts = 0;
    // The window has moved on: those that waited for it go out now.
    if (!this.#paused) this.#sendFrom(next);
    if (late && this.isAnswered) this.#options.answered(false);
  }

  #take(frame: Frame): void {
    if (frame.n > this.#received + WINDOW) return;
    // The first ones may have been said before we could hear.
    if (this.#received > 0 && frame.n > this.#received + 1) this.#options.disordered();
    if (frame.n > this.#received) this.#early.set(frame.n, frame);
    const inOrder: Frame[] = [];
    for (let next; (next = this.#early.get(this.#received + 1));) {
      this.#early.delete(next.n);
      this.#received = next.n;
      inOrder.push(next);
    }
    // For repetitions too: our acknowledgement was lost.
    this.#cancelAck ??= this.#options.clock.after(ACK_DELAY, () => this.#transmit(0, { t: 'ack' }));
    for (const { t, b } of inOrder) {
      if (!this.#closed) this.#options.deliver(t, b);
    }
  }

  #waitForAck(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#outgoing.length === 0 || this.#paused || this.#unreachable || this.#closed) return;
    this.#cancelRetry = this.#options.clock.after(RETRIES[this.#attempts]!, () => {
      this.#attempts++;
      if (this.#attempts < RETRIES.length) {
        this.#sendFrom(this.#acked + 1);
      } else {
        this.#cancelRetry = undefined;
        this.#unreachable = true;
        this.#options.unreachable();
      }
    });
  }

  /** Sends everything within the window from number `first` on. */
  #sendFrom(first: number): void {
    const messages = this.#outgoing.slice(0, WINDOW);
    messages.forEach((message, index) => {
      const n = this.#acked + 1 + index;
      if (n >= first) this.#transmit(n, message);
    });
    this.#waitForAck();
  }

  #transmit(n: number, { t, b }: Message, ak = this.#peerKey): void {
    // Every frame carries the acknowledgement.
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    const { sid, peerSid, transmit } = this.#options;
    transmit({ s: sid, d: peerSid, k: this.#key, n, a: this.#received, ak, t, b });
  }
}
