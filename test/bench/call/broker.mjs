import { setTimeout as sleep } from 'node:timers/promises';
import { line, median, round } from '../generator/figures.mjs';
import { freshRoom, join, meet, openSide, timed } from './pages.mjs';
import { startServer } from './servers.mjs';

const DEAD = 2000;
const PATIENCE = 10_000;
const camera = { width: 320, height: 180, frameRate: 15 };

const sides = {
  'peer-call': { side: 'tag', server: 'broker', others: 2 },
  raw: { side: 'raw', transport: 'mqtt', server: 'broker', others: 2 },
  peerjs: { side: 'peerjs', server: 'peerjs', others: 1 },
  'simple-peer': { side: 'simple-peer', server: 'relay', others: 2 },
};

/**
 * How long after the signaling server came back, killed two seconds before, a newcomer sees those who were in a call
 * all the time. The others are as they come: without anything that connects them again.
 */
export async function run({ browser, origin, rounds }) {
  const measure = async (name) => {
    const { server: kind, others, ...side } = sides[name];
    const server = await startServer(kind);
    const options = { ...side, camera, room: freshRoom(), url: server.url };
    const pages = [];
    try {
      for (const waits of [true, false, false])
        pages.push(await openSide(await browser(), origin, { ...options, waits }));
      const [waiting, joining, newcomer] = pages;
      await join(waiting);
      await meet(joining);
      await server.kill();
      await sleep(DEAD);
      await server.start();
      return await timed(meet(newcomer, others), PATIENCE);
    } finally {
      for (const page of pages) await page.close();
      await server.kill();
    }
  };
  const figures = {};
  for (let round = 0; round < rounds; round++) {
    // Who did not come back twice is not waited for again.
    const hopeful = Object.keys(sides).filter((name) => !isHopeless(figures[name]));
    const taken = await Promise.all(hopeful.map(measure));
    hopeful.forEach((name, at) => (figures[name] ??= []).push(taken[at]));
  }
  const say = (name) =>
    Number.isFinite(middle(figures[name])) ? `${round(middle(figures[name]), 0)} ms` : 'never';
  const others = Object.keys(sides).slice(1);
  const rows = {
    'server killed for 2 s, reachable again after': line({
      against: others.map((name) => `${name} ${say(name)}`).join(', '),
      measured: say('peer-call'),
      aim: '≤ 1000 ms',
      met: middle(figures['peer-call']) <= 1000,
    }),
  };
  return { rows, figures };
}

const isHopeless = (taken = []) => taken.filter((ms) => ms === null).length > 1;
/** The median, where `null` is never. */
const middle = (taken) => median(taken.map((ms) => ms ?? Infinity));
