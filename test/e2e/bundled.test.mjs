import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'vite';
import { launch, open, root, startStatic } from '../support/e2e.mjs';

const built = existsSync(join(root, 'dist/define.js'));

const page = `<!doctype html>
<html lang="en">
  <head>
    <title>Bundled</title>
    <link rel="icon" href="data:,">
    <script type="module" src="./page.js"></script>
  </head>
  <body>
    <media-generator id="one" pattern="ball" tone="sine" autostart></media-generator>
    <stream-preview source="one" muted></stream-preview>
    <media-generator id="two" pattern="ball" tone="sine" backend="canvas" autostart></media-generator>
    <stream-preview source="two" muted></stream-preview>
  </body>
</html>`;

describe(
  'the package in a page of somebody’s who bundles it with Vite',
  { skip: built ? false : 'NOT TESTED: dist/ is missing; run `npm run build` first' },
  () => {
    let folder;
    let files;
    let assets;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      await writeFile(join(folder, 'index.html'), page);
      await writeFile(join(folder, 'page.js'), `import ${JSON.stringify(join(root, 'dist/define.js'))};`);
      await build({ root: folder, configFile: false, logLevel: 'error', build: { assetsInlineLimit: 0 } });
      assets = await readdir(join(folder, 'dist/assets'));
      files = await startStatic(join(folder, 'dist'));
    });
    after(async () => {
      await files?.close();
      if (folder) await rm(folder, { recursive: true });
    });

    it('has its worker and its worklets beside it', () => {
      for (const name of ['generator.worker', 'sound.worklet']) {
        assert.ok(
          assets.some((asset) => asset.startsWith(name)),
          `${name} in ${assets}`,
        );
      }
    });

    for (const kind of ['chromium', 'firefox']) {
      it(`runs them in ${kind}`, { timeout: 60_000 }, async () => {
        const browser = await launch(kind);
        try {
          const { origin } = files;
          const opened = await open(browser, `${origin}/index.html`);
          const ways = await opened.evaluate(() => window.e2e.works());
          assert.deepEqual(ways, [kind === 'chromium' ? 'worker' : 'canvas', 'canvas']);
          const urls = (word) =>
            assets.filter((asset) => asset.includes(word)).map((asset) => `${origin}/assets/${asset}`);
          assert.deepEqual(await opened.evaluate(notLoaded, urls('generator.worker')), []);
          for (const url of urls('.worklet')) await opened.evaluate(addWorklet, url);
          assert.deepEqual([...opened.warnings, ...opened.problems], []);
        } finally {
          await browser.close();
        }
      });
    }
  },
);

/** Runs in the page: which of these scripts it has not loaded. */
function notLoaded(urls) {
  const entries = performance.getEntriesByType('resource');
  return urls.filter((url) => !entries.some(({ name }) => name === url));
}

/** Runs in the page: rejects unless this is a worklet, whole. */
function addWorklet(url) {
  return new AudioContext().audioWorklet.addModule(url);
}
