import { setTimeout as sleep } from 'node:timers/promises';
import { define, launch, open, startExamples } from '../support/e2e.mjs';
import { cpuTime } from './generator/cpu.mjs';
import { interleave, line, round } from './generator/figures.mjs';

/** In percent of a core. */
const MOST = 1;
/** As often as they are drawn at the most, in ms: what is small is measured as a multiple of it. */
const PERIOD = 400;
const TIMES = 2000 / PERIOD;
const [SPAN, ROUNDS] = [4000, 3];

/** What `<call-stats>` costs in a call of eight, with full plots, beside the same page without it. */
export async function run() {
  const examples = await startExamples();
  const rows = {};
  try {
    for (const kind of ['chromium', 'firefox']) {
      const { without, within } = await measure(kind, `${examples.origin}/fixture`);
      const cost = (within - without) / TIMES;
      rows[`${kind}: CPU in % of a core`] = line({
        against: round(without),
        measured: `${round(cost)} more`,
        aim: `at most ${MOST} more`,
        met: cost <= MOST,
      });
    }
  } finally {
    await examples.close();
  }
  return { title: 'The figures of a call of eight beside none', rows };
}

async function measure(kind, url) {
  const browser = await launch(kind);
  try {
    const page = await open(browser, url);
    await define(page, 'call-stats');
    await page.evaluate(measureFull, PERIOD);
    const sides = await interleave(['without', 'within'], ROUNDS, async (side) => {
      await page.evaluate((shown) => window.show(shown), side === 'within');
      // What it costs to begin, as to compile what is drawn with, is over.
      await page.evaluate(() => window.measured(20));
      const before = cpuTime(browser.process().pid);
      await sleep(SPAN);
      return { cpu: ((cpuTime(browser.process().pid) - before) / SPAN) * 100 };
    });
    const { peers, points } = await page.evaluate(() => window.drawn());
    if (peers !== 7 || points <= 50) throw new Error(`${kind}: ${peers} peers, ${points} points`);
    if (page.problems.length) throw new Error(`${kind}: ${page.problems}`);
    return { without: sides.without.cpu, within: sides.within.cpu };
  } finally {
    await browser.close();
  }
}

/**
 * Runs in the page: a call of eight that works as calls do, whose figures are others each `period`; `show` shows them or
 * not, as after two minutes.
 */
async function measureFull(period) {
  await customElements.whenDefined('call-stats');
  const about = (value) => value * (0.8 + 0.4 * Math.random());
  const rarely = (value) => (Math.random() < 0.1 ? value : 0);
  const media = () => ({
    bitrate: about(1e6),
    loss: rarely(0.01),
    jitter: about(0.01),
    frameRate: 30 - rarely(1),
    width: 640,
    height: 360,
    codecs: ['opus', 'VP8'],
  });
  const quality = () => ({
    score: 'good',
    received: media(),
    sent: media(),
    roundTrip: about(0.05),
    limitation: 'none',
    candidatePair: { local: 'host', remote: 'host', protocol: 'udp', relayProtocol: null },
    availableBitrate: 2e6,
  });
  const call = document.createElement('made-call');
  call.id = 'made';
  Object.defineProperty(call, 'peers', { get: () => call.state.peers });
  call.state = { status: 'connected', peers: [], issues: [] };
  const measure = (at) => {
    const before = call.state.peers;
    const peers = Array.from({ length: 7 }, (_, index) =>
      at === undefined || at === index
        ? { id: String(index), name: `Peer ${index}`, status: 'connected', quality: quality() }
        : before[index],
    );
    call.state = { ...call.state, peers };
    call.dispatchEvent(new Event('call-state-change'));
  };
  customElements.define('made-call', class extends HTMLElement {});
  document.body.append(call);
  measure();
  // One after the other, as they come.
  let times = 0;
  window.measured = (more) => {
    const wanted = times + more;
    return window.e2e.until(() => times >= wanted, 'measured');
  };
  setInterval(() => {
    times++;
    for (let at = 0; at < 7; at++) setTimeout(() => measure(at), at * 10);
  }, period);
  const stats = document.createElement('call-stats');
  stats.htmlFor = 'made';
  window.drawn = () => ({
    peers: stats.shadowRoot?.querySelectorAll('.peer').length ?? 0,
    points: stats.shadowRoot?.querySelector('.plot path')?.getAttribute('d').split(/[ML]/).length ?? 0,
  });
  window.show = async (shown) => {
    stats.remove();
    if (!shown) return;
    // Two minutes pass at once.
    const { performance } = window;
    const now = performance.now.bind(performance);
    let ago = 120_000;
    performance.now = () => now() - ago;
    document.body.append(stats);
    await stats.updateComplete;
    for (; ago > 0; ago -= 2000) measure();
    delete performance.now;
    await window.e2e.until(() => window.drawn().peers === 7, 'drawn');
  };
}
