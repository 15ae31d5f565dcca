import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';
import { line } from './figures.mjs';

const TIMES = 100;
const warning = /garbage collected without being closed/;

/** What is left of generators that were stopped while something was queued. */
export async function run({ chromium, origin }) {
  const browser = await chromium();
  const measure = async (side) => {
    const page = await open(browser, `${origin}/test/bench/generator/page.html`, { counted: true });
    let warnings = 0;
    const count = (message) => (warnings += Number(warning.test(message.text())));
    page.on('console', count);
    page.on('workercreated', (worker) => worker.on('console', count));
    await page.evaluate((...words) => window.bench.churn(...words), side, TIMES);
    for (let round = 0; round < 5; round++) {
      await sleep(300);
      await page.evaluate(() => window.gc());
    }
    const { workers, contexts, tracks } = await page.evaluate(() => window.e2e.left());
    const alive = page.workers().length;
    await page.close();
    return { warnings, workers: Math.max(workers, alive), contexts, tracks };
  };
  const native = await measure('native');
  const tag = await measure('tag');
  return {
    [`${TIMES} × start, write, stop, frames never closed`]: line({
      against: `native, ${native.warnings}`,
      measured: `${tag.warnings}`,
      aim: '0',
      met: tag.warnings === 0,
    }),
    [`${TIMES} × start, write, stop, left alive`]: line({
      against: '–',
      measured: `${tag.workers} workers, ${tag.contexts} contexts, ${tag.tracks} tracks`,
      aim: 'none',
      met: tag.workers + tag.contexts + tag.tracks === 0,
    }),
  };
}
