import { setTimeout as sleep } from 'node:timers/promises';
import { startNetwork, whyNoNetwork } from '../../support/network.mjs';
import { line, median, round } from '../generator/figures.mjs';
import { freshRoom, join, meet, met, next, openSide, timed } from './pages.mjs';

/** How long the cuts are, in s. */
const cuts = [5, 40];
const PATIENCE = 20_000;
const camera = { width: 320, height: 180, frameRate: 15 };

const sides = {
  'peer-call': { side: 'tag', server: 'broker' },
  raw: { side: 'raw', transport: 'mqtt', server: 'broker' },
  peerjs: { side: 'peerjs', server: 'peerjs' },
  'simple-peer': { side: 'simple-peer', server: 'relay' },
};

/** From the end of a cut of the network until both see the other move. All sides go through the same cuts. */
export async function run({ origin, server, rounds }) {
  const missing = await whyNoNetwork();
  if (missing) {
    const skipped = line({ against: '–', measured: `skipped: ${missing}`, aim: '–', met: false });
    return { rows: { 'pictures again after a cut': skipped } };
  }
  const kinds = [...new Set(Object.values(sides).map((side) => side.server))];
  const servers = Object.fromEntries(
    await Promise.all(kinds.map(async (kind) => [kind, await server(kind)])),
  );
  const ports = [Number(new URL(origin).port), ...kinds.map((kind) => servers[kind].port)];
  const network = await startNetwork({ ports });
  const figures = {};
  try {
    const hosts = [await network.addHost(), await network.addHost()];
    const browsers = [await hosts[0].launch('chromium'), await hosts[1].launch('chromium')];
    const calls = {};
    for (const [name, { server: kind, ...side }] of Object.entries(sides)) {
      const options = { ...side, camera, room: freshRoom(), url: servers[kind].url };
      const waiting = await openSide(browsers[0], origin, { ...options, waits: true });
      const joining = await openSide(browsers[1], origin, options);
      await join(waiting);
      await meet(joining);
      await met(waiting, 1);
      calls[name] = [waiting, joining];
    }
    for (const seconds of cuts) {
      for (let time = 0; time < rounds; time++) {
        // A call that has ended is not waited for again.
        const alive = Object.keys(calls).filter(
          (name) =>
            !Object.values(figures[name] ?? {})
              .flat()
              .includes(null),
        );
        await hosts[1].cut();
        await sleep(seconds * 1000);
        await hosts[1].heal();
        const back = alive.map(async (name) => {
          const both = await Promise.all(calls[name].map((page) => timed(next(page), PATIENCE)));
          const ms = both.includes(null) ? null : Math.max(...both);
          ((figures[name] ??= {})[seconds] ??= []).push(ms);
        });
        await Promise.all(back);
      }
    }
  } finally {
    await network.close();
  }
  const say = (name, seconds) => {
    const taken = figures[name][seconds];
    // Ended by a shorter cut already.
    if (!taken || taken.includes(null)) return 'never';
    return `${round(median(taken), 0)} ms`;
  };
  const rows = {};
  for (const seconds of cuts) {
    const taken = figures['peer-call'][seconds];
    const held = taken && !taken.includes(null);
    rows[`network cut for ${seconds} s, pictures again after`] = line({
      against: Object.keys(sides)
        .slice(1)
        .map((name) => `${name} ${say(name, seconds)}`)
        .join(', '),
      measured: say('peer-call', seconds),
      aim: seconds === 40 ? '≤ 2500 ms' : '–',
      met: held && (seconds !== 40 || median(taken) <= 2500),
    });
  }
  return { rows, figures };
}
