import { AES_256_GCM_SHA512_128, deriveKey, type SFrameKey } from './sframe.js';

/** How many random bytes a sender adds to each of its keys. */
export const GRAIN_SIZE = 32;

/** Who sends: its id and its stay in a room. */
export interface FrameSender {
  readonly id: string;
  readonly sid: string;
}

/** What a sender tells the others so that they can make its key, which takes the secret of the call, too. */
export interface KeyPart {
  /** Counts the keys of one stay. */
  readonly epoch: number;
  readonly grain: Uint8Array<ArrayBuffer>;
}

/**
 * The key that one sender encrypts its frames with. `material` is an HKDF key made of the call's secret. Id, stay and the
 * random grain go into it, so that no two senders and no two epochs ever share a key, and with it a nonce.
 */
export async function senderKey(
  material: CryptoKey,
  room: string,
  sender: FrameSender,
  { epoch, grain }: KeyPart,
): Promise<SFrameKey> {
  const info = nameOf('frames', room, sender);
  const way = { name: 'HKDF', hash: 'SHA-256', salt: grain, info };
  const baseKey = new Uint8Array(await crypto.subtle.deriveBits(way, material, 256));
  return deriveKey(AES_256_GCM_SHA512_128, baseKey, keyId(await senderTag(room, sender), epoch));
}

/** Three bytes by which the key ids of a sender are known, with whatever secret: what bears others it did not encrypt. */
async function senderTag(room: string, sender: FrameSender): Promise<bigint> {
  const [one, two, three] = new Uint8Array(
    await crypto.subtle.digest('SHA-256', nameOf('tag', room, sender)),
  );
  return BigInt((one! << 16) | (two! << 8) | three!);
}

function keyId(tag: bigint, epoch: number): bigint {
  return (tag << 8n) | BigInt(epoch & 255);
}

/** The tag in the id of a key. */
export function tagOf(kid: bigint): bigint {
  return kid >> 8n;
}

// Ids, stays and rooms hold no bar.
const nameOf = (use: string, room: string, { id, sid }: FrameSender): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`peer-call/1|${use}|${room}|${id}|${sid}`);
