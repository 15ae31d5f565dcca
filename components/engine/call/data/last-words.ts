import type { Control } from './wire.js';

/** How many answers a member may leave unheard. */
const UNHEARD = 256;

export interface LastWordsOptions {
  readonly tell: (control: Control) => Promise<void>;
  /** The member does what no kit does; in words. */
  readonly hostile: (what: string, why: 'flooding') => void;
}

/** How files have ended: kept until the member has heard it, on this line or a later one. */
export class LastWords {
  readonly #options: LastWordsOptions;
  readonly #words = new Map<string, Control>();
  /** Those on their way. */
  readonly #told = new Set<string>();
  /** Those that the member has brought about, who could do so without end. */
  readonly #answers = new Set<string>();

  constructor(options: LastWordsOptions) {
    this.#options = options;
  }

  /** Of a file of ours. */
  say(word: Control): void {
    this.#words.set(word.id, word);
    void this.#tell(word);
  }

  /** Of a file of the member's. */
  answer(word: Control): void {
    this.#answers.add(word.id);
    if (this.#answers.size > UNHEARD) return this.#options.hostile('more than it listens to', 'flooding');
    this.say(word);
  }

  /** The member waits for a file that is over here. */
  remind(id: string): void {
    const word = this.#words.get(id);
    if (word) void this.#tell(word);
    else this.answer({ t: 'cancel', id, why: 'unknown' });
  }

  /** Says once more what no line has brought. */
  repeat(): void {
    for (const word of this.#words.values()) void this.#tell(word);
  }

  async #tell(word: Control): Promise<void> {
    const { id } = word;
    if (this.#told.has(id)) return;
    this.#told.add(id);
    try {
      await this.#options.tell(word);
      this.#words.delete(id);
      this.#answers.delete(id);
    } catch {
      // This line has failed: the word stays for the next one.
    }
    this.#told.delete(id);
  }
}
