import { isIdentifier } from '../../signaling/signaling.js';

/** The largest message, in bytes as it travels. */
export const MESSAGE_LIMIT = 16 * 2 ** 20;
/** The largest part of a message: no more than any browser takes, and short enough for others to come between. */
export const PART_LIMIT = 16_384;
/** Whoever allows less, in bytes, has us send for ever: every browser takes more. */
export const PART_LEAST = 1024;
export const TOO_SMALL =
  'The member takes no data: its description allows only messages that are far too small.';
/** How many parts may be on their way unacknowledged: whoever sends more does not speak as we do. */
export const PARTS_AHEAD = 256;
/**
 * Files travel, are checked and are stored in blocks of so many bytes; only the last one is smaller. In Firefox buffers twice
 * as large are pages of the system's own, made and given back for each block.
 */
export const BLOCK = 2 ** 19;
/** How many blocks a sender may be ahead of what the receiver has stored. */
export const BLOCKS_AHEAD = 16;

const LAST = 0x80;
const KINDS = ['control', 'json', 'bytes'] as const;
const NAME_LENGTH = 255;
const TYPE_LENGTH = 127;
const MIME = /^[\w.+-]+\/[\w.+-]+$/;
// Whatever moves the cursor, turns the direction of writing round or separates the folders of a path.
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}/\\]/gu;

/** What a message is: the kit's own, a JSON value of the page, or its bytes. */
export type MessageKind = (typeof KINDS)[number];

/** One whole message: its bytes, or JSON that no browser has to turn into some. */
export type WireMessage =
  | { readonly kind: 'control' | 'bytes'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'json'; readonly body: Uint8Array<ArrayBuffer> | string };

/** What is sent at once: bytes that begin with their kind, or a whole JSON message as a text. */
export type Part = Uint8Array<ArrayBuffer> | string;

/** Why a file does not arrive: the receiver does not want it, either gave it up, it cannot be stored, not read, or is over there. */
export const REASONS = [
  'refused',
  'aborted',
  'damaged',
  'storage',
  'unreadable',
  'unsupported',
  'unknown',
] as const;
export type Reason = (typeof REASONS)[number];

/** What two members tell each other of files, beside the bytes. */
export type Control =
  | {
      readonly t: 'offer';
      readonly id: string;
      readonly name: string;
      readonly type: string;
      readonly size: number;
    }
  /** The sender has not heard for some time whether it is over. */
  | { readonly t: 'ask'; readonly id: string }
  | { readonly t: 'stored'; readonly id: string }
  | { readonly t: 'cancel'; readonly id: string; readonly why: Reason };

/** What a channel is for, as its opener says in its `protocol`. */
export type Purpose =
  /** The messages of the opener: the line that it sends them on, and how many parts of it were acknowledged before. */
  | { readonly use: 'messages'; readonly id: string; readonly from: number }
  /** A file that the opener was offered: its id, and the block to begin with. */
  | { readonly use: 'file'; readonly id: string; readonly from: number };

/** Whether a text has at most so many bytes, whatever its characters. */
export const isShort = (text: string, bytes: number): boolean => text.length * 3 <= bytes;

/** Cuts a message into the parts that are sent one after the other, none of them larger than `largest` bytes. */
export function* partsOf(message: WireMessage, largest: number): Generator<Part> {
  const { kind } = message;
  if (typeof message.body === 'string' && fits(message.body, largest)) {
    yield message.body;
    return;
  }
  const body = typeof message.body === 'string' ? new TextEncoder().encode(message.body) : message.body;
  const most = largest - 1;
  for (let at = 0; at === 0 || at < body.length; at += most) {
    const bytes = body.subarray(at, at + most);
    const part = new Uint8Array(bytes.length + 1);
    part[0] = KINDS.indexOf(kind) | (at + most >= body.length ? LAST : 0);
    part.set(bytes, 1);
    yield part;
  }
}

