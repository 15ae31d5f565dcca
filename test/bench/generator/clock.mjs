import { line, round } from './figures.mjs';
import { hear } from './hear.mjs';

/** Blocks pushed by the wall clock while Firefox's stand-in for a sound device is a few per cent slow. */
export async function run({ firefox, origin, long }) {
  const seconds = long ? 60 : 30;
  const { pushed, ring } = await hear(await firefox(), origin, { sounds: ['pushed', 'ring'], seconds });
  const slow = round(100 * (1 - pushed.seconds / seconds), 1);
  const each = (10 * pushed.glitches) / seconds;
  return {
    [`Firefox, clock ${slow} % slow, ${seconds} s pushed, latency at the end`]: line({
      against: `no drift control, ${round(ring.latencyAtEnd)} ms`,
      measured: `${round(pushed.latencyAtEnd)} ms`,
      aim: '≤ 150 ms',
      met: pushed.latencyAtEnd <= 150,
    }),
    'Firefox, slow clock, glitches': line({
      against: '–',
      measured: `${round(each, 1)} in 10 s`,
      aim: '≤ 1 in 10 s',
      met: each <= 1,
    }),
  };
}
