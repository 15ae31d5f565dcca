import type { MediaKitError } from '../../errors.js';
import { isIdentifier, payloadLimit, type SignalingChannel, type SignalingHandlers } from '../signaling.js';

/** What one end says to the other: what it keeps in the room (nothing: an empty payload), or a message. */
export interface Saying {
  readonly kind: 'presence' | 'message';
  readonly from: string;
  /** Of a message: the peer that is meant. */
  readonly to: string;
  readonly payload: Uint8Array;
}

export interface InvitePlaceOptions {
  readonly peer: string;
  readonly handlers: SignalingHandlers;
  /** Says it to the other end, if there is one. */
  readonly say: (saying: Saying) => void;
  /** The room does not know of the other end any longer. */
  readonly gone: () => void;
  readonly closed: () => void;
}

const none = new Uint8Array();
const kinds = ['presence', 'message'] as const;

/** The place in the room of one of the two. */
export class InvitePlace implements SignalingChannel {
  readonly #options: InvitePlaceOptions;
  #presence = none;
  #isLost = false;
  #isClosed = false;

  constructor(options: InvitePlaceOptions) {
    this.#options = options;
  }

  announce(payload: Uint8Array): void {
    if (this.#isClosed) return;
    const kept = (this.#presence = payload.slice());
    this.#tellPresence();
    const { peer, handlers } = this.#options;
    queueMicrotask(() => {
      if (!this.#isClosed) handlers.presence(peer, kept.slice());
    });
  }

  send(to: string, payload: Uint8Array): void {
    const { peer, say } = this.#options;
    if (!this.#isClosed) say({ kind: 'message', from: peer, to, payload });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#presence = none;
    this.#tellPresence();
    this.#options.closed();
  }

  gone(): void {
    if (!this.#isClosed) this.#options.gone();
  }

  /** There is another end now. */
  met(): void {
    if (this.#isLost) this.#options.handlers.reachable(true);
    this.#isLost = false;
    this.#tellPresence();
  }

  /** The way to the other end is gone. */
  lost(): void {
    this.#isLost = true;
    this.#options.handlers.reachable(false);
  }

  failed(error: MediaKitError): void {
    this.#isClosed = true;
    this.#options.handlers.failed?.(error);
  }

  #tellPresence(): void {
    const { peer, say } = this.#options;
    say({ kind: 'presence', from: peer, to: '', payload: this.#presence });
  }
}

/** One byte for the kind, one for each id's length before it, and the payload. */
export function writeSaying({ kind, from, to, payload }: Saying): Uint8Array {
  const header = [kinds.indexOf(kind), ...lengthAndLetters(from), ...lengthAndLetters(to)];
  const bytes = new Uint8Array(header.length + payload.length);
  bytes.set(header);
  bytes.set(payload, header.length);
  return bytes;
}

/** Null for everything else that a stranger may send. */
export function readSaying(bytes: Uint8Array): Saying | null {
  const kind = kinds[bytes[0] ?? -1];
  const from = lettersAt(bytes, 1);
  const to = lettersAt(bytes, 2 + from.length);
  const payload = bytes.subarray(3 + from.length + to.length);
  if (!kind || !isIdentifier(from) || payload.length > payloadLimit) return null;
  if (kind === 'message' && !isIdentifier(to)) return null;
  return { kind, from, to, payload };
}

function lengthAndLetters(id: string): number[] {
  return [id.length, ...new TextEncoder().encode(id)];
}

function lettersAt(bytes: Uint8Array, at: number): string {
  const length = bytes[at] ?? 0;
  return String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length));
}
