import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { launch, open, root, until } from '../support/e2e.mjs';

const folder = join(root, 'dist/cdn');
const built = existsSync(folder);

/** A server of one file, or of those of the kit to pages of every origin. `requested` gathers the paths. */
async function serve(page) {
  const requested = new Set();
  const server = createServer(async ({ url }, response) => {
    requested.add(url);
    const body = page ?? (await readFile(join(folder, url)).catch(() => null));
    response.writeHead(body ? 200 : 404, {
      'content-type': page ? 'text/html' : 'text/javascript',
      'access-control-allow-origin': '*',
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    requested,
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const pageOf = (script) => `<!doctype html>
<html lang="en">
  <head>
    <title>A page</title>
    <link rel="icon" href="data:,">
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <media-generator pattern="ball" tone="sine" backend="canvas" autostart></media-generator>
  </body>
</html>`;

describe(
  'the built file, from a server of another origin',
  { skip: built ? false : 'NOT TESTED: dist/cdn is missing; run `npm run build` first' },
  () => {
    for (const kind of ['chromium', 'firefox']) {
      it(`finds its worker and its worklet in ${kind}`, { timeout: 60_000 }, async () => {
        const cdn = await serve();
        const site = await serve(pageOf(`${cdn.origin}/rtc-elements.js`));
        const browser = await launch(kind);
        try {
          const page = await open(browser, site.origin);
          for (const name of ['/generator.worker.js', '/sound.worklet.js']) {
            await until(() => cdn.requested.has(name), `${name} is loaded`);
          }
          assert.deepEqual(page.problems, []);
        } finally {
          await browser.close();
          site.close();
          cdn.close();
        }
      });
    }
  },
);
