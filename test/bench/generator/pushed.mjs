import { line, round } from './figures.mjs';
import { hear } from './hear.mjs';

const load = [120, 300];
const browsers = { chromium: ['relayedNative', 25], firefox: ['ring', 60] };

/** Blocks of sound that a worker of the page pushes, while the page is blocked. */
export async function run({ origin, long, ...launched }) {
  const seconds = long ? 60 : 15;
  const lines = {};
  for (const [name, [byHand, most]] of Object.entries(browsers)) {
    const browser = await launched[name]();
    const { pushed, [byHand]: hand } = await hear(browser, origin, {
      sounds: ['pushed', byHand],
      seconds,
      load,
    });
    lines[`${name}, blocks from a worker, page blocked, glitches in ${seconds} s`] = line({
      against: `by way of the page, ${hand.glitches}`,
      measured: `${pushed.glitches}`,
      aim: '0',
      met: pushed.glitches === 0,
    });
    lines[`${name}, blocks from a worker, same load, latency`] = line({
      against: `by way of the page, ${round(hand.latency, 1)} ms`,
      measured: `${round(pushed.latency, 1)} ms`,
      aim: `≤ ${most} ms`,
      met: pushed.latency <= most,
    });
  }
  return lines;
}
