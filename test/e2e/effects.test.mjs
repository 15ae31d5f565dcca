// Effects and recordings where it is hard: in hidden tabs, and again and again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { open, until, useExamples } from '../support/e2e.mjs';

describe('effects and recordings', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: { throttled: true, flags: ['--js-flags=--expose-gc'] },
    firefox: {},
  });

  async function visit(kind, settings) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`, settings);
    pages.push(page);
    return page;
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: go on in a hidden tab`, { timeout: 120_000 }, async (context) => {
      const page = await visit(kind, { tab: true });
      await page.evaluate(begin);
      const front = await open(browsers[kind], 'about:blank', { tab: true });
      pages.push(front);
      await front.bringToFront();
      await until(() => page.evaluate(() => document.hidden), 'the tab is hidden');
      const before = await page.evaluate(() => window.look());
      await until(
        async () => (await page.evaluate(() => window.look())).at - before.at > 8000,
        'some time',
        20_000,
      );
      const after = await page.evaluate(() => window.look());
      const seconds = (after.at - before.at) / 1000;
      const rate = (after.processed - before.processed) / seconds;
      context.diagnostic(`${rate.toFixed(1)} frames a second go through the effect while hidden`);
      assert.ok(rate > 20, `${rate}`);
      assert.ok(after.size > before.size, 'recorded meanwhile');
      const duration = await page.evaluate(() => window.end());
      assert.ok(duration >= seconds, `${duration} s are in the file`);
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: started and stopped 40 times leave nothing`, { timeout: 120_000 }, async () => {
      const page = await visit(kind, { counted: true });
      await page.evaluate(startAndStop, 40);
      const nothing = { contexts: 0, tracks: 0, workers: 0, timers: 0 };
      const left = async () => {
        const { contexts, tracks, workers, timers } = await page.evaluate(() => window.e2e.left());
        return { contexts, tracks, workers, timers };
      };
      await until(async () => JSON.stringify(await left()) === JSON.stringify(nothing), 'nothing left').catch(
        () => {},
      );
      assert.deepEqual(await left(), nothing);
      assert.deepEqual(page.problems, []);
    });
  }
});

/** A generator, an effect of it, and a recording of that. */
async function begin() {
  const generator = document.createElement('media-generator');
  Object.assign(generator, { pattern: 'ball', width: 320, height: 180 });
  const effect = document.createElement('stream-effect');
  effect.effect = 'grayscale';
  const recorder = document.createElement('stream-recorder');
  document.body.append(generator, effect, recorder);
  await generator.start();
  effect.srcObject = generator.stream;
  await window.e2e.until(() => effect.stream, 'a stream');
  recorder.srcObject = effect.stream;
  await recorder.updateComplete;
  await recorder.start();
  window.look = () => ({
    at: performance.now(),
    processed: effect.stats.video.processed,
    size: recorder.size,
  });
  window.end = async () => {
    await recorder.stop();
    return recorder.duration;
  };
}

/** Effects on picture and sound, made and taken away in the middle of their work. */
async function startAndStop(count) {
  const generator = document.createElement('media-generator');
  Object.assign(generator, { kind: 'audio video', pattern: 'ball', width: 64, height: 48 });
  document.body.append(generator);
  await generator.start();
  for (let number = 0; number < count; number++) {
    const effect = document.createElement('stream-effect');
    effect.kind = 'audio video';
    effect.processor = (chunk) => (number % 2 ? chunk : null);
    effect.srcObject = generator.stream;
    document.body.append(effect);
    await window.e2e.until(() => effect.stream && effect.stats.video.processed > 0, 'a stream');
    effect.remove();
    await window.e2e.until(() => !effect.stream, 'taken away');
  }
  generator.remove();
  await window.e2e.until(() => !generator.stream, 'taken away');
}
