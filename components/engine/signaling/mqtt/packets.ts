/**
 * The packets of MQTT 3.1.1 that the client needs. Numbers of sections are those of the OASIS standard.
 * @module
 */

/** What a broker may send us, decoded. */
export type Packet =
  | { readonly type: 'connack'; readonly code: number }
  | {
      readonly type: 'publish';
      readonly topic: string;
      readonly payload: Uint8Array;
      /** To be acknowledged; 0 at QoS 0. */
      readonly id: number;
    }
  | { readonly type: 'puback'; readonly id: number }
  | { readonly type: 'suback'; readonly id: number; readonly codes: readonly number[] }
  | { readonly type: 'pingresp' }
  /** A message beyond the limit, which was passed over. */
  | { readonly type: 'oversize' };

/** The broker sent bytes that are no packet for a client. The connection cannot go on. */
export class PacketError extends Error {}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const kinds: Readonly<Record<number, Packet['type']>> = {
  2: 'connack',
  3: 'publish',
  4: 'puback',
  9: 'suback',
  13: 'pingresp',
};

/** Cuts the stream of bytes, however it is split over messages, into packets. */
export class PacketReader {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** How many bytes must be there before it is worth looking again: a packet in a thousand pieces is joined once. */
  #wanted = 2;
  /** How many bytes of a message beyond the limit are still to come. */
  #skip = 0;

  /** Messages of more than `limit` bytes are passed over without being kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The packets that these bytes complete. Throws `PacketError`; the reader is of no use after that. */
  *read(chunk: Uint8Array): Generator<Packet, void, undefined> {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    if (skipped < chunk.length) this.#chunks.push(chunk.subarray(skipped));
    this.#size += chunk.length - skipped;
    while (this.#size >= this.#wanted) {
      const packet = this.#next();
      if (packet) yield packet;
    }
  }

  #next(): Packet | null {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : join(this.#chunks, this.#size);
    this.#chunks = [bytes];
    const type = kinds[bytes[0]! >> 4];
    if (!type) throw new PacketError(`A broker does not send packets of type ${bytes[0]! >> 4}.`);
    // 2.2.3: the remaining length, seven bits in each of at most four bytes.
    let length = 0;
    let at = 1;
    for (let unit = 1; ; unit *= 128) {
      if (at > 4) throw new PacketError('The length of a packet has more than four bytes.');
      const byte = bytes[at++];
      if (byte === undefined) {
        this.#wanted = at;
        return null;
      }
      length += (byte & 127) * unit;
      if (byte < 128) break;
    }
    const end = at + length;
    const oversize = length > this.#limit;
    if (oversize && type !== 'publish') throw new PacketError(`A ${type} of ${length} bytes.`);
    if (!oversize && bytes.length < end) {
      this.#wanted = end;
      return null;
    }
    this.#skip = Math.max(0, end - bytes.length);
    this.#chunks = bytes.length > end ? [bytes.subarray(end)] : [];
    this.#size = Math.max(0, bytes.length - end);
    this.#wanted = 2;
    return oversize ? { type: 'oversize' } : decode(type, bytes[0]! & 15, bytes.subarray(at, end));
  }
}

function decode(type: Packet['type'], flags: number, body: Uint8Array): Packet {
  const short = (at: number): number => body[at]! * 256 + body[at + 1]!;
  const must = (holds: boolean): void => {
    if (!holds) throw new PacketError(`Malformed ${type}.`);
  };
  if (type === 'publish') {
    const qos = (flags >> 1) & 3;
    // QoS 2 is never subscribed to.
    must(qos < 2 && body.length >= 2);
    const topicEnd = 2 + short(0);
    const start = topicEnd + (qos ? 2 : 0);
    must(body.length >= start);
    const id = qos ? short(topicEnd) : 0;
    must(!qos || id > 0);
    let topic;
    try {
      topic = strictUtf8.decode(body.subarray(2, topicEnd));
    } catch {
      throw new PacketError('A topic is not UTF-8.');
    }
    // A copy: the rest of the chunk need not stay for as long as somebody keeps the payload.
    return { type, topic, payload: body.slice(start), id };
  }
  must(flags === 0);
  switch (type) {
    case 'connack':
      must(body.length === 2);
      return { type, code: body[1]! };
    case 'puback':
      must(body.length === 2);
      return { type, id: short(0) };
    case 'suback':
      must(body.length > 2);
      return { type, id: short(0), codes: [...body.subarray(2)] };
    default:
      must(body.length === 0);
      return { type: 'pingresp' };
  }
}

/** Who we are to a broker. */
export interface MqttCredentials {
  /** The peer's id by default, as the embedded broker wants it. */
  readonly clientId?: string | undefined;
  /** With a password, which the standard allows with a user name only, the peer's id by default. */
  readonly username?: string | undefined;
  /** A token, say. */
  readonly password?: string | undefined;
  /**
   * For how many ms from now on the broker lets us stay, where that is known: the next connection is made before this one
   * ends. Otherwise it is made when the broker has ended this one.
   */
  readonly holdsFor?: number | undefined;
}

/** 3.1: a clean session, and a will that empties the retained message of `will`. */
export function connectPacket(
  { clientId = '', password, username = password && clientId }: MqttCredentials,
  keepAlive: number,
  will: string,
): Uint8Array {
  const cleanWithRetainedWillAtQos1 = 0b0010_1110;
  const named = username === undefined ? 0 : 0b1000_0000;
  const secret = password === undefined ? 0 : 0b0100_0000;
  return packet(
    0x10,
    text('MQTT'),
    Uint8Array.of(4, cleanWithRetainedWillAtQos1 | named | secret),
    short(keepAlive),
    text(clientId),
    text(will),
    short(0),
    ...[username, password].flatMap((value) => (value === undefined ? [] : [text(value)])),
  );
}

/** 3.3: `id` is 0 for QoS 0, else it is QoS 1. */
export function publishPacket(topic: string, payload: Uint8Array, id: number, retain: boolean): Uint8Array {
  return packet(
    0x30 | (id ? 2 : 0) | (retain ? 1 : 0),
    text(topic),
    id ? short(id) : new Uint8Array(),
    payload,
  );
}

/** 3.4 */
export function pubackPacket(id: number): Uint8Array {
  return packet(0x40, short(id));
}

/** 3.8: all of them at QoS 0. */
export function subscribePacket(id: number, filters: readonly string[]): Uint8Array {
  return packet(0x82, short(id), ...filters.flatMap((filter) => [text(filter), Uint8Array.of(0)]));
}

/** 3.12 */
export function pingreqPacket(): Uint8Array {
  return packet(0xc0);
}

/** 3.14 */
export function disconnectPacket(): Uint8Array {
  return packet(0xe0);
}

function packet(first: number, ...parts: Uint8Array[]): Uint8Array {
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = length;
  const head = [first];
  do {
    head.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  return join([Uint8Array.from(head), ...parts], head.length + size);
}

function text(value: string): Uint8Array {
  const bytes = utf8.encode(value);
  return join([short(bytes.length), bytes], bytes.length + 2);
}

function short(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
