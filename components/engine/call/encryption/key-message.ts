import { GRAIN_SIZE, type KeyPart } from './sender-key.js';

/** The body of `key`: what the receiver needs beside the secret to make the sender's key. */
export interface KeyBody {
  readonly e: number;
  readonly g: string;
}

export function keyBody({ epoch, grain }: KeyPart): KeyBody {
  return { e: epoch, g: btoa(String.fromCharCode(...grain)) };
}

/** Null for everything else. */
export function readKey(body: unknown): KeyPart | null {
  const { e, g } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(e) || (e as number) < 0 || typeof g !== 'string' || !ENCODED.test(g)) return null;
  return { epoch: e as number, grain: Uint8Array.from(atob(g), (char) => char.charCodeAt(0)) };
}

/** 32 bytes in base64. */
const ENCODED = /^[A-Za-z0-9+/]{43}=$/;

/** A part of a key that nobody can know before. */
export function newPart(epoch: number): KeyPart {
  return { epoch, grain: crypto.getRandomValues(new Uint8Array(GRAIN_SIZE)) };
}
