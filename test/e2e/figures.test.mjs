import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { cpuTime } from '../bench/generator/cpu.mjs';
import { enter, meets, open, until, useExamples } from '../support/e2e.mjs';

/** The part of a core that the figures of a full call may cost. */
const BUDGET = 0.01;
/** As often as they are drawn at the most: what is small is measured as a multiple of it. */
const PERIOD = 400;
const TIMES = 2000 / PERIOD;
const SPAN = 4_000;

describe('the figures of a call', () => {
  const { examples, browsers, pages } = useExamples();

  it('are told at both ends, each kind of browser watching the other', { timeout: 120_000 }, async () => {
    const room = randomUUID();
    const join = async (kind, name) => {
      const page = await enter(browsers[kind], examples, { room, name, id: 'call' });
      pages.push(page);
      await page.evaluate(() =>
        document.body.insertAdjacentHTML('beforeend', '<call-stats for="call"></call-stats>'),
      );
      return page;
    };
    const [ann, bob] = await Promise.all([join('chromium', 'Ann'), join('firefox', 'Bob')]);
    await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
    for (const page of [ann, bob]) {
      const rows = () =>
        page.evaluate(() => {
          const { shadowRoot } = document.querySelector('call-stats');
          const all = [...shadowRoot.querySelectorAll('tr')];
          return Object.fromEntries(
            all.map(({ cells }) => [cells[0].textContent.trim(), cells[1]?.textContent.trim()]),
          );
        });
      let last;
      await until(
        async () => {
          last = await rows();
          const known = Object.values(last).filter((cell) => cell !== 'unknown');
          return known.length === 14 && /^[1-9]/.test(last['Frame rate, received']);
        },
        'every figure',
        60_000,
      ).catch((error) => {
        throw new Error(`${error.message}; they are ${JSON.stringify(last)}`);
      });
      assert.match(last['Bitrate, received'], /[kM]b/);
      assert.match(last['Round trip'], /ms$/);
      assert.match(last['Codecs, sent'], /opus/);
      assert.equal(last['Path'], 'direct, UDP');
      assert.equal(last['Resolution, received'], '320 × 240');
      const lines = await page.evaluate(() => {
        const paths = document.querySelector('call-stats').shadowRoot.querySelectorAll('.plot path');
        return [...paths].filter((path) => path.getAttribute('d')).length;
      });
      assert.equal(lines, 9);
      const written = await page.evaluate(() => document.querySelector('call-stats').snapshot());
      assert.match(written, /Peer \S+: connected, (good|fair|poor)/);
      assert.doesNotMatch(written, /Ann|Bob|127\.0\.0\.1/);
      assert.deepEqual(page.problems, []);
    }
  });

  // Of eight, with full plots. Against the same page without them.
  for (const kind of ['chromium', 'firefox']) {
    it(`cost little: ${kind}`, { timeout: 120_000 }, async (context) => {
      const page = await open(browsers[kind], `${examples.origin}/fixture`);
      pages.push(page);
      await page.evaluate(measureFull, PERIOD);
      const spent = async () => {
        const before = cpuTime(browsers[kind].process().pid);
        await new Promise((resolve) => setTimeout(resolve, SPAN));
        return cpuTime(browsers[kind].process().pid) - before;
      };
      // What else the machine does only ever adds to it.
      const leastOfTwo = async () => Math.min(await spent(), await spent());
      const least = { without: await leastOfTwo() };
      await page.evaluate(() => window.show());
      // What it costs to begin, as to compile what is drawn with, is over.
      await page.evaluate(() => window.measured(20));
      least.within = await leastOfTwo();
      const part = (least.within - least.without) / SPAN / TIMES;
      context.diagnostic(`${(part * 100).toFixed(2)} % of a core: ${JSON.stringify(least)} ms`);
      const { peers, points } = await page.evaluate(() => window.drawn());
      assert.equal(peers, 7);
      assert.ok(points > 50, `${points} points`);
      assert.ok(part < BUDGET, `${part}`);
      assert.deepEqual(page.problems, []);
    });
  }
});

/**
 * Runs in the page: a call of eight that works as calls do, whose figures are others each `period`; `show` shows them, as
 * after two minutes.
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
  window.show = async () => {
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
