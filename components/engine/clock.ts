/** Time as the engines see it, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds on a line that never jumps. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** The browser's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const id = setTimeout(callback, ms);
    return () => clearTimeout(id);
  },
};
