import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open } from '../../support/e2e.mjs';
import { line, round } from './figures.mjs';

/** What puppeteer starts Chromium with, and nobody else. */
const ignoreDefaultArgs = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const viewers = { chromium: 'worker', firefox: 'call' };

/** How many pictures a hidden page makes: ours, and one that is drawn by animation frames. */
export async function run({ origin, long }) {
  const lines = {};
  const seconds = long ? 300 : 10;
  for (const [name, viewer] of Object.entries(viewers)) {
    const browser = await launch(name, { ignoreDefaultArgs });
    try {
      const rates = {};
      const pages = {};
      const window = await open(browser, 'about:blank');
      for (const picture of ['animated', 'tag']) {
        const page = await openTab(browser, window, `${origin}/test/bench/generator/page.html`);
        await page.evaluate((options) => window.bench.show(options), {
          picture, viewer, width: 640, height: 360, // prettier-ignore
        });
        pages[picture] = page;
      }
      await window.bringToFront();
    } finally {
      await browser.close();
    }
  }
  return lines;
}
