import {
  checkAddress,
  openingAborted,
  type Signaling,
  type SignalingAddress,
  type SignalingChannel,
  type SignalingHandlers,
} from './signaling.js';

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
    checkAddress({ room, peer }, signal);
    await Promise.resolve();
    if (signal?.aborted) throw openingAborted(signal);
    const place: Place = { room, peer, handlers, presence: null };
    for (const other of this.#others(place)) {
      if (other.presence) this.#presence(place, other.peer, other.presence);
    }
    this.#places.add(place);
    return {
      announce: (payload) => this.#announce(place, payload.slice()),
      send: (to, payload) => this.#send(place, to, payload.slice()),
      close: () => {
        if (place.presence) this.#announce(place, null);
        this.#places.delete(place);
      },
    };
  }

  #announce(place: Place, payload: Uint8Array | null): void {
    if (!this.#places.has(place)) return;
    place.presence = payload;
    for (const to of [place, ...this.#others(place)]) this.#presence(to, place.peer, payload);
  }

  #send(place: Place, to: string, payload: Uint8Array): void {
    if (!this.#places.has(place)) return;
    for (const other of this.#others(place)) {
      if (other.peer === to) this.#deliver(other, (at) => at.message(place.peer, payload.slice()));
    }
  }

  #presence(to: Place, peer: string, payload: Uint8Array | null): void {
    this.#deliver(to, (at) => at.presence(peer, payload && payload.slice()));
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
