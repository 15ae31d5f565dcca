import { line, round } from './figures.mjs';
import { hear } from './hear.mjs';

const load = [120, 300];

/** Built-in tones while the page is blocked; how late they are is heard from beeps that are due on full seconds. */
export async function run({ chromium, firefox, origin, long }) {
  const seconds = long ? 60 : 15;
  const lines = {};
  const add = (name, { sine, beep }, against, most) => {
    lines[`${name}, tone, page blocked 120 of 300 ms, glitches in ${seconds} s`] = line({
      against,
      measured: `${sine.glitches}`,
      aim: '0',
      met: sine.glitches === 0,
    });
    lines[`${name}, tone, same load, latency`] = line({
      against: '–',
      measured: `${round(beep.latency, 1)} ms`,
      aim: `≤ ${most} ms`,
      met: Math.abs(beep.latency) <= most,
    });
  };
  const byChromium = await hear(await chromium(), origin, {
    sounds: ['sine', 'beep', 'native'],
    seconds,
    load,
  });
  add('Chromium', byChromium, `native from the page, ${byChromium.native.glitches}`, 25);
  const byFirefox = await hear(await firefox(), origin, { sounds: ['sine', 'beep'], seconds, load });
  add('Firefox', byFirefox, '–', 35);
  return lines;
}
