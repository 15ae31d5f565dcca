// A page without a script of its own: what its ids and commands do, for real.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import axe from 'axe-core';
import { open, seesAndHears, until, useExamples } from '../support/e2e.mjs';

/** What each one's generator draws, and what the effect makes of it. */
const people = {
  chromium: { color: 'rgb(200 30 30)', grey: [81, 81, 81] },
  firefox: { color: 'rgb(120 230 160)', grey: [189, 189, 189] },
};

describe('the studio', () => {
  // Firefox has but one device of each kind.
  const { examples, browsers, pages } = useExamples({
    chromium: { flags: ['--use-fake-device-for-media-stream=device-count=2'] },
    firefox: {},
  });
  const kinds = new Map();

  it('makes, changes, shows, measures, records and sends a picture', { timeout: 90_000 }, async () => {
    const [chromium, firefox] = await Promise.all(Object.keys(people).map(visit));

    await chromium.click('call-controls >>> .join');
    await firefox.click('call-controls >>> .join');
    await Promise.all([
      seesAndHears(firefox, '', people.chromium.grey),
      seesAndHears(chromium, '', people.firefox.grey),
    ]);

    await Promise.all([chromium, firefox].map(record));
    await Promise.all([chromium, firefox].map(tellsFigures));
    await mute(chromium, firefox);
    await mute(firefox, chromium);
    await chat(firefox, chromium, 'Hello');
    await chat(chromium, firefox, 'Hello yourself');
    await changeTheSource(chromium, firefox);
    await changeTheSource(firefox, chromium);
    await fillTheScreen(chromium);
    await fillTheScreen(firefox);
    for (const page of [chromium, firefox]) {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))]),
        [],
      );
      assert.deepEqual(await page.evaluate(() => window.e2e.violations), []);
      const warnings = page.warnings.filter((words) => !words.startsWith('Lit is in dev mode'));
      assert.deepEqual([...page.problems, ...warnings], []);
    }
  });

  async function visit(kind) {
    const page = await open(browsers[kind], `${examples.origin}/studio.html`);
    pages.push(page);
    kinds.set(page, kind);
    const scripts = await page.$$eval('script', (all) => all.map((script) => script.getAttribute('src')));
    const own = scripts.filter((source) => source !== '/@vite/client');
    assert.deepEqual(own, ['./rtc-elements.js'], 'the kit alone');
    await page.setViewport({ width: 1280, height: 1000 });
    await page.evaluate(async (color) => {
      Object.assign(document.querySelector('media-generator'), { pattern: 'solid', color });
      const meter = document.querySelector('stream-meter');
      await window.e2e.until(() => meter.level > -50, 'a beep');
      await window.e2e.until(() => meter.level < -90, 'silence after it');
    }, people[kind].color);
    return page;
  }

  /** Presses a button by keyboard. */
  async function press(page, selector) {
    // Firefox presses, and fills the screen, in the window alone that has the focus.
    await page.bringToFront();
    await page.focus(selector);
    await page.keyboard.press('Enter');
  }

  async function record(page) {
    await press(page, 'stream-recorder >>> [part=record-button]');
    await page.evaluate(() =>
      window.e2e.until(() => document.querySelector('stream-recorder').duration > 1.5, 'a recording'),
    );
    await press(page, 'stream-recorder >>> [part=record-button]');
    const file = await page.evaluate(async () => {
      const recorder = document.querySelector('stream-recorder');
      await window.e2e.until(() => recorder.shadowRoot.querySelector('[part=save-link]'), 'a file');
      const reader = new FileReader();
      reader.readAsDataURL(recorder.blob);
      return window.e2e.until(() => reader.result, 'what is in it');
    });
    // The page's own policy lets it play nothing.
    const player = await open(page.browser(), 'about:blank');
    pages.push(player);
    const { duration, pixel } = await player.evaluate(play, file);
    assert.ok(duration > 1.4 && duration < 15, `${duration} s`);
    const [red, green, blue] = pixel;
    assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) < 16, `grey is [${pixel}]`);
  }

  async function tellsFigures(page) {
    const figures = () =>
      page.evaluate(() => {
        const rows = [...document.querySelector('call-stats').shadowRoot.querySelectorAll('tr')];
        return Object.fromEntries(rows.map(({ cells: [name, value] }) => [name, value].map(text)));
        function text(cell) {
          return cell?.textContent.trim();
        }
      });
    let last;
    const known = () =>
      /^[1-9].*[kM]b/.test(last['Bitrate, received']) &&
      /^\d+ × \d+$/.test(last['Resolution, received']) &&
      /ms$/.test(last['Round trip']);
    await until(async () => known((last = await figures())), 'figures').catch((error) => {
      throw new Error(`${error.message}; they are ${JSON.stringify(last)}`);
    });
  }

  /** `page` mutes its microphone and its camera, which `other` is told. */
  async function mute(page, other) {
    const told = (wanted) =>
      until(
        async () => {
          const [{ audio, video }] = await other.evaluate(() =>
            window.e2e.call().peers.map(({ audio, video }) => ({ audio, video })),
          );
          return audio === wanted && video === wanted;
        },
        `${wanted ? 'on' : 'muted'}, for the other`,
      );
    for (const wanted of [false, true]) {
      for (const name of ['microphone', 'camera']) await page.click(`call-controls >>> .${name}`);
      await told(wanted);
    }
  }

  /** `page` opens the chat for as long as it takes to write; `other` is told of it, and opens it to read. */
  async function chat(page, other, words) {
    await page.click('call-controls >>> .chat');
    await page.type('call-chat >>> textarea', words);
    await page.keyboard.press('Enter');
    await page.click('call-controls >>> .chat');
    await until(
      () => other.$eval('call-controls >>> .chat', ({ ariaLabel }) => /1/.test(ariaLabel)),
      'something unread',
    );
    await other.click('call-controls >>> .chat');
    await until(
      () =>
        other.$eval(
          'call-chat >>> [role=log]',
          ({ textContent }, wanted) => textContent.includes(wanted),
          words,
        ),
      'the message',
    );
    await other.click('call-controls >>> .chat');
  }

  /** The test picture gives way to the camera, whose microphone is chosen in the popover, and comes back; the call goes on. */
  async function changeTheSource(page, other) {
    const captured = (wanted) =>
      page.evaluate((yes) => {
        const [taken, picture] = ['taken', 'picture'].map((id) => document.getElementById(id));
        return window.e2e.until(() => taken.active && (taken.stream !== picture.stream) === yes, 'a source');
      }, wanted);
    await press(page, '[command="--start"]');
    await captured(true);
    await other.evaluate(seesGreys, people[kinds.get(page)].grey[0]);
    await chooseDevices(page);
    await press(page, '[command="--stop"]');
    await captured(false);
    await seesAndHears(other, '', people[kinds.get(page)].grey);
  }

  /** The list of microphones says which one is in use, and takes another one where there is one, as in Chromium. */
  async function chooseDevices(page) {
    await page.click('call-controls >>> .devices');
    const [value, chosen] = await page.evaluate(async () => {
      const { until } = window.e2e;
      await until(() => document.querySelector('#devices:popover-open'), 'the devices');
      const list = document.querySelector('device-select[kind=microphone]');
      const used = () => document.getElementById('taken').stream.getAudioTracks()[0]?.getSettings().deviceId;
      await until(() => list.value && list.value === used(), 'the microphone in use');
      return [list.value, list.devices.at(-1).deviceId];
    });
    if (kinds.get(page) === 'chromium') await chooseMicrophone(page, value, chosen);
    await page.keyboard.press('Escape');
    await page.evaluate(() =>
      window.e2e.until(() => !document.querySelector('#devices:popover-open'), 'the page'),
    );
  }

  async function chooseMicrophone(page, value, chosen) {
    assert.notEqual(chosen, value);
    await page.select('device-select[kind=microphone] >>> select', chosen);
    await page.evaluate(
      (wanted) =>
        window.e2e.until(() => {
          const [track] = document.getElementById('taken').stream.getAudioTracks();
          return track?.readyState === 'live' && track.getSettings().deviceId === wanted;
        }, 'the other microphone'),
      chosen,
    );
  }

  async function fillTheScreen(page) {
    await press(page, '[command="--full-screen"]');
    await until(() => page.evaluate('document.fullscreenElement?.id === "shown"'), 'the whole screen');
    await page.evaluate(() => document.exitFullscreen());
    await until(() => page.evaluate('!document.fullscreenElement'), 'the page');
  }
});

