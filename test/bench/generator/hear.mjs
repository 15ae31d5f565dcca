import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';

const WARM_UP = 3000;

/** Opens a page that hears sounds (see `listen` in page.js) for some seconds, and answers how each was. */
export async function hear(browser, origin, { sounds, seconds, load }) {
  const page = await open(browser, `${origin}/test/bench/generator/page.html`);
  try {
    await page.evaluate((words) => window.bench.listen(words), { sounds, seconds, load });
    await sleep(WARM_UP);
    await page.evaluate(() => window.bench.reset());
    await sleep(seconds * 1000);
    return await page.evaluate(() => window.bench.read());
  } finally {
    await page.close();
  }
}
