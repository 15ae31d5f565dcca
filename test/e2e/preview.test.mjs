// What a preview does only after a real click, or in a real frame.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { define, definition, launch, open, until, useExamples } from '../support/e2e.mjs';

describe('a preview in a real page', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: {
      without: ['--use-fake-device-for-media-stream'],
      flags: ['--use-fake-device-for-media-stream=device-count=2'],
    },
    firefox: {},
  });

  /** A page with a preview that has these attributes, and what is in it. */
  async function withPreview(browser, attributes, content = '') {
    const page = await open(browser, `${examples.origin}/fixture`);
    pages.push(page);
    await define(page, 'stream-preview');
    await page.evaluate(
      async (wanted, inside) => {
        await customElements.whenDefined('stream-preview');
        const preview = document.createElement('stream-preview');
        for (const [name, value] of Object.entries(wanted)) preview.setAttribute(name, value);
        preview.innerHTML = inside;
        document.body.append(preview);
        window.heard = [];
        for (const type of ['enterpictureinpicture', 'leavepictureinpicture', 'fullscreenchange'])
          preview.addEventListener(type, () => window.heard.push(type));
        await preview.updateComplete;
      },
      attributes,
      content,
    );
    return page;
  }

  /** A button of the bar, once it is there. */
  const button = (page, name) =>
    page.waitForFunction(
      (label) =>
        document.querySelector('stream-preview').shadowRoot.querySelector(`.bar [aria-label="${label}"]`),
      {},
      name,
    );

  const says = (page, expression) => until(() => page.evaluate(expression), expression);

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: has a window of its own, and tells whether`, { timeout: 60_000 }, async () => {
      const page = await withPreview(browsers[kind], { capture: 'user', autostart: '', controls: '' });
      await says(page, 'document.querySelector("stream-preview").videoWidth > 0');
      const apart = await button(page, 'Picture in picture');
      const pressed = () => apart.evaluate((element) => element.ariaPressed);
      assert.equal(await pressed(), 'false');
      await apart.press('Enter');
      await says(page, 'document.pictureInPictureElement?.localName === "stream-preview"');
      await until(async () => (await pressed()) === 'true', 'the button is pressed');
      await apart.press('i');
      await says(page, 'document.pictureInPictureElement === null');
      await until(async () => (await pressed()) === 'false', 'the button is not pressed');
      assert.deepEqual(await page.evaluate('heard'), ['enterpictureinpicture', 'leavepictureinpicture']);
    });

    it(`${kind}: fills the screen, and gives it back`, { timeout: 60_000 }, async () => {
      const page = await withPreview(browsers[kind], { capture: 'user', autostart: '', controls: '' });
      const full = await button(page, 'Full screen');
      const size = () =>
        page.evaluate(() => {
          const { width, height } = document.querySelector('stream-preview').getBoundingClientRect();
          return [width === innerWidth, height === innerHeight].join();
        });
      await full.click();
      await until(async () => (await size()) === 'true,true', 'the whole screen');
      await until(() => full.evaluate((element) => element.ariaPressed === 'true'), 'the button is pressed');
      await full.press('f');
      await says(page, 'document.fullscreenElement === null');
      await until(async () => (await size()) !== 'true,true', 'its place in the page');
    });

    it(`${kind}: says in a frame that may not capture why`, { timeout: 60_000 }, async () => {
      const page = await withPreview(browsers[kind], {});
      const [before, after, code, message] = await page.evaluate(async (path) => {
        const frame = document.createElement('iframe');
        frame.allow = "camera 'none'; microphone 'none'";
        frame.src = location.href;
        document.body.append(frame);
        await new Promise((resolve) => (frame.onload = resolve));
        const script = frame.contentDocument.createElement('script');
        Object.assign(script, { type: 'module', src: path });
        frame.contentDocument.head.append(script);
        await frame.contentWindow.customElements.whenDefined('stream-preview');
        const preview = frame.contentDocument.createElement('stream-preview');
        preview.setAttribute('capture', 'user');
        frame.contentDocument.body.append(preview);
        await window.e2e.until(() => preview.permission !== 'unknown', 'a permission');
        const before = preview.permission;
        const error = await preview.start().catch((thrown) => thrown);
        return [before, preview.permission, error.code, error.message];
      }, definition('stream-preview'));
      // Firefox tells no page what the pages around it forbid.
      const permission = kind === 'chromium' ? 'denied-by-policy' : 'denied';
      assert.deepEqual([before, after, code], [permission, permission, 'permission-denied']);
      assert.match(message, /"allow"/);
    });
  }

  it(
    'chromium: takes the stream of a <usermedia> that is clicked, and changes over to other cameras in it',
    { timeout: 60_000 },
    async () => {
      const page = await withPreview(
        browsers.chromium,
        { capture: 'user', video: '', width: '320', height: '180' },
        '<usermedia slot="permission"></usermedia>',
      );
      await page.evaluate(async () => {
        const { mediaDevices } = navigator;
        const [track] = (await mediaDevices.getUserMedia({ video: true })).getTracks();
        const devices = await mediaDevices.enumerateDevices();
        track.stop();
        const [, second] = devices.filter(({ kind }) => kind === 'videoinput');
        document.querySelector('stream-preview').camera = second.deviceId;
      });
      const offer = await page.waitForSelector('usermedia', { visible: true });
      // The browser hears no click on what has only just come to its place.
      await until(async () => {
        await offer.click().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 500));
        return page.evaluate(() => document.querySelector('stream-preview').state === 'live');
      }, 'live');
      // Whatever the browser has opened, and in whichever size.
      await until(
        () =>
          page.evaluate(() => {
            const { stream } = document.querySelector('stream-preview');
            const [{ label, readyState }, ...others] = stream.getTracks();
            return others.length === 0 && label === 'fake_device_1' && readyState === 'live';
          }),
        'the camera that is named, alone',
      );
      const [width, label, same] = await page.evaluate(async () => {
        const preview = document.querySelector('stream-preview');
        const { width } = preview.settings.video;
        await preview.switchCamera();
        const { stream } = preview;
        const [{ label }] = stream.getTracks();
        return [width, label, stream === document.querySelector('usermedia').stream];
      });
      assert.deepEqual([width, label, same], [320, 'fake_device_0', true]);
    },
  );

  it('chromium: shows that the question of a <usermedia> got no answer', { timeout: 60_000 }, async () => {
    // Nobody is there to answer it.
    const browser = await launch('chromium', { without: ['--use-fake-ui-for-media-stream'] });
    try {
      const page = await withPreview(
        browser,
        { capture: 'user' },
        '<usermedia slot="permission"></usermedia>',
      );
      const offer = await page.waitForSelector('usermedia', { visible: true });
      await until(async () => {
        await offer.click().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 500));
        return page.evaluate(() => document.querySelector('stream-preview').permission === 'dismissed');
      }, 'dismissed');
      const [state, words] = await page.evaluate(async () => {
        const preview = document.querySelector('stream-preview');
        await preview.updateComplete;
        return [preview.state, preview.shadowRoot.querySelector('[part="status"]').innerText];
      });
      assert.equal(state, 'failed');
      assert.match(words, /got no answer/);
    } finally {
      await browser.close();
    }
  });

  it(
    'chromium: says that its user has denied it, and goes on when it is granted, revoked and granted again',
    { timeout: 60_000 },
    async () => {
      const browser = await launch('chromium', { without: ['--use-fake-ui-for-media-stream'] });
      try {
        const protocol = await browser.target().createCDPSession();
        const { origin } = examples;
        const set = async (setting) => {
          for (const name of ['camera', 'microphone'])
            await protocol.send('Browser.setPermission', { permission: { name }, setting, origin });
        };
        await set('denied');
        const page = await withPreview(browser, { id: 'own', capture: 'user', autostart: '' });
        await define(page, 'device-select');
        await page.evaluate(() =>
          document.body.insertAdjacentHTML('beforeend', '<device-select for="own"></device-select>'),
        );
        /** Resolves when it knows one camera, by this name, and offers this. */
        const offers = (name, option) =>
          until(
            () =>
              page.$eval(
                'device-select',
                ({ devices, shadowRoot }, ...wanted) => {
                  const options = [...shadowRoot.querySelectorAll('option')].map(({ text }) => text);
                  const names = devices.map(({ label }) => label);
                  return JSON.stringify([names, options]) === JSON.stringify(wanted.map((one) => [one]));
                },
                name,
                option,
              ),
            `a camera called "${name}"`,
          );
        const preview = 'document.querySelector("stream-preview")';
        const words = () =>
          page.evaluate(
            () =>
              document.querySelector('stream-preview').shadowRoot.querySelector('[part="status"]').innerText,
          );
        await says(page, `${preview}.state === "failed" && ${preview}.permission === "denied"`);
        assert.match(await words(), /denied|not allowed|blocked/i);
        // It is there, and nobody may know which one.
        await offers('', 'System default');
        await set('granted');
        await says(page, `${preview}.state === "live" && ${preview}.videoWidth > 0`);
        await offers('fake_device_0', 'fake_device_0');
        await set('denied');
        await says(page, `${preview}.permission === "denied" && ${preview}.state !== "live"`);
        await set('granted');
        await says(page, `${preview}.state === "live" && ${preview}.videoWidth > 0`);
        assert.deepEqual(page.problems, []);
      } finally {
        await browser.close();
      }
    },
  );
});
