import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, root, seesAndHears, startStatic } from '../support/e2e.mjs';

const built = existsSync(join(root, 'dist/cdn/rtc-elements.js'));

describe(
  'a call between two tabs from the built file, without a server',
  {
    skip: built ? false : 'NOT TESTED: dist/cdn/rtc-elements.js is missing; run `npm run build` first',
  },
  () => {
    let files;
    before(async () => {
      files = await startStatic();
    });
    after(() => files?.close());

    for (const kind of ['chromium', 'firefox']) {
      it(kind, { timeout: 60_000 }, async () => {
        const browser = await launch(kind);
        try {
          const colours = [
            [200, 30, 30],
            [30, 120, 200],
          ];
          const pages = await Promise.all(
            colours.map(async (rgb) => {
              const page = await open(browser, `${files.origin}/examples/cdn.html`);
              await page.evaluate((color) => {
                Object.assign(document.querySelector('media-generator'), { pattern: 'solid', color });
              }, `rgb(${rgb})`);
              return page;
            }),
          );
          // Neither tab gave itself a name.
          await Promise.all([seesAndHears(pages[0], '', colours[1]), seesAndHears(pages[1], '', colours[0])]);
          for (const page of pages) assert.deepEqual(page.problems, []);
        } finally {
          await browser.close();
        }
      });
    }
  },
);
