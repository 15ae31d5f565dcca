import type { MeterState } from '../engine/meter/meter.js';

/** The lower end of the scale, in dBFS; the upper is 0. */
export const BOTTOM = -60;
/** Those who do not see it are told in steps of so many dB: a number that changes all the time says nothing. */
const STEP = 5;

/** How far up the scale a level is, from 0 to 1. */
export const partOf = (level: number): number => Math.min(1, Math.max(0, 1 - level / BOTTOM));

/** The level on the scale, for those who do not see it. */
export const spoken = (level: number): number =>
  Math.min(0, Math.max(BOTTOM, Math.round(level / STEP) * STEP)) || 0;

/** The key of the words that say how loud it is. */
export function wordFor({ status, level, speaking }: MeterState): string {
  if (status !== 'running') return status;
  if (level <= BOTTOM) return 'silent';
  return speaking ? 'speaking' : 'level';
}
