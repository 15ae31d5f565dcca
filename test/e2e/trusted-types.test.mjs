import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, root, startStatic, until } from '../support/e2e.mjs';
import { callEncrypted, encryptedCall } from '../support/encrypted-call.mjs';

const built = existsSync(join(root, 'dist/cdn/rtc-elements.js'));

const generators = `
    <media-generator id="one" pattern="ball" width="160" height="120" autostart></media-generator>
    <media-generator id="two" pattern="ball" width="160" height="120" autostart></media-generator>
    <stream-preview source="one" muted></stream-preview>
    <stream-preview source="two" muted></stream-preview>`;

const page = (policies, content = generators) => `<!doctype html>
<html lang="en">
  <head>
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'self'; require-trusted-types-for 'script'; trusted-types ${policies}">
    <title>Trusted Types</title>
    <link rel="icon" href="./icon.svg">
    <script type="module" src="./cdn/rtc-elements.js"></script>
  </head>
  <body>${content}</body>
</html>`;

describe(
  'a page that demands Trusted Types',
  { skip: built ? false : 'NOT TESTED: dist/cdn/ is missing; run `npm run build` first' },
  () => {
    let folder, files;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      await cp(join(root, 'dist/cdn'), join(folder, 'cdn'), { recursive: true });
      await cp(join(root, 'examples/icon.svg'), join(folder, 'icon.svg'));
      await writeFile(join(folder, 'permitted.html'), page('rtc-elements lit-html'));
      await writeFile(join(folder, 'unknown.html'), page('lit-html'));
      const both = { permitted: 'rtc-elements lit-html', unknown: 'lit-html' };
      for (const [name, policies] of Object.entries(both))
        await writeFile(join(folder, `encrypted-${name}.html`), page(policies, encryptedCall));
      files = await startStatic(folder);
    });
    after(async () => {
      await files?.close();
      await rm(folder, { recursive: true });
    });

    /** Opens the page, which works; its `awake` has its workers that have answered. */
    async function visit(browser, name) {
      const visited = await open(browser, 'about:blank');
      await visited.evaluateOnNewDocument(() => {
        window.awake = new Set();
        const native = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage').set;
        Object.defineProperty(Worker.prototype, 'onmessage', {
          configurable: true,
          set(listener) {
            native.call(this, (event) => {
              window.awake.add(this);
              listener.call(this, event);
            });
          },
        });
      });
      await visited.goto(`${files.origin}/${name}.html`);
      await visited.evaluate(() => window.e2e.works());
      return visited;
    }

    for (const kind of ['chromium', 'firefox']) {
      it(`${kind}: has the worker, and nothing is violated`, { timeout: 60_000 }, async (context) => {
        const browser = await launch(kind);
        try {
          const visited = await visit(browser, 'permitted');
          const demands = await visited.evaluate(() => 'trustedTypes' in window);
          context.diagnostic(`Trusted Types: ${demands}`);
          await until(() => visited.evaluate(() => window.awake.size === 2), 'both workers');
          assert.deepEqual(await visited.evaluate(() => window.e2e.violations), []);
          assert.deepEqual(visited.problems, []);
        } finally {
          await browser.close();
        }
      });

      it(`${kind}: encrypts a call end to end, or says why it does not`, { timeout: 60_000 }, async () => {
        const browser = await launch(kind);
        try {
          for (const name of ['permitted', 'unknown']) {
            const visited = await open(browser, `${files.origin}/encrypted-${name}.html`);
            const demands = await visited.evaluate(() => 'trustedTypes' in window);
            const outcome = await callEncrypted(visited);
            if (name === 'permitted') assert.deepEqual(visited.problems, []);
            if (name === 'permitted' || !demands) assert.equal(outcome, 'seen');
            else
              assert.deepEqual([outcome.code, /rtc-elements/.test(outcome.message)], ['unsupported', true]);
            await visited.close();
          }
        } finally {
          await browser.close();
        }
      });

      it(`${kind}: has a picture where the policy is not permitted`, { timeout: 60_000 }, async () => {
        const browser = await launch(kind);
        try {
          const visited = await visit(browser, 'unknown');
          const [demands, awake] = await visited.evaluate(() => [
            'trustedTypes' in window,
            window.awake.size,
          ]);
          if (demands) assert.equal(awake, 0);
        } finally {
          await browser.close();
        }
      });
    }
  },
);