/** Runs in a page: resolves when the picture of the other has other greys than this in its upper half, and no colours. */
async function seesGreys(before) {
  const context = new OffscreenCanvas(16, 9).getContext('2d', { willReadFrequently: true });
  await window.e2e.until(() => {
    const video = window.e2e.tileVideo('');
    if (!video?.videoWidth) return false;
    context.drawImage(video, 0, 0, 16, 9);
    const { data } = context.getImageData(0, 0, 16, 4);
    const pixels = Array.from({ length: 16 * 4 }, (_, at) => data.subarray(at * 4, at * 4 + 3));
    const range = (values) => Math.max(...values) - Math.min(...values);
    return pixels.every((pixel) => range(pixel) < 24) && pixels.some(([red]) => Math.abs(red - before) > 24);
  }, 'a grey picture of the camera');
}

/** Runs in a page: plays a file to its end; answers how long it is and a pixel of it. */
async function play(url) {
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(await (await fetch(url)).blob());
  document.body.append(video);
  await new Promise((resolve, reject) => {
    video.onended = resolve;
    video.onerror = () => reject(new Error(video.error.message));
    video.play().catch(reject);
  });
  const context = document.createElement('canvas').getContext('2d');
  context.drawImage(video, 0, 0);
  return { duration: video.duration, pixel: [...context.getImageData(40, 40, 1, 1).data].slice(0, 3) };
}
