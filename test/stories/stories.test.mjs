// Opens every story and every guide of the built Storybook: no error, no violation of axe's rules.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, startStatic } from '../support/e2e.mjs';

const built = fileURLToPath(new URL('../../storybook-static/', import.meta.url));
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const { entries } = JSON.parse(readFileSync(`${built}index.json`, 'utf8'));

describe('stories', { concurrency: 3 }, () => {
  let server;
  let browser;

  before(async () => {
    server = await startStatic(built);
    browser = await launch('chromium');
  });

  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { id, title, name, type, tags } of Object.values(entries)) {
    // The page of an element shows its stories once more.
    if (type === 'docs' && !tags.includes('unattached-mdx')) continue;
    it(`${title}: ${name}`, { timeout: 60_000 }, async () => {
      // A window of its own: a hidden tab shows no frames.
      const page = await browser.newPage({ type: 'window' });
      try {
        const problems = [];
        page.on('pageerror', (error) => problems.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error')
            problems.push(`${message.text()} (${message.location().url ?? ''})`);
        });
        await page.goto(`${server.origin}/iframe.html?viewMode=${type}&id=${id}`);
        await page.waitForFunction(rendered, {}, id, type);
        assert.equal(
          await page.$eval('body', (body) => body.matches('.sb-show-errordisplay')),
          false,
          'it failed to render',
        );
        if (type === 'story') problems.push(...(await violations(page)));
        assert.deepEqual(problems, []);
      } finally {
        await page.close();
      }
    });
  }
});

/** Runs in the page: whether Storybook is done with it, the story's `play` function included. */
function rendered(id, type) {
  if (document.body.matches('.sb-show-errordisplay, .sb-show-nopreview')) return true;
  if (type === 'docs') return document.querySelector('#storybook-docs')?.childElementCount > 0;
  const { currentRender } = window.__STORYBOOK_PREVIEW__ ?? {};
  return (
    currentRender?.id === id && ['completed', 'finished', 'errored', 'aborted'].includes(currentRender.phase)
  );
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    // A story is a part of a page, and parts need no landmarks.
    const { violations } = await window.axe.run('#storybook-root', { rules: { region: { enabled: false } } });
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  });
  return found;
}
