import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { onPath } from '../support/browsers.mjs';
import { whyNot } from '../support/daemon.mjs';
import { startDisplay } from '../support/display.mjs';
import { launch, open, root, startStatic } from '../support/e2e.mjs';
import { redIsPerson } from '../support/vision/model.mjs';

const built = existsSync(join(root, 'dist/cdn/rtc-elements.js'));
const skip = built ? false : 'NOT TESTED: dist/cdn/ is missing; run `npm run build` first';

const dataUrl = (type, data) => `data:${type};base64,${Buffer.from(data).toString('base64')}`;
const model = (...options) => dataUrl('application/octet-stream', redIsPerson(...options));
const sky = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3" style="background: blue"/>';

const given = { source: 'camera', 'vision-path': '/node_modules/@mediapipe/tasks-vision' };
const blur = { ...given, effect: 'background-blur', 'vision-model': model(1) };
const replace = { ...given, effect: 'background-replace', background: dataUrl('image/svg+xml', sky) };

/** Where to look in the pictures of page.html: left, top, width and height. */
const places = { room: [16, 16, 64, 64], person: [184, 176, 64, 48] };
const isHidden = ({ contrast }) => assert.ok(contrast < 0.1, `${contrast} of the contrast is left`);
const isAsBefore = ({ change }) => assert.ok(change < 4, `changed by ${change}`);

describe('what is behind people, with the library that finds them', { skip, concurrency: 2 }, () => {
  let files;
  before(async () => {
    files = await startStatic();
  });
  after(() => files?.close());

  /** Opens a page that sends pictures through an effect. */
  async function send(browser, attributes, who = '') {
    const page = await open(browser, `${files.origin}/test/support/vision/page.html${who}`);
    const outcome = await page.evaluate(look, places, attributes);
    await page.close();
    return outcome;
  }

  async function shown(...what) {
    const { error, pictures } = await send(...what);
    assert.deepEqual([error, pictures.length], [null, 5]);
    return pictures;
  }

  /** Resolves with what the page is told in place of a picture. */
  async function refused(...what) {
    const { error, pictures } = await send(...what);
    assert.deepEqual([error?.code, pictures], ['bad-input', []]);
    return error.message;
  }

  for (const [kind, skip] of Object.entries({ chromium: false, firefox: whyNot('Xvfb', 'xvfb') })) {
    describe(kind, { skip }, () => {
      let display, browser;
      before(async () => {
        if (kind === 'firefox') display = await startDisplay(onPath('Xvfb'));
        browser = await launch(kind, display ? on(display) : { flags: ['--enable-unsafe-swiftshader'] });
      });
      after(async () => {
        await browser?.close();
        display?.child.kill();
      });

      for (const classes of [1, 2]) {
        const one = { 'vision-model': model(classes) };

        it(`is hidden from the first picture on, classes: ${classes}`, { timeout: 60_000 }, async () => {
          for (const { room, person } of await shown(browser, { ...blur, ...one })) {
            isHidden(room);
            isAsBefore(person);
          }
          for (const { room, person } of await shown(browser, { ...replace, ...one })) {
            isHidden(room);
            assert.ok(room.color[0] < 50 && room.color[2] > 200, `the room is [${room.color}]`);
            isAsBefore(person);
          }
        });

        it(`is everything where nobody is, classes: ${classes}`, { timeout: 60_000 }, async () => {
          for (const seen of await shown(browser, { ...blur, ...one }, '#nobody'))
            Object.values(seen).forEach(isHidden);
        });
      }

      it('is not shown for the want of a model that can be used', { timeout: 60_000 }, async () => {
        for (const url of ['/nowhere.tflite', model(1, { described: false })])
          assert.ok((await refused(browser, { ...blur, 'vision-model': url })).includes(url));
      });
    });
  }

  for (const [kind, options] of [
    ['chromium', { flags: ['--disable-software-rasterizer'] }],
    ['firefox', { preferences: { 'webgl.disabled': true } }],
  ]) {
    it(`is not shown by a ${kind} without WebGL`, { timeout: 60_000 }, async () => {
      const browser = await launch(kind, options);
      try {
        assert.match(await refused(browser, blur), /has the browser WebGL/);
      } finally {
        await browser.close();
      }
    });
  }
});

/** How to launch Firefox on a display: it has no WebGL while it is headless. */
const on = ({ name }) => ({
  headless: false,
  preferences: { 'webgl.force-enabled': true },
  env: { ...env, DISPLAY: name, GDK_BACKEND: 'x11' },
});

/**
 * Runs in the page: what an effect makes of the places in the first five pictures that are shown. There are none where it
 * tells of an error, and nothing comes for a second.
 */
async function look(places, attributes) {
  const { frame, until } = window.e2e;
  const effect = document.createElement('stream-effect');
  for (const [name, value] of Object.entries({ id: 'sent', ...attributes })) effect.setAttribute(name, value);
  let error = null;
  effect.addEventListener('error', ({ error: { code, message } }) => (error = { code, message }));
  document.body.append(effect);

  const drawn = document.querySelector('canvas');
  const video = document.querySelector('stream-preview').shadowRoot.querySelector('video');
  const sketch = new OffscreenCanvas(drawn.width, drawn.height).getContext('2d');
  const difference = (one, other) =>
    one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  // From stripe to stripe: 8 pixels, of 4 bytes.
  const contrast = (pixels) => difference(pixels.subarray(32), pixels);
  const measure = (place) => {
    const [before, after] = [drawn, video].map((picture) => {
      sketch.drawImage(picture, 0, 0);
      return sketch.getImageData(...place).data;
    });
    const [change, left] = [difference(after, before), contrast(after) / contrast(before)];
    return { change, contrast: left, color: [...after.slice(0, 3)] };
  };

  const pictures = [];
  await until(async () => {
    // Chromium may tell of the first one before it has it to draw.
    if (!(await frame(video)) || video.readyState < video.HAVE_CURRENT_DATA) return error;
    const measured = Object.entries(places).map(([name, place]) => [name, measure(place)]);
    return pictures.push(Object.fromEntries(measured)) === 5;
  }, 'five pictures');
  return { error, pictures };
}
