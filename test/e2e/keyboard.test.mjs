import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { define, enter, meets, open, root, until, useExamples } from '../support/e2e.mjs';

// Without a mouse: the browser itself moves the focus and makes clicks of the keys.

describe('by keyboard alone', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: { flags: ['--use-fake-device-for-media-stream=device-count=2'] },
    firefox: {},
  });

  /** The words of what has the focus in a tag of the kit, and its value, or whether it is pressed. */
  const focused = (page) =>
    page.evaluate(() => {
      const at = document.activeElement?.shadowRoot?.activeElement;
      if (!at) return 'nothing';
      if (at.localName === 'select')
        return `${at.labels[0].querySelector('span').textContent}: ${at.selectedOptions[0].label}`;
      const { ariaLabel, textContent, ariaPressed, type, value } = at;
      if (type === 'range') return `${ariaLabel}: ${value}`;
      return `${ariaLabel ?? textContent.trim()}${ariaPressed === 'true' ? ', pressed' : ''}`;
    });

  async function focuses(page, words) {
    let last;
    await until(async () => (last = await focused(page)) === words, `the focus: ${words}`).catch((error) => {
      throw new Error(`${error.message}; it is at "${last}"`);
    });
  }

  /** Presses the keys one after the other, and rejects unless the focus is then where the words say. */
  async function press(page, keys, words) {
    for (const word of keys.split(' ')) {
      const [key, held] = word.split('+').reverse();
      if (held) await page.keyboard.down(held);
      await page.keyboard.press(key === 'Space' ? ' ' : key);
      if (held) await page.keyboard.up(held);
    }
    await focuses(page, words);
  }

  /** What is kept large, what is shown large, and how the tiles lie. */
  const large = (page) =>
    page.evaluate(() => {
      const { layout, pinned, shadowRoot } = window.e2e.call();
      const tile = shadowRoot.querySelector('.large')?.ariaLabel ?? null;
      return [layout, pinned !== null, tile];
    });
  const looks = (page, ...wanted) =>
    until(async () => (await large(page)).join() === wanted.join(), `the tiles: ${wanted}`);

  /** A page with these tags around a preview that plays and has its bar. */
  async function show(kind, tags) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`);
    pages.push(page);
    // It has but one device of each kind.
    if (kind === 'firefox')
      await page.evaluate(async (path) => {
        const { FakeDevices, camera, microphone } = await import(path);
        new FakeDevices(camera('a'), camera('b'), microphone('a'), microphone('b'));
      }, `/@fs${root}test/support/fake-devices.ts`);
    await define(page, 'stream-preview', 'device-select');
    await page.evaluate(async (inside) => {
      document.body.innerHTML = inside;
      const preview = document.querySelector('stream-preview');
      const shows = () => preview.videoWidth > 0 && preview.shadowRoot.querySelector('.bar');
      await window.e2e.until(shows, 'a preview that plays');
    }, tags);
    await page.bringToFront();
    return page;
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: from the lobby into a call and out`, { timeout: 90_000 }, async () => {
      const room = randomUUID();
      const page = await open(browsers[kind], `${examples.origin}/fixture`);
      pages.push(page);
      await page.evaluate(
        async (attributes) => {
          await customElements.whenDefined('peer-call');
          const call = document.createElement('peer-call');
          for (const [name, value] of Object.entries(attributes)) call.setAttribute(name, value);
          document.body.append(call);
          await window.e2e.until(() => call.localStream, 'our own picture');
        },
        { room, signaling: examples.broker, name: 'Ann', lobby: '', controls: '', audio: '', video: '' },
      );
      const state = () => page.evaluate(() => window.e2e.call().state);
      await page.bringToFront();
      await press(page, 'Tab', 'Microphone, pressed');
      await press(page, 'Space', 'Microphone');
      assert.equal((await state()).audio, false);
      await press(page, 'Enter', 'Microphone, pressed');
      await press(page, 'Tab Space', 'Camera');
      assert.deepEqual([(await state()).audio, (await state()).video], [true, false]);
      await press(page, 'Tab', 'Join');
      await page.keyboard.press('Enter');
      await until(async () => (await state()).status === 'waiting', 'in the call');
      // Where somebody goes on: the first button of the bar, which tells of what was chosen before.
      await focuses(page, 'Microphone, pressed');
      await press(page, 'ArrowRight', 'Camera');
      await press(page, 'Space', 'Camera, pressed');
      await press(page, 'End', 'Leave');
      await press(page, 'ArrowRight', 'Microphone, pressed');
      await press(page, 'ArrowLeft', 'Leave');
      await press(page, 'Home End', 'Leave');
      await page.keyboard.press('Enter');
      await until(async () => (await state()).status === 'left', 'left');
      // From the stage on, which holds the focus while the buttons change.
      await press(page, 'Tab Tab Tab', 'Join');
      await page.keyboard.press(' ');
      await until(async () => (await state()).status === 'waiting', 'in the call again');
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: a call keeps one large, and shows all alike again`, { timeout: 90_000 }, async () => {
      const room = randomUUID();
      const page = await enter(browsers[kind], examples, { room, name: 'Ann', controls: '' });
      pages.push(page);
      const others = {};
      for (const name of ['Bob', 'Cid']) {
        pages.push((others[name] = await enter(browsers.chromium, examples, { room, name })));
        await meets(page, ...Object.keys(others));
      }
      await page.bringToFront();
      const count = (selector) =>
        page.evaluate((one) => window.e2e.call().shadowRoot.querySelectorAll(one).length, selector);
      await until(async () => (await count('.pin')) === 3, 'the pins');
      await until(async () => (await count('.verification')) === 2, 'the security codes');
      await press(page, 'Tab', 'Compare the security code: Bob');
      await press(page, 'Tab', 'Keep large: Bob');
      await press(page, 'Tab Tab', 'Keep large: Cid');
      await press(page, 'Enter', 'Keep large: Cid, pressed');
      await looks(page, 'grid', true, 'Cid');
      await press(page, 'Shift+Tab Shift+Tab Space', 'Keep large: Bob, pressed');
      await looks(page, 'grid', true, 'Bob');
      await press(page, 'Space', 'Keep large: Bob');
      await looks(page, 'grid', false, '');
      await press(page, 'Tab Tab Tab Enter', 'Keep large: Ann (you), pressed');
      await looks(page, 'grid', true, 'Ann (you)');
      await press(page, 'Escape', 'Keep large: Ann (you)');
      await looks(page, 'grid', false, '');
      // One tab stop for all that is below the tiles.
      await press(page, 'Tab', 'Microphone, pressed');
      await press(page, 'End ArrowLeft', 'Show one large');
      await press(page, 'Enter', 'Show one large, pressed');
      const [layout, pinned, tile] = await large(page);
      assert.deepEqual([layout, pinned], ['speaker', false]);
      assert.match(tile, /Bob|Cid/);
      // It is whoever speaks.
      const speaks = (name, aloud) => others[name].evaluate((on) => window.e2e.call().toggleAudio(on), aloud);
      for (const [silent, loud] of [
        ['Bob', 'Cid'],
        ['Cid', 'Bob'],
      ]) {
        await speaks(silent, false);
        await speaks(loud, true);
        await looks(page, 'speaker', false, loud);
      }
      await press(page, 'Space', 'Show one large');
      await looks(page, 'grid', false, '');
      await press(page, 'Shift+Tab', 'Keep large: Ann (you)');
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: a preview takes another camera, and another microphone`, { timeout: 60_000 }, async () => {
      const page = await show(
        kind,
        `<button commandfor="preview" command="--switch-camera">Switch camera</button>
        <device-select for="preview"></device-select>
        <device-select for="preview" kind="microphone"></device-select>
        <stream-preview id="preview" capture="user" autostart controls></stream-preview>`,
      );
      const names = await page.$$eval('device-select', (lists) =>
        lists.map(({ devices }) => devices.map(({ label }) => label)),
      );
      const uses = (...labels) =>
        page.evaluate((wanted) => {
          const preview = document.querySelector('stream-preview');
          const used = () =>
            ['Video', 'Audio'].map((kind) => preview.stream?.[`get${kind}Tracks`]()[0]?.label);
          return window.e2e
            .until(() => preview.state === 'live' && used().join() === wanted.join(), wanted)
            .catch((error) => Promise.reject(new Error(`${error.message}; it uses ${used()}`)));
        }, labels);
      const [[camera, otherCamera], [microphone, otherMicrophone]] = names;
      await uses(camera, microphone);
      await press(page, 'Tab Enter', 'nothing');
      await uses(otherCamera, microphone);
      // It is the one that comes back.
      await page.evaluate(async () => {
        const preview = document.querySelector('stream-preview');
        const [track] = preview.stream.getVideoTracks();
        await preview.toggleVideo(false);
        await window.e2e.until(() => track.readyState === 'ended', 'the camera is off');
        await preview.toggleVideo(true);
      });
      await uses(otherCamera, microphone);
      await page.keyboard.press(' ');
      await uses(camera, microphone);
      await press(page, 'Tab', `Camera: ${camera}`);
      await press(page, 'ArrowDown', `Camera: ${otherCamera}`);
      await uses(otherCamera, microphone);
      // Firefox opens the list outside of the page, where no test has keys.
      if (kind === 'chromium') {
        await press(page, 'Space', `Camera: ${otherCamera}`);
        await page.waitForFunction(() =>
          document.querySelector('device-select').shadowRoot.querySelector('select:open'),
        );
        await press(page, 'ArrowUp Enter', `Camera: ${camera}`);
        await uses(camera, microphone);
        await press(page, 'ArrowDown', `Camera: ${otherCamera}`);
      }
      await press(page, 'Tab', `Microphone: ${microphone}`);
      await press(page, 'ArrowDown', `Microphone: ${otherMicrophone}`);
      await uses(otherCamera, otherMicrophone);
      const enabled = () =>
        page.evaluate(() => {
          const { audioEnabled, videoEnabled } = document.querySelector('stream-preview');
          return [audioEnabled, videoEnabled];
        });
      await press(page, 'Tab', 'Pause');
      await press(page, 'm Tab', 'Microphone');
      await press(page, 'v Tab', 'Camera');
      assert.deepEqual(await enabled(), [false, false]);
      await press(page, 'Enter', 'Camera, pressed');
      await press(page, 'Shift+Tab Space', 'Microphone, pressed');
      assert.deepEqual(await enabled(), [true, true]);
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: a preview asks, and tries again; a list asks the browser`, { timeout: 60_000 }, async () => {
      const page = await open(browsers[kind], `${examples.origin}/fixture`);
      pages.push(page);
      await define(page, 'stream-preview', 'device-select');
      await page.evaluate(async (path) => {
        const { FakeDevices, camera, speaker } = await import(path);
        const devices = (window.devices = new FakeDevices(camera('a'), speaker('a'), speaker('b')));
        devices.permit('camera', 'prompt');
        devices.refusal = new DOMException('Permission dismissed', 'NotAllowedError');
        const { mediaDevices } = navigator;
        // The browser's own list is outside of the page, where no test has keys.
        if (mediaDevices.selectAudioOutput)
          mediaDevices.selectAudioOutput = async () => {
            window.chosen = navigator.userActivation.isActive;
            return (await mediaDevices.enumerateDevices()).at(-1);
          };
        document.body.innerHTML = `<stream-preview capture="user" video></stream-preview>
          <device-select kind="speaker" label="Heard"></device-select>`;
        const { shadowRoot } = document.querySelector('stream-preview');
        const { until } = window.e2e;
        await until(() => shadowRoot.querySelector('[part="continue-button"]'), 'the button');
        await until(() => document.querySelector('device-select').devices.length > 0, 'the speakers');
      }, `/@fs${root}test/support/fake-devices.ts`);
      await page.bringToFront();
      const is = (state) =>
        until(
          () => page.$eval('stream-preview', (preview, wanted) => preview.state === wanted, state),
          `the preview: ${state}`,
        );
      await press(page, 'Tab', 'Continue');
      await page.keyboard.press(' ');
      await is('failed');
      // From where the button was that is gone.
      await press(page, 'Tab', 'Try again');
      await page.evaluate(() => (window.devices.refusal = null));
      await page.keyboard.press('Enter');
      await is('live');
      // The picture has it, now that the button is gone. Firefox has a stop within a video that plays.
      await focuses(page, '');
      await press(page, kind === 'firefox' ? 'Tab Tab' : 'Tab', 'Heard: System default');
      if (kind === 'firefox') {
        await press(page, 'Tab', 'Other…');
        await page.keyboard.press('Enter');
        await until(() => page.$eval('device-select', ({ value }) => value === 'b'), 'the other speaker');
        assert.equal(await page.evaluate('chosen'), true);
        await press(page, 'Shift+Tab', 'Heard: Speaker b');
      }
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: a preview pauses, is muted and is made quieter`, { timeout: 60_000 }, async () => {
      const page = await show(
        kind,
        `<media-generator id="source" pattern="ball" tone="sine" autostart></media-generator>
        <stream-preview source="source" controls></stream-preview>`,
      );
      const played = () =>
        page.evaluate(() => {
          const { paused, muted, volume } = document.querySelector('stream-preview');
          return [paused, muted, volume];
        });
      await press(page, 'Tab', 'Pause');
      await press(page, 'Space', 'Play');
      assert.deepEqual(await played(), [true, false, 1]);
      await press(page, 'k', 'Pause');
      await press(page, 'm Tab', 'Mute, pressed');
      assert.deepEqual(await played(), [false, true, 1]);
      await press(page, 'Enter', 'Mute');
      await press(page, 'Tab', 'Volume: 1');
      const ring = await page.$eval(
        'stream-preview >>> input',
        (input) => getComputedStyle(input).outlineColor,
      );
      assert.equal(ring, 'rgb(255, 255, 255)');
      await press(page, 'ArrowLeft ArrowDown', 'Volume: 0.9');
      assert.deepEqual(await played(), [false, false, 0.9]);
      await press(page, 'Home', 'Volume: 0');
      await press(page, 'ArrowRight ArrowUp', 'Volume: 0.1');
      assert.deepEqual(await played(), [false, false, 0.1]);
      // The letters of the bar where the arrows are the slider's.
      await press(page, 'm k Shift+Tab', 'Mute, pressed');
      await press(page, 'Shift+Tab', 'Play');
      assert.deepEqual(await played(), [true, true, 0.1]);
      assert.deepEqual(page.problems, []);
    });
  }
});
