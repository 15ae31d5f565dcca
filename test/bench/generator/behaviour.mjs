import { open } from '../../support/e2e.mjs';
import { line, round } from './figures.mjs';

const kinds = {
  late: { what: 'late viewer of a still picture', most: 500 },
  recovery: { what: 'bad input, then good', most: 100 },
};

/** How long viewers wait where the browser's own generator lets them wait for ever. */
export async function run({ chromium, firefox, origin }) {
  const measure = async (browser, kind, side) => {
    const page = await open(browser, `${origin}/test/bench/generator/page.html`);
    try {
      return await page.evaluate((name, given) => window.bench[name](given), kind, side);
    } finally {
      await page.close();
    }
  };
  const lines = {};
  const say = (ms) => (ms === null ? 'never' : `${round(ms)} ms`);
  for (const [kind, { what, most }] of Object.entries(kinds)) {
    const native = await measure(await chromium(), kind, 'native');
    for (const [name, launched] of Object.entries({ Chromium: chromium, Firefox: firefox })) {
      const tag = await measure(await launched(), kind, 'tag');
      lines[`${name}, ${what}`] = line({
        against: name === 'Chromium' ? `native, ${say(native)}` : '–',
        measured: say(tag),
        aim: `≤ ${most} ms`,
        met: tag !== null && tag <= most,
      });
    }
  }
  return lines;
}
