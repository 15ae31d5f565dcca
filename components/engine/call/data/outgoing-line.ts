import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import { randomId } from '../identifiers.js';
import { Opener, type Link } from './opener.js';
import {
  fits,
  isLast,
  PART_LEAST,
  PART_LIMIT,
  PARTS_AHEAD,
  partsOf,
  readCount,
  TOO_SMALL,
  type Part,
  type WireMessage,
} from './wire.js';

/** How much may wait inside the browser, and from how little on there is more of it. */
const HIGH = 2 ** 20;
const LOW = 2 ** 16;
/** How long the other end may take until it answers first, in ms: it may have to load what answers. */
const PATIENCE = 30_000;

interface Sending {
  readonly resolve: () => void;
  readonly reject: (error: MediaKitError) => void;
}

interface Cut {
  readonly part: Part;
  /** Who waits for the message that ends with it. */
  readonly sending: Sending | null;
}

export interface OutgoingLineOptions {
  readonly clock: Clock;
  readonly link: () => Link | undefined;
}

/**
 * What we say to one member: in order and without loss, on channels of our own, one after the other as connections come
 * and go. The other end tells on the same channel how many parts it has got, first of all when it is ready.
 */
export class OutgoingLine {
  readonly #options: OutgoingLineOptions;
  readonly #opener: Opener;
  #key = randomId();
  /** What nobody has cut into parts yet. */
  #messages: { readonly message: WireMessage; readonly sending: Sending }[] = [];
  #cutting: Iterator<Part> | null = null;
  /**
   * Cut, of messages that are not acknowledged to their end: a member that has forgotten us needs those from the beginning.
   * The first one is number `#acked + 1`.
   */
  #parts: Cut[] = [];
  #acked = 0;
  /** How many of them the other end has, and how many it has or the present channel has taken. */
  #heard = 0;
  #sent = 0;
  #ready = false;
  /** What both ends allow a part to have, in bytes. */
  #largest = PART_LIMIT;
  #cancelPatience: (() => void) | undefined;

  constructor({ clock, link }: OutgoingLineOptions) {
    this.#options = { clock, link };
    this.#opener = new Opener({
      clock,
      link,
      wanted: () => this.#messages.length > 0 || this.#parts.length > 0,
      purpose: () => ({ use: 'messages', id: this.#key, from: this.#acked }),
      opened: (channel) => this.#listen(channel),
      failed: (error) => this.fail(error),
    });
  }

  /** Resolves when the member has got it, rejects with `MediaKitError`. */
  send(message: WireMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#messages.push({ message, sending: { resolve, reject } });
      // While nothing was wanted, nobody has looked whether the channel is still there.
      if (!this.#opener.isOpen) this.#opener.look();
      this.#pump();
    });
  }

  /** The connection may be another, or in another state. */
  look(): void {
    this.#opener.look();
    // It may have been out of reach: it has its time anew.
    if (this.#cancelPatience) this.#wait();
  }

  /** Nothing of what was not acknowledged is said any longer. */
  fail(error: MediaKitError): void {
    const lost = [
      ...this.#parts.map(({ sending }) => sending),
      ...this.#messages.map(({ sending }) => sending),
    ];
    this.#stopWaiting();
    this.#messages = [];
    this.#parts = [];
    this.#cutting = null;
    this.#acked = 0;
    // What is said from now on is another line.
    this.#key = randomId();
    this.#ready = false;
    this.#opener.close();
    for (const sending of lost) sending?.reject(error);
  }

  #listen(channel: RTCDataChannel): void {
    this.#ready = false;
    this.#sent = 0;
    channel.bufferedAmountLowThreshold = LOW;
    channel.onbufferedamountlow = () => this.#pump();
    channel.onmessage = ({ data }) => this.#acknowledge(readCount(data));
    channel.onopen = () => {
      // In Chromium the other end may have answered before.
      if (this.#ready) this.#pump();
      else if (!this.#cancelPatience) this.#wait();
    };
  }

  #wait(): void {
    const { clock, link } = this.#options;
    this.#stopWaiting();
    this.#cancelPatience = clock.after(PATIENCE, () => {
      // Whoever is out of reach is not late, and a channel that has closed may have taken away the answer.
      if (this.#opener.channel?.readyState !== 'open' || link()?.status !== 'connected') return this.#wait();
      const words = 'The member takes no messages: let it load the same version of the kit.';
      this.fail(new MediaKitError('timeout', words));
    });
  }

  #stopWaiting(): void {
    this.#cancelPatience?.();
    this.#cancelPatience = undefined;
  }

  #acknowledge(count: number | null): void {
    this.#opener.heard();
    const [least, most] = this.#ready ? [this.#heard, this.#sent] : [0, this.#parts.length];
    const heard = (count ?? NaN) - this.#acked;
    if (!(heard >= least && heard <= most)) {
      const words = 'The member has answered what makes no sense: let it load the same version of the kit.';
      return this.fail(new MediaKitError('connection-failed', words));
    }
    const whole = this.#parts.slice(0, heard).findLastIndex(({ sending }) => sending) + 1;
    const taken = this.#parts.splice(0, whole);
    this.#acked += whole;
    this.#heard = heard - whole;
    this.#sent = this.#ready ? this.#sent - whole : this.#heard;
    if (!this.#ready) {
      const { sctp } = this.#options.link()?.connection ?? {};
      this.#largest = Math.min(PART_LIMIT, sctp?.maxMessageSize ?? PART_LIMIT);
      // What is cut already was cut for a channel before this one.
      if (
        this.#largest < PART_LEAST ||
        this.#parts.slice(this.#heard).some(({ part }) => !fits(part, this.#largest))
      )
        return this.fail(new MediaKitError('connection-failed', TOO_SMALL));
    }
    this.#ready = true;
    this.#stopWaiting();
    this.#opener.works();
    for (const { sending } of taken) sending?.resolve();
    this.#pump();
  }

  #pump(): void {
    const { channel } = this.#opener;
    while (this.#ready && channel?.readyState === 'open') {
      if (this.#sent >= this.#heard + PARTS_AHEAD || channel.bufferedAmount > HIGH) return;
      const next = this.#parts[this.#sent] ?? this.#cut();
      if (!next) return;
      // The other end may have become one that allows less.
      if (!this.#opener.send(next.part)) return;
      this.#sent++;
    }
  }

  /** The next part of what waits. */
  #cut(): Cut | null {
    const [next] = this.#messages;
    if (!next) return null;
    this.#cutting ??= partsOf(next.message, this.#largest);
    const { value: part } = this.#cutting.next() as IteratorYieldResult<Part>;
    const last = isLast(part);
    if (last) {
      this.#cutting = null;
      this.#messages.shift();
    }
    const cut = { part, sending: last ? next.sending : null };
    this.#parts.push(cut);
    return cut;
  }
}
