/**
 * Secure frames, RFC 9605: the cipher suites with AES-GCM. Numbers of sections are those of the RFC.
 * @module
 */
import { decodeHeader, encodeHeader } from './sframe-header.js';

interface SFrameSuite {
  /** As it is registered. */
  readonly id: number;
  readonly hash: 'SHA-256' | 'SHA-512';
  /** In bytes. */
  readonly keySize: number;
}

export const AES_128_GCM_SHA256_128: SFrameSuite = { id: 4, hash: 'SHA-256', keySize: 16 };
export const AES_256_GCM_SHA512_128: SFrameSuite = { id: 5, hash: 'SHA-512', keySize: 32 };

/** What frames of one key id are encrypted with. */
export interface SFrameKey {
  readonly kid: bigint;
  readonly key: CryptoKey;
  readonly salt: Uint8Array<ArrayBuffer>;
}

const NONCE = 12;
const TAG = 16;
const text = new TextEncoder();

/** 4.4.2: the key and the salt for one key id. */
export async function deriveKey(
  suite: SFrameSuite,
  baseKey: Uint8Array<ArrayBuffer>,
  kid: bigint,
): Promise<SFrameKey> {
  const base = await crypto.subtle.importKey('raw', baseKey, 'HKDF', false, ['deriveBits']);
  const context = new DataView(new ArrayBuffer(10));
  context.setBigUint64(0, kid);
  context.setUint16(8, suite.id);
  const expand = (label: string, size: number): Promise<ArrayBuffer> => {
    const info = joined(text.encode(label), new Uint8Array(context.buffer));
    const { hash } = suite;
    return crypto.subtle.deriveBits({ name: 'HKDF', hash, salt: new Uint8Array(), info }, base, size * 8);
  };
  const [key, salt] = await Promise.all([
    expand('SFrame 1.0 Secret key ', suite.keySize),
    expand('SFrame 1.0 Secret salt ', NONCE),
  ]);
  return {
    kid,
    key: await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']),
    salt: new Uint8Array(salt),
  };
}

/** 4.4.3: the header and what it heads. Never twice with the same `ctr` for one key. `metadata` is authenticated only. */
export async function encryptFrame(
  { kid, key, salt }: SFrameKey,
  ctr: bigint,
  metadata: Uint8Array<ArrayBuffer>,
  plaintext: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = encodeHeader(kid, ctr);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonceOf(salt, ctr), additionalData: joined(header, metadata) },
    key,
    plaintext,
  );
  return joined(header, new Uint8Array(sealed));
}

/** 4.4.4: what was encrypted, or null where a single bit of it or of `metadata` is another. */
export async function decryptFrame(
  { key, salt }: SFrameKey,
  metadata: Uint8Array<ArrayBuffer>,
  frame: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const header = decodeHeader(frame);
  if (!header || frame.length < header.length + TAG) return null;
  const additionalData = joined(frame.subarray(0, header.length), metadata);
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: nonceOf(salt, header.ctr), additionalData },
      key,
      frame.subarray(header.length),
    );
    return new Uint8Array(opened);
  } catch {
    return null;
  }
}

/** The bytes of all of them. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function nonceOf(salt: Uint8Array<ArrayBuffer>, ctr: bigint): Uint8Array<ArrayBuffer> {
  const nonce = salt.slice();
  const view = new DataView(nonce.buffer);
  view.setBigUint64(NONCE - 8, view.getBigUint64(NONCE - 8) ^ ctr);
  return nonce;
}
