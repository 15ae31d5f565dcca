/** When a recording ends by itself; 0 is never. */
export interface Limits {
  /** In bytes, about: how much a browser still holds at the end is not known. */
  readonly maxSize: number;
  /** In seconds. */
  readonly maxDuration: number;
}

/** How many ms are left of a recording that is so long; 0 or less is none. */
export function timeLeft({ maxDuration }: Limits, elapsed: number): number {
  return maxDuration > 0 ? maxDuration * 1000 - elapsed : Infinity;
}

/** Whether the next slice, and what the end adds, may be too much where the largest so far has so many bytes. */
export function isFull({ maxSize }: Limits, size: number, largest: number): boolean {
  return maxSize > 0 && size + 2 * largest > maxSize;
}
