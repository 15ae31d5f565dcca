import { MediaKitError } from '../errors.js';

/**
 * What the members of a room share and nobody else knows: 32 random bytes, or a passphrase. Text is always a passphrase,
 * whatever it looks like.
 */
export type Secret = string | Uint8Array;

const KEY_BYTES = 32;
/** What OWASP asks for: about 0.1 s for those who know the passphrase, and for each guess of those who do not. */
const ROUNDS = 600_000;
/** Whoever leaves and joins again need not wait again; more than this many rooms at once are rare. */
const KEPT = 4;

const encoder = new TextEncoder();

/** The stretched passphrases of the rooms that were joined last. */
const stretched = new Map<string, Promise<CryptoKey>>();

/** Throws `bad-input` for what is no secret. */
export function checkSecret(secret: unknown): asserts secret is Secret {
  if (
    typeof secret === 'string' ? secret !== '' : secret instanceof Uint8Array && secret.length === KEY_BYTES
  )
    return;
  const words = `A "secret" is a passphrase, or a Uint8Array of ${KEY_BYTES} random bytes; null is none.`;
  throw new MediaKitError('bad-input', words);
}

/**
 * What the keys of a room are made of: an HKDF key. Rejects with `insecure-context` where the page may not make any.
 */
export async function keyMaterial(secret: Secret, room: string): Promise<CryptoKey> {
  if (globalThis.crypto?.subtle) return typeof secret === 'string' ? stretch(secret, room) : hkdfKey(secret);
  const words = 'A "secret" needs a page from https: or localhost: serve it from there.';
  throw new MediaKitError('insecure-context', words);
}

/** The key of 256 bits for all that is said in the room. */
export async function signalingKey(secret: Secret, room: string): Promise<Uint8Array> {
  const material = await keyMaterial(secret, room);
  const way = { name: 'HKDF', hash: 'SHA-256', salt: saltOf(room), info: encoder.encode('signaling') };
  return new Uint8Array(await crypto.subtle.deriveBits(way, material, 256));
}

function stretch(passphrase: string, room: string): Promise<CryptoKey> {
  // Keyboards write one text in several ways.
  const text = passphrase.normalize('NFKC');
  // No room has a space in its name.
  const name = `${room} ${text}`;
  const known = stretched.get(name);
  if (known) return known;
  const slow = async (): Promise<CryptoKey> => {
    const key = await crypto.subtle.importKey('raw', encoder.encode(text), 'PBKDF2', false, ['deriveBits']);
    const way = { name: 'PBKDF2', hash: 'SHA-256', salt: saltOf(room), iterations: ROUNDS };
    return hkdfKey(await crypto.subtle.deriveBits(way, key, 256));
  };
  const made = slow();
  stretched.set(name, made);
  if (stretched.size > KEPT) stretched.delete(stretched.keys().next().value!);
  made.catch(() => stretched.delete(name));
  return made;
}

function hkdfKey(bytes: Uint8Array | ArrayBuffer): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes as BufferSource, 'HKDF', false, ['deriveBits']);
}

function saltOf(room: string): BufferSource {
  return encoder.encode(`peer-call/1|${room}`);
}
