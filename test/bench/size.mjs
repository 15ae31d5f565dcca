import { weigh, weighFile } from '../../scripts/bundle.mjs';
import { root } from '../support/e2e.mjs';
import { tags } from '../support/package.mjs';

const kB = (bytes) => Number((bytes / 1000).toFixed(2));

/** What a page loads: the one file, and the entry of each tag with all that it needs. */
export async function run() {
  const rows = {
    'cdn/rtc-elements.js': { 'at once (kB)': kB(weighFile(`${root}dist/cdn/rtc-elements.js`)) },
  };
  for (const tag of tags) {
    const { atOnce, onDemand } = await weigh(`${root}dist/${tag}/define.js`);
    rows[`${tag}/define.js`] = { 'at once (kB)': kB(atOnce) };
    for (const [name, bytes] of Object.entries(onDemand)) {
      rows[`${tag}/define.js`][`+ ${name} when used (kB)`] = kB(bytes);
    }
  }
  return { title: 'Size, minified and brotli, Lit included', rows };
}
