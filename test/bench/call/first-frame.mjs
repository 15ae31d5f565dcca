import { setTimeout as sleep } from 'node:timers/promises';
import { interleave, line, round } from '../generator/figures.mjs';
import { countSignals } from './counting.mjs';
import { freshRoom, join, meet, openSide } from './pages.mjs';

/** By then both pages have done what they do after a load and a join, and what was left to say was said and acknowledged. */
const SETTLED = 500;

const sides = {
  'raw, broadcast': { side: 'raw', transport: 'broadcast' },
  'engine, broadcast': { side: 'engine', url: 'broadcast:' },
  'peer-call, broadcast': { side: 'tag', url: 'broadcast:' },
  'raw, MQTT': { side: 'raw', transport: 'mqtt', server: 'broker' },
  'engine, MQTT': { side: 'engine', server: 'broker' },
  'peer-call, MQTT': { side: 'tag', server: 'broker' },
  'raw, relay': { side: 'raw', transport: 'relay', server: 'relay' },
  peerjs: { side: 'peerjs', server: 'peerjs' },
  'simple-peer': { side: 'simple-peer', server: 'relay' },
  'raw, broadcast, at once': { side: 'raw', transport: 'broadcast', atOnce: true },
  'peer-call, broadcast, at once': { side: 'tag', url: 'broadcast:', atOnce: true },
  'raw, MQTT, at once': { side: 'raw', transport: 'mqtt', server: 'broker', atOnce: true },
  'peer-call, MQTT, at once': { side: 'tag', server: 'broker', atOnce: true },
};

/**
 * From joining a room in which one peer waits, the page and all scripts loaded, to the first remote frame that is
 * shown. Each side shows both pictures in the same size and plays the other's sound. `at once`: the peer has come a
 * moment before, and the page, too.
 */
export async function run({ browser, origin, server, rounds }) {
  const measure = async (name) => {
    const { server: kind, atOnce, ...side } = sides[name];
    const options = { ...side, room: freshRoom(), ...(kind && { url: (await server(kind)).url }) };
    const pages = [];
    try {
      for (const waits of [true, false])
        pages.push(await openSide(await browser(), origin, { ...options, waits }, countSignals));
      const [waiting, joining] = pages;
      await join(waiting);
      if (!atOnce) await sleep(SETTLED);
      const ms = await meet(joining);
      await sleep(SETTLED);
      const [one, other] = await Promise.all(pages.map((page) => page.evaluate(() => window.signals)));
      return { ms, frames: one.frames + other.frames, bytes: one.bytes + other.bytes };
    } finally {
      for (const page of pages) await page.close();
    }
  };
  // The first round warms the browser up.
  await interleave(Object.keys(sides), 1, measure);
  const figures = await interleave(Object.keys(sides), rounds, measure);

  const ms = (name) => `${round(figures[name].ms, 0)} ms`;
  const ratio = (one, other) => figures[one].ms / figures[other].ms;
  const against = (one, other, aim, met) => ({
    [`first frame, ${one}`]: line({
      against: `${other} ${ms(other)}`,
      measured: `${round(ratio(one, other))} × (${ms(one)})`,
      aim,
      met,
    }),
  });
  const rows = {};
  for (const way of ['broadcast', 'MQTT']) {
    const [raw, engine, tag] = ['raw', 'engine', 'peer-call'].map((side) => `${side}, ${way}`);
    Object.assign(rows, against(engine, raw, '–', true));
    for (const when of ['', ', at once']) {
      const [one, other] = [tag + when, raw + when];
      Object.assign(rows, against(one, other, '≤ 1.05 × raw', ratio(one, other) <= 1.05));
    }
  }
  const tag = 'peer-call, MQTT';
  for (const other of ['peerjs', 'simple-peer'])
    Object.assign(rows, against(other, tag, 'peer-call ahead', ratio(other, tag) > 1));
  Object.assign(rows, against('raw, relay', 'raw, MQTT', '–', true));
  for (const [name, { frames, bytes }] of Object.entries(figures)) {
    rows[`signaling, ${name}`] = line({
      against: '–',
      measured: `${round(frames, 0)} frames, ${round(bytes / 1000, 1)} kB`,
      aim: '–',
      met: true,
    });
  }
  return { rows, figures };
}
