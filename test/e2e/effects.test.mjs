// Effects and recordings where it is hard: in hidden tabs, and again and again.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { define, launch, open, root, savingTo, startStatic, until, useExamples } from '../support/e2e.mjs';

const built = existsSync(join(root, 'dist/cdn/rtc-elements.js'));

const strictPage = `<!doctype html>
<html lang="en">
  <head>
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'self'; require-trusted-types-for 'script'; trusted-types rtc-elements lit-html">
    <title>A strict policy</title>
    <link rel="icon" href="./icon.svg">
    <script type="module" src="./cdn/rtc-elements.js"></script>
  </head>
  <body>
    <media-generator id="camera" pattern="ball" width="160" height="120" autostart></media-generator>
    <stream-effect id="made" source="camera" processor="./processor.js"></stream-effect>
    <stream-preview source="made" muted></stream-preview>
    <stream-recorder source="made" filename="made"></stream-recorder>
  </body>
</html>`;

// Only in a worker.
const processor = `export default (frame) => {
  if (typeof document !== 'undefined') throw new Error('on the page');
  return frame;
};`;

describe('effects and recordings', () => {
  const { examples, browsers, pages } = useExamples({
    chromium: {
      throttled: true,
      flags: ['--js-flags=--expose-gc', '--use-fake-device-for-media-stream=fps=30'],
    },
    firefox: {},
  });

  async function visit(kind, settings) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`, settings);
    pages.push(page);
    await define(page, 'stream-effect', 'stream-preview', 'stream-recorder');
    return page;
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: go on in a hidden tab`, { timeout: 120_000 }, async (context) => {
      const page = await visit(kind, { tab: true });
      await page.evaluate(begin, processor);
      const front = await open(browsers[kind], 'about:blank', { tab: true });
      pages.push(front);
      await front.bringToFront();
      await until(() => page.evaluate(() => document.hidden), 'the tab is hidden');
      const before = await page.evaluate(() => window.look());
      await until(
        async () => (await page.evaluate(() => window.look())).at - before.at > 5000,
        'some time',
        20_000,
      );
      const after = await page.evaluate(() => window.look());
      const seconds = (after.at - before.at) / 1000;
      for (const [what, processed] of Object.entries(after.processed)) {
        const rate = (processed - before.processed[what]) / seconds;
        context.diagnostic(`${what}: ${rate.toFixed(1)} a second go through while hidden`);
        // Of 30 frames; sound comes in hundredths of a second.
        assert.ok(rate > (what.endsWith('video') ? 20 : 60), `${what}: ${rate}`);
      }
      after.sizes.forEach((size, at) => assert.ok(size > before.sizes[at], 'recorded meanwhile'));
      const durations = await page.evaluate(() => window.end());
      for (const duration of durations) assert.ok(duration >= seconds, `${duration} s are in the file`);
      await page.bringToFront();
      const pictures = await page.evaluate(() => window.pictures());
      context.diagnostic(`captured while hidden: ${pictures.join(', ')}`);
      assert.equal(new Set(pictures).size, 5, pictures.join());
      assert.deepEqual(page.problems, []);
    });

    const other = kind === 'chromium' ? 'firefox' : 'chromium';
    it(
      `${other} plays what ${kind} has recorded, and finds each picture`,
      { timeout: 60_000 },
      async (context) => {
        const page = await visit(kind);
        const { type, data } = await page.evaluate(film);
        context.diagnostic(type);
        const player = await visit(other);
        const { duration, seen } = await player.evaluate(look, type, data);
        assert.ok(duration > 2.5 && duration < 9, `${duration} s`);
        assert.deepEqual(seen, ['blue', 'red', 'blue', 'red']);
        assert.deepEqual([...page.problems, ...player.problems], []);
      },
    );

    it(`${kind}: started and stopped 15 times leave nothing`, { timeout: 120_000 }, async () => {
      const page = await visit(kind, { counted: true });
      await page.evaluate(startAndStop, 15);
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

describe(
  'an effect and a recording under a strict policy, from a script tag',
  { skip: built ? false : 'NOT TESTED: dist/cdn/ is missing; run `npm run build` first' },
  () => {
    let folder, files;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'rtc-elements-'));
      await cp(join(root, 'dist/cdn'), join(folder, 'cdn'), { recursive: true });
      await cp(join(root, 'examples/icon.svg'), join(folder, 'icon.svg'));
      await writeFile(join(folder, 'index.html'), strictPage);
      await writeFile(join(folder, 'processor.js'), processor);
      files = await startStatic(folder);
    });
    after(async () => {
      await files?.close();
      await rm(folder, { recursive: true });
    });

    for (const kind of ['chromium', 'firefox']) {
      it(`${kind}: work, and nothing is violated`, { timeout: 60_000 }, async () => {
        const browser = await launch(kind, savingTo(folder)[kind]);
        try {
          const page = await open(browser, `${files.origin}/index.html`);
          await page.evaluate(begun);
          // By keyboard alone.
          const press = async (...keys) => {
            for (const key of keys) await page.keyboard.press(key);
          };
          const is = (words, ...more) => page.evaluate(recorderIs, words, ...more);
          await page.bringToFront();
          await is('Ready to record: nothing');
          await press('Tab');
          await is('Ready to record: Record');
          await press('Enter');
          await is('Recording: Stop', 0.5);
          await press('Tab');
          await is('Recording: Pause', 0.5);
          await press(' ');
          await is('Paused: Resume');
          await press('Enter');
          await is('Recording: Pause', 1.5);
          await page.keyboard.down('Shift');
          await press('Tab');
          await page.keyboard.up('Shift');
          await is('Recording: Stop');
          await press(' ');
          const [processed, passed, duration] = await page.evaluate(recorded);
          assert.ok(processed > 5 && passed === 0, `${processed} processed, ${passed} passed`);
          assert.ok(duration > 0.5, `${duration} s`);
          await is('Recorded: Record');
          await press('Tab', 'Tab');
          const { name, size } = await page.evaluate(savedFile);
          await is(`Recorded: Save ${name}`);
          await press('Enter');
          await until(
            async () => (await stat(join(folder, name)).catch(() => null))?.size === size,
            `${name} is saved`,
          );
          for (const name of ['effect.worker.js', 'repair.js'])
            assert.ok(files.requested.has(`/cdn/${name}`));
          assert.deepEqual(await page.evaluate(() => window.e2e.violations), []);
          assert.deepEqual([...page.problems, ...page.warnings], []);
        } finally {
          await browser.close();
        }
      });
    }
  },
);

