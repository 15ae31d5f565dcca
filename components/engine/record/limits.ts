/** When a recording ends by itself; 0 is never. */
export interface Limits {
  /** In bytes. */
  readonly maxSize: number;
  /** In seconds. */
  readonly maxDuration: number;
}

/**
 * How many ms are left after a slice of so many bytes: 0 or less, now. The size ends it before the next slice, and what
 * the end itself adds, would be too much.
 */
export function timeLeft(
  { maxSize, maxDuration }: Limits,
  { size, slice, elapsed }: { readonly size: number; readonly slice: number; readonly elapsed: number },
): number {
  if (maxSize > 0 && size + 2 * slice > maxSize) return 0;
  return maxDuration > 0 ? maxDuration * 1000 - elapsed : Infinity;
}
