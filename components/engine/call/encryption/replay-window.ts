/** How far a frame may be behind the youngest: the pictures of a sender wait longer than its sound. */
const WINDOW = 16_384;

/** Lets each number of a growing sequence pass once, in roughly any order. */
export class ReplayWindow {
  /** A bit for each of the last numbers. */
  readonly #seen = new Uint32Array(WINDOW / 32);
  #youngest = -1;

  /** Whether this number came before, or is older than what is known. */
  isOld(number: number): boolean {
    return number <= this.#youngest && (number <= this.#youngest - WINDOW || this.#has(number));
  }

  /** To be called for what has proven to be genuine. */
  add(number: number): void {
    // What is passed over has not come yet.
    for (let next = Math.max(this.#youngest + 1, number - WINDOW + 1); next < number; next++) {
      this.#seen[this.#word(next)]! &= ~(1 << (next % 32));
    }
    this.#seen[this.#word(number)]! |= 1 << (number % 32);
    this.#youngest = Math.max(this.#youngest, number);
  }

  #has(number: number): boolean {
    return (this.#seen[this.#word(number)]! & (1 << (number % 32))) !== 0;
  }

  #word(number: number): number {
    return Math.floor((number % WINDOW) / 32);
  }
}
