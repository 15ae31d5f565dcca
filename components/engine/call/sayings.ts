import type { Clock } from '../clock.js';
import { Allowance } from './allowance.js';

/** How much one member may say, which is far more than a call needs … */
const SAYINGS = [200, 25] as const;
/** … and how much more until it is cut off. */
const PATIENCE = 1000;

/** How one more saying is taken: it is listened to, it is not, or whoever says so much is to be cut off. */
export type Hearing = 'heard' | 'unheard' | 'flooding';

/** How much a member says. */
export class Sayings {
  readonly #allowance: Allowance;
  #excess = 0;

  constructor(clock: Clock) {
    this.#allowance = new Allowance(clock, ...SAYINGS);
  }

  /** It says one thing more. */
  take(): Hearing {
    if (this.#allowance.take()) return 'heard';
    return ++this.#excess > PATIENCE ? 'flooding' : 'unheard';
  }
}