/** Whether a part, or what fills one up, has at most so many bytes. */
export const fits = (part: Part, largest: number): boolean =>
  typeof part === 'string' ? isShort(part, largest) : part.length <= largest;

/** Whether a message ends with this part. */
export const isLast = (part: Part): boolean => typeof part === 'string' || (part[0]! & LAST) !== 0;

/** Puts parts together. */
export class Assembly {
  /** One for all: very many small parts would take far more room than their bytes. */
  #body = new Uint8Array(0);
  #size = 0;
  #kind: MessageKind | undefined;

  /** The message that ends with this part, null where more has to come, undefined where it makes no sense. */
  add(part: unknown): WireMessage | null | undefined {
    if (typeof part === 'string')
      return this.#kind || part.length > PART_LIMIT ? undefined : { kind: 'json', body: part };
    if (!(part instanceof ArrayBuffer) || part.byteLength === 0 || part.byteLength > PART_LIMIT)
      return undefined;
    const bytes = new Uint8Array(part);
    const [body, last] = [bytes.subarray(1), isLast(bytes)];
    const kind = KINDS[bytes[0]! & ~LAST];
    if (!kind || (!last && body.length === 0)) return undefined;
    if (this.#kind && kind !== this.#kind) return undefined;
    if (this.#size + body.length > MESSAGE_LIMIT) return undefined;
    this.#kind = kind;
    this.#append(body);
    return last ? { kind, body: this.#join() } : null;
  }

  #append(part: Uint8Array): void {
    const size = this.#size + part.length;
    if (size > this.#body.length) {
      const larger = new Uint8Array(Math.max(size, Math.min(2 * this.#body.length, MESSAGE_LIMIT)));
      larger.set(this.#body);
      this.#body = larger;
    }
    this.#body.set(part, this.#size);
    this.#size = size;
  }

  #join(): Uint8Array<ArrayBuffer> {
    const whole = this.#size === this.#body.length ? this.#body : this.#body.slice(0, this.#size);
    this.#body = new Uint8Array(0);
    this.#size = 0;
    this.#kind = undefined;
    return whole;
  }
}

export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The value, in an object of its own: null is a value, too. Undefined where they are no JSON. */
export function decodeJson(body: WireMessage['body']): { readonly value: unknown } | undefined {
  try {
    const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Null for everything that is none of the kit's own messages. Names and types are made harmless. */
export function readControl(value: unknown): Control | null {
  if (typeof value !== 'object' || value === null) return null;
  const { t, id, name, type, size, why } = value as Record<string, unknown>;
  if (!isIdentifier(id)) return null;
  switch (t) {
    case 'offer':
      if (typeof name !== 'string' || typeof type !== 'string' || !isCount(size)) return null;
      return { t, id, name: cleanName(name), type: cleanType(type), size };
    case 'ask':
    case 'stored':
      return { t, id };
    case 'cancel':
      return REASONS.includes(why as Reason) ? { t, id, why: why as Reason } : null;
    default:
      return null;
  }
}

export function protocolOf({ use, id, from }: Purpose): string {
  return `${use} ${id} ${from}`;
}

/** Null where the channel is for nothing that we know. */
export function readProtocol(protocol: string): Purpose | null {
  const [use, id, from, ...more] = protocol.split(' ');
  const count = readCount(from);
  if ((use !== 'messages' && use !== 'file') || !isIdentifier(id) || count === null || more.length > 0)
    return null;
  return { use, id, from: count };
}

/** A number as an acknowledgement has it; null for anything else. */
export function readCount(text: unknown): number | null {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A name that can be shown and given to a file, whoever chose it. */
export function cleanName(name: string): string {
  const clean = [...name.slice(0, NAME_LENGTH * 2).replace(UNSEEN, ' ')]
    .slice(0, NAME_LENGTH)
    .join('')
    .trim();
  return /^\.*$/.test(clean) ? 'file' : clean;
}

/** A media type, or the empty string. */
export function cleanType(type: string): string {
  return type.length <= TYPE_LENGTH && MIME.test(type) ? type.toLowerCase() : '';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
