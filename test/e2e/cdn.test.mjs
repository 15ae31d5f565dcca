import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, root, seesAndHears, startStatic, until } from '../support/e2e.mjs';
import { callEncrypted, encryptedCall } from '../support/encrypted-call.mjs';

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

describe(
  'a call that is encrypted end to end, with the built file from another origin',
  {
    skip: built ? false : 'NOT TESTED: dist/cdn/rtc-elements.js is missing; run `npm run build` first',
  },
  () => {
    let folder, cdn;
    before(async () => {
      cdn = await startStatic(join(root, 'dist/cdn'), { 'access-control-allow-origin': '*' });
      folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      const page = `<!doctype html>
<html lang="en">
  <head>
    <title>A page</title>
    <link rel="icon" href="data:,">
    <script type="module" src="${cdn.origin}/rtc-elements.js"></script>
  </head>
  <body>${encryptedCall}</body>
</html>`;
      await writeFile(join(folder, 'index.html'), page);
    });
    after(async () => {
      await cdn?.close();
      if (folder) await rm(folder, { recursive: true });
    });

    for (const kind of ['chromium', 'firefox']) {
      it(`works in ${kind}, and says what a policy has to permit`, { timeout: 60_000 }, async () => {
        const browser = await launch(kind);
        const own = `default-src 'self'; img-src data:; script-src 'self' ${cdn.origin}`;
        try {
          for (const [policy, works] of [
            ['', true],
            [`${own}; worker-src blob: ${cdn.origin}`, true],
            [own, false],
          ]) {
            cdn.requested.clear();
            const site = await startStatic(folder, policy && { 'content-security-policy': policy });
            try {
              const page = await open(browser, `${site.origin}/index.html`);
              const outcome = await callEncrypted(page);
              assert.ok(cdn.requested.has('/rtc-elements.js'));
              if (works) {
                assert.equal(outcome, 'seen');
                assert.ok(cdn.requested.has('/frames.worker.js'));
                assert.deepEqual(page.problems, []);
              } else {
                assert.equal(outcome.code, 'unsupported');
                assert.match(outcome.message, /worker-src blob: and the origin of the kit/);
              }
              await page.close();
            } finally {
              await site.close();
            }
          }
        } finally {
          await browser.close();
        }
      });
    }
  },
);

describe(
  'a page whose call is not joined yet',
  {
    skip: built ? false : 'NOT TESTED: dist/cdn/rtc-elements.js is missing; run `npm run build` first',
  },
  () => {
    it('is kept by Firefox for the way back', { timeout: 60_000 }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      const cdn = await startStatic(join(root, 'dist/cdn'), { 'access-control-allow-origin': '*' });
      const site = await startStatic(folder);
      const page = `<!doctype html>
<html lang="en">
  <head>
    <title>A page</title>
    <script>
      addEventListener('pageshow', ({ persisted }) => persisted && (localStorage.page = 'back'));
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...options) {
          super(...options);
          // By then it is closed, or stays.
          setTimeout(() => (localStorage.page = 'awake'));
        }
      };
    </script>
    <script type="module" src="${cdn.origin}/rtc-elements.js"></script>
  </head>
  <body><peer-call room="lobby"></peer-call></body>
</html>`;
      await Promise.all([
        writeFile(join(folder, 'index.html'), page),
        writeFile(join(folder, 'other.html'), '<!doctype html><title>Another page</title>'),
      ]);
      const browser = await launch('firefox');
      try {
        const [left, other] = [await browser.newPage(), await browser.newPage()];
        await other.goto(`${site.origin}/other.html`);
        await left.goto(`${site.origin}/index.html`);
        // Firefox tells its driver nothing more of a page that has come back.
        const told = (word) => until(() => other.evaluate((word) => localStorage.page === word, word), word);
        await told('awake');
        await left.goto(`${site.origin}/other.html`);
        await left.evaluate(() => void setTimeout(() => history.back()));
        await told('back');
      } finally {
        await browser.close();
        await Promise.all([site.close(), cdn.close(), rm(folder, { recursive: true })]);
      }
    });
  },
);
