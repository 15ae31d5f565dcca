import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../support/e2e.mjs';
import { line, round } from './figures.mjs';

const viewers = { chromium: 'worker', firefox: 'call' };

/** How many pictures a tab makes behind another one: the tag, and what is drawn by animation frames. */
export async function run({ origin, long }) {
  const lines = {};
  const seconds = long ? 300 : 10;
  for (const [name, viewer] of Object.entries(viewers)) {
    const animated = await behind(name, origin, { picture: 'animated', viewer }, 10);
    const tag = await behind(name, origin, { picture: 'tag', viewer }, seconds);
    lines[`${name}, hidden ${seconds} s`] = line({
      against: `animation frames, ${round(animated.fps, 1)} fps`,
      measured: `${round(tag.fps, 1)} fps (${tag.backend})`,
      aim: '≥ 29 of 30 fps',
      met: tag.fps >= 29,
    });
  }
  return lines;
}

async function behind(name, origin, options, seconds) {
  const browser = await launch(name, { throttled: true });
  try {
    const page = await browser.newPage({ type: 'window' });
    await page.goto(`${origin}/test/bench/generator/page.html`);
    await page.evaluate((words) => window.bench.show({ width: 640, height: 360, ...words }), options);
    const cover = await browser.newPage({ type: 'tab' });
    await cover.bringToFront();
    await sleep(1000);
    await page.evaluate(() => window.bench.reset());
    await sleep(seconds * 1000);
    const seen = await page.evaluate(() => window.bench.read());
    if ((await page.evaluate(() => document.visibilityState)) !== 'hidden')
      throw new Error('The tab is not hidden.');
    return seen;
  } finally {
    await browser.close();
  }
}
