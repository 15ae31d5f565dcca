import process from 'node:process';
import { launch, startStatic } from '../support/e2e.mjs';
import { line } from './generator/figures.mjs';
import { startServer } from './call/servers.mjs';

const parts = ['first-frame', 'broker', 'cuts', 'mesh', 'leaks', 'weight'];

/**
 * `<peer-call>` from the built file against the platform by hand, peerjs and simple-peer. `BENCH_ROWS=mesh,leaks`
 * measures these parts alone; `BENCH_ROUNDS` is how often the first frame is measured.
 */
export async function run() {
  const wanted = process.env.BENCH_ROWS?.split(',') ?? parts;
  const unknown = wanted.find((part) => !parts.includes(part));
  if (unknown) throw new Error(`There is no part "${unknown}"; there are ${parts.join(', ')}.`);
  const statics = await startStatic();
  const servers = {};
  let browser;
  const given = {
    origin: statics.origin,
    browser: () => (browser ??= launch('chromium')),
    /** One that stays for all who ask: see servers.mjs. */
    server: (kind) => (servers[kind] ??= startServer(kind)),
    rounds: Number(process.env.BENCH_ROUNDS ?? 15),
  };
  const rows = {};
  const figures = {};
  try {
    for (const part of wanted) {
      console.log(`call: ${part} …`);
      try {
        const measured = await (await import(`./call/${part}.mjs`)).run(given);
        Object.assign(rows, measured.rows);
        figures[part] = measured.figures;
      } catch (error) {
        rows[part] = line({ against: '–', measured: `failed: ${error.message}`, aim: '–', met: false });
      }
    }
  } finally {
    await (await browser)?.close();
    for (const server of Object.values(servers)) await (await server).kill();
    await statics.close();
  }
  return { title: 'Calls: the tag against the platform by hand and other packages', rows, figures };
}
