import { type Clock, systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { MqttClient } from './mqtt/client.js';
import { warnOfPlain } from './plain.js';
import type { MqttCredentials } from './mqtt/packets.js';
import {
  checkAddress,
  isIdentifier,
  openingAborted,
  type Signaling,
  type SignalingAddress,
  type SignalingChannel,
  type SignalingHandlers,
} from './signaling.js';

export type { MqttCredentials };

/** What is needed beside the addresses; the last three are for tests and other runtimes. */
export interface MqttOptions {
  /**
   * Asked before each connection, the first and every later one, for who we are to the broker. When it throws, the
   * connection is tried again; a `MediaKitError` with the code `signaling-refused` ends it.
   */
  readonly credentials?: (() => MqttCredentials | Promise<MqttCredentials>) | undefined;
  /**
   * The first level of the topics, the same for all members: one of their own at a broker that others use, too. `pc` by
   * default. It is not sealed with what is said: rooms of one name behind two prefixes need two secrets.
   */
  readonly prefix?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly WebSocket?: typeof WebSocket;
}

const PREFIX = 'pc';
/** How often our presence is put right at most, in milliseconds. */
const healEvery = 2000;
const echoWithin = 5000;
/** Some brokers let retained messages expire. */
const refreshEvery = 20 * 60_000;
/** Messages kept while the broker is away; the oldest go first, for the room above sends again what matters. */
const queueLimit = 128;
/** A broker that hangs up at each presence of ours this often in a row does not want it. */
const hangUps = 3;

const FULL = 'The room is full: the broker takes no more. Try again when somebody has left.';
const UNWANTED = 'The broker hangs up at our presence: let its access rules permit the topics of the room.';
const none = new Uint8Array();

/** Reaches the room through any MQTT 3.1.1 broker over WebSocket, by the protocol pc/1. */
export class MqttSignaling implements Signaling {
  readonly #urls: readonly string[];
  readonly #options: MqttOptions;

  /** `urls`: one or more `ws:` or `wss:` addresses of one broker or cluster, tried in turn. Throws `bad-input` for a wrong prefix. */
  constructor(urls: readonly string[], options: MqttOptions = {}) {
    const prefix: unknown = options.prefix ?? PREFIX;
    if (!isIdentifier(prefix)) {
      const words = `"${String(prefix)}" is no prefix of topics: use 1 to 64 letters, digits, "_" and "-".`;
      throw new MediaKitError('bad-input', words);
    }
    this.#urls = urls;
    this.#options = options;
  }

  async open(
    address: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel> {
    checkAddress(address, signal);
    if (!address.sealed) warnOfPlain(this.#urls);
    const opened = new AbortController();
    try {
      return await new Promise<SignalingChannel>((resolve, reject) => {
        const channel = new MqttChannel(this.#urls, address, handlers, this.#options, resolve, reject);
        const abort = (): void => {
          channel.close();
          reject(openingAborted(signal!));
        };
        signal?.addEventListener('abort', abort, { signal: opened.signal });
      });
    } finally {
      opened.abort();
    }
  }
}

class MqttChannel implements SignalingChannel {
  readonly #handlers: SignalingHandlers;
  readonly #clock: Clock;
  readonly #client: MqttClient;
  readonly #prefix: string;
  readonly #peer: string;
  /** What we announced. */
  #presence: Uint8Array | null = null;
  #announcedAt = 0;
  /** Whether the broker ever passed our presence on, and how often it hung up instead. */
  #heard = false;
  #hungUp = 0;
  #queue: (readonly [topic: string, payload: Uint8Array])[] = [];
  /** `echo`: until our presence comes back; `heal`: until it is put right; `refresh`: until it is renewed. */
  readonly #timers = new Map<'echo' | 'heal' | 'refresh', () => void>();
  #isOpen = false;
  #isClosed = false;

  constructor(
    urls: readonly string[],
    { room, peer }: SignalingAddress,
    handlers: SignalingHandlers,
    {
      credentials,
      prefix = PREFIX,
      clock = systemClock,
      random = Math.random,
      WebSocket = globalThis.WebSocket,
    }: MqttOptions,
    opened: (channel: MqttChannel) => void,
    failed: (error: MediaKitError) => void,
  ) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.#prefix = `${prefix}/1/${room}/`;
    this.#peer = peer;
    this.#client = new MqttClient({
      urls,
      clientId: peer,
      credentials,
      will: this.#presenceTopic,
      // In this order, and before we announce ourselves: who sees us can reach us.
      filters: [`${this.#prefix}to/${peer}/+`, `${this.#prefix}p/+`],
      clock,
      random,
      WebSocket,
      up: () => {
        this.#tellPresence();
        for (const [topic, payload] of this.#queue.splice(0)) this.#client.publish(topic, payload);
        if (this.#isOpen) return handlers.reachable(true);
        this.#isOpen = true;
        opened(this);
      },
      down: (full) => this.#down(full),
      message: (topic, payload) => this.#receive(topic, payload),
      ignored: () => handlers.ignored?.(),
      failed: (error) => {
        if (!this.#isOpen) return failed(error);
        this.close();
        handlers.failed?.(error);
      },
    });
  }

  announce(payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#presence = payload.slice();
    this.#tellPresence();
  }

  send(to: string, payload: Uint8Array): void {
    const topic = `${this.#prefix}to/${to}/${this.#peer}`;
    if (this.#client.up) return this.#client.publish(topic, payload);
    if (this.#isClosed) return;
    this.#queue.push([topic, payload.slice()]);
    if (this.#queue.length > queueLimit) this.#queue.shift();
  }

  clear(peer: string): void {
    this.#client.publish(`${this.#prefix}p/${peer}`, none, true);
  }

  check(): void {
    this.#client.check();
  }

  close(): void {
    this.#isClosed = true;
    this.#queue = [];
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    // Clean goodbyes carry out no will.
    if (this.#presence) this.#client.publish(this.#presenceTopic, none, true);
    this.#client.close();
  }

  get #presenceTopic(): string {
    return `${this.#prefix}p/${this.#peer}`;
  }

  #tellPresence(): void {
    if (!this.#presence || !this.#client.up) return;
    this.#cancel('heal');
    this.#announcedAt = this.#clock.now();
    this.#after('echo', echoWithin, () => this.#tellPresence());
    this.#after('refresh', refreshEvery, () => this.#tellPresence());
    this.#client.publish(this.#presenceTopic, this.#presence, true);
  }

  #receive(topic: string, payload: Uint8Array): void {
    const [kind, peer, from, ...more] = topic.startsWith(this.#prefix)
      ? topic.slice(this.#prefix.length).split('/')
      : [];
    if (kind === 'p' && isIdentifier(peer) && from === undefined) {
      if (peer === this.#peer) this.#compare(payload);
      this.#handlers.presence(peer, payload.length ? payload : null);
    } else if (kind === 'to' && peer === this.#peer && isIdentifier(from) && !more.length) {
      this.#handlers.message(from, payload);
    } else {
      this.#handlers.ignored?.();
    }
  }

  /** Our presence as the broker keeps it. An old connection's will or a stranger may have put it wrong. */
  #compare(kept: Uint8Array): void {
    const own = this.#presence;
    if (!own) return;
    if (kept.length === own.length && kept.every((byte, at) => byte === own[at])) {
      this.#heard = true;
      this.#cancel('echo');
      this.#cancel('heal');
    } else if (!this.#timers.has('heal')) {
      const wait = Math.max(0, this.#announcedAt + healEvery - this.#clock.now());
      this.#after('heal', wait, () => this.#tellPresence());
    }
  }

  #down(full: boolean): void {
    this.#cancel('echo');
    this.#cancel('heal');
    if (!this.#presence || this.#heard || ++this.#hungUp < hangUps) return this.#handlers.reachable(false);
    this.close();
    this.#handlers.failed?.(
      full ? new MediaKitError('room-full', FULL) : new MediaKitError('signaling-refused', UNWANTED),
    );
  }

  /** Runs `callback` later, in place of what the timer of this name had to do. */
  #after(name: 'echo' | 'heal' | 'refresh', ms: number, callback: () => void): void {
    this.#cancel(name);
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(name);
      callback();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: 'echo' | 'heal' | 'refresh'): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}
