/**
 * What a transport tells the room above it. Everything that comes in is data from strangers: the room checks it.
 */
export interface SignalingHandlers {
  /** The presence that a peer keeps in the room, our own included; null when it was withdrawn or its holder is gone. */
  presence(peer: string, payload: Uint8Array | null): void;
  /** A message that `from` addressed to us. May come twice, late or never: the room above takes care of that. */
  message(from: string, payload: Uint8Array): void;
  /** The way to the room was lost (`false`) or is there again (`true`). Transports that cannot lose it never call this. */
  reachable(yes: boolean): void;
}

/** Where and as whom to open a room. Both are identifiers: 1 to 64 of `A–Z a–z 0–9 _ -`. */
export interface SignalingAddress {
  readonly room: string;
  readonly peer: string;
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
  /** Withdraws the presence and leaves, synchronously: what was sent before still goes out, as far as the transport can. */
  close(): void;
}

/**
 * A way for peers of one room to reach each other. The kit brings in-memory, `broadcast:` and MQTT; a page may bring
 * its own object. Presence is kept per peer, messages are addressed and best effort; order, repetition and identity
 * are the business of the room above.
 */
export interface Signaling {
  /**
   * Opens the room: resolves when messages and presences arrive and `announce` may be called. Presences that are kept
   * already are delivered soon after. Rejects with a `MediaKitError`: `signaling-unreachable`, `signaling-refused`,
   * `bad-input`, or `aborted` when `signal` aborts first.
   */
  open(
    address: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel>;
}
