import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../support/e2e.mjs';
import { freshRoom, join, meet, met, openSide } from '../call/pages.mjs';
import { cpuTime } from '../generator/cpu.mjs';
import { interleave, line, round } from '../generator/figures.mjs';

const SECONDS = 8;
/** Until the bitrate has found its level. */
const WARM_UP = 6000;
const ROUNDS = 3;
const sides = { clear: false, encrypted: true };

/** What it costs a browser to encrypt every frame of a call of two in it, both ways, end to end. */
export async function run({ origin, kinds }) {
  const rows = {};
  const figures = {};
  for (const kind of kinds) {
    const measure = async (name) => {
      const browser = await launch(kind);
      try {
        const side = { side: '../../data/secret-tag', endToEnd: sides[name], url: 'broadcast:' };
        const pages = [];
        const room = freshRoom();
        for (let n = 0; n < 2; n++) pages.push(await openSide(browser, origin, { ...side, room }));
        await join(pages[0]);
        await Promise.all([meet(pages[1]), met(pages[0], 1)]);
        await sleep(WARM_UP);
        const { pid } = browser.process();
        const [framesBefore, cpuBefore] = [await decoded(pages), cpuTime(pid)];
        await sleep(SECONDS * 1000);
        const [cpu, frames] = [cpuTime(pid) - cpuBefore, (await decoded(pages)) - framesBefore];
        return { perFrame: cpu / frames, frames: frames / SECONDS / 2 };
      } finally {
        await browser.close();
      }
    };
    const { clear, encrypted } = (figures[kind] = await interleave(Object.keys(sides), ROUNDS, measure));
    const told = ({ perFrame, frames }) => `${round(perFrame)} ms at ${round(frames, 0)} a second`;
    rows[`CPU of a frame encrypted end to end, ${kind}`] = line({
      against: `in the clear ${told(clear)}`,
      measured: `${round(encrypted.perFrame / clear.perFrame)} × (${told(encrypted)})`,
      aim: '–',
      met: true,
    });
  }
  return { rows, figures };
}

/** How many pictures all of them have decoded so far. */
async function decoded(pages) {
  const counts = await Promise.all(
    pages.map((page) =>
      page.evaluate(async () => {
        let frames = 0;
        for (const report of (await document.querySelector('peer-call').getStats()).values())
          for (const { framesDecoded = 0 } of report.values()) frames += framesDecoded;
        return frames;
      }),
    ),
  );
  return counts.reduce((sum, count) => sum + count);
}
