import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../support/e2e.mjs';
import { cpuTime } from '../generator/cpu.mjs';
import { interleave, line, summaryOf, round } from '../generator/figures.mjs';
import { freshRoom, join, met, openSide } from './pages.mjs';

const sizes = [4, 8];
const SECONDS = 10;
/** Until the bitrates have found their level. */
const WARM_UP = 6000;
/** How many calls of each are made, for one of eight takes most of a minute to come up, and how often each is measured. */
const [CALLS, TIMES] = [3, 5];
// Small: eight members encode and decode 56 pictures on one machine.
const camera = { width: 320, height: 180, frameRate: 15 };

const sides = {
  raw: { side: 'raw', transport: 'broadcast' },
  'peer-call': { side: 'tag', url: 'broadcast:' },
};

/** What calls of four and of eight cost the machine, all members in one browser, each in a page that is seen. */
export async function run({ origin }) {
  const calls = {};
  for (const members of sizes) {
    for (const [name, side] of Object.entries(sides)) calls[`${name}, ${members}`] = { side, members };
  }
  const taken = await interleave(Object.keys(calls), CALLS, async (name) => {
    const { side, members } = calls[name];
    return { all: await measure(origin, { ...side, camera }, members) };
  });
  const figures = Object.fromEntries(
    Object.entries(taken).map(([name, { rounds }]) => [name, summaryOf(rounds.flatMap(({ all }) => all))]),
  );
  const rows = {};
  for (const members of sizes) {
    const [raw, tag] = ['raw', 'peer-call'].map((name) => figures[`${name}, ${members}`]);
    const compare = (what, unit, of) => {
      rows[`mesh of ${members}, ${what}, median of ${CALLS * TIMES}`] = line({
        against: `raw ${of(raw)} ${unit}`,
        measured: `${of(tag)} ${unit}`,
        aim: '–',
        met: true,
      });
    };
    compare(`CPU in ${SECONDS} s`, 's', ({ cpu }) => round(cpu, 1));
    compare('frames shown of each other', 'a second', ({ frameRate }) => round(frameRate, 1));
    compare('CPU for each frame that is shown', 'ms', ({ cpu, frameRate }) =>
      round((cpu * 1000) / (frameRate * SECONDS * members * (members - 1)), 1),
    );
    compare('memory, browser and pages', 'MB', ({ memory }) => round(memory, 0));
    compare('script heap of a page', 'MB', ({ heap }) => round(heap, 1));
  }
  return { rows, figures };
}

async function measure(origin, side, members) {
  const browser = await launch('chromium');
  try {
    const room = freshRoom();
    const pages = [];
    for (let member = 0; member < members; member++) {
      const page = await openSide(browser, origin, { ...side, room });
      await join(page);
      pages.push(page);
      if (member) await Promise.all(pages.map((one) => met(one, member)));
    }
    await sleep(WARM_UP);
    const all = [];
    while (all.length < TIMES) all.push(await costOf(browser.process().pid, pages));
    return all;
  } finally {
    await browser.close();
  }
}

/** What a call that is up costs in so many seconds. */
async function costOf(pid, pages) {
  const pairs = pages.length * (pages.length - 1);
  const frames = async () =>
    (await Promise.all(pages.map((page) => page.evaluate(() => window.bench.frames())))).reduce(
      (total, count) => total + count,
    );
  const [cpuBefore, framesBefore, began] = [cpuTime(pid), await frames(), performance.now()];
  await sleep(SECONDS * 1000);
  const seconds = (performance.now() - began) / 1000;
  const [cpu, shown] = [cpuTime(pid) - cpuBefore, (await frames()) - framesBefore];
  const memory = memoryOf(pid);
  let heap = 0;
  for (const page of pages) {
    await page.evaluate(() => window.gc());
    heap += (await page.metrics()).JSHeapUsedSize;
  }
  return {
    cpu: (cpu / 1000 / seconds) * SECONDS,
    frameRate: shown / seconds / pairs,
    memory,
    heap: heap / pages.length / 1e6,
  };
}

/** MB of a process and all that descend from it; what they share is counted once. Linux. */
function memoryOf(root) {
  const parents = new Map(
    execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((words) => words.trim().split(/\s+/).map(Number)),
  );
  let kilobytes = 0;
  for (const pid of parents.keys()) {
    let at = pid;
    while (at && at !== root) at = parents.get(at);
    if (at !== root) continue;
    try {
      const [, share] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      kilobytes += Number(share);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kilobytes / 1000;
}
