/** The least time between two drawings, in ms: whoever sends fast is not drawn as fast. */
const LEAST = 50;

/** Draws at once, and then no more often than somebody sees. */
export class Pace {
  readonly #draw: () => void;
  #resting = false;
  #asked = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  ask(): void {
    this.#asked = true;
    if (!this.#resting) this.#go();
  }

  #go(): void {
    this.#resting = this.#asked;
    if (!this.#asked) return;
    this.#asked = false;
    this.#draw();
    setTimeout(() => this.#go(), LEAST);
  }
}
