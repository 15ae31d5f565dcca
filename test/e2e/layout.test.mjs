import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import axe from 'axe-core';
import { open, screenshot, useExamples } from '../support/e2e.mjs';

// How the tiles and what is said around them lie in windows of all sizes, with pictures in them.

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

const room = 'Weekly review of everything that has come up since last Thursday';
const refused = [
  'permission-denied',
  'Allow the camera and the microphone in the settings of the browser, then start again.',
];
const unreachable = [
  'signaling-unreachable',
  'No broker was reached at wss://broker.example.org:8084/mqtt (the connection failed). Check the address, and that the broker runs.',
];
const blocked = [
  'network-blocked',
  'The TURN server turn:turn.example.org:3478?transport=udp refused the credentials (401): they are wrong or have expired, so give fresh ones in ice-servers.',
];
const full = ['room-full', 'The room is full: it takes 8. Try again when somebody has left.'];
/** By name, how many others there are, and what there is to be seen. */
const screens = {
  outside: [0, { status: 'idle', sends: false }],
  lobby: [0, { status: 'idle', lobby: true, room }],
  'lobby-refused': [0, { status: 'idle', lobby: true, room, sends: false, error: refused }],
  'lobby-joining': [0, { status: 'joining', lobby: true, room, video: false }],
  joining: [0, { status: 'joining' }],
  unreachable: [0, { status: 'idle', sends: false, error: unreachable }],
  full: [0, { status: 'left', error: full }],
  waiting: [0, { status: 'waiting' }],
  'waiting-receiving': [0, { status: 'waiting', sends: false }],
  connecting: [2, { statuses: ['connecting', 'connecting'] }],
  reconnecting: [1, { statuses: ['reconnecting'], reachable: false }],
  offline: [3, { statuses: ['offline', 'offline', 'offline'], reachable: false, video: false }],
  blocked: [2, { statuses: ['failed'], error: blocked }],
  failed: [2, { statuses: ['failed', 'failed'], video: false }],
  silent: [2, { silent: true }],
  'silent-large': [1, { silent: true, layout: 'speaker', statuses: ['reconnecting'], reachable: false }],
  receiving: [3, { sends: false }],
  audio: [4, { video: false }],
  pinned: [3, { pinned: 'Cid' }],
  large: [5, { layout: 'speaker', video: false }],
};

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
      // It is nowhere: its states are put into it.
      call.join = async () => {};
      const { shadowRoot } = call;
      const { until } = window.e2e;
      const all = (what) => [...shadowRoot.querySelectorAll(what)];
      const { play } = HTMLMediaElement.prototype;
      const refuse = () => Promise.reject(new DOMException('', 'NotAllowedError'));
      window.show = async (others, { shared, statuses = [], silent, error, ...more }) => {
        const { status = statuses[0] ?? 'connected', sends = true, video = true, reachable = true } = more;
        const { layout = 'grid', pinned = null, lobby = false, room = null } = more;
        const peers = others.map((name, at) => ({
          ...{ id: name, name, stream, screen: shared && at === 0 ? stream : null },
          ...{ audio: at !== 1, video, speaking: at === 0 && !statuses[at], quality: null },
          ...{ connectionState: 'connected', iceConnectionState: 'connected' },
          status: statuses[at] ?? 'connected',
        }));
        const own = { localStream: sends ? stream : null, audio: sends, video: sends && video };
        const state = { ...idle, status, peers, reachable, ...own };
        Object.defineProperty(call, 'state', { configurable: true, get: () => state });
        Object.assign(call, { name: 'Me', layout, pinned, lobby, room });
        all('.error button').at(-1)?.click();
        HTMLMediaElement.prototype.play = play;
        all('.play')[0]?.click();
        call.requestUpdate();
        const buttons = lobby ? '.entrance button' : '.toolbar button';
        await until(() => all(buttons).length, 'the buttons');
        if (peers.length) await until(() => all('.pin').length, 'all is loaded');
        const isComing = ({ srcObject, videoWidth }) => srcObject && !videoWidth;
        await until(() => !all('video').some(isComing), 'all pictures');
        const told = statuses.filter((one) => one !== 'connected').length;
        await until(() => all('.tile-status').length === told, 'what is said of the tiles');
        if (error) call.reportError({ code: error[0], message: error[1] });
        if (silent) {
          HTMLMediaElement.prototype.play = refuse;
          for (const media of all('video, audio')) media.pause();
          call.requestUpdate();
        }
        const has = (what, yes) => until(() => all(what).length > 0 === Boolean(yes), what);
        await has('.error', error);
        await has('.play', silent);
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

  /** What is wrong with the words and the buttons. */
  const misplaced = (page) =>
    page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const call = window.e2e.call();
      const { shadowRoot } = call;
      const around = call.getBoundingClientRect();
      const wrong = [];
      const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
      if (scrollWidth > clientWidth || scrollHeight > clientHeight) wrong.push('the page scrolls');
      const what = 'button, .notice, .message, .label, .what, .why, .entrance > p';
      for (const element of shadowRoot.querySelectorAll(what)) {
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        // It has to be scrolled to.
        if (element.closest('.speaker:not(.pair) .tile:not(.large)')) continue;
        const box = element.getBoundingClientRect();
        const { left, right, top, bottom, width, height } = box;
        const name = element.ariaLabel ?? element.innerText.trim();
        const inside =
          left >= around.left - 1 &&
          right <= around.right + 1 &&
          top >= around.top - 1 &&
          bottom <= around.bottom + 1;
        if (!inside) wrong.push(`${name} is outside`);
        const cut = element.scrollWidth > Math.ceil(width) || element.scrollHeight > Math.ceil(height);
        if (cut && element.matches('.notice, .message, .what, .why')) wrong.push(`${name} is cut off`);
        const hit = shadowRoot.elementFromPoint(left + width / 2, top + height / 2);
        // What a notice lies over is there again once it was read.
        if (!element.contains(hit) && !hit?.contains(element) && !hit?.closest('.notice'))
          wrong.push(`${name} is below ${hit?.className}`);
      }
      return wrong;
    });

  /** What is wrong with the contrast, the names and the roles. */
  const violations = (page) =>
    page.evaluate(async () => {
      const call = window.e2e.call();
      const overlay = call.shadowRoot.querySelector('.overlay');
      // Nothing is said of the contrast of what lies below another element, and be it empty.
      overlay.style.display = 'none';
      const { violations } = await window.axe.run(call);
      overlay.style.display = '';
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target.flat().join(' ')}`),
      );
    });

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: leave the words and the buttons in sight`, { timeout: 120_000 }, async () => {
      const page = await show(kind);
      await page.evaluate(axe.source);
      const found = [];
      for (const [size, scheme] of [
        ['phone', 'light'],
        ['phone', 'dark'],
        ['desk', 'light'],
        ['wall', 'dark'],
      ]) {
        await page.setViewport(sizes[size]);
        await page.evaluate((colors) => {
          // The rules about contrast know nothing of what the browser paints below a page.
          document.body.style.background = 'Canvas';
          document.documentElement.style.colorScheme = colors;
        }, scheme);
        for (const [screen, [others, how]] of Object.entries(screens)) {
          await page.evaluate((...words) => window.show(...words), names.slice(0, others), how);
          const faults = await misplaced(page);
          // A page of words takes as long as its tiles: one browser is enough.
          if (kind === 'chromium') faults.push(...(await violations(page)));
          found.push(...faults.map((fault) => `${size}, ${scheme}, ${screen}: ${fault}`));
          await screenshot(page, `screen-${kind}-${size}-${scheme}-${screen}`);
        }
      }
      assert.deepEqual(found, []);
      assert.deepEqual(page.problems, []);
    });
  }
});
