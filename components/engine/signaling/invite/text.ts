import { MediaKitError } from '../../errors.js';
import { candidateTypes, type Card, type CardCandidate } from './card.js';

/** A card on its way to the other, as text that people hand on. */
export interface Letter {
  readonly kind: 'invite' | 'reply';
  readonly card: Card;
  /** Of a reply: the mark of the invite that it answers. */
  readonly answers: number;
}

/** Capitals and digits alone: a QR code packs them densest, and no messenger or reader breaks them. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const VERSION = 1;
const FINGERPRINT = 32;
const MINUTE = 60_000;
/** Clocks differ by hours, and no page waits for a day. */
const LIFETIME = 24 * 60;
const LENGTH_LIMIT = 8192;
const families = { mdns: 0, ipv4: 1, ipv6: 2 } as const;

/** `INVITE-…` or `REPLY-…`: version, checksum, minute, what it answers, ufrag, password, fingerprint, candidates. */
export function writeLetter({ kind, card, answers }: Letter, now = Date.now()): string {
  const { ufrag, password, fingerprint, candidates } = card;
  const ascii = (text: string): number[] => [text.length, ...[...text].map((letter) => letter.charCodeAt(0))];
  const content = [
    ...uint32(Math.floor(now / MINUTE)),
    ...(kind === 'reply' ? uint32(answers) : []),
    ...ascii(ufrag),
    ...ascii(password),
    ...fingerprint,
    ...candidates.flatMap(candidateBytes),
  ];
  return `${kind.toUpperCase()}-${toBase32([VERSION, ...uint32(checksum(content)), ...content])}`;
}

/**
 * Reads what somebody pasted, with whatever was wrapped around it: line breaks, the marks of a quotation, or the address
 * of a page before it.
 * `mark` tells this letter from others. Throws `bad-input` with what is wrong with it.
 */
export function readLetter(
  text: unknown,
  wanted: Letter['kind'],
  now = Date.now(),
): Letter & { readonly mark: number } {
  const shown = typeof text === 'string' && text.length <= LENGTH_LIMIT ? text : '';
  // The last one: the address of a page may have such a word, too.
  const [, kind, wrapped = ''] = /^.*(invite|reply)-(.*)$/is.exec(shown) ?? [];
  const code = wrapped.replace(/%[\da-f]{2}|[^a-z2-7]/gi, '');
  const begin = wanted.toUpperCase();
  if (!kind) throw bad(`This is no ${wanted}: paste the whole text that begins with "${begin}-".`);
  if (kind.toUpperCase() !== begin) throw bad(misdirected[wanted]);
  const [version = VERSION, ...bytes] = fromBase32(code.toUpperCase());
  if (version !== VERSION)
    throw bad(`The ${wanted} is of another version of the kit: let both pages use the same.`);
  const reader = new Reader(bytes);
  const mark = reader.uint32();
  const isWhole = mark === checksum(bytes.slice(4));
  const minute = reader.uint32();
  const answers = wanted === 'reply' ? reader.uint32() : 0;
  const card: Card = {
    ufrag: reader.ascii(),
    password: reader.ascii(),
    fingerprint: Uint8Array.from(reader.bytes(FINGERPRINT)),
    candidates: readCandidates(reader),
  };
  if (!isWhole || reader.failed || !isSound(card))
    throw bad(`The ${wanted} is damaged or not whole: copy all of it once more.`);
  if (Math.abs(now / MINUTE - minute) > LIFETIME)
    throw bad(`The ${wanted} is of another day: make a new one, and check the clocks of both devices.`);
  return { kind: wanted, card, answers, mark };
}

const misdirected = {
  invite: 'This is a reply: it belongs to whoever made the invite.',
  reply: 'This is an invite, not the reply to one: accept it where no invite of your own is out.',
};

/** The SDP is made of these: no character may end a line. */
function isSound({ ufrag, password, candidates }: Card): boolean {
  return /^[a-z\d+/]{4,255}$/i.test(ufrag) && /^[a-z\d+/]{22,255}$/i.test(password) && candidates.length > 0;
}

function candidateBytes({ type, address, port }: CardCandidate): number[] {
  const uuid = /^([\da-f-]{36})\.local$/i.exec(address)?.[1]?.replaceAll('-', '');
  const ipv4 = /^[\d.]+$/.test(address) ? address.split('.').map(Number) : [];
  const ipv6 = address.includes(':') && !address.includes('.') ? ipv6Bytes(address) : [];
  const [family, bytes] = uuid
    ? [families.mdns, uuid.match(/../g)!.map((pair) => parseInt(pair, 16))]
    : ipv4.length === 4
      ? [families.ipv4, ipv4]
      : [families.ipv6, ipv6];
  // Of a kind that no browser gives today.
  if (![4, 16].includes(bytes.length)) return [];
  return [candidateTypes.indexOf(type) * 4 + family, ...bytes, port >> 8, port & 255];
}

function ipv6Bytes(address: string): number[] {
  const [front = [], back] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = back ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0') : [];
  return [...front, ...zeros, ...(back ?? [])].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function readCandidates(reader: Reader): CardCandidate[] {
  const candidates: CardCandidate[] = [];
  while (reader.left && !reader.failed) {
    const first = reader.byte();
    const type = candidateTypes[first >> 2];
    const address = readAddress(reader, first & 3);
    const port = reader.byte() * 256 + reader.byte();
    if (!type || !address || !port) reader.failed = true;
    else candidates.push({ type, address, port });
  }
  return candidates;
}

function readAddress(reader: Reader, family: number): string | null {
  if (family === families.ipv4) return reader.bytes(4).join('.');
  const digits = reader.bytes(16).map((byte) => byte.toString(16).padStart(2, '0'));
  const hex = digits.join('');
  if (family === families.ipv6) return hex.match(/.{4}/g)?.join(':') ?? null;
  return family === families.mdns
    ? `${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}.local`
    : null;
}

/** Reads on as zeros past the end, and knows that it did. */
class Reader {
  failed = false;
  readonly #bytes: readonly number[];
  #at = 0;

  constructor(bytes: readonly number[]) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    if (this.left <= 0) this.failed = true;
    return this.#bytes[this.#at++] ?? 0;
  }

  bytes(count: number): number[] {
    return Array.from({ length: count }, () => this.byte());
  }

  uint32(): number {
    return this.bytes(4).reduce((value, byte) => value * 256 + byte, 0);
  }

  ascii(): string {
    return String.fromCharCode(...this.bytes(this.byte()));
  }
}

function uint32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

/** FNV-1a: finds slips of the hand, and tells letters apart. */
function checksum(bytes: readonly number[]): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

function toBase32(bytes: readonly number[]): string {
  let [text, held, bits] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31]!;
  }
  return bits ? text + alphabet[(held << (5 - bits)) & 31]! : text;
}

function fromBase32(text: string): number[] {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const letter of text) {
    held = (held << 5) | alphabet.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return bytes;
}

function bad(words: string): MediaKitError {
  return new MediaKitError('bad-input', words);
}
