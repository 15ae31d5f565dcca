import type { Signaling, SignalingAddress, SignalingChannel, SignalingHandlers } from './signaling.js';

interface Place extends SignalingAddress {
  readonly handlers: SignalingHandlers;
  presence: Uint8Array | null;
}

/** Peers of one page reach each other through this object, each delivery in a task of its own as on a network. */
export class MemorySignaling implements Signaling {
  readonly #places = new Set<Place>();

  async open(
    { room, peer }: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel> {
    await Promise.resolve();
    signal?.throwIfAborted();
    const place: Place = { room, peer, handlers, presence: null };
    for (const other of this.#others(place)) {
      if (other.presence) this.#deliver(place, (to) => to.presence(other.peer, other.presence));
    }
    this.#places.add(place);
    return {
      announce: (payload) => this.#announce(place, payload),
      send: (to, payload) => {
        for (const other of this.#others(place)) {
          if (other.peer === to) this.#deliver(other, (at) => at.message(peer, payload));
        }
      },
      close: () => {
        this.#announce(place, null);
        this.#places.delete(place);
      },
    };
  }

  #announce(place: Place, payload: Uint8Array | null): void {
    if (!this.#places.has(place)) return;
    place.presence = payload;
    for (const to of [place, ...this.#others(place)]) this.#deliver(to, (at) => at.presence(place.peer, payload));
  }

  #others(place: Place): Place[] {
    return [...this.#places].filter((other) => other !== place && other.room === place.room);
  }

  #deliver(to: Place, call: (handlers: SignalingHandlers) => void): void {
    setTimeout(() => {
      if (this.#places.has(to)) call(to.handlers);
    });
  }
}
