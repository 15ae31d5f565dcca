import { weigh } from '../../../scripts/bundle.mjs';
import { root } from '../../support/e2e.mjs';
import { line, round } from './figures.mjs';

const entries = {
  'engine of the generator, brotli': ['engine/generator/generator.js', 9],
  'entry of the tag, brotli, with Lit': ['media-generator/define.js', 16],
};

/** What a page loads at once. */
export async function run() {
  const lines = {};
  for (const [what, [path, most]] of Object.entries(entries)) {
    const { atOnce } = await weigh(`${root}dist/${path}`);
    lines[what] = line({
      against: '–',
      measured: `${round(atOnce / 1000)} kB`,
      aim: `≤ ${most} kB`,
      met: atOnce <= most * 1000,
    });
  }
  return lines;
}
