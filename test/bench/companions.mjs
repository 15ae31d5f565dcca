import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { collect, used } from './data/memory.mjs';
import { line } from './generator/figures.mjs';

const MiB = 2 ** 20;
const MINUTE = 60_000;
/** After so many minutes all was used often enough that the browser has what it needs. */
const EARLY = 2;
/** How often the memory of the browser is looked at, and something is done in the page, in ms. */
const [PACE, TURN] = [1000, 6000];
/** How often is counted what the page may not gather: an effect, a recorder or a call may be at one just then. */
const COUNTS = 5;
/** What the page may not gather, as Chromium counts them after it has collected garbage: of frames, sound, tracks and streams what is open. */
const collected = [
  'VideoFrame',
  'AudioData',
  'MediaStreamTrack',
  'MediaStream',
  'RTCPeerConnection',
  'RTCDataChannel',
  'AudioNode',
  'Blob',
  'AbortSignal',
];
/** What a few more messages in a chat, and a garbage collector that takes its time, may come to in all. */
const most = {
  'memory of pages': 25,
  'memory of the rest': 40,
  heap: 1.5,
  nodes: 400,
  listeners: 100,
  // A recorder has one for each second since it was started; the browser has some of its own, which come and go.
  Blob: 20,
  AbortSignal: 100,
  // Without the kit, too, Chromium keeps the source node of each microphone that was opened, and for as long as a track is
  // live each stream that it was in: sixteen of each, as two microphones a minute follow one another beside one effect.
  MediaStream: 20,
  AudioNode: 20,
};
/** V8 keeps what is young until there is much of it, for each worker by itself: here that is soon. */
const youngV8 = '--js-flags=--expose-gc --min-semi-space-size=1 --max-semi-space-size=1';

/**
 * A page with every companion, in a call with itself, that is used every six seconds: what it holds after two minutes and
 * after ten, or after as many as `BENCH_MINUTES` says.
 */
export async function run() {
  const minutes = Number(process.env.BENCH_MINUTES ?? 10);
  const begun = Math.min(EARLY, minutes / 2);
  const statics = await startStatic();
  try {
    const measured = await Promise.all(
      ['chromium', 'firefox'].map(async (kind) => [
        kind,
        await measure(kind, statics.origin, [begun, minutes]),
      ]),
    );
    const rows = measured.flatMap(([kind, { early, late }]) =>
      Object.keys(late).map((what) => {
        const aim = `at most ${most[what] ?? 0} more`;
        const met = late[what] - early[what] <= (most[what] ?? 0);
        return [`${kind}: ${what}`, line({ against: early[what], measured: late[what], aim, met })];
      }),
    );
    return {
      title: `Every companion, after ${begun} minutes and after ${minutes} (heap and memory in MiB)`,
      rows: Object.fromEntries(rows),
      figures: Object.fromEntries(measured),
    };
  } finally {
    await statics.close();
  }
}

