import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open, startStatic } from '../support/e2e.mjs';
import { cpuTime } from './generator/cpu.mjs';
import { interleave, line, round } from './generator/figures.mjs';

/** So many meters may cost so much, in percent of a core. */
const [METERS, MOST] = [10, 2];
/** How long a browser that has just begun has work of its own; a page comes to rest, and is measured, in ms; how often. */
const [SETTLE, REST, SPAN, ROUNDS] = [15_000, 1500, 6000, 5];
const aim = `at most ${MOST} % more`;

/** What is measured beside a page with the same sounds and no meters, and by what name. */
const sides = {
  call: 'one of ten speaks at a time, the rest are quiet, as in a call',
  worst: 'all ten are loud, and swing all the time',
  listening: 'no meters: the ten sounds in a worklet that does nothing',
  drawing: 'no meters: one small box moved as often as ten meters',
};
/** What the browser itself takes for what no meter can do without. */
const floor = ['listening', 'drawing'];

/** What ten meters of ten sounds cost a page that has the sounds already, in all processes of the browser. */
export async function run() {
  const statics = await startStatic();
  const rows = {};
  const figures = {};
  try {
    for (const kind of ['chromium', 'firefox']) {
      const measured = await measure(kind, `${statics.origin}/test/bench/meters/page.html`);
      figures[kind] = measured;
      const against = measured.none.cpu;
      for (const [side, words] of Object.entries(sides)) {
        const { cpu } = measured[side];
        const wanted = floor.includes(side) ? { aim: '–', met: true } : { aim, met: cpu - against <= MOST };
        rows[`${kind}: ${words}`] = line({ against: round(against), measured: round(cpu), ...wanted });
      }
      const { frames } = measured.worst;
      const asked = { against: 0, measured: frames, aim: 'none', met: frames === 0 };
      rows[`${kind}: animation frames asked for by the kit`] = line(asked);
    }
  } finally {
    await statics.close();
  }
  return { title: `${METERS} meters beside none: CPU in % of a core`, rows, figures };
}

async function measure(kind, url) {
  const browser = await launch(kind);
  try {
    const page = await open(browser, url);
    await page.evaluate(prepare, METERS);
    await sleep(SETTLE);
    const taken = await interleave(['none', ...Object.keys(sides)], ROUNDS, async (side) => {
      await page.evaluate((side) => window.measure(side), side);
      await sleep(REST);
      const [before, start] = [cpuTime(browser.process().pid), performance.now()];
      await sleep(SPAN);
      const spent = cpuTime(browser.process().pid) - before;
      const cpu = (spent / (performance.now() - start)) * 100;
      return { cpu, frames: await page.evaluate(() => window.framesAsked) };
    });
    if (page.problems.length) throw new Error(`${kind}: ${page.problems}`);
    return taken;
  } finally {
    await browser.close();
  }
}

/** Runs in the page: makes sounds, and puts `measure(side)` there. */
async function prepare(count) {
  await customElements.whenDefined('stream-meter');
  const context = new AudioContext();
  // A quiet room, of some −53 dBFS, which is never quite as loud as before.
  const seconds = 7;
  const noise = new AudioBuffer({ length: seconds * context.sampleRate, sampleRate: context.sampleRate });
  const room = noise.getChannelData(0);
  for (let at = 0; at < room.length; at++) {
    const loudness = 0.004 * (1 + 0.4 * Math.sin(at / 9000) + 0.3 * Math.sin(at / 31_000));
    room[at] = loudness * (2 * Math.random() - 1);
  }
  const voices = Array.from({ length: count }, (_, at) => {
    const output = context.createMediaStreamDestination();
    const voice = new GainNode(context, { gain: 0 });
    const loudness = new GainNode(context, { gain: 0.3 });
    const swing = new OscillatorNode(context, { frequency: 3 + at / 5 });
    const sound = new OscillatorNode(context, { frequency: 200 + 50 * at });
    const quiet = new AudioBufferSourceNode(context, { buffer: noise, loop: true });
    swing.connect(new GainNode(context, { gain: 0.3 })).connect(loudness.gain);
    sound.connect(loudness).connect(voice).connect(output);
    quiet.connect(output);
    for (const oscillator of [swing, sound]) oscillator.start();
    quiet.start(0, (seconds * at) / count);
    return { gain: voice.gain, stream: output.stream };
  });
  const streams = voices.map(({ stream }) => stream);
  let [side, turn] = ['none', 0];
  const speak = () => {
    turn++;
    voices.forEach(({ gain }, at) => (gain.value = side !== 'call' || at === turn % count ? 1 : 0));
  };
  setInterval(speak, 2000);

  // As the kit takes them in: at their own rate, and without a loudspeaker.
  const listen = async () => {
    const { sampleRate } = streams[0].getAudioTracks()[0].getSettings();
    const bare = new AudioContext({ sampleRate, latencyHint: 0.1, sinkId: { type: 'none' } });
    const nothing =
      'registerProcessor("nothing", class extends AudioWorkletProcessor { process() { return true } })';
    await bare.audioWorklet.addModule(URL.createObjectURL(new Blob([nothing], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(bare, 'nothing', { numberOfInputs: count });
    node.connect(bare.destination);
    const sources = streams.map((mediaStream, at) => {
      const source = new MediaStreamAudioSourceNode(bare, { mediaStream });
      source.connect(node, 0, at);
      return source;
    });
    return () => {
      for (const source of sources) source.disconnect();
      return bare.close();
    };
  };

  const draw = () => {
    const box = document.createElement('div');
    box.style.cssText = 'inline-size: 2rem; block-size: 0.5rem; background: green';
    document.body.append(box);
    let at = 0;
    const timer = setInterval(() => (box.style.translate = `${20 * (at++ % 9)}px`), 600);
    return () => clearInterval(timer);
  };

  let leave = () => {};
  window.measure = async (next) => {
    document.body.replaceChildren();
    await leave();
    leave = () => {};
    // After those that take away what is gone.
    await new Promise((resolve) => setTimeout(resolve, 500));
    side = next;
    speak();
    if (side === 'listening') leave = await listen();
    else if (side === 'drawing') leave = draw();
    else if (side !== 'none') {
      for (const stream of streams) {
        const meter = document.createElement('stream-meter');
        meter.srcObject = stream;
        document.body.append(meter);
      }
    }
    const all = [...document.querySelectorAll('stream-meter')];
    await window.e2e.until(() => all.every(({ level }) => level > -60), 'each of them measures');
    window.framesAsked = 0;
  };
  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = (run) => {
    window.framesAsked++;
    return requestAnimationFrame.call(window, run);
  };
}
