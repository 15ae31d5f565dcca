import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import axe from 'axe-core';
import jsqr from 'jsqr';
import { open, screenshot, until, useExamples } from '../support/e2e.mjs';
import { startNetwork, whyNoNetwork } from '../support/network.mjs';
import { seeAndHearEachOther, seesSync, sendSync } from '../support/sync.mjs';

// Two people, two texts, no server: the page examples/invite.html as they use it.

const skip = await whyNoNetwork();
if (skip) console.log(skip);

const schemes = ['light', 'dark'];
const widths = { phone: { width: 320, height: 640 }, desk: { width: 1280, height: 800 } };

describe('a call without a server', () => {
  const { examples, browsers, pages } = useExamples();

  async function visit(browser, name) {
    const page = await open(browser, `${examples.origin}/invite.html`, { counted: true });
    pages.push(page);
    await page.waitForFunction(() => document.querySelector('#preview').stream);
    await page.type('input[name=name]', name);
    return page;
  }

  const shows = (page, section) => page.waitForSelector(`#${section}:not([hidden])`);
  const notice = (page) => page.$eval('#notice', ({ textContent }) => textContent);

  /** The text beside the code and what a reader makes of the drawn code, which must be the same. */
  async function read(page, kind) {
    const drawn = await page.$eval(`#${kind}-code`, (canvas) => {
      // Smaller: a number for each pixel, and all of them are black or white.
      const size = canvas.width / 3;
      const small = new OffscreenCanvas(size, size).getContext('2d');
      small.imageSmoothingEnabled = false;
      small.drawImage(canvas, 0, 0, size, size);
      const { data } = small.getImageData(0, 0, size, size);
      return { size, red: Array.from({ length: size * size }, (_, at) => (data[at * 4] ? 1 : 0)).join('') };
    });
    const pixels = Uint8ClampedArray.from({ length: drawn.size ** 2 * 4 }, (_, at) =>
      at % 4 === 3 || drawn.red[at >> 2] === '1' ? 255 : 0,
    );
    const code = jsqr(pixels, drawn.size, drawn.size);
    const text = await page.$eval(`#${kind}-text`, ({ value }) => value);
    assert.equal(code?.data, text, `the code of the ${kind}`);
    assert.ok(code.version <= 25, `version ${code.version}`);
    return { text, version: code.version };
  }

  async function paste(page, field, text) {
    await page.$eval(`[name=${field}]`, (area, value) => (area.value = value), text);
  }

  async function invite(page) {
    await page.click('#make');
    await shows(page, 'host');
    return read(page, 'invite');
  }

  async function accept(page, text) {
    await paste(page, 'invite', text);
    await page.click('#form button:not([type])');
    await shows(page, 'guest');
    return read(page, 'reply');
  }

  async function take(page, text) {
    await paste(page, 'reply', text);
    await page.click('#answer button');
  }

  async function meet(host, guest, t) {
    const [ann, bob] = await Promise.all([visit(host, 'Ann'), visit(guest, 'Bob')]);
    await Promise.all([ann, bob].map((page) => sendSync(page, { id: 'test-picture' })));
    const offered = await invite(ann);
    const answered = await accept(bob, offered.text);
    t.diagnostic(
      `invite: ${offered.text.split('#')[1].length} letters, version ${offered.version}; ` +
        `reply: ${answered.text.split('#')[1].length} letters, version ${answered.version}`,
    );
    await take(ann, answered.text);
    await Promise.all([shows(ann, 'room'), shows(bob, 'room')]);
    await seeAndHearEachOther({ Ann: ann, Bob: bob });
    return [ann, bob];
  }

  for (const [host, guest] of [
    ['chromium', 'chromium'],
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
    ['firefox', 'firefox'],
  ]) {
    it(
      `${host} invites ${guest}: pictures and sound both ways, a screen, and the end`,
      { timeout: 120_000 },
      async (t) => {
        const [ann, bob] = await meet(browsers[host], browsers[guest], t);
        await bob.evaluate(async () => {
          const screen = document.createElement('media-generator');
          Object.assign(screen, { pattern: 'solid', color: '#8c28b4', width: 320, height: 180 });
          document.body.append(screen);
          await screen.start();
          // Nobody is there to choose a window.
          navigator.mediaDevices.getDisplayMedia = async () => screen.stream;
          await window.e2e.call().shareScreen();
        });
        await ann.evaluate(async () => {
          const { call, until, frame } = window.e2e;
          const stream = await until(() => call().peers[0]?.screen, 'the screen');
          const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
          document.body.append(video);
          await video.play();
          const painter = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
          await until(async () => {
            if (!(await frame(video))) return false;
            painter.drawImage(video, 0, 0, 1, 1);
            const [red, green, blue] = painter.getImageData(0, 0, 1, 1).data;
            return Math.abs(red - 140) + Math.abs(green - 40) + Math.abs(blue - 180) < 90;
          }, 'a picture of it');
          video.remove();
        });
        await bob.evaluate(() => window.e2e.call().leave());
        await shows(ann, 'start');
        await until(async () => (await notice(ann)) === 'Bob has left the call.', 'the notice');
        for (const page of [ann, bob]) {
          assert.deepEqual(page.problems, []);
          await until(
            async () => (await page.evaluate(() => window.e2e.left().connections)) === 0,
            'nothing alive',
          );
        }
      },
    );
  }

  it('two hosts of a network without anything else, and a cut', { skip, timeout: 180_000 }, async (t) => {
    const network = await startNetwork({ ports: [Number(new URL(examples.origin).port)] });
    try {
      const hosts = [await network.addHost(), await network.addHost()];
      const [ann, bob] = await meet(await hosts[0].launch('chromium'), await hosts[1].launch('firefox'), t);
      await hosts[1].cut();
      await setTimeout(5000);
      await hosts[1].heal();
      await Promise.all([seesSync(ann, 'Bob', bob), seesSync(bob, 'Ann', ann)]);
      // What is said goes the way of the signaling.
      await bob.evaluate(() => window.e2e.call().toggleAudio(false));
      await until(() => ann.evaluate(() => window.e2e.peer('Bob')?.audio === false), 'the muted microphone');
    } finally {
      pages.length = 0;
      await network.close();
    }
  });

  it('a cut that lasts ends the call, and says what to do', { skip, timeout: 240_000 }, async (t) => {
    const network = await startNetwork({ ports: [Number(new URL(examples.origin).port)] });
    try {
      const hosts = [await network.addHost(), await network.addHost()];
      const both = await meet(await hosts[0].launch('chromium'), await hosts[1].launch('firefox'), t);
      for (const page of both) {
        await page.evaluate(() => {
          const call = window.e2e.call();
          // This page would leave by itself.
          call.addEventListener('peer-leave', (event) => event.stopImmediatePropagation(), true);
          window.told = [];
          call.addEventListener('error', ({ error }) => window.told.push(`${error.code}: ${error.message}`));
        });
      }
      await hosts[1].cut();
      for (const page of both) {
        await until(() => page.evaluate(() => window.e2e.call().state.status === 'left'), 'the end', 90_000);
        const told = await page.evaluate(() => window.told);
        assert.equal(told.length, 1, told.join());
        assert.match(told[0], /^connection-failed: .*another invite/);
      }
    } finally {
      pages.length = 0;
      await network.close();
    }
  });

  it(
    'a reply that the device of the host scanned reaches the page with the invite',
    { timeout: 90_000 },
    async () => {
      const [ann, bob] = await Promise.all([visit(browsers.chromium, 'Ann'), visit(browsers.firefox, 'Bob')]);
      const offered = await invite(ann);
      // The guest scanned, too.
      await bob.goto(offered.text);
      await until(() => bob.$eval('[name=invite]', ({ value }) => value.startsWith('INVITE-')), 'the invite');
      await bob.click('#form button:not([type])');
      await shows(bob, 'guest');
      const { text } = await read(bob, 'reply');
      const scanned = await open(browsers.chromium, text);
      pages.push(scanned);
      await until(async () => /handed to the page/.test(await notice(scanned)), 'the notice');
      await Promise.all([shows(ann, 'room'), shows(bob, 'room')]);
      assert.equal(new URL(scanned.url()).hash, '');
    },
  );

  it('says what is wrong with a text, and goes on', { timeout: 90_000 }, async (t) => {
    const [ann, bob] = await Promise.all([visit(browsers.chromium, 'Ann'), visit(browsers.firefox, 'Bob')]);
    const refused = async (page, field, button, text, words) => {
      await paste(page, field, text);
      await page.click(button);
      await until(async () => words.test(await notice(page)), String(words));
    };
    const acceptButton = '#form button:not([type])';
    await refused(bob, 'invite', acceptButton, 'hello', /This is no invite/);
    const offered = await invite(ann);
    await refused(bob, 'invite', acceptButton, offered.text.slice(0, -20), /not whole/);
    await refused(ann, 'reply', '#answer button', offered.text, /This is an invite/);
    await refused(ann, 'reply', '#answer button', 'REPLY-AAAA', /another version|not whole/);
    const answered = await accept(bob, offered.text);
    await take(ann, answered.text);
    await Promise.all([shows(ann, 'room'), shows(bob, 'room')]);
    t.diagnostic('connected after all');
    for (const page of [ann, bob]) assert.deepEqual(page.problems, []);
  });

  for (const [host, guest] of [
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
  ]) {
    it(
      `${host} invites ${guest} into a call that is sealed and encrypted end to end`,
      {
        timeout: 60_000,
      },
      async () => {
        const enter = async (kind, name) => {
          const page = await open(browsers[kind], `${examples.origin}/fixture`);
          pages.push(page);
          await page.evaluate(async (name) => {
            const call = await window.e2e.place({ name, 'end-to-end': 'true' });
            call.secret = 'correct horse';
          }, name);
          await sendSync(page, { tone: 'sine' });
          return page;
        };
        const [ann, bob] = await Promise.all([enter(host, 'Ann'), enter(guest, 'Bob')]);
        const ask = (page, method, text) =>
          page.evaluate((name, given) => window.e2e.call()[name](given), method, text);
        await ask(ann, 'acceptReply', await ask(bob, 'acceptInvite', await ask(ann, 'createInvite')));
        await seeAndHearEachOther({ Ann: ann, Bob: bob });
        for (const page of [ann, bob]) {
          const [transforms, issues, errors] = await page.evaluate(() => {
            const { call } = window.e2e;
            const connection = call().getPeerConnection(call().peers[0].id);
            return [
              connection.getReceivers().map(({ transform }) => Boolean(transform)),
              call().state.issues.map(({ name }) => name),
              window.e2e.told.errors,
            ];
          });
          assert.deepEqual([new Set(transforms), issues, errors], [new Set([true]), [], []]);
          assert.deepEqual(page.problems, []);
        }
      },
    );
  }

  it('takes an invite back with "Back"', { timeout: 60_000 }, async () => {
    const page = await visit(browsers.chromium, 'Ann');
    await invite(page);
    await page.click('#host .back');
    await shows(page, 'start');
    await until(
      async () => (await page.evaluate(() => window.e2e.left().connections)) === 0,
      'nothing alive',
    );
  });

  it('is accessible and fits, narrow and wide, light and dark', { timeout: 120_000 }, async () => {
    const [ann, bob] = await Promise.all([visit(browsers.chromium, 'Ann'), visit(browsers.chromium, 'Bob')]);
    const looksRight = async (page, name) => {
      await page.evaluate(axe.source);
      for (const [size, viewport] of Object.entries(widths)) {
        await page.setViewport(viewport);
        for (const scheme of schemes) {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
          await page.evaluate(
            () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
          );
          await screenshot(page, `invite-${name}-${size}-${scheme}`);
          const wide = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(wide, 0, `${name} ${size} is too wide`);
          const { violations } = await page.evaluate(() => window.axe.run());
          const found = violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))]);
          assert.deepEqual(found, [], `${name} ${size} ${scheme}`);
        }
      }
    };
    await ann.bringToFront();
    await looksRight(ann, 'start');
    const offered = await invite(ann);
    await looksRight(ann, 'host');
    await bob.bringToFront();
    await accept(bob, offered.text);
    await looksRight(bob, 'guest');
  });
});
