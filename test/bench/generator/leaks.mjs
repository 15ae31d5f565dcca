import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';
import { line } from './figures.mjs';

const TIMES = 100;
/** The browser looks for such frames every ten seconds, and tells once. */
const WARNED = 12_000;
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
    const { open: left, made } = await page.evaluate((...words) => window.bench.churn(...words), side, TIMES);
    for (let passed = 0; passed < WARNED; passed += 1000) {
      await page.evaluate(() => window.gc());
      await sleep(1000);
    }
    const { workers, contexts, tracks } = await page.evaluate(() => window.e2e.left());
    const alive = page.workers().length;
    await page.close();
    return { left, made, warned: warnings > 0, workers: Math.max(workers, alive), contexts, tracks };
  };
  const [native, tag] = await Promise.all([measure('native'), measure('tag')]);
  const say = ({ left, made, warned }) => `${left} of ${made}${warned ? ', browser warns' : ''}`;
  return {
    [`${TIMES} × start, write, stop, frames never closed`]: line({
      against: `native, ${say(native)}`,
      measured: say(tag),
      aim: '0',
      met: tag.left === 0 && !tag.warned,
    }),
    [`${TIMES} × start, write, stop, left alive`]: line({
      against: '–',
      measured: `${tag.workers} workers, ${tag.contexts} contexts, ${tag.tracks} tracks`,
      aim: 'none',
      met: tag.workers + tag.contexts + tag.tracks === 0,
    }),
  };
}
