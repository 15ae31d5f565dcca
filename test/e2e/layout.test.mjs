import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { open, screenshot, useExamples } from '../support/e2e.mjs';

// How the tiles lie in windows of all sizes, with pictures in them.

const sizes = {
  phone: { width: 320, height: 640 },
  desk: { width: 1920, height: 1080 },
  wall: { width: 3840, height: 2160 },
};
const looks = {
  alike: {},
  large: { layout: 'speaker' },
  screen: { shared: true },
  'large-screen': { layout: 'speaker', shared: true },
  troubled: { statuses: ['reconnecting', 'failed', 'connecting'] },
};
const names = ['Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus'];

describe('the tiles of a call', () => {
  const { examples, browsers, pages } = useExamples();

  /** A window full of a call as no test can cause it. */
  async function show(kind) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
    await page.evaluate(async () => {
      await customElements.whenDefined('peer-call');
      const generator = document.createElement('media-generator');
      Object.assign(generator, { pattern: 'grid', width: 640, height: 360 });
      const call = document.createElement('peer-call');
      call.controls = true;
      document.body.style.margin = 0;
      call.style.blockSize = '100dvh';
      document.body.append(call, generator);
      await generator.start();
      const { stream } = generator;
      const idle = call.state;
      window.show = async (others, { shared, statuses = [], ...properties }) => {
        const peers = others.map((name, at) => ({
          ...{ id: name, name, stream, screen: shared && at === 0 ? stream : null },
          ...{ audio: at !== 1, video: true, speaking: at === 0, quality: null },
          ...{ connectionState: 'connected', iceConnectionState: 'connected' },
          status: statuses[at] ?? 'connected',
        }));
        const [status = 'connected'] = statuses;
        const state = { ...idle, status, peers, localStream: stream, audio: true, video: true };
        Object.defineProperty(call, 'state', { configurable: true, get: () => state });
        Object.assign(call, { name: 'Me', layout: 'grid', pinned: null }, properties);
        call.requestUpdate();
        const { shadowRoot } = call;
        await window.e2e.until(() => shadowRoot.querySelector('.toolbar button'), 'the bar');
        await window.e2e.until(() => shadowRoot.querySelector('.pin'), 'all is loaded');
        const videos = [...shadowRoot.querySelectorAll('video')];
        await window.e2e.until(() => videos.every(({ videoWidth }) => videoWidth), 'all pictures');
      };
    });
    return page;
  }

  /** What is wrong with the tiles. */
  const faults = (page) =>
    page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const { shadowRoot } = window.e2e.call();
      const wrong = [];
      const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
      if (scrollWidth > clientWidth || scrollHeight > clientHeight) wrong.push('the page scrolls');
      const stage = shadowRoot.querySelector('.stage').getBoundingClientRect();
      const strip = shadowRoot.querySelector('.speaker:not(.pair)');
      const pair = shadowRoot.querySelector('.pair');
      const tiles = [...shadowRoot.querySelectorAll('.tile')];
      const boxes = tiles.map((tile) => tile.getBoundingClientRect());
      let area = 0;
      tiles.forEach((tile, at) => {
        const { left, right, top, bottom, width, height } = boxes[at];
        const { ariaLabel } = tile;
        area += width * height;
        const inside =
          left >= stage.left - 1 &&
          right <= stage.right + 1 &&
          top >= stage.top - 1 &&
          bottom <= stage.bottom + 1;
        // In the strip it may have to be scrolled to.
        if (!inside && (!strip || tile.matches('.large'))) wrong.push(`${ariaLabel} is outside`);
        const video = tile.querySelector('video');
        const scales = [width / video.videoWidth, height / video.videoHeight];
        const cut = getComputedStyle(video).objectFit === 'cover';
        const seen = cut ? Math.min(...scales) / Math.max(...scales) : 1;
        // Upright on a phone, a third of what lies broad is the middle of it.
        if (!(seen > 1 / 3)) wrong.push(`of ${ariaLabel} ${Math.round(100 * seen)} % are seen`);
        if (width < 80) wrong.push(`${ariaLabel} is ${width} px wide`);
        const told = tile.querySelector('.tile-status');
        if (told?.scrollWidth > told?.clientWidth || told?.scrollHeight > told?.clientHeight)
          wrong.push(`what is said of ${ariaLabel} is cut off`);
        boxes.slice(at + 1).forEach((other, index) => {
          if (pair) return;
          const apart =
            right <= other.left || other.right <= left || bottom <= other.top || other.bottom <= top;
          if (!apart) wrong.push(`${ariaLabel} overlaps ${tiles[at + 1 + index].ariaLabel}`);
        });
      });
      const used = area / (stage.width * stage.height);
      if (used < 0.4) wrong.push(`${Math.round(100 * used)} % of the room are used`);
      return wrong;
    });

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: fit and fill a phone, a desk and a wall`, { timeout: 120_000 }, async () => {
      const page = await show(kind);
      const found = [];
      for (const [dir, scheme] of [
        ['ltr', 'light'],
        ['rtl', 'dark'],
      ]) {
        await page.evaluate(
          (direction, colors) => {
            document.documentElement.dir = direction;
            document.documentElement.style.colorScheme = colors;
          },
          dir,
          scheme,
        );
        for (const [size, viewport] of Object.entries(sizes)) {
          // It takes longest to draw, and turns round as a desk does.
          if (size === 'wall' && dir === 'rtl') continue;
          await page.setViewport(viewport);
          for (const people of [2, 5, 8]) {
            for (const [look, how] of Object.entries(looks)) {
              if (how.statuses && people !== 5) continue;
              await page.evaluate((...words) => window.show(...words), names.slice(0, people - 1), how);
              for (const fault of await faults(page))
                found.push(`${size}, ${people}, ${look}, ${dir}: ${fault}`);
              if (people !== 2) await screenshot(page, `tiles-${kind}-${size}-${people}-${look}-${dir}`);
            }
          }
        }
      }
      assert.deepEqual(found, []);
      assert.deepEqual(page.problems, []);
    });
  }
});
