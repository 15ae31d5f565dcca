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
    <media-generator pattern="ball" tone="sine" autostart></media-generator>
    <media-generator pattern="ball" tone="sine" backend="canvas" autostart></media-generator>
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
          assert.deepEqual(await opened.evaluate(sounds), [true, true]);
          const urls = (word) =>
            assets.filter((asset) => asset.includes(word)).map((asset) => `${origin}/assets/${asset}`);
          assert.deepEqual(await opened.evaluate(notLoaded, urls('.worker')), []);
          // Where a worklet is missing, something else may sound.
          for (const url of urls('.worklet')) await opened.evaluate(addWorklet, url);
          assert.deepEqual(opened.problems, []);
        } finally {
          await browser.close();
        }
      });
    }
  },
);

/** Runs in the page: whether each generator sounds. */
function sounds() {
  const context = new AudioContext();
  const hears = async (generator) => {
    const stream = await window.e2e.until(() => generator.stream, 'a stream');
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    await context.resume();
    const samples = new Float32Array(analyser.fftSize);
    return window.e2e.until(() => {
      analyser.getFloatTimeDomainData(samples);
      return samples.some((sample) => Math.abs(sample) > 0.01);
    }, 'a sound');
  };
  return Promise.all([...document.querySelectorAll('media-generator')].map(hears));
}

/** Runs in the page: which of these scripts it has not loaded. */
function notLoaded(urls) {
  const entries = performance.getEntriesByType('resource');
  return urls.filter((url) => !entries.some(({ name }) => name === url));
}

/** Runs in the page: rejects unless this is a worklet, whole. */
function addWorklet(url) {
  return new AudioContext().audioWorklet.addModule(url);
}
