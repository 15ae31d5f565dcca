import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { env } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { onPath } from '../support/browsers.mjs';
import { whyNot } from '../support/daemon.mjs';
import { startDisplay } from '../support/display.mjs';
import { define, enter, meets, open, until, useExamples } from '../support/e2e.mjs';

// A screen that the browser itself gives, and takes away again.

const title = 'What is shared';

const noScreen = whyNot('Xvfb', 'xvfb');

describe('a shared screen', () => {
  // Its own buttons can be reached.
  const firefox = { args: ['--remote-allow-system-access'] };
  let display;
  before(async () => {
    if (noScreen) return;
    display = await startDisplay(onPath('Xvfb'));
    Object.assign(firefox, { headless: false, env: { ...env, DISPLAY: display.name, GDK_BACKEND: 'x11' } });
  });
  const { examples, browsers, pages } = useExamples({
    chromium: {
      // The one that answers for the user knows of no tabs.
      without: ['--use-fake-ui-for-media-stream'],
      // A tab that is not heard has no sound to share.
      ignoreDefaultArgs: ['--mute-audio'],
      flags: [`--auto-select-tab-capture-source-by-title=${title}`],
    },
    firefox,
  });
  after(() => display?.child.kill());

  /** A window all of one colour. */
  async function paint(kind) {
    const tab = await browsers[kind].newPage({ type: 'window' });
    pages.push(tab);
    await tab.setContent(`<title>${title}</title><body style="background: green"></body>`);
    return tab;
  }

  /** What can be shared, and how the browser ends that. */
  const ways = {
    /** Whoever closes the shared tab ends the capture, as the browser's own button does. */
    async chromium(page) {
      const tab = await paint('chromium');
      await page.bringToFront();
      return () => tab.close();
    },
    /** The first screen, and so what is in front there: nobody is asked which. */
    async firefox() {
      await paint('firefox');
      const { connection } = browsers.firefox;
      const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
      const [{ context }] = result.contexts;
      // What the button of Firefox's own indicator does.
      const expression = `for (const { gBrowser } of Services.wm.getEnumerator('navigator:browser'))
        for (const { browsingContext, _sharingState } of gBrowser.browsers) {
          const id = _sharingState?.webRTC?.windowId;
          const actor = browsingContext.currentWindowGlobal.getActor('WebRTC');
          if (id) actor.sendAsyncMessage('webrtc:StopSharing', String(id));
        }`;
      return () =>
        connection.send('script.evaluate', { expression, target: { context }, awaitPromise: false });
    },
  };

  for (const kind of ['chromium', 'firefox']) {
    const skip = kind === 'firefox' && noScreen;
    it(`${kind}: ends for both when the browser ends it`, { skip, timeout: 90_000 }, async () => {
      const room = randomUUID();
      const ann = await enter(browsers[kind], examples, { room, name: 'Ann', controls: '', id: 'call' });
      const bob = await enter(browsers.firefox, examples, { room, name: 'Bob' });
      pages.push(ann, bob);
      await define(ann, 'call-controls');
      await ann.evaluate(() =>
        document.body.insertAdjacentHTML('beforeend', '<call-controls for="call"></call-controls>'),
      );
      await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
      const shares = (yes) => ({
        ann: until(
          () =>
            ann.evaluate((on) => {
              const call = window.e2e.call();
              // Its own bar, and one elsewhere.
              const buttons = [call, document.querySelector('call-controls')].map(({ shadowRoot }) =>
                shadowRoot.querySelector('.share-screen'),
              );
              const tell = buttons.every((button) => button?.ariaPressed === String(on));
              return (call.state.localScreen !== null) === on && tell;
            }, yes),
          `the screen ${yes ? 'is' : 'is not'} shared`,
        ),
        bob: until(
          () =>
            bob.evaluate((on) => {
              const { call, near, peer, pixel } = window.e2e;
              const tile = call().shadowRoot.querySelector('.screen video');
              if (!on) return !tile && peer('Ann').screen === null;
              return tile?.videoWidth > 0 && near(pixel(tile, 0.3, 0.3), [0, 128, 0]);
            }, yes),
          `Bob ${yes ? 'sees' : 'does not see'} it`,
        ),
      });
      const end = await ways[kind](ann);
      const inBarOf = (tag) =>
        ann.evaluateHandle(
          (name) =>
            window.e2e.until(
              () => document.querySelector(name).shadowRoot.querySelector('.share-screen'),
              'the button',
            ),
          tag,
        );
      if (kind === 'firefox') {
        // It has keys only in front, and is then not to be in the way.
        await ann.bringToFront();
        await (await inBarOf('call-controls')).press('Enter');
        await pages.at(-1).bringToFront();
      } else await (await inBarOf('peer-call')).click();
      await Promise.all(Object.values(shares(true)));
      await ann.evaluate(() => {
        const [track] = window.e2e.call().state.localScreen.getTracks();
        track.addEventListener('ended', () => (window.endedBy = 'the browser'));
      });
      await end();
      await Promise.all(Object.values(shares(false)));
      assert.equal(await ann.evaluate(() => window.endedBy), 'the browser');
      for (const page of [ann, bob]) assert.deepEqual(page.problems, []);
    });
  }

  /** A page with this, a preview and a button that has it share, and how the browser ends that. */
  async function preview(kind, content) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
    const end = await ways[kind](page);
    await define(page, 'stream-preview');
    await page.evaluate((inside) => {
      document.body.innerHTML = inside;
      window.heard = [];
      const preview = document.querySelector('stream-preview');
      for (const type of ['preview-state-change', 'device-lost', 'error'])
        preview.addEventListener(type, ({ state }) => window.heard.push(state ?? type));
      const ask = navigator.mediaDevices.getDisplayMedia;
      navigator.mediaDevices.getDisplayMedia = function (options) {
        window.asked = options;
        return ask.call(this, options);
      };
    }, content);
    return { page, end };
  }

  /** Has the browser end it, and looks at what the preview says and has told. */
  async function ends({ page, end }) {
    await end();
    await page.evaluate(async () => {
      const preview = document.querySelector('stream-preview');
      await window.e2e.until(() => preview.state === 'ended' && !preview.stream, 'the end');
      await preview.updateComplete;
    });
    const [words, heard] = await page.evaluate(() => [
      document.querySelector('stream-preview').shadowRoot.querySelector('[role=status]').innerText,
      window.heard,
    ]);
    assert.equal(words, 'The stream has ended');
    assert.deepEqual(heard, ['starting', 'live', 'ended']);
    assert.deepEqual(page.problems, []);
  }

  it(
    'chromium: a preview has the tab that was chosen with its sound, until the browser ends it',
    { timeout: 60_000 },
    async () => {
      const shown = await preview(
        'chromium',
        `<button commandfor="shared" command="--start">Share</button>
        <stream-preview id="shared" capture="display" audio surface="browser" cursor="never" mirror="on"
          width="320" frame-rate="5"></stream-preview>`,
      );
      const { page } = shown;
      await pages.at(-1).evaluate(() => {
        const context = new AudioContext();
        const tone = new OscillatorNode(context);
        tone.connect(context.destination);
        tone.start();
      });
      await page.click('button');
      const shared = await page.evaluate(async () => {
        const preview = document.querySelector('stream-preview');
        const video = preview.shadowRoot.querySelector('video');
        const { loudness, near, pixel, until } = window.e2e;
        await until(() => video.videoWidth && near(pixel(video), [0, 128, 0]), 'the green tab');
        await loudness(preview.stream);
        const { displaySurface, width, frameRate } = preview.settings.video;
        return {
          settings: [displaySurface, width, frameRate],
          looks: [video.muted, preview.matches(':state(mirrored)'), preview.permission],
          asked: window.asked,
        };
      });
      assert.deepEqual(shared.asked, {
        audio: true,
        video: {
          displaySurface: 'browser',
          cursor: 'never',
          width: { ideal: 320 },
          frameRate: { ideal: 5 },
        },
      });
      assert.deepEqual(shared.settings, ['browser', 320, 5]);
      assert.deepEqual(shared.looks, [true, false, 'granted']);
      await ends(shown);
    },
  );

  it(
    'firefox: a preview has the screen, until the browser ends it',
    { skip: noScreen, timeout: 60_000 },
    async () => {
      const shown = await preview(
        'firefox',
        '<button>Share</button><stream-preview mirror="on"></stream-preview>',
      );
      const { page } = shown;
      // Firefox wants a click, and what captures is only loaded after it.
      await page.evaluate(() => {
        const [button, preview] = ['button', 'stream-preview'].map((tag) => document.querySelector(tag));
        button.addEventListener('click', () => preview.getDisplayMedia().catch(() => {}));
      });
      await page.click('button');
      const looks = await page.evaluate(async () => {
        const preview = document.querySelector('stream-preview');
        const video = preview.shadowRoot.querySelector('video');
        const { near, pixel, until } = window.e2e;
        await until(() => video.videoWidth && near(pixel(video, 0.3, 0.3), [0, 128, 0]), 'the green screen');
        return [preview.matches(':state(mirrored)'), preview.permission];
      });
      assert.deepEqual(looks, [false, 'granted']);
      await ends(shown);
    },
  );
});
