import { open } from '../../support/e2e.mjs';
import { line, round } from './figures.mjs';

const SETTLE = 30_000;
const MEASURE = 12_000;

/** Beep against flash, read behind a call after 30 s. */
export async function run({ chromium, firefox, origin }) {
  const measure = async (browser, side) => {
    const page = await open(browser, `${origin}/test/bench/generator/page.html`);
    try {
      return await page.evaluate((...words) => window.bench.lipSync(...words), side, SETTLE, MEASURE);
    } finally {
      await page.close();
    }
  };
  const [native, other] = [await chromium(), await firefox()];
  const [naive, byChromium, byFirefox] = await Promise.all([
    measure(native, 'naive'),
    measure(native, 'tag'),
    measure(other, 'tag'),
  ]);
  const of = ({ offset }) => (offset === null ? 'nothing heard' : `${round(offset)} ms`);
  const against = (figures, what) =>
    line({
      against: what,
      measured: of(figures),
      aim: 'within ± 40 ms',
      met: figures.offset !== null && Math.abs(figures.offset) <= 40,
    });
  return {
    'Chromium, lip-sync over a call': against(byChromium, `naive timestamps, ${of(naive)}`),
    'Firefox, lip-sync over a call': against(byFirefox, '–'),
  };
}
