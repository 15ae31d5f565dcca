/** One connection's part in what goes out. */
export interface Claimant {
  /** Whether it sends nothing any longer. */
  readonly closed: boolean;
  /** What the others claim has changed. */
  tune(): void;
}

/** What goes out over all connections together, of which each claims its part by the weight of what it sends. */
export class Uplink {
  readonly #claims = new Map<Claimant, number>();

  /** Claims so much from now on, and tells the others if that is something else. The answer is the sum of all claims. */
  claim(claimant: Claimant, weight: number): number {
    let changed = this.#claims.get(claimant) !== weight;
    for (const other of this.#claims.keys()) if (other.closed) changed = this.#claims.delete(other);
    const others = [...this.#claims.keys()].filter((other) => other !== claimant);
    this.#claims.set(claimant, weight);
    if (changed) for (const other of others) other.tune();
    return [...this.#claims.values()].reduce((sum, each) => sum + each, 0);
  }
}
