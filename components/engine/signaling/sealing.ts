import { gcm } from '@noble/ciphers/aes.js';
import { SEALED } from './plain.js';

const NONCE = 12;
const TAG = 16;
/** By how many bytes a payload grows. */
const SEAL = 1 + NONCE + TAG;
/** The largest sealed payload that is looked at, in bytes. */
const LIMIT = 65_536 + SEAL;

/** What was sealed, and what tells this time from every other. */
export interface Opened {
  readonly payload: Uint8Array;
  readonly nonce: string;
}

/**
 * Seals with AES-256-GCM for one topic. At once, unlike the browser's own: what a page says while it goes away is said in
 * time, and nothing overtakes anything.
 */
export function seal(payload: Uint8Array, key: Uint8Array, topic: string): Uint8Array {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const secret = gcm(key, nonce, bytesOf(topic)).encrypt(payload);
  const bytes = new Uint8Array(1 + NONCE + secret.length);
  bytes[0] = SEALED;
  bytes.set(nonce, 1);
  bytes.set(secret, 1 + NONCE);
  return bytes;
}

/** Null for whatever was not sealed with this key for this topic, or was changed since. */
export function unseal(bytes: Uint8Array, key: Uint8Array, topic: string): Opened | null {
  if (bytes[0] !== SEALED || bytes.length < SEAL || bytes.length > LIMIT) return null;
  const nonce = bytes.subarray(1, 1 + NONCE);
  try {
    const payload = gcm(key, nonce, bytesOf(topic)).decrypt(bytes.subarray(1 + NONCE));
    return { payload, nonce: nonce.join() };
  } catch {
    return null;
  }
}

/**
 * Runs all of it once, on messages of the usual sizes: a browser takes several times as long for the first, and the
 * first are those on which a call waits.
 */
export function warmUp(): void {
  const key = new Uint8Array(32);
  for (const size of [300, 5000, 300, 5000]) unseal(seal(new Uint8Array(size), key, ''), key, '');
}

function bytesOf(topic: string): Uint8Array {
  return new TextEncoder().encode(topic);
}
