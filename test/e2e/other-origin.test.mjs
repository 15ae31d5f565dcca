import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, root, startStatic } from '../support/e2e.mjs';

const dist = join(root, 'dist/cdn');

const pageOf = (script) => `<!doctype html>
<html lang="en">
  <head>
    <title>A page</title>
    <link rel="icon" href="data:,">
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <media-generator id="one" pattern="ball" tone="sine" autostart></media-generator>
    <stream-preview source="one" muted></stream-preview>
    <media-generator id="two" pattern="ball" tone="sine" backend="canvas" autostart></media-generator>
    <stream-preview source="two" muted></stream-preview>
  </body>
</html>`;

describe(
  'the built file, from a server of another origin',
  { skip: existsSync(dist) ? false : 'NOT TESTED: dist/cdn is missing; run `npm run build` first' },
  () => {
    let folder, site;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      site = await startStatic(folder);
    });
    after(async () => {
      await site?.close();
      if (folder) await rm(folder, { recursive: true });
    });

    for (const [kind, way] of Object.entries({ chromium: 'worker', firefox: 'canvas' })) {
      it(`has its worker and its worklet in ${kind}`, { timeout: 60_000 }, async () => {
        const cdn = await startStatic(dist, { 'access-control-allow-origin': '*' });
        await writeFile(join(folder, 'index.html'), pageOf(`${cdn.origin}/rtc-elements.js`));
        const browser = await launch(kind);
        try {
          const page = await open(browser, `${site.origin}/index.html`);
          assert.deepEqual(await page.evaluate(() => window.e2e.works()), [way, 'canvas']);
          for (const name of ['/generator.worker.js', '/sound.worklet.js'])
            assert.ok(cdn.requested.has(name), name);
          // It would tell of a worker or a worklet that it has to do without.
          assert.deepEqual([...page.warnings, ...page.problems], []);
        } finally {
          await browser.close();
          await cdn.close();
        }
      });
    }
  },
);
