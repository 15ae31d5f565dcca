import { MediaKitError } from '../../errors.js';
import { type ConnectionEnd, type ConnectionOptions, MqttConnection } from './connection.js';
import { type Question, questionOf, renewedBefore } from './credentials.js';
import type { MqttCredentials } from './packets.js';

const firstWithin = 10_000;
const longestPause = 5000;
/** A broker that is started anew is back in a moment: so many tries come soon after each other, in ms at most. */
const hopefulTries = 10;
const hopefulPause = 700;
/** A connection that lasted this long was a good one: the next pause is short again. */
const settledAfter = 5000;
/** By how many ms two clocks may differ over one and the same end. */
const sameWithin = 1000;
const REPLACED =
  'Another page has joined as the same peer, and this one had to go: give each page a token for a peer of its own, or join here again.';
const tokenFaults = 'whom and which room it is for, who signed it, and whether it has expired';

export interface ClientOptions extends Omit<
  ConnectionOptions,
  'url' | 'credentials' | 'greets' | 'ready' | 'ended'
> {
  readonly clientId: string;
  /** Asked before each attempt. */
  readonly credentials?: (() => MqttCredentials | Promise<MqttCredentials>) | undefined;
  /** Tried in turn, the next after each failure. */
  readonly urls: readonly string[];
  /** 0 to 1. */
  readonly random: () => number;
  /** Connected and subscribed, for the first time or again. */
  up(): void;
  /** What was up is no more, perhaps for the room is `full`; it is being tried again. */
  down(full: boolean): void;
  /** It is not tried again: the broker refuses us, or could not be reached for the first time within 10 s. */
  failed(error: MediaKitError): void;
}

/** Stays connected to a broker: after a first success it tries for ever, until it is refused or closed. */
export class MqttClient {
  readonly #options: ClientOptions;
  #connection: MqttConnection | null = null;
  /** What is to take its place, until it is about to greet. */
  #next: MqttConnection | null = null;
  #url = '';
  #attempts = 0;
  /** Failures in a row. */
  #failures = 0;
  #upSince: number | null = null;
  #cancelRetry: (() => void) | null = null;
  #question: Question | undefined;
  #cancelRenewal: (() => void) | undefined;
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
    return this.#connection?.isReady ?? false;
  }

  /** Sends if up, else loses it. At `retain` with QoS 1, else with QoS 0. */
  publish(topic: string, payload: Uint8Array, retain = false): void {
    this.#connection?.publish(topic, payload, retain);
  }

  /** Something changed for the better: tries again at once, or finds out whether the connection still lives. */
  wake(): void {
    if (this.#cancelRetry) this.#connect();
    else this.check();
  }

  /** Finds out whether the connection still lives. */
  check(): void {
    this.#connection?.check();
  }

  /** Says goodbye and ends, synchronously. */
  close(): void {
    this.#closing.abort();
    this.#cancelFirst();
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#dropRenewal();
    this.#upSince = null;
    this.#connection?.close();
    this.#connection = null;
  }

  #connect(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const { credentials } = this.#options;
    if (credentials) void this.#introduce(credentials);
    else this.#dial({});
  }

  /** Connects as whom the page says, unless it says that we are refused, or nothing of use in time. */
  async #introduce(ask: NonNullable<ClientOptions['credentials']>): Promise<void> {
    const given = await this.#ask(ask).catch((thrown: unknown) => ({ thrown }));
    if (this.#closing.signal.aborted) return;
    if (!('thrown' in given)) return this.#dial(given);
    const { thrown: cause } = given;
    if (cause instanceof MediaKitError && cause.code === 'signaling-refused') return this.#fail(cause);
    this.#ended({ kind: 'lost', reason: 'no credentials', cause });
  }

  #ask(ask: NonNullable<ClientOptions['credentials']>): Promise<MqttCredentials> {
    this.#question = questionOf(ask, this.#options.clock);
    return this.#question.answer;
  }

  #dial(given: MqttCredentials): void {
    const { urls } = this.#options;
    this.#url = urls[this.#attempts++ % urls.length]!;
    try {
      this.#connection = this.#open(given);
    } catch (cause) {
      this.#ended({
        kind: 'lost',
        reason: `the browser does not let this page connect to ${shown(this.#url)}`,
        cause,
      });
    }
  }

  #open(given: MqttCredentials): MqttConnection {
    const { clock, clientId } = this.#options;
    const ends = clock.now() + (given.holdsFor ?? Infinity);
    const connection: MqttConnection = new MqttConnection({
      ...this.#options,
      credentials: { ...given, clientId: given.clientId ?? clientId },
      url: this.#url,
      greets: () => {
        if (connection === this.#next) this.#replace(connection);
      },
      ready: () => {
        this.#renewLater(ends - clock.now());
        this.#ready();
      },
      ended: (end) => {
        if (connection === this.#next) this.#next = null;
        else this.#ended(end);
      },
    });
    return connection;
  }

  #ready(): void {
    this.#cancelFirst();
    this.#upSince = this.#options.clock.now();
    this.#options.up();
  }

  #renewLater(left: number): void {
    const before = renewedBefore(left);
    if (before === null) return;
    this.#cancelRenewal = this.#options.clock.after(left - before, () => void this.#renew(before));
  }

  /** Connects with other credentials while those of now still hold. Where that fails, the broker ends the connection. */
  async #renew(left: number): Promise<void> {
    const present = this.#connection;
    const given = await this.#ask(this.#options.credentials!).catch(() => null);
    // The same again would be of no use.
    const more = (given?.holdsFor ?? 0) - left > sameWithin;
    if (!given || !more || this.#connection !== present) return;
    try {
      this.#next = this.#open(given);
    } catch {
      // The address was good the last time.
    }
  }

  /** Brokers take one connection of a client only: the old one says goodbye at the last moment. */
  #replace(next: MqttConnection): void {
    this.#connection?.close();
    this.#connection = next;
    this.#next = null;
  }

  #dropRenewal(): void {
    this.#cancelRenewal?.();
    this.#question?.cancel();
    this.#next?.close();
    this.#next = null;
  }

  #ended(end: ConnectionEnd): void {
    const { clock, random } = this.#options;
    const up = this.#upSince !== null;
    if (up && clock.now() - this.#upSince! > settledAfter) this.#failures = 0;
    this.#dropRenewal();
    this.#connection = null;
    this.#upSince = null;
    this.#lastEnd = end;
    if (end.kind === 'replaced') return this.#fail(new MediaKitError('signaling-refused', REPLACED));
    if (end.kind === 'refused') {
      const token = this.#options.credentials ? `, and the token: ${tokenFaults}` : '';
      const words = `${end.reason} Check its address and its access rules${token}.`;
      return this.#fail(new MediaKitError('signaling-refused', words));
    }
    const first = end.kind === 'busy' ? 1000 : 300;
    const longest = end.kind !== 'busy' && this.#failures < hopefulTries ? hopefulPause : longestPause;
    const pause = Math.min(longest, first * 2 ** this.#failures++) * (0.5 + random() / 2);
    this.#cancelRetry = clock.after(pause, () => this.#connect());
    if (up) this.#options.down(end.kind === 'full');
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
