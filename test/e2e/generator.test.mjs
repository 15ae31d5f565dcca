// Generators where it is hard: in hidden tabs, without a worker, pressed, and many of them.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { collect, used } from '../bench/data/memory.mjs';
import { launch, open, until, useExamples } from '../support/e2e.mjs';

const HIDDEN = 20_000;
const MiB = 2 ** 20;

describe('<media-generator> under pressure', () => {
  const { examples } = useExamples({});

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: keeps its frame rate in a hidden tab`, { timeout: 120_000 }, async (context) => {
      const browser = await launch(kind, { throttled: true });
      try {
        const page = await browser.newPage();
        await page.goto(`${examples.origin}/fixture`);
        await page.evaluate(sendItself);
        await until(
          () => page.evaluate(async () => (await window.encoded())?.frames >= 30),
          'it is being encoded',
        );
        const other = await browser.newPage();
        await other.bringToFront();
        await until(() => page.evaluate(() => document.hidden), 'the tab is hidden');
        const before = await page.evaluate(() => window.encoded());
        const after = await until(
          async () => {
            const now = await page.evaluate(() => window.encoded());
            return now.at - before.at > HIDDEN && now;
          },
          'some time',
          2 * HIDDEN,
        );
        const rate = ((after.frames - before.frames) * 1000) / (after.at - before.at);
        context.diagnostic(`${rate.toFixed(1)} frames encoded per second while hidden`);
        assert.ok(rate >= 27 && rate <= 33, `${rate} frames per second, not 30 within 10 %`);
      } finally {
        await browser.close();
      }
    });

    it(
      `${kind}: a writer ten times too fast for 10 s leaves no frame open`,
      { timeout: 120_000 },
      async (context) => {
        const browser = await launch(kind);
        try {
          const page = await open(browser, `${examples.origin}/fixture`);
          const figures = await page.evaluate(writeTooFast);
          context.diagnostic(JSON.stringify(figures));
          assert.equal(figures.open, 0, 'frames that are still open');
          assert.ok(figures.delivered <= 330, `${figures.delivered} delivered in 10 s at 30 per second`);
          assert.equal(figures.written, figures.given);
          assert.ok(figures.longestQueue <= 3);
          const dropped = figures.given - figures.delivered - figures.queueLength;
          assert.ok(
            Math.abs(figures.dropped - dropped) < 30,
            `${figures.dropped} dropped, ${dropped} missing`,
          );
        } finally {
          await browser.close();
        }
      },
    );

    it(`${kind}: 200 generators started and stopped leave nothing`, { timeout: 180_000 }, async () => {
      const browser = await launch(kind);
      try {
        const page = await open(browser, `${examples.origin}/fixture`, { counted: true });
        const warnings = [];
        page.on('console', (message) => warnings.push(message.text()));
        await page.evaluate(startAndStop, 200);
        const nothing = { contexts: 0, tracks: 0, workers: 0, timers: 0 };
        const left = async () => {
          const { contexts, tracks, workers, timers } = await page.evaluate(() => window.e2e.left());
          return { contexts, tracks, workers, timers };
        };
        await until(
          async () => JSON.stringify(await left()) === JSON.stringify(nothing),
          'nothing left',
        ).catch(() => {});
        assert.deepEqual(await left(), nothing);
        const leaks = warnings.filter((text) => /garbage collected without being closed/.test(text));
        assert.deepEqual(leaks, []);
        assert.deepEqual(page.problems, []);
      } finally {
        await browser.close();
      }
    });
  }

  const noProcesses = !existsSync('/proc/self/status');
  // In Chromium sound goes through no worklet.
  it('firefox: sound that was pushed is gone', { skip: noProcesses, timeout: 180_000 }, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
    const browser = await launch('firefox', { env: { ...process.env, TMPDIR: folder } });
    try {
      const page = await open(browser, `${examples.origin}/fixture`);
      const reports = () => readdirSync(folder).filter((name) => name.startsWith('unified')).length;
      /** The memory of the page in MiB after a collection, of which Firefox writes a report. */
      const memory = async () => {
        const before = reports();
        await collect('firefox', browser, page);
        await until(() => reports() > before, 'it has collected');
        return used(browser).pages / MiB;
      };
      await page.evaluate(pushSounds, 10_000);
      let before = Infinity;
      await until(async () => before - (before = await memory()) < 1, 'what came with the page is gone');
      await page.evaluate(pushSounds, 150_000);
      const after = await memory();
      context.diagnostic(`${(after - before).toFixed(1)} MiB more`);
      assert.ok(after - before < 30, `the page has grown by ${after - before} MiB`);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('chromium: says so when a part of the kit does not load', { timeout: 60_000 }, async () => {
    const browser = await launch('chromium', { networkEnabled: true });
    try {
      const page = await open(browser, `${examples.origin}/fixture`);
      await page.setRequestInterception(true);
      page.on('request', (request) => {
        if (request.url().includes('page-pumps')) request.abort();
        else request.continue();
      });
      const heard = await page.evaluate(async () => {
        const generator = document.createElement('media-generator');
        generator.backend = 'native';
        document.body.append(generator);
        const error = new Promise((resolve) => generator.addEventListener('error', resolve, { once: true }));
        const ended = new Promise((resolve) => generator.addEventListener('ended', resolve, { once: true }));
        await generator.start();
        const { code, message } = (await error).error;
        await ended;
        return { code, message, state: generator.state };
      });
      assert.equal(heard.code, 'network-blocked');
      assert.match(heard.message, /did not load.*check the network/);
      assert.equal(heard.state, 'ended');
    } finally {
      await browser.close();
    }
  });
});

/** Starts a generator and a connection from the page to itself that encodes what it makes. */
async function sendItself() {
  const generator = document.createElement('media-generator');
  Object.assign(generator, { pattern: 'ball', width: 320, height: 180 });
  document.body.append(generator);
  await generator.start();
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate);
  const sender = here.addTrack(generator.videoTrack, generator.stream);
  await here.setLocalDescription();
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription();
  await here.setRemoteDescription(there.localDescription);
  window.encoded = async () => {
    for (const report of (await sender.getStats()).values()) {
      if (report.type === 'outbound-rtp') return { frames: report.framesEncoded, at: report.timestamp };
    }
  };
}

/** Pushes so many short sounds, and ends when the last was heard or dropped. */
async function pushSounds(count) {
  const generator = (window.pushed ??= document.body.appendChild(document.createElement('media-generator')));
  Object.assign(generator, { pattern: 'none', tone: 'silence' });
  await generator.start();
  for (let sent = 0; sent < count; sent++) {
    generator.push(new Float32Array(48));
    if (sent % 100 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await window.e2e.until(() => generator.stats.audio.queueLength === 0);
}

/** Pushes 300 frames a second for 10 s, and counts those that stay open. */
async function writeTooFast() {
  const generator = document.createElement('media-generator');
  generator.pattern = 'none';
  document.body.append(generator);
  await generator.start();
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext('2d').fillRect(0, 0, 64, 48);
  const given = [];
  let longestQueue = 0;
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    for (let count = 0; count < 3; count++) {
      const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1000 });
      generator.push(frame);
      given.push(frame);
    }
    longestQueue = Math.max(longestQueue, generator.stats.video.queueLength);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { written, delivered, dropped, queueLength } = generator.stats.video;
  generator.stop();
  const open = given.filter((frame) => frame.format !== null).length;
  return { given: given.length, written, delivered, dropped, queueLength, longestQueue, open };
}

/** Starts, writes to and stops so many generators, one after the other, in the middle of their work. */
async function startAndStop(count) {
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext('2d').fillRect(0, 0, 64, 48);
  for (let number = 0; number < count; number++) {
    const generator = document.createElement('media-generator');
    Object.assign(generator, {
      kind: 'audio video',
      pattern: number % 2 ? 'ball' : 'none',
      width: 64,
      height: 48,
    });
    document.body.append(generator);
    await generator.start();
    for (let frame = 0; frame < 5; frame++) {
      generator.push(new VideoFrame(canvas, { timestamp: frame }));
      generator.push(new Float32Array(480));
    }
    // Every other one at once, the rest when its worker has answered.
    if (number % 4 > 1) await new Promise((resolve) => setTimeout(resolve, 30));
    generator.remove();
    if (number % 3) generator.stop();
  }
  globalThis.gc?.();
}