/** Resolves when there is something to record. */
async function begun() {
  const button = () =>
    document.querySelector('stream-recorder').shadowRoot?.querySelector('[part=record-button]');
  await window.e2e.until(() => button()?.ariaDisabled === 'false', 'a stream');
}

/** Answers what went through the effect, and the duration of the file, when it is made. */
async function recorded() {
  const [effect, recorder] = ['stream-effect', 'stream-recorder'].map((tag) => document.querySelector(tag));
  await window.e2e.until(() => recorder.blob, 'a file');
  const { processed, passed } = effect.stats.video;
  return [processed, passed, recorder.duration];
}

/**
 * A generator, effects of it, among them processors of the page's own, and a recording of the first two, one after the
 * other; an effect and a recording of a camera, whose track is the browser's own.
 */
async function begin(module) {
  const generator = document.createElement('media-generator');
  Object.assign(generator, { kind: 'audio video', pattern: 'ball', tone: 'sine', width: 320, height: 180 });
  document.body.append(generator);
  await generator.start();
  const lanes = [];
  const make = async (name, kinds, stream, settings) => {
    const effect = document.createElement('stream-effect');
    Object.assign(effect, settings, { kind: kinds.join(' '), srcObject: stream });
    document.body.append(effect);
    lanes.push(...kinds.map((kind) => ({ name: `${name}, ${kind}`, kind, effect })));
    return window.e2e.until(() => effect.stream, name);
  };
  const both = ['video', 'audio'];
  const gray = await make('grayscale', ['video'], generator.stream, { effect: 'grayscale' });
  const louder = await make('gain', ['audio'], gray, { effect: 'gain' });
  await make('a function', both, generator.stream, { processor: (chunk) => chunk });
  const url = URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
  await make('a module', both, generator.stream, { processor: url });
  const camera = document.createElement('stream-preview');
  const asked = { capture: 'user', video: '', width: 320, height: 180, 'frame-rate': 30 };
  for (const [name, value] of Object.entries(asked)) camera.setAttribute(name, value);
  document.body.append(camera);
  await camera.start();
  await make('a camera', ['video'], camera.stream, { effect: 'grayscale' });
  const record = async (stream) => {
    const recorder = document.createElement('stream-recorder');
    document.body.append(recorder);
    recorder.srcObject = stream;
    await recorder.updateComplete;
    await recorder.start();
    return recorder;
  };
  const recorders = [await record(louder), await record(camera.stream)];
  window.look = () => ({
    at: performance.now(),
    processed: Object.fromEntries(
      lanes.map(({ name, kind, effect }) => [name, effect.stats[kind].processed]),
    ),
    sizes: recorders.map(({ size }) => size),
  });
  window.end = async () => {
    await Promise.all(recorders.map((recorder) => recorder.stop()));
    return recorders.map(({ duration }) => duration);
  };
  // Five of the last five seconds of what the camera has seen.
  window.pictures = async () => {
    const [, { blob }] = recorders;
    const video = document.createElement('video');
    video.src = URL.createObjectURL(blob);
    document.body.append(video);
    await new Promise((resolve) => (video.onloadeddata = resolve));
    const sketch = new OffscreenCanvas(16, 9).getContext('2d');
    const seen = [];
    for (const back of [5, 4, 3, 2, 1]) {
      const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      video.currentTime = video.duration - back;
      await shown;
      sketch.drawImage(video, 0, 0, 16, 9);
      seen.push(sketch.getImageData(0, 0, 16, 9).data.reduce((sum, value, at) => sum + value * at, 0));
    }
    return seen;
  };
}

