import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { chromiumFlags } from '../support/browsers.mjs';
import { definition, enter, hears, open, until, useExamples } from '../support/e2e.mjs';
import { seesSync, sendSync } from '../support/sync.mjs';

// As users have their browsers: nothing plays aloud before a click. Firefox, as some have it: nothing plays at all.

describe('a browser that wants a click before it plays', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: { without: chromiumFlags.filter((flag) => flag.startsWith('--autoplay-policy')) },
    firefox: { preferences: { 'media.autoplay.default': 5, 'media.autoplay.blocking_policy': 0 } },
  });

  const played = (page) =>
    page.evaluate(() => {
      const { shadowRoot } = window.e2e.call();
      const all = [...shadowRoot.querySelectorAll('video, audio')].filter(({ srcObject }) => srcObject);
      return all.map(({ localName, paused, currentTime }) => ({ localName, paused, currentTime }));
    });

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: one click on one button starts everybody`, { timeout: 90_000 }, async () => {
      const room = randomUUID();
      const others = [];
      for (const name of ['Ann', 'Bob']) {
        const page = await enter(browsers[kind], examples, { room, name });
        pages.push(page);
        await sendSync(page, { tone: 'sine' });
        others.push([name, page]);
      }
      const query = new URLSearchParams({ room, signaling: examples.broker });
      const address = `${examples.origin}/fixture?${query}`;
      const page = await open(browsers[kind], address, { before: joinUnasked });
      pages.push(page);
      const { place, media } = await until(() => page.logged[0] && JSON.parse(page.logged[0]), 'the button');
      assert.deepEqual(
        media.filter(([name]) => name === 'audio'),
        [
          ['audio', 'paused', 0],
          ['audio', 'paused', 0],
        ],
      );
      await page.mouse.click(...place);
      const shown = () => page.evaluate(() => window.e2e.call().shadowRoot.querySelector('.play') !== null);
      await until(async () => !(await shown()), 'no button');
      await until(async () => {
        const after = await played(page);
        return after.length === 5 && after.every(({ paused, currentTime }) => !paused && currentTime > 0);
      }, 'two others and ourselves are shown, and two are heard');
      for (const [name, other] of others) {
        await seesSync(page, name, other);
        await hears(page, name);
      }
      assert.deepEqual(page.problems, []);
    });
  }
});

describe('a preview where a browser wants a click before it plays', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: { without: chromiumFlags.filter((flag) => flag.startsWith('--autoplay-policy')) },
    firefox: { preferences: { 'media.autoplay.default': 1, 'media.autoplay.blocking_policy': 0 } },
  });

  for (const kind of ['chromium', 'firefox']) {
    it(
      `${kind}: plays what has no sound, and has a button for what has, which is measured then`,
      { timeout: 60_000 },
      async () => {
        const page = await open(browsers[kind], `${examples.origin}/fixture`, {
          before: `(${previewUnasked})(${JSON.stringify(['stream-preview', 'stream-meter'].map(definition))})`,
        });
        pages.push(page);
        const told = await until(
          () => page.logged[0] && JSON.parse(page.logged[0]),
          'what the page has seen',
        );
        assert.deepEqual(told.silent, { state: 'live', muted: false, held: false });
        assert.deepEqual(told.audible, { state: 'blocked', muted: false, held: true });
        await page.keyboard.press('Tab');
        await page.keyboard.press(' ');
        const state = () => page.evaluate(() => document.querySelector('stream-preview').state);
        await until(async () => (await state()) === 'live', 'it plays');
        const [muted, paused] = await page.evaluate(() => {
          const { shadowRoot } = document.querySelector('stream-preview');
          const video = shadowRoot.querySelector('video');
          return [video.muted, video.paused];
        });
        assert.deepEqual([muted, paused], [false, false]);
        await page.evaluate(() => {
          const meter = document.querySelector('stream-meter');
          return window.e2e.until(() => meter.level > -40 && !meter.matches(':state(held)'), 'it measures');
        });
        assert.deepEqual(page.problems, []);
      },
    );
  }
});

/** The same for a preview, whose generator has a tone later. Logs how it stood without and with it. */
function previewUnasked(modules) {
  addEventListener('load', async () => {
    await Promise.all(modules.map((module) => import(module)));
    document.body.innerHTML = `
      <media-generator id="made" kind="video" autostart></media-generator>
      <stream-preview source="made"></stream-preview>
      <stream-meter source="made"></stream-meter>`;
    const { until } = window.e2e;
    const [made, preview, meter] = document.body.children;
    const stands = () => ({
      state: preview.state,
      muted: preview.muted,
      held: meter.matches(':state(held)'),
    });
    await until(() => preview.videoWidth > 0 && !preview.paused, 'a picture');
    const silent = stands();
    made.stop();
    made.kind = 'audio video';
    await made.start();
    await until(() => preview.shadowRoot.querySelector('[part="play-button"]'), 'the button');
    await until(() => meter.matches(':state(held)'), 'nothing is measured');
    console.log(JSON.stringify({ silent, audible: stands() }));
  });
}

/** Runs in the page before its own scripts: what a test asks a page to do counts as a click. Logs where the button is and what does not play. */
function joinUnasked() {
  addEventListener('load', async () => {
    const { call, enter, until } = window.e2e;
    await enter({ name: 'Cid', controls: '', ...Object.fromEntries(new URLSearchParams(location.search)) });
    const { shadowRoot } = call();
    const media = () => [...shadowRoot.querySelectorAll('video, audio')].filter(({ srcObject }) => srcObject);
    const button = await until(() => media().length === 5 && shadowRoot.querySelector('.play'), 'the button');
    const { left, top, width, height } = button.getBoundingClientRect();
    console.log(
      JSON.stringify({
        place: [left + width / 2, top + height / 2],
        media: media().map(({ localName, paused, currentTime }) => [
          localName,
          paused ? 'paused' : 'plays',
          currentTime,
        ]),
      }),
    );
  });
}
