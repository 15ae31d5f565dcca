import { systemClock } from '../clock.js';

/** How often it is looked whether everything is sent, in ms. */
const LOOK = 10;
/** How long nothing may be sent until that is given up, in ms: twice as long as there is between two, and no less. */
const PATIENCE = 500;

/** How far the sending of what was written is. */
export interface Progress {
  readonly queueLength: number;
  readonly delivered: number;
  /** The ms from one to the next, where that takes long. */
  readonly pace?: number;
}

/** Resolves when nothing waits any longer, or does not go, or is of no interest: `look` answers null then. */
export async function drained(look: () => Progress | null): Promise<void> {
  let before = -1;
  for (let still = 0, patience = 1; still < patience;) {
    const progress = look();
    if (!progress?.queueLength) return;
    patience = Math.max(PATIENCE, 2 * (progress.pace ?? 0));
    still = progress.delivered === before ? still + LOOK : 0;
    before = progress.delivered;
    await new Promise<void>((next) => systemClock.after(LOOK, next));
  }
}
