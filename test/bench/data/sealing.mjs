import { launch } from '../../support/e2e.mjs';
import { freshRoom, join, meet, openSide } from '../call/pages.mjs';
import { startServer } from '../call/servers.mjs';
import { interleave, line, round } from '../generator/figures.mjs';

const MOST = 1.05;
const sides = { plain: 'tag', sealed: '../../data/secret-tag' };

/** What a key of 32 bytes costs a newcomer: from joining, through a broker, to the first remote frame that is shown. */
export async function run({ origin, kinds, rounds }) {
  const rows = {};
  const figures = {};
  const server = await startServer('broker');
  try {
    for (const kind of kinds) {
      const browser = await launch(kind);
      try {
        const measure = async (name) => {
          const options = { side: sides[name], room: freshRoom(), url: server.url };
          const pages = [];
          try {
            for (const waits of [true, false])
              pages.push(await openSide(browser, origin, { ...options, waits }));
            await join(pages[0]);
            return { ms: await meet(pages[1]) };
          } finally {
            for (const page of pages) await page.close();
          }
        };
        // The first round warms the browser up.
        await interleave(Object.keys(sides), 1, measure);
        const { plain, sealed } = (figures[kind] = await interleave(Object.keys(sides), rounds, measure));
        const ratio = sealed.ms / plain.ms;
        rows[`first frame with a key, ${kind}`] = line({
          against: `without ${round(plain.ms, 0)} ms`,
          measured: `${round(ratio)} × (${round(sealed.ms, 0)} ms)`,
          aim: `≤ ${MOST} × without`,
          met: ratio <= MOST,
        });
      } finally {
        await browser.close();
      }
    }
  } finally {
    await server.kill();
  }
  return { rows, figures };
}
