import { clearBytes } from './clear-bytes.js';
import { encryptFrame, joined, type SFrameKey } from './sframe.js';

/** Encrypts all frames that one member sends, to whomever and of whatever track: they share one counter. */
export class Outgoing {
  #key: SFrameKey | null = null;
  #ctr = 0n;

  /** From now on frames are encrypted with this one. A key must be used by one object only, and once. */
  set key(key: SFrameKey) {
    this.#key = key;
    this.#ctr = 0n;
  }

  /** The frame as it may go out, or null where it must not: before there is a key, and where its codec does not permit it. */
  async seal(mimeType: string, frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
    const clear = clearBytes(mimeType, frame);
    const key = this.#key;
    if (clear === null || !key) return null;
    const prefix = frame.subarray(0, clear);
    return joined(prefix, await encryptFrame(key, this.#ctr++, prefix, frame.subarray(clear)));
  }
}
