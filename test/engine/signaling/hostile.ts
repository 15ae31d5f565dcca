import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import type {
  Signaling,
  SignalingAddress,
  SignalingChannel,
  SignalingHandlers,
} from '../../../components/engine/signaling/signaling.js';

/** What a peer gave to whoever carries it. */
export interface Said {
  readonly room: string;
  readonly from: string;
  /** Null: it is a presence. */
  readonly to: string | null;
  readonly payload: Uint8Array;
}

/** A server that nobody should trust: it keeps all that is said, changes it on its way and says whatever it likes. */
export class Hostile implements Signaling {
  readonly #inner = new MemorySignaling();
  readonly #places = new Map<string, SignalingHandlers>();
  readonly log: Said[] = [];
  /** What becomes of what a peer says: other bytes, or null where it gets lost. */
  alter: (said: Said) => Uint8Array | null = ({ payload }) => payload;

  async open(address: SignalingAddress, handlers: SignalingHandlers): Promise<SignalingChannel> {
    const { room, peer } = address;
    const channel = await this.#inner.open(address, handlers);
    this.#places.set(peer, handlers);
    const carry = (to: string | null, bytes: Uint8Array): Uint8Array | null => {
      const said = { room, from: peer, to, payload: bytes.slice() };
      this.log.push(said);
      return this.alter(said);
    };
    return {
      announce: (bytes) => {
        const payload = carry(null, bytes);
        if (payload) channel.announce(payload);
      },
      send: (to, bytes) => {
        const payload = carry(to, bytes);
        if (payload) channel.send(to, payload);
      },
      close: () => channel.close(),
    };
  }

  /** What was said to a peer so far. */
  saidTo(peer: string): Said[] {
    return this.log.filter(({ to }) => to === peer);
  }

  presencesOf(peer: string): Said[] {
    return this.log.filter(({ from, to }) => from === peer && to === null);
  }

  message(to: string, from: string, payload: Uint8Array): void {
    this.#places.get(to)!.message(from, payload);
  }

  presence(to: string, of: string, payload: Uint8Array | null): void {
    this.#places.get(to)!.presence(of, payload);
  }
}

/** The same bytes with one bit changed. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= 1;
  return changed;
}
