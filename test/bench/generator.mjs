import process from 'node:process';
import { launch, startStatic } from '../support/e2e.mjs';
import { line } from './generator/figures.mjs';

const parts = [
  'write',
  'picture',
  'steadiness',
  'firefox',
  'hidden',
  'tones',
  'pushed',
  'clock',
  'lip-sync',
  'behaviour',
  'leaks',
  'weight',
];

/**
 * `<media-generator>` from the built file against what is done by hand. `BENCH_ROWS=write,tones` measures these parts
 * alone; `BENCH_LONG=1` takes the time to be sure of what shows up late only.
 */
export async function run() {
  const wanted = process.env.BENCH_ROWS?.split(',') ?? parts;
  const unknown = wanted.find((part) => !parts.includes(part));
  if (unknown) throw new Error(`There is no part "${unknown}"; there are ${parts.join(', ')}.`);
  const server = await startStatic();
  const browsers = {};
  const launched = (name) => () => (browsers[name] ??= launch(name));
  const given = {
    origin: server.origin,
    chromium: launched('chromium'),
    firefox: launched('firefox'),
    long: process.env.BENCH_LONG === '1',
  };
  const rows = {};
  try {
    for (const part of wanted) {
      console.log(`generator: ${part} …`);
      try {
        Object.assign(rows, await (await import(`./generator/${part}.mjs`)).run(given));
      } catch (error) {
        rows[part] = line({ against: '–', measured: `failed: ${error.message}`, aim: '–', met: false });
      }
    }
  } finally {
    for (const browser of Object.values(browsers)) await (await browser).close();
    await server.close();
  }
  return { title: 'Generators: the tag against the platform by hand', rows };
}
