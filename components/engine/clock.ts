/** Time as the engines see it, so that tests can hold it in their hands. */
export interface Clock {
  /** Milliseconds on a line that never jumps. */
  now(): number;
  /** Calls `callback` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** What a call can do without while it comes up waits so many ms: to load it then would delay the first picture. */
export const CALM = 500;

/** The browser's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const id = setTimeout(callback, ms);
    return () => clearTimeout(id);
  },
};
