import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import axe from 'axe-core';
import { launch, open, screenshot, until, useExamples } from '../support/e2e.mjs';

const sizes = { phone: { width: 320, height: 640 }, desk: { width: 1280, height: 800 } };

describe('the front page', () => {
  const { examples, browsers, pages } = useExamples({ chromium: {} });

  async function visit(query = '') {
    const page = await open(browsers.chromium, `${examples.origin}/${query}`);
    pages.push(page);
    await hasPicture(page);
    return page;
  }

  const hasPicture = (page) =>
    page.evaluate(() => window.e2e.until(() => document.querySelector('#preview').stream, 'a picture'));

  async function join(page, name, picture = 'test') {
    await page.click(`input[value=${picture}]`);
    await page.type('input[name=name]', name);
    await page.click('button.primary');
    await isInside(page);
  }

  const isInside = (page) =>
    page.evaluate(() => {
      const inside = () => ['waiting', 'connecting', 'connected'].includes(window.e2e.call().state.status);
      return window.e2e.until(inside, 'in the room');
    });

  const notice = (page) => page.$eval('#notice', ({ textContent }) => textContent);

  /** The words of the button in a tag of the kit that has the focus. */
  const focused = (page) =>
    page.evaluate(() => {
      const { ariaLabel, textContent } = document.activeElement?.shadowRoot?.activeElement ?? {};
      return `${ariaLabel ?? ''} ${textContent ?? ''}`.trim();
    });

  async function looksRight(page, name) {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewport(viewport);
      for (const [dir, scheme] of [
        ['rtl', 'dark'],
        ['ltr', 'light'],
      ]) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        const wide = await page.evaluate(async (direction) => {
          document.documentElement.dir = direction;
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          return document.documentElement.scrollWidth - document.documentElement.clientWidth;
        }, dir);
        await screenshot(page, `${name}-${size}-${scheme}-${dir}`);
        assert.equal(wide, 0, `${name} ${size} ${dir} is too wide`);
        const { violations } = await page.evaluate(() => window.axe.run());
        const found = violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))]);
        assert.deepEqual(found, [], `${name} ${size} ${scheme}`);
      }
    }
  }

  it('is accessible and fits before the call', { timeout: 60_000 }, async () => {
    const page = await visit();
    await page.evaluate(axe.source);
    await looksRight(page, 'start');
    assert.deepEqual(page.problems, []);
  });

  it('is accessible and fits in the call, alone and with two others', { timeout: 90_000 }, async () => {
    const page = await visit();
    const query = await page.evaluate(() => location.search);
    await page.evaluate(axe.source);
    await join(page, 'Ann', 'camera');
    await looksRight(page, 'alone');
    for (const name of ['Bob', 'Cid']) await join(await visit(query), name);
    await page.bringToFront();
    await page.evaluate(async () => {
      const { tileVideo, until } = window.e2e;
      for (const name of ['Bob', 'Cid'])
        await until(() => tileVideo(name)?.videoWidth, `the picture of ${name}`);
    });
    await looksRight(page, 'three');
    assert.deepEqual(page.problems, []);
  });

  it('makes a room that nobody guesses and puts it into the address', { timeout: 30_000 }, async () => {
    const page = await visit();
    const { search, link, room } = await page.evaluate(() => ({
      search: location.search,
      link: document.querySelector('#link').value,
      room: document.querySelector('input[name=room]').value,
    }));
    assert.match(room, /^[a-z]{3}-[a-z]{4}-[a-z]{3}$/);
    assert.equal(search, `?room=${room}`);
    assert.equal(link, page.url());
  });

  it('is used by keyboard alone, and leaving returns to the start', { timeout: 60_000 }, async () => {
    const page = await visit(`?room=${randomUUID()}`);
    await page.focus('input[name=name]');
    await page.keyboard.type('Ann');
    await page.keyboard.press('Enter');
    await isInside(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'room-title');
    // Tab to the bar of the call, then the arrow keys within it.
    await until(async () => (await focused(page)) || void (await page.keyboard.press('Tab')), 'the bar');
    await until(async () => {
      if (/leave/i.test(await focused(page))) return true;
      await page.keyboard.press('ArrowRight');
      return false;
    }, 'the button "Leave"');
    await page.keyboard.press('Enter');
    await page.evaluate(() => window.e2e.until(() => !document.querySelector('#start').hidden, 'the start'));
    assert.equal(await notice(page), 'You left the call.');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Join');
    assert.deepEqual(page.problems, []);
  });

  for (const [what, options, words] of [
    ['there is no camera', { without: ['--use-fake-device-for-media-stream'] }, /^No camera/],
    [
      'the camera is refused',
      { without: ['--use-fake-ui-for-media-stream'], flags: ['--use-fake-ui-for-media-stream=deny'] },
      /blocked/,
    ],
  ]) {
    it(`says so and shows the test picture where ${what}`, { timeout: 60_000 }, async () => {
      const other = await launch('chromium', options);
      try {
        const page = await open(other, examples.origin);
        await until(async () => words.test(await notice(page)), 'the notice');
        await hasPicture(page);
        assert.equal(await page.$eval('input[value=test]', ({ checked }) => checked), true);
        await screenshot(page, what.replaceAll(' ', '-'));
        assert.deepEqual(page.problems, []);
      } finally {
        await other.close();
      }
    });
  }

  it('says why the call ended when nobody has left it', { timeout: 60_000 }, async () => {
    const page = await visit();
    await page.evaluate(() => {
      window.e2e.call().signaling = {
        async open({ peer }, handlers) {
          window.refuse = (error) => handlers.failed(error);
          return {
            announce: (own) => queueMicrotask(() => handlers.presence(peer, own)),
            send() {},
            close() {},
          };
        },
      };
    });
    await join(page, 'Ann');
    await page.evaluate(() => window.refuse(new Error('The broker refuses us.')));
    await until(() => page.$eval('#start', ({ hidden }) => !hidden), 'the start');
    await until(async () => /refuses us/.test(await notice(page)), 'the reason');
    await page.evaluate(() => (window.e2e.call().signaling = '/mqtt'));
    await page.click('button.primary');
    await isInside(page);
    assert.equal(await notice(page), '');
    await page.evaluate(() => window.e2e.call().leave());
    assert.equal(await notice(page), 'You left the call.');
  });

  it('shows the call again when the browser brings the page back', { timeout: 60_000 }, async () => {
    const page = await visit();
    await join(page, 'Ann');
    const turn = (type) =>
      page.evaluate((name) => {
        dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
        return document.querySelector('#room').hidden;
      }, type);
    assert.equal(await turn('pagehide'), true);
    assert.equal(await turn('pageshow'), false);
    await isInside(page);
    assert.equal(await notice(page), '');
    assert.deepEqual(page.problems, []);
  });

  it('stays usable when the room cannot be reached', { timeout: 60_000 }, async () => {
    const page = await visit();
    await page.evaluate(() => window.e2e.call().setAttribute('signaling', 'ws://127.0.0.1:1/mqtt'));
    await page.click('button.primary');
    await until(async () => (await notice(page)) !== '', 'the notice');
    assert.equal(await page.$eval('#start', ({ hidden }) => hidden), false);
    await page.evaluate(() => window.e2e.call().setAttribute('signaling', '/mqtt'));
    await page.click('button.primary');
    await isInside(page);
  });
});
