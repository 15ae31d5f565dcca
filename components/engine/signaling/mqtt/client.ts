import { MediaKitError } from '../../errors.js';
import { type ConnectionEnd, type ConnectionOptions, MqttConnection } from './connection.js';

const firstWithin = 10_000;
const longestPause = 5000;
/** A broker that is started anew is back in a moment: so many tries come soon after each other, in ms at most. */
const hopefulTries = 10;
const hopefulPause = 700;
/** A connection that lasted this long was a good one: the next pause is short again. */
const settledAfter = 5000;

export interface ClientOptions extends Omit<ConnectionOptions, 'url' | 'ready' | 'ended'> {
  /** Tried in turn, the next after each failure. */
  readonly urls: readonly string[];
  /** 0 to 1. */
  readonly random: () => number;
  /** Connected and subscribed, for the first time or again. */
  up(): void;
  /** What was up is no more; it is being tried again. */
  down(): void;
  /** It is not tried again: the broker refuses us, or could not be reached for the first time within 10 s. */
  failed(error: MediaKitError): void;
}

/** Stays connected to a broker: after a first success it tries for ever, until it is refused or closed. */
export class MqttClient {
  readonly #options: ClientOptions;
  #connection: MqttConnection | null = null;
  #attempts = 0;
  /** Failures in a row. */
  #failures = 0;
  #upSince: number | null = null;
  #cancelRetry: (() => void) | null = null;
  readonly #cancelFirst: () => void;
  #lastEnd: ConnectionEnd | null = null;
  readonly #closing = new AbortController();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#cancelFirst = options.clock.after(firstWithin, () => this.#giveUp());
    const { signal } = this.#closing;
    const wake = (): void => this.wake();
    // Timers rest on a sleeping machine, a hidden tab and a page in the back/forward cache.
    for (const type of ['online', 'pageshow']) globalThis.addEventListener?.(type, wake, { signal });
    globalThis.document?.addEventListener('visibilitychange', wake, { signal });
    this.#connect();
  }

  get up(): boolean {
    return this.#upSince !== null;
  }

  /** Sends if up, else loses it. At `retain` with QoS 1, else with QoS 0. */
  publish(topic: string, payload: Uint8Array, retain = false): void {
    if (this.up) this.#connection?.publish(topic, payload, retain);
  }

  /** Something changed for the better: tries again at once, or finds out whether the connection still lives. */
  wake(): void {
    if (this.#cancelRetry) this.#connect();
    else this.#connection?.check();
  }

  /** Says goodbye and ends, synchronously. */
  close(): void {
    this.#closing.abort();
    this.#cancelFirst();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#upSince = null;
    this.#connection?.close();
    this.#connection = null;
  }

  #connect(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const { urls } = this.#options;
    const url = urls[this.#attempts++ % urls.length]!;
    try {
      this.#connection = new MqttConnection({
        ...this.#options,
        url,
        ready: () => this.#ready(),
        ended: (end) => this.#ended(end),
      });
    } catch (cause) {
      this.#ended({
        kind: 'lost',
        reason: `the browser does not let this page connect to ${shown(url)}`,
        cause,
      });
    }
  }

  #ready(): void {
    this.#cancelFirst();
    this.#upSince = this.#options.clock.now();
    this.#options.up();
  }

  #ended(end: ConnectionEnd): void {
    const { clock, random } = this.#options;
    const { up } = this;
    if (up && clock.now() - this.#upSince! > settledAfter) this.#failures = 0;
    this.#connection = null;
    this.#upSince = null;
    this.#lastEnd = end;
    if (end.kind === 'refused') {
      return this.#fail(
        new MediaKitError('signaling-refused', `${end.reason} Check its address and its access rules.`),
      );
    }
    const first = end.kind === 'busy' ? 1000 : 300;
    const longest = end.kind !== 'busy' && this.#failures < hopefulTries ? hopefulPause : longestPause;
    const pause = Math.min(longest, first * 2 ** this.#failures++) * (0.5 + random() / 2);
    this.#cancelRetry = clock.after(pause, () => this.#connect());
    if (up) this.#options.down();
  }

  #giveUp(): void {
    const reason = this.#lastEnd?.reason ?? 'no answer in time';
    const error = new MediaKitError(
      'signaling-unreachable',
      `No broker was reached at ${this.#options.urls.map(shown).join(', ')} (${reason}). Check the address, and that the broker runs.`,
      { cause: this.#lastEnd?.cause },
    );
    this.#fail(error);
  }

  #fail(error: MediaKitError): void {
    this.close();
    this.#options.failed(error);
  }
}

/** A password, and what may come after the path, is nobody else's business. */
const shown = (url: string): string => url.replace(/[?#].*/, '').replace(/\/\/[^/]*@/, '//');