async function measure(kind, origin, times) {
  const folder = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
  const env = { ...process.env, TMPDIR: folder };
  // Firefox has but one device of each kind.
  const flags = [youngV8, '--use-fake-device-for-media-stream=device-count=2'];
  const browser = await launch(kind, { flags, env });
  try {
    const page = await open(browser, `${origin}/test/bench/companions/page.html`, { counted: true });
    await page.evaluate(begin);
    const protocol = kind === 'chromium' && (await page.createCDPSession());
    if (protocol) await protocol.send('Performance.enable');
    const start = performance.now();
    const memory = [];
    let turns = 0;
    const pass = async (end) => {
      for (let at; (at = performance.now() - start) < end;) {
        memory.push({ at, ...used(browser) });
        if (at > turns * TURN) {
          if (at > end - MINUTE / 2) await collect(kind, browser, page);
          await page.evaluate((turn) => window.use(turn), turns++);
        }
        await sleep(PACE);
      }
      // The least of the last half minute, in which garbage was collected.
      const recent = memory.filter(({ at }) => at > end - MINUTE / 2);
      const least = (of) => Math.round(Math.min(...recent.map((bytes) => bytes[of])) / MiB);
      return {
        'memory of pages': least('pages'),
        'memory of the rest': least('rest'),
        ...(await left(page)),
        ...(protocol && (await held(page, protocol))),
      };
    };
    const early = await pass(times[0] * MINUTE);
    const late = await pass(times[1] * MINUTE);
    if (page.problems.length) throw new Error(`${kind}: ${page.problems}`);
    return { early, late, memory };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** What the page has open, whatever comes and goes. */
async function left(page) {
  const counts = [];
  while (counts.length < COUNTS) {
    await sleep(PACE);
    counts.push(await page.evaluate(() => window.e2e.left()));
  }
  return Object.fromEntries(
    Object.keys(counts[0]).map((what) => [what, Math.min(...counts.map((count) => count[what]))]),
  );
}

/** What Chromium holds once it has collected garbage. */
async function held(page, protocol) {
  for (let time = 0; time < 5; time++) {
    await page.evaluate(() => window.gc());
    await sleep(300);
  }
  const { metrics } = await protocol.send('Performance.getMetrics');
  const { Nodes, JSEventListeners, JSHeapUsedSize } = Object.fromEntries(
    metrics.map(({ name, value }) => [name, value]),
  );
  const objects = {};
  for (const name of collected) {
    const prototype = await page.evaluateHandle((type) => window[type].prototype, name);
    const counts = [];
    while (counts.length < COUNTS && counts.at(-1) !== 0) {
      const found = await page.queryObjects(prototype);
      counts.push(
        // A closed one may still be at hand in a function that waits, and holds nothing; and Chromium itself keeps what it
        // has once opened of a device, long after its end.
        await found.evaluate(
          (all) =>
            all
              // No prototype of another class.
              .filter((one) => !Object.hasOwn(one, 'constructor'))
              .filter(
                ({ codedWidth, numberOfFrames, readyState, active }) =>
                  codedWidth !== 0 && numberOfFrames !== 0 && readyState !== 'ended' && active !== false,
              ).length,
        ),
      );
      await found.dispose();
    }
    objects[name] = Math.min(...counts);
    await prototype.dispose();
  }
  return {
    heap: Number((JSHeapUsedSize / MiB).toFixed(2)),
    nodes: Nodes,
    listeners: JSEventListeners,
    ...objects,
  };
}

/** Runs in the page: resolves when all is at work; puts `use` there, which does something with it, and stays the same. */
async function begin() {
  const { until } = window.e2e;
  const [one, other, recorder, camera, soft] = ['#one', '#other', 'stream-recorder', '#camera', '#soft'].map(
    (selector) => document.querySelector(selector),
  );
  const connected = () => [one, other].every(({ state }) => state.status === 'connected');
  await until(connected, 'a call');
  await until(
    () => camera.stream && [...document.querySelectorAll('stream-effect')].every(({ stream }) => stream),
  );
  await recorder.updateComplete;
  const hasPicture = () => camera.getVideoTracks().some(({ readyState }) => readyState === 'live');
  /** Chooses a camera and a microphone in the lists, as a user does: the last ones where there are not as many. */
  const choose = async (index) => {
    for (const [kind, track] of [
      ['camera', 'video'],
      ['microphone', 'audio'],
    ]) {
      const list = document.querySelector(`device-select[for="camera"][kind="${kind}"]`);
      const select = list.renderRoot.querySelector('select');
      select.selectedIndex = Math.min(index, select.options.length - 1);
      const { value } = select;
      select.dispatchEvent(new Event('change'));
      await until(() => camera.settings[track]?.deviceId === value, kind);
    }
  };
  // As many as there are in a minute, and after the last all is as before the first.
  const uses = [
    () => one.toggleVideo(),
    () => one.toggleVideo(),
    () => camera.toggleVideo(false),
    async () => {
      await recorder.stop();
      await recorder.start();
    },
    async () => {
      await until(() => !hasPicture(), 'the camera is off');
      await camera.toggleVideo(true);
      await until(hasPicture, 'the camera is on again');
    },
    () => {
      one.toggleAudio();
      soft.effect = 'pixelate';
    },
    () => {
      one.toggleAudio();
      soft.effect = 'blur';
    },
    () => choose(1),
    () => other.send(`At ${Math.round(performance.now() / 1000)} s`),
    () => choose(0),
  ];
  await recorder.start();
  window.use = async (turn) => {
    await uses[turn % uses.length]();
    if (!connected()) throw new Error(`the call is ${one.state.status}`);
  };
}
