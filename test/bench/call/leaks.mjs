import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';
import { line } from '../generator/figures.mjs';

const CALLS = 500;
/** So many first: what a page makes once and keeps is no leak. */
const WARM_UP = 20;
const FEW = 10;
const collected = ['RTCPeerConnection', 'MediaStreamTrack', 'MediaStream', 'HTMLMediaElement'];

/** What is left of calls in one page: each of two elements that are made, connected, left and removed. */
export async function run({ browser, origin, rounds }) {
  const calls = rounds < 15 ? CALLS / 10 : CALLS;
  const page = await open(await browser(), `${origin}/test/bench/call/page.html`, { counted: true });
  try {
    const protocol = await page.createCDPSession();
    await protocol.send('Performance.enable');
    const make = (count) => page.evaluate((times) => window.bench.churn(times), count);
    const count = async () => {
      for (let time = 0; time < 5; time++) {
        await page.evaluate(() => window.gc());
        await sleep(300);
      }
      const { metrics } = await protocol.send('Performance.getMetrics');
      const { Nodes, JSEventListeners, JSHeapUsedSize } = Object.fromEntries(
        metrics.map(({ name, value }) => [name, value]),
      );
      const objects = {};
      for (const name of collected) {
        const prototype = await page.evaluateHandle((type) => window[type].prototype, name);
        const found = await page.queryObjects(prototype);
        objects[name] = await found.evaluate((all) => all.length);
        await found.dispose();
        await prototype.dispose();
      }
      const live = await page.evaluate(() => window.e2e.left());
      return { objects, live, nodes: Nodes, listeners: JSEventListeners, heap: JSHeapUsedSize };
    };
    await make(WARM_UP);
    const before = await count();
    await make(calls);
    const after = await count();
    const grown = (figure) => figure(after) - figure(before);
    const left = {
      connections: grown(({ objects }) => objects.RTCPeerConnection) + grown(({ live }) => live.connections),
      tracks: grown(({ objects }) => objects.MediaStreamTrack) + grown(({ live }) => live.tracks),
      streams: grown(({ objects }) => objects.MediaStream),
      'media elements': grown(({ objects }) => objects.HTMLMediaElement),
      channels: grown(({ live }) => live.channels),
      timers: grown(({ live }) => live.timers),
      nodes: grown(({ nodes }) => nodes),
      listeners: grown(({ listeners }) => listeners),
    };
    // A template that was used for the first time brings a few nodes; what leaks, leaks with each call.
    const most = { nodes: FEW, listeners: FEW };
    const kept = Object.entries(left).filter(([, number]) => number > 0);
    const row = line({
      against: '–',
      measured: kept.map(([what, number]) => `${number} ${what}`).join(', ') || 'nothing',
      aim: `nothing; ${FEW} nodes and listeners at most`,
      met: kept.every(([what, number]) => number <= (most[what] ?? 0)),
    });
    return { rows: { [`left alive of ${calls} calls`]: row }, figures: { before, after } };
  } finally {
    await page.close();
  }
}
