// What a page forbids, or has in another place, of the scripts and files that generators need.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, root, startStatic } from '../support/e2e.mjs';
import { callEncrypted, encryptedCall } from '../support/encrypted-call.mjs';
import { tone } from '../support/wav.mjs';

const built = existsSync(join(root, 'dist/cdn/rtc-elements.js'));

/** Browsers with a generator of their own feed it in a worker, or without one from the page. */
const backends = {
  chromium: { worker: 'worker', page: 'native' },
  firefox: { worker: 'canvas', page: 'canvas' },
};

/** A page with this in it. */
const pageWith = (content) => `<!doctype html>
<html lang="en">
  <head>
    <title>Policies</title>
    <link rel="icon" href="./icon.svg">
    <script type="module" src="./cdn/rtc-elements.js"></script>
    <script type="module" src="./canvas.js"></script>
  </head>
  <body>
    <canvas id="canvas" width="160" height="120"></canvas>
    ${content}
  </body>
</html>`;

/** A page that shows these generators. */
const pageOf = (...generators) =>
  pageWith(
    generators
      .map(
        (attributes, at) => `<media-generator id="g${at}" ${attributes} autostart></media-generator>
    <stream-preview source="g${at}" muted></stream-preview>`,
      )
      .join('\n'),
  );

const builtIn = 'pattern="ball" tone="sine" width="160" height="120"';
const pages = {
  'built-in': [builtIn],
  everything: [builtIn, 'src="clip.webm" kind="video"', 'src="tone.wav" kind="audio"', 'source="canvas"'],
  elsewhere: [`${builtIn} worker-path="threads"`, `${builtIn} worker-path="threads/" backend="canvas"`],
};

/** Runs in the page: its canvas changes. */
function animate() {
  const surface = document.querySelector('canvas').getContext('2d');
  let hue = 0;
  setInterval(() => {
    hue = (hue + 7) % 360;
    surface.fillStyle = `hsl(${hue} 80% 50%)`;
    surface.fillRect(0, 0, 160, 120);
  }, 50);
}

/** Runs in the page: a second of its canvas, as a file. */
async function record() {
  const stream = document.querySelector('canvas').captureStream();
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8' });
  const recorded = new Promise((resolve) => {
    recorder.ondataavailable = ({ data }) => resolve(data.arrayBuffer());
  });
  recorder.start();
  setTimeout(() => recorder.stop(), 1000);
  return [...new Uint8Array(await recorded)];
}

describe(
  'a page with a content security policy',
  { skip: built ? false : 'NOT TESTED: dist/cdn/ is missing; run `npm run build` first' },
  () => {
    let folder;
    const browsers = {};

    before(async () => {
      [folder, browsers.chromium, browsers.firefox] = await Promise.all([
        mkdtemp(join(tmpdir(), 'rtc-elements-')),
        launch('chromium'),
        launch('firefox'),
      ]);
      await cp(join(root, 'dist/cdn'), join(folder, 'cdn'), { recursive: true });
      await cp(join(root, 'examples/icon.svg'), join(folder, 'icon.svg'));
      await mkdir(join(folder, 'threads'));
      for (const name of ['generator.worker.js', 'sound.worklet.js'])
        await copyFile(join(folder, 'cdn', name), join(folder, 'threads', name));
      for (const [name, generators] of Object.entries(pages))
        await writeFile(join(folder, `${name}.html`), pageOf(...generators));
      await writeFile(join(folder, 'encrypted.html'), pageWith(encryptedCall));
      await writeFile(join(folder, 'canvas.js'), `(${animate})();`);
      await writeFile(join(folder, 'tone.wav'), tone());
      await writeFile(join(folder, 'clip.webm'), await clip());
    });
    after(async () => {
      await Promise.all(Object.values(browsers).map((browser) => browser.close()));
      if (folder) await rm(folder, { recursive: true });
    });

    async function clip() {
      const page = await browsers.chromium.newPage();
      await page.setContent('<canvas width="160" height="120"></canvas>');
      await page.evaluate(animate);
      const bytes = await page.evaluate(record);
      await page.close();
      return Buffer.from(bytes);
    }

    /** Serves the folder under the policy and looks at the page, which works; answers how. */
    async function visit(kind, name, policy, look = (page) => page.evaluate(() => window.e2e.works())) {
      const files = await startStatic(folder, { 'content-security-policy': policy });
      try {
        const page = await open(browsers[kind], `${files.origin}/${name}.html`);
        const ways = await look(page);
        const violations = await page.evaluate(() => window.e2e.violations);
        await page.close();
        return { page, ways, violations, requested: files.requested };
      } finally {
        await files.close();
      }
    }

    for (const kind of ['chromium', 'firefox']) {
      const way = backends[kind];

      it(`${kind}: does without a worker, and says so once`, { timeout: 60_000 }, async () => {
        const { page, ways, violations } = await visit(
          kind,
          'built-in',
          "default-src 'self'; worker-src 'none'",
        );
        assert.deepEqual(ways, [way.page]);
        assert.equal(page.warnings.length, 1, page.warnings.join('\n'));
        assert.match(page.warnings[0], /without its worker.*content security policy/);
        assert.ok(violations.length > 0);
        for (const violation of violations) assert.match(violation, /^worker-src/);
      });

      it(`${kind}: needs nothing but what is its own`, { timeout: 60_000 }, async () => {
        const { page, ways, violations } = await visit(kind, 'everything', "default-src 'self'");
        assert.deepEqual(ways, [way.worker, way.page, way.worker, way.page]);
        assert.deepEqual(violations, []);
        assert.deepEqual([...page.warnings, ...page.problems], []);
      });

      it(`${kind}: encrypts a call end to end, or says why it does not`, { timeout: 60_000 }, async () => {
        const strict = await visit(kind, 'encrypted', "default-src 'self'; worker-src 'self'", callEncrypted);
        assert.equal(strict.ways, 'seen');
        assert.deepEqual([...strict.violations, ...strict.page.warnings, ...strict.page.problems], []);
        assert.ok(strict.requested.has('/cdn/frames.worker.js'));
        const { ways } = await visit(
          kind,
          'encrypted',
          "default-src 'self'; worker-src 'none'",
          callEncrypted,
        );
        assert.equal(ways.code, 'unsupported');
        assert.match(ways.message, /content security policy.*worker-src 'self'/);
      });

      it(`${kind}: finds worker and worklet in another folder`, { timeout: 60_000 }, async () => {
        const { page, ways, requested } = await visit(kind, 'elsewhere', "default-src 'self'");
        assert.deepEqual(ways, [way.worker, 'canvas']);
        for (const name of ['generator.worker.js', 'sound.worklet.js']) {
          assert.ok(requested.has(`/threads/${name}`), `${name} in its folder`);
          assert.ok(!requested.has(`/cdn/${name}`), `${name} beside the module`);
        }
        assert.deepEqual([...page.warnings, ...page.problems], []);
      });
    }
  },
);
