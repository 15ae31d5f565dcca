import type { Clock } from '../clock.js';
import { Allowance } from './allowance.js';

/** How often one id may begin. */
const BEGINNINGS = [5, 2000] as const;
/** How many strangers may come. */
const STRANGERS = [100, 250] as const;
// More than any room has, and no way to fill the memory.
const REMEMBERED = 512;

/** Tells who begins more often than a call ever needs: nothing is made for it then; whoever is real says it again. */
export class Newcomers {
  readonly #clock: Clock;
  readonly #beginnings = new Map<string, Allowance>();
  readonly #strangers: Allowance;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#strangers = new Allowance(clock, ...STRANGERS);
  }

  /** Whether this id begins too often. */
  isHasty(id: string): boolean {
    return this.#beginnings.get(id)?.isSpent ?? false;
  }

  /** One more stranger comes; false where they come faster than people do. */
  take(): boolean {
    return this.#strangers.take();
  }

  /** This id begins. */
  begin(id: string): void {
    const all = this.#beginnings;
    const one = all.get(id) ?? new Allowance(this.#clock, ...BEGINNINGS);
    one.spend();
    // The youngest last.
    all.delete(id);
    all.set(id, one);
    if (all.size > REMEMBERED) all.delete(all.keys().next().value!);
  }
}
