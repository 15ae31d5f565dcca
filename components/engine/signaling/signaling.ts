import { MediaKitError } from '../errors.js';

/**
 * What a transport tells the room above it. Everything that comes in is data from strangers: the room checks it.
 * The first calls may come before `open` has resolved; after `close` there are none.
 */
export interface SignalingHandlers {
  /** The presence that a peer keeps in the room, our own included; null when it was withdrawn or its holder is gone. */
  presence(peer: string, payload: Uint8Array | null): void;
  /** A message that `from` addressed to us. May come twice, late or never: the room above takes care of that. */
  message(from: string, payload: Uint8Array): void;
  /** The way to the room was lost (`false`) or is there again (`true`). Transports that cannot lose it never call this. */
  reachable(yes: boolean): void;
  /** Something arrived that could not be handed on, because it was malformed or too large. For counting only. */
  ignored?(): void;
  /**
   * What claims to come from `peer` was forged, changed on the way or sent again, and was ignored. Only a channel that is
   * sealed can tell.
   */
  tampered?(peer: string): void;
  /** The page has to be told of something, such as another secret than that of the others. The channel stays open. */
  warned?(error: MediaKitError): void;
  /** The opened channel is closed for good, and why: `signaling-refused`. Transports that cannot be refused never call this. */
  failed?(error: MediaKitError): void;
}

/** Where and as whom to open a room. Both are identifiers: 1 to 64 of `A–Z a–z 0–9 _ -`. */
export interface SignalingAddress {
  readonly room: string;
  readonly peer: string;
  /** Whether all that is said there is sealed, so that nobody on the way can read it. */
  readonly sealed?: boolean;
}

/** One peer's place in one room. Nothing here waits: what cannot be sent now is the transport's to queue or to lose. */
export interface SignalingChannel {
  /**
   * Keeps `payload` as our presence until it is replaced or the channel closes, also for those who come later and
   * across lost connections. If we vanish without closing, the transport withdraws it as soon as it can know.
   */
  announce(payload: Uint8Array): void;
  /** Addresses a message to one peer. Best effort. */
  send(to: string, payload: Uint8Array): void;
  /**
   * Withdraws the presence that another left behind, where nobody is there to do it. Transports that cannot leave one
   * behind, or may not touch it, are without.
   */
  clear?(peer: string): void;
  /**
   * The connection to a peer broke, so that ours to the server may hang, too, as after another address: finds out now
   * rather than with the next sign of life, and calls `reachable` if so. Transports that notice at once are without.
   */
  check?(): void;
  /** The room has let go of a peer that did not hang up. Transports that lead to more than one peer are without. */
  gone?(peer: string): void;
  /** Withdraws the presence and leaves, synchronously: what was sent before still goes out, as far as the transport can. */
  close(): void;
}

/**
 * A way for peers of one room to reach each other. The kit brings in-memory, `broadcast:`, MQTT and invites; a page may bring
 * its own object. Presence is kept per peer, messages are addressed and best effort; order, repetition and identity
 * are the business of the room above.
 */
export interface Signaling {
  /**
   * Opens the room: resolves when messages and presences arrive and `announce` may be called. Presences that are kept
   * already are delivered about then. Rejects with a `MediaKitError`: `signaling-unreachable`, `signaling-refused`,
   * `bad-input`, `unsupported`, or `aborted` when `signal` aborts first.
   */
  open(
    address: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel>;
}

/** The largest payload that a transport hands on, in bytes. */
export const payloadLimit = 256 * 1024;

const identifier = /^[\w-]{1,64}$/;

/** Whether a value may name a room or a peer. */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && identifier.test(value);
}

/** Throws unless the address can be opened now: the first step of every transport. */
export function checkAddress({ room, peer }: SignalingAddress, signal?: AbortSignal): void {
  if (!isIdentifier(room) || !isIdentifier(peer)) {
    throw new MediaKitError(
      'bad-input',
      'Name the room and the peer with 1 to 64 of A–Z, a–z, 0–9, "_" and "-".',
    );
  }
  if (signal?.aborted) throw openingAborted(signal);
}

/** What an abandoned `open` rejects with. */
export function openingAborted(signal: AbortSignal): MediaKitError {
  return new MediaKitError('aborted', 'The room was left before it was open: open it again.', {
    cause: signal.reason,
  });
}
