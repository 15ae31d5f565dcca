import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const MiB = 2 ** 20;
/** How often it is looked at, in ms. */
const PACE = 100;
/** Has Firefox on Linux give back all memory that it can, and write a report: SIGRTMIN + 1. */
const MINIMIZE = 35;

/** How Chromium is launched: V8 takes more and more for what is young, and keeps it; here it has as much from the start. */
export const steadyV8 = {
  flags: ['--js-flags=--expose-gc --min-semi-space-size=16 --max-semi-space-size=16'],
  without: ['--js-flags=--expose-gc'],
};

/** Has the browser collect garbage, of that page and its workers at least. Firefox writes a report into its TMPDIR. */
export async function collect(kind, browser, page) {
  if (kind === 'firefox') return process.kill(browser.process().pid, MINIMIZE);
  const run = (where) => where.evaluate(() => globalThis.gc());
  await run(page);
  // One that ends meanwhile has nothing left.
  await Promise.allSettled(page.workers().map(run));
}

/** The private memory of the processes that run pages, and of all others, in bytes. */
export function used(browser) {
  const sums = { pages: 0, rest: 0 };
  for (const [pid, bytes] of processes(browser.process().pid)) sums[isPage(pid) ? 'pages' : 'rest'] += bytes;
  return sums;
}

/**
 * The most that the memory of any one page of this browser, of any other of its processes, and of all together has grown
 * by while `act` ran, in MiB. What a process shares with files does not count. Only where there is /proc.
 */
export async function growth(browser, act) {
  const before = processes(browser.process().pid);
  const most = new Map();
  let together = 0;
  let done = false;
  const acting = act().finally(() => (done = true));
  while (!done) {
    let sum = 0;
    for (const [pid, bytes] of processes(browser.process().pid)) {
      // One that the browser keeps ready for a page to come is none of ours.
      if (!before.has(pid)) continue;
      const grown = bytes - before.get(pid);
      sum += grown;
      if (grown > (most.get(pid) ?? 0)) most.set(pid, grown);
    }
    together = Math.max(together, sum);
    await Promise.race([acting.catch(() => {}), sleep(PACE)]);
  }
  await acting;
  const largest = (pages) =>
    Math.max(0, ...[...most].filter(([pid]) => isPage(pid) === pages).map(([, bytes]) => bytes)) / MiB;
  return { page: largest(true), other: largest(false), together: together / MiB };
}

/** Whether a process of Chromium or of Firefox is that of pages. */
const isPage = (pid) =>
  /--type=renderer|-contentproc.*\btab\b/.test(read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));

/** The private memory of a process and all that it has started, in bytes, by id. Only where there is /proc. */
function processes(root) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const status = read(`/proc/${pid}/status`);
    const value = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    parents.set(Number(pid), { parent: value('PPid'), bytes: (value('RssAnon') + value('RssShmem')) * 1024 });
  }
  const isOurs = (pid) => pid === root || (parents.has(pid) && isOurs(parents.get(pid).parent));
  return new Map([...parents].filter(([pid]) => isOurs(pid)).map(([pid, { bytes }]) => [pid, bytes]));
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
