import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { cpuTime } from './generator/cpu.mjs';
import { interleave, line, round } from './generator/figures.mjs';

/** So many meters may cost so much, in percent of a core. */
const [METERS, MOST] = [10, 2];
/** How long a page comes to rest, and is measured, in ms; how often. */
const [REST, SPAN, ROUNDS] = [1500, 6000, 3];

/** What ten meters of ten sounds cost a page that has the sounds already, in all processes of the browser. */
export async function run() {
  const statics = await startStatic();
  const rows = {};
  try {
    for (const kind of ['chromium', 'firefox']) {
      const { none, ten, frames } = await measure(kind, `${statics.origin}/test/bench/meters/page.html`);
      const cost = ten - none;
      const aim = `at most ${MOST} % more`;
      const figures = { against: round(none), measured: round(ten), aim, met: cost <= MOST };
      rows[`${kind}: CPU in % of a core`] = line(figures);
      const asked = { against: 0, measured: frames, aim: 'none', met: frames === 0 };
      rows[`${kind}: animation frames asked for by the kit`] = line(asked);
    }
  } finally {
    await statics.close();
  }
  return { title: `${METERS} meters beside none`, rows };
}

async function measure(kind, url) {
  const browser = await launch(kind);
  try {
    const page = await open(browser, url);
    await page.evaluate(prepare, METERS);
    const sides = await interleave(['none', 'ten'], ROUNDS, async (side) => {
      await page.evaluate((count) => window.measure(count), side === 'ten' ? METERS : 0);
      await sleep(REST);
      const [before, start] = [cpuTime(browser.process().pid), performance.now()];
      await sleep(SPAN);
      const spent = cpuTime(browser.process().pid) - before;
      const cpu = (spent / (performance.now() - start)) * 100;
      return { cpu, frames: await page.evaluate(() => window.framesAsked) };
    });
    if (page.problems.length) throw new Error(`${kind}: ${page.problems}`);
    return { none: sides.none.cpu, ten: sides.ten.cpu, frames: sides.ten.frames };
  } finally {
    await browser.close();
  }
}

/** Runs in the page: makes sounds that get louder and quieter all the time, and puts `measure(count)` there. */
async function prepare(count) {
  await customElements.whenDefined('stream-meter');
  const context = new AudioContext();
  const streams = Array.from({ length: count }, (_, at) => {
    const output = context.createMediaStreamDestination();
    const loudness = new GainNode(context, { gain: 0.3 });
    const swing = new OscillatorNode(context, { frequency: 3 + at / 5 });
    const sound = new OscillatorNode(context, { frequency: 200 + 50 * at });
    swing.connect(new GainNode(context, { gain: 0.3 })).connect(loudness.gain);
    sound.connect(loudness).connect(output);
    for (const oscillator of [swing, sound]) oscillator.start();
    return output.stream;
  });
  window.measure = async (meters) => {
    document.body.replaceChildren();
    // After those that take away what is gone.
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const stream of streams.slice(0, meters)) {
      const meter = document.createElement('stream-meter');
      meter.srcObject = stream;
      document.body.append(meter);
    }
    const all = [...document.querySelectorAll('stream-meter')];
    await window.e2e.until(() => all.every(({ speaking }) => speaking), 'each of them measures');
    window.framesAsked = 0;
  };
  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = (run) => {
    window.framesAsked++;
    return requestAnimationFrame.call(window, run);
  };
}
