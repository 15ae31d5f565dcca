import type { Clock } from '../../clock.js';
import { Assembly, PARTS_AHEAD, type Purpose, type WireMessage } from './wire.js';

/** How many parts a member may send at once, and how many a second in the long run. */
const BURST = 4096;
const RATE = 4096;
/** Parts that are acknowledged together where no message ends. */
const TOGETHER = 64;

export interface IncomingLineOptions {
  readonly clock: Clock;
  readonly deliver: (message: WireMessage) => void;
  /** The member does what no kit does; in words. */
  readonly hostile: (what: string, why?: 'flooding') => void;
}

/**
 * What one member says to us, each message once and in order. Whoever says too much gets its acknowledgements later, and
 * may not go on before.
 */
export class IncomingLine {
  readonly #options: IncomingLineOptions;
  #channel: RTCDataChannel | null = null;
  #key: string | undefined;
  #assembly = new Assembly();
  #received = 0;
  #acked = 0;
  /** When all that came is paid for. */
  #paid = 0;
  #cancelAck: (() => void) | undefined;

  constructor(options: IncomingLineOptions) {
    this.#options = options;
  }

  /** The member says it here from now on. */
  take(channel: RTCDataChannel, { id, from }: Purpose): void {
    this.close();
    if (id !== this.#key) {
      this.#key = id;
      this.#received = from;
      this.#assembly = new Assembly();
    }
    this.#channel = channel;
    channel.onmessage = ({ data }) => this.#take(data);
    channel.onclose = () => this.close();
    const ready = (): void => this.#acknowledge();
    if (channel.readyState === 'open') ready();
    else channel.onopen = ready;
  }

  close(): void {
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    const channel = this.#channel;
    this.#channel = null;
    if (!channel) return;
    channel.onmessage = channel.onclose = channel.onopen = null;
    channel.close();
  }

  #take(data: unknown): void {
    const { deliver, hostile } = this.#options;
    const message = this.#assembly.add(data);
    if (message === undefined) return hostile('a message that makes no sense');
    this.#received++;
    if (this.#received > this.#acked + PARTS_AHEAD) return hostile('more than we take', 'flooding');
    const now = this.#options.clock.now();
    this.#paid = Math.max(this.#paid, now) + 1000 / RATE;
    if (message) deliver(message);
    if (message || this.#received >= this.#acked + TOGETHER) this.#acknowledge();
  }

  /** Now, or when the member may go on. */
  #acknowledge(): void {
    if (this.#cancelAck || !this.#channel) return;
    const { clock } = this.#options;
    const wait = this.#paid - (BURST * 1000) / RATE - clock.now();
    if (wait > 0) {
      this.#cancelAck = clock.after(wait, () => {
        this.#cancelAck = undefined;
        this.#acknowledge();
      });
    } else if (this.#channel.readyState === 'open') {
      try {
        this.#channel.send(String(this.#received));
        this.#acked = this.#received;
      } catch {
        // It takes nothing from us, and the browser keeps no more for it. On another channel the member hears where it stands.
        this.close();
      }
    }
  }
}