/** A recording with sound that is red for some time, and blue then. */
async function film() {
  const generator = document.createElement('media-generator');
  const looks = { pattern: 'solid', color: 'red', tone: 'sine', width: 320, height: 180 };
  Object.assign(generator, { kind: 'audio video', ...looks });
  const recorder = document.createElement('stream-recorder');
  document.body.append(generator, recorder);
  await generator.start();
  recorder.srcObject = generator.stream;
  await recorder.updateComplete;
  await recorder.start();
  await window.e2e.until(() => recorder.duration > 2.5, 'red');
  generator.color = 'blue';
  await window.e2e.until(() => recorder.duration > 5, 'blue');
  const file = await recorder.stop();
  const data = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(',')[1]);
    reader.readAsDataURL(file);
  });
  return { type: recorder.recordedType, data };
}

/** How long it is, and which colours it has near its end, at its beginning, and so once more. */
async function look(type, data) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes], { type: type.split(';')[0] }));
  document.body.append(video);
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = () => reject(new Error(video.error.message));
  });
  const seen = [];
  for (const time of [video.duration - 0.3, 0.5, video.duration - 0.6, 0.9]) {
    // Chromium may have nothing to draw yet when it has `seeked`.
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    video.currentTime = time;
    await shown;
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context.drawImage(video, 0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    seen.push(red > 150 && blue < 90 ? 'red' : blue > 150 && red < 90 ? 'blue' : `${red} ${green} ${blue}`);
  }
  return { duration: video.duration, seen };
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

/**
 * Resolves when the recorder says this of its state and of what has the focus in it, and has recorded for so long.
 */
async function recorderIs(words, duration = 0) {
  const recorder = document.querySelector('stream-recorder');
  const said = () => {
    const { ariaLabel, textContent } = recorder.shadowRoot.activeElement ?? { textContent: 'nothing' };
    const status = recorder.shadowRoot.querySelector('[role=status]').textContent.trim();
    return `${status}: ${ariaLabel ?? textContent.trim()}`;
  };
  await window.e2e
    .until(() => said() === words && recorder.duration >= duration, words)
    .catch((error) => Promise.reject(new Error(`${error.message}; it is ${said()}, ${recorder.duration} s`)));
}

/** The name and the size of what the recorder offers to save. */
function savedFile() {
  const { blob } = document.querySelector('stream-recorder');
  return { name: blob.name, size: blob.size };
}
