import type { Clock } from '../../clock.js';
import { payloadLimit } from '../signaling.js';
import {
  connectPacket,
  disconnectPacket,
  type MqttCredentials,
  type Packet,
  PacketError,
  PacketReader,
  pingreqPacket,
  pubackPacket,
  publishPacket,
  subscribePacket,
} from './packets.js';

const keepAliveSeconds = 60;
const pingEvery = 15_000;
const pongWithin = 8000;
/** Where there is reason to doubt. A new connection costs less than waiting on a dead one. */
const doubtedWithin = 3000;
/** For the socket, the greeting and the subscriptions together. */
const readyWithin = 5000;

/** What the embedded broker means by how it hangs up. */
const closings: Readonly<Record<string, ConnectionEnd['kind']>> = {
  '1008 taken over': 'replaced',
  '1008 members': 'full',
};

/**
 * Why a connection is over. `busy`: the broker asks us to come later; `refused`: it will never have us; `replaced`: it has
 * somebody else of our name, who would have to go if we came back; `full`: the room has no place for us now.
 */
export interface ConnectionEnd {
  readonly kind: 'lost' | 'busy' | 'refused' | 'replaced' | 'full';
  readonly reason: string;
  readonly cause?: unknown;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly credentials: MqttCredentials;
  /** The topic whose retained message the broker empties when we vanish. */
  readonly will: string;
  /** Subscribed to in this order. */
  readonly filters: readonly string[];
  readonly clock: Clock;
  readonly WebSocket: typeof WebSocket;
  /** The broker is reached, and about to hear of us. */
  greets(): void;
  /** The broker knows us and has granted every subscription. */
  ready(): void;
  message(topic: string, payload: Uint8Array): void;
  /** A message was too large and passed over. */
  ignored(): void;
  /** Called once, unless `close` came first. */
  ended(end: ConnectionEnd): void;
}

/** 3.2.2.3: why a broker says no. 3 is missing: it is the one answer that may change. */
const refusals: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1',
  2: 'it does not accept our client id',
  4: 'the user name or the password is wrong',
  5: 'we are not authorized',
};

/** One WebSocket to a broker, from its opening to its end: it greets, subscribes, pings, and never tries again. */
export class MqttConnection {
  readonly #options: ConnectionOptions;
  readonly #reader = new PacketReader(payloadLimit + 1024);
  readonly #socket: WebSocket;
  #state: 'greeting' | 'subscribing' | 'ready' | 'over' = 'greeting';
  #lastId = 0;
  /** By when an answer must be there. */
  #pongDue = Infinity;
  /** The one timer that runs: until ready, until the next ping, or until its answer. */
  #cancelTimer: () => void;

  /** Throws what the `WebSocket` constructor throws: an address that this page may not use. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    const socket = new options.WebSocket(options.url, 'mqtt');
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      options.greets();
      this.#write(connectPacket(options.credentials, keepAliveSeconds, options.will));
      // 3.1.4: nobody need wait for the answer. It may be a long way to the broker.
      this.#write(subscribePacket(this.#nextId(), options.filters));
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => {
      const why = [code, reason].join(' ').trim();
      this.#end(closings[why] ?? 'lost', `the connection was closed (${why})`);
    };
    // The close event follows and tells as much.
    socket.onerror = () => undefined;
    this.#cancelTimer = options.clock.after(readyWithin, () => this.#end('lost', 'no answer in time'));
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Sends if `ready`, else loses it. At `retain` with QoS 1, else with QoS 0. */
  publish(topic: string, payload: Uint8Array, retain = false): void {
    if (this.#state === 'ready')
      this.#write(publishPacket(topic, payload, retain ? this.#nextId() : 0, retain));
  }

  /** Finds out now, and not at the next ping, whether the other side is still there. */
  check(): void {
    const due = this.#options.clock.now() + doubtedWithin;
    if (this.#state === 'ready' && due < this.#pongDue) this.#ping(doubtedWithin);
  }

  /**
   * Says goodbye, so that the will is not carried out. What was published before still goes out. One that is not ready yet
   * could publish nothing, and what a connection before it has left there is for the will to clear.
   */
  close(): void {
    if (this.#state === 'ready') this.#write(disconnectPacket());
    this.#drop('');
  }

  #write(packet: Uint8Array): void {
    // A page that was frozen hears only later that its socket is closed.
    if (this.#socket.readyState > 1) return;
    this.#socket.send(packet as Uint8Array<ArrayBuffer>);
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return this.#end('lost', 'the broker sent text');
    if (this.#pongDue < Infinity) {
      this.#pongDue = Infinity;
      this.#pingLater();
    }
    try {
      for (const packet of this.#reader.read(new Uint8Array(data))) {
        this.#take(packet);
        if (this.#over()) return;
      }
    } catch (thrown) {
      if (!(thrown instanceof PacketError)) throw thrown;
      this.#end('lost', thrown.message);
    }
  }

  #take(packet: Packet): void {
    if ((packet.type === 'connack') !== (this.#state === 'greeting')) {
      return this.#end('lost', `a ${packet.type} out of turn`);
    }
    switch (packet.type) {
      case 'connack':
        return this.#greeted(packet.code);
      case 'suback':
        if (packet.codes.some((code) => code > 2)) {
          return this.#end('refused', 'The broker does not let us listen in this room.');
        }
        if (this.#state !== 'subscribing') return;
        this.#state = 'ready';
        this.#pingLater();
        return this.#options.ready();
      case 'publish':
        if (packet.id) this.#write(pubackPacket(packet.id));
        return this.#options.message(packet.topic, packet.payload);
      case 'oversize':
        return this.#options.ignored();
    }
  }

  #greeted(code: number): void {
    if (code === 0) {
      this.#state = 'subscribing';
    } else if (refusals[code]) {
      this.#end('refused', `The broker refuses us: ${refusals[code]}.`);
    } else {
      this.#end('busy', 'the broker is not available at the moment');
    }
  }

  #pingLater(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(pingEvery, () => this.#ping(pongWithin));
  }

  #ping(within: number): void {
    const { clock } = this.#options;
    this.#pongDue = clock.now() + within;
    this.#write(pingreqPacket());
    this.#cancelTimer();
    this.#cancelTimer = clock.after(within, () => this.#end('lost', 'the broker fell silent'));
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % 0xffff) + 1;
    return this.#lastId;
  }

  #over(): boolean {
    return this.#state === 'over';
  }

  #end(kind: ConnectionEnd['kind'], reason: string): void {
    if (this.#over()) return;
    this.#drop(reason);
    this.#options.ended({ kind, reason });
  }

  #drop(reason: string): void {
    this.#state = 'over';
    this.#cancelTimer();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    // Always 1000: NATS wants it, and of the others a page may only use its own. A reason of more than 123 bytes throws.
    this.#socket.close(1000, reason.slice(0, 40));
  }
}
