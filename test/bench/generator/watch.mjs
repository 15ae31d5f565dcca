import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';
import { cpuTime } from './cpu.mjs';

const WARM_UP = 1000;

/**
 * Opens a page that shows a picture to a viewer (see `show` in page.js) and answers what the viewer has seen in `ms`
 * and, as `cpu`, what the whole browser has spent on each frame, in ms.
 */
export async function watch(browser, origin, options, ms) {
  const page = await open(browser, `${origin}/test/bench/generator/page.html`);
  try {
    await page.evaluate((words) => window.bench.show(words), options);
    await sleep(WARM_UP);
    const pid = browser.process().pid;
    await page.evaluate(() => window.bench.reset());
    const before = cpuTime(pid);
    await sleep(ms);
    const spent = cpuTime(pid) - before;
    const seen = await page.evaluate(() => window.bench.read());
    await page.evaluate(() => window.bench.stop());
    return { ...seen, cpu: spent / seen.frames };
  } finally {
    await page.close();
  }
}
