import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { collect, steadyV8, used } from './data/memory.mjs';
import { line } from './generator/figures.mjs';

const MiB = 2 ** 20;
const MINUTE = 60_000;
/** How often the memory of the browser is looked at, and for how long each time, in ms. */
const [PACE, SPAN] = [1000, MINUTE / 4];
/** In bits per second. */
const RATE = 16e6;
/** How many MiB more: what a garbage collector that takes its time may come to and, of the heap, the index of the file. */
const most = { 'memory of pages': 40, 'memory of the rest': 80, heap: 4 };

/**
 * One recording of picture and sound onto the disk of the browser: what it holds after half a minute and after three, or
 * after as many as `BENCH_MINUTES` says, beside what it has written.
 */
export async function run() {
  const minutes = Number(process.env.BENCH_MINUTES ?? 3);
  const statics = await startStatic();
  try {
    const measured = await Promise.all(
      ['chromium', 'firefox'].map(async (kind) => [kind, await measure(kind, statics.origin, minutes)]),
    );
    const rows = measured.flatMap(([kind, { early, late }]) =>
      Object.keys(most)
        .filter((what) => what in late)
        .map((what) => {
          const more = late[what] - early[what];
          const measured = `${late[what]}, with ${late.recorded - early.recorded} more recorded`;
          const aim = `at most ${most[what]} more`;
          return [`${kind}: ${what}`, line({ against: early[what], measured, aim, met: more <= most[what] })];
        }),
    );
    return {
      title: `A recording, after half a minute and after ${minutes} (MiB)`,
      rows: Object.fromEntries(rows),
      figures: Object.fromEntries(measured),
    };
  } finally {
    await statics.close();
  }
}

async function measure(kind, origin, minutes) {
  const folder = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
  const browser = await launch(kind, { ...steadyV8, env: { ...process.env, TMPDIR: folder } });
  try {
    const page = await open(browser, `${origin}/test/bench/meters/page.html`);
    await page.evaluate(begin, RATE);
    const start = performance.now();
    const protocol = kind === 'chromium' && (await page.createCDPSession());
    if (protocol) await protocol.send('Performance.enable');
    const memory = [];
    const pass = async (end) => {
      for (let at; (at = performance.now() - start) < end;) {
        if (at > end - SPAN) await collect(kind, browser, page);
        memory.push({ at, ...used(browser) });
        await sleep(PACE);
      }
      // The least of the last seconds, in which garbage was collected.
      const recent = memory.filter(({ at }) => at > end - SPAN);
      const least = (of) => Math.round(Math.min(...recent.map((bytes) => bytes[of])) / MiB);
      return {
        'memory of pages': least('pages'),
        'memory of the rest': least('rest'),
        recorded: Math.round((await page.evaluate(() => window.recorder.size)) / MiB),
        ...(protocol && { heap: await heap(page, protocol) }),
      };
    };
    const early = await pass(MINUTE / 2);
    const late = await pass(minutes * MINUTE);
    const seconds = await page.evaluate(async () => {
      await window.recorder.stop();
      return window.recorder.duration;
    });
    if (seconds < (minutes * MINUTE) / 1000 - 5) throw new Error(`${kind}: ${seconds} s are in the file`);
    if (page.problems.length) throw new Error(`${kind}: ${page.problems}`);
    return { early, late, memory };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function heap(page, protocol) {
  await page.evaluate(() => window.gc());
  const { metrics } = await protocol.send('Performance.getMetrics');
  const { value } = metrics.find(({ name }) => name === 'JSHeapUsedSize');
  return Number((value / MiB).toFixed(2));
}

/** Runs in the page: begins a recording at that rate, which no attribute sets. */
async function begin(videoBitsPerSecond) {
  window.MediaRecorder = class extends MediaRecorder {
    constructor(stream, options) {
      super(stream, { ...options, videoBitsPerSecond });
    }
  };
  const generator = document.createElement('media-generator');
  const recorder = document.createElement('stream-recorder');
  Object.assign(generator, { kind: 'audio video', pattern: 'noise', tone: 'sine', width: 640, height: 360 });
  document.body.append(generator, recorder);
  await generator.start();
  recorder.srcObject = generator.stream;
  await recorder.updateComplete;
  await recorder.start();
  window.recorder = recorder;
}
