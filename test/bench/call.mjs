import { startBroker } from '../../broker/broker.js';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { median } from './generator/figures.mjs';

const ROUNDS = 17;
const sides = ['raw', 'engine', 'tag'];

/**
 * From joining a room, in which one peer waits, to the first remote frame: `<peer-call>` from the built file, and its
 * engine without the screen, against the least that does it by hand over the same transport. Each side shows its own
 * picture before the call and plays the other's picture and sound in it.
 */
export async function run() {
  const server = await startStatic();
  const broker = await startBroker();
  const browser = await launch('chromium');
  const times = {};
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const pairs = ['broadcast:', broker.url].flatMap((signaling) =>
        sides.map((side) => ({ side, signaling })),
      );
      for (const { side, signaling } of round % 2 ? pairs.reverse() : pairs) {
        const key = signaling.startsWith('ws') ? 'mqtt' : 'broadcast';
        const ms = await measure(browser, server.origin, {
          side,
          signaling,
          room: `${side}-${key}-${round}`,
        });
        // The first round warms the browser up.
        if (round) ((times[key] ??= {})[side] ??= []).push(ms);
      }
    }
  } finally {
    await browser.close();
    await broker.close();
    await server.close();
  }
  const rows = {};
  for (const [key, sidesTimes] of Object.entries(times)) {
    const [raw, engine, tag] = sides.map((side) => median(sidesTimes[side]));
    rows[key] = {
      'raw (ms)': raw,
      'engine (ms)': engine,
      'peer-call (ms)': tag,
      'engine / raw': round2(engine / raw),
      'peer-call / raw': round2(tag / raw),
    };
  }
  return { title: `Join → first remote frame, medians of ${ROUNDS - 1} rounds`, rows, times };
}

async function measure(browser, origin, options) {
  const pages = [];
  try {
    for (let page = 0; page < 2; page++)
      pages.push(await open(browser, `${origin}/test/bench/call/page.html`));
    const [waiting, joining] = pages;
    await waiting.evaluate((words) => window.bench.wait(words), options);
    return await joining.evaluate((words) => window.bench.join(words), options);
  } finally {
    for (const page of pages) await page.close();
  }
}

function round2(number) {
  return Math.round(number * 100) / 100;
}
