import { Incoming } from './incoming.js';

/** As many as a room has members. */
const FORMER = 50;

/** The members whose frames come here, and those that are gone and may be met anew in the same stay, with the same key. */
export class Senders {
  readonly #present = new Map<string, Incoming>();
  /** What they know of frames that came counts on: none of them may come again. */
  readonly #former = new Map<string, Incoming>();

  of(peer: string): Incoming {
    let sender = this.#present.get(peer);
    if (!sender) {
      sender = this.#former.get(peer) ?? new Incoming();
      this.#former.delete(peer);
      this.#present.set(peer, sender);
    }
    return sender;
  }

  /** One is gone. */
  forget(peer: string): void {
    const sender = this.#present.get(peer);
    if (!sender) return;
    this.#present.delete(peer);
    this.#former.set(peer, sender);
    if (this.#former.size > FORMER) this.#former.delete(this.#former.keys().next().value!);
  }
}
