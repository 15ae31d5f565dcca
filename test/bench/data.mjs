import { existsSync } from 'node:fs';
import process from 'node:process';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { interleave, line, round } from './generator/figures.mjs';
import { growth } from './data/memory.mjs';

const MiB = 2 ** 20;
const SIZE = 64 * MiB;
const CHUNK = 65_536;
const LARGE = 1024 * MiB;
const TRIPS = 1000;
const parts = ['file', 'message', 'beside', 'memory'];
/** With pages and servers of their own. */
const apart = ['sealing', 'encryption', 'broker'];

/**
 * Files and messages of a room against a data channel by hand on the same connection, between two pages of one browser.
 * `BENCH_ROWS=file,message` measures these parts alone; `BENCH_ROUNDS` is how often, `BENCH_BROWSERS` where.
 */
export async function run() {
  const all = [...parts, ...apart];
  const wanted = process.env.BENCH_ROWS?.split(',') ?? all;
  const unknown = wanted.find((part) => !all.includes(part));
  if (unknown) throw new Error(`There is no part "${unknown}"; there are ${all.join(', ')}.`);
  const together = wanted.filter((part) => parts.includes(part));
  const kinds = process.env.BENCH_BROWSERS?.split(',') ?? ['chromium', 'firefox'];
  const rounds = Number(process.env.BENCH_ROUNDS ?? 9);
  const statics = await startStatic();
  const rows = {};
  const figures = {};
  try {
    for (const kind of together.length ? kinds : []) {
      const browser = await launch(kind, kind === 'chromium' ? { protocolTimeout: 600_000 } : {});
      try {
        const pages = await meet(browser, statics.origin, kind);
        for (const part of together) {
          console.log(`data: ${part} in ${kind} …`);
          const measured = await measures[part]({ browser, pages, kind, rounds });
          Object.assign(rows, measured.rows);
          figures[`${part}, ${kind}`] = measured.figures;
        }
      } finally {
        await browser.close();
      }
    }
    for (const part of wanted.filter((name) => apart.includes(name))) {
      console.log(`data: ${part} …`);
      const { run: measureApart } = await import(`./data/${part}.mjs`);
      const measured = await measureApart({ origin: statics.origin, kinds, rounds });
      Object.assign(rows, measured.rows);
      figures[part] = measured.figures;
    }
  } finally {
    await statics.close();
  }
  return { title: 'Data: messages and files against a data channel by hand', rows, figures };
}

async function meet(browser, origin, kind) {
  const pages = [];
  for (let n = 0; n < 2; n++) {
    const page = await open(browser, `${origin}/test/bench/data/page.html`);
    page.setDefaultTimeout(0);
    pages.push(page);
  }
  await Promise.all(pages.map((page) => page.evaluate((room) => window.bench.join(room), `bench-${kind}`)));
  return pages;
}

const measures = {
  async file({ pages: [page], kind, rounds }) {
    const sides = {
      raw: () => page.evaluate((size, chunk) => window.bench.raw(size, chunk), SIZE, CHUNK),
      rawFile: () => page.evaluate((size, chunk) => window.bench.rawFile(size, chunk), SIZE, CHUNK),
      file: () => page.evaluate((size) => window.bench.file(size), SIZE),
    };
    const figures = await measure(sides, rounds);
    const speed = (side) => SIZE / 1000 / figures[side].ms;
    const against = (side, words) => {
      const ratio = figures[side].ms / figures.file.ms;
      return line({
        against: `${words} ${round(speed(side), 1)} MB/s`,
        measured: `${round(ratio)} × (${round(speed('file'), 1)} MB/s)`,
        aim: `≥ 0.95 × ${words}`,
        met: ratio >= 0.95,
      });
    };
    return {
      figures,
      rows: {
        [`file of ${SIZE / MiB} MiB, ${kind}`]: against('raw', 'raw'),
        [`the same beside a file by hand, ${kind}`]: against('rawFile', 'read and kept'),
      },
    };
  },

  async message({ pages: [page], kind, rounds }) {
    const sides = {
      raw: () => page.evaluate((count) => window.bench.rawRoundTrip(count), TRIPS),
      message: () => page.evaluate((count) => window.bench.roundTrip(count), TRIPS),
    };
    return trips(`message round trip, ${kind}`, await measure(sides, rounds));
  },

  async beside({ pages: [page], kind, rounds }) {
    const sides = {
      raw: () => page.evaluate((size, chunk) => window.bench.rawRoundTripBeside(size, chunk), SIZE, CHUNK),
      message: () => page.evaluate((size) => window.bench.roundTripBeside(size), SIZE),
    };
    return trips(`message round trip beside a file, ${kind}`, await measure(sides, rounds));
  },

  async memory({ browser, pages: [page], kind }) {
    if (!existsSync('/proc/self/status')) return { rows: {}, figures: null };
    // What is loaded and kept for all files is there before.
    await page.evaluate((size) => window.bench.file(size), 8 * MiB);
    let ms;
    const figures = await growth(browser, async () => {
      ms = await page.evaluate((size) => window.bench.file(size), LARGE);
    });
    return {
      figures: { ...figures, ms },
      rows: {
        [`memory, a file of ${LARGE / MiB} MiB, ${kind}`]: line({
          against: '–',
          measured: `${round(figures.page, 0)} MiB in a page, ${round(figures.other, 0)} MiB in another process`,
          aim: '< 100 MiB in a page',
          met: figures.page < 100,
        }),
      },
    };
  },
};

/** The round trips of messages against those by hand. */
function trips(name, figures) {
  const ratio = figures.message.ms / figures.raw.ms;
  return {
    figures,
    rows: {
      [name]: line({
        against: `raw ${round(figures.raw.ms)} ms`,
        measured: `${round(ratio)} × (${round(figures.message.ms)} ms)`,
        aim: '≤ 1.2 × raw',
        met: ratio <= 1.2,
      }),
    },
  };
}

/** The first round warms the browser up. */
async function measure(sides, rounds) {
  const take = async (side) => ({ ms: await sides[side]() });
  await interleave(Object.keys(sides), 1, take);
  return interleave(Object.keys(sides), rounds, take);
}
