import { clearBytes } from './clear-bytes.js';
import { ReplayWindow } from './replay-window.js';
import { tagOf } from './sender-key.js';
import { decodeHeader } from './sframe-header.js';
import { decryptFrame, joined, type SFrameKey } from './sframe.js';

/**
 * Why a frame was dropped: it is not encrypted, or not by this sender; its key has not come; it does not open with the
 * key; it came before.
 */
export type Refusal = 'clear' | 'missing-key' | 'undecryptable' | 'replayed';

/** Frames of an old key may come for a while after those of the next. */
const KEYS = 3;

interface KnownKey {
  readonly key: SFrameKey;
  readonly window: ReplayWindow;
}

/** Decrypts the frames that come from one member. */
export class Incoming {
  readonly #keys = new Map<bigint, KnownKey>();
  #tag: bigint | null = null;

  /** One more key of the sender, or one again; the oldest of too many is forgotten. */
  add(key: SFrameKey): void {
    this.#tag = tagOf(key.kid);
    const known = this.#keys.get(key.kid);
    // Made of the same, the salts are the same: what came under that key may not come again.
    const same = known?.key.salt.join() === key.salt.join() ? known : null;
    this.#keys.delete(key.kid);
    this.#keys.set(key.kid, same ?? { key, window: new ReplayWindow() });
    if (this.#keys.size > KEYS) this.#keys.delete(this.#keys.keys().next().value!);
  }

  /** The frame as its sender's encoder made it, or why it must not be played. */
  async open(mimeType: string, frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | Refusal> {
    const clear = clearBytes(mimeType, frame);
    if (clear === null) return 'clear';
    const prefix = frame.subarray(0, clear);
    const sealed = frame.subarray(clear);
    const header = decodeHeader(sealed);
    if (!header || tagOf(header.kid) !== this.#tag) return 'clear';
    const known = this.#keys.get(header.kid);
    if (!known) return 'missing-key';
    const number = Number(header.ctr);
    // No sender comes that far.
    if (!Number.isSafeInteger(number)) return 'undecryptable';
    if (known.window.isOld(number)) return 'replayed';
    const opened = await decryptFrame(known.key, prefix, sealed);
    if (!opened) return 'undecryptable';
    // Of two that come at the same time, one is older now.
    if (known.window.isOld(number)) return 'replayed';
    known.window.add(number);
    return joined(prefix, opened);
  }
}
