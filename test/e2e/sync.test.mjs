import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { enter, meets, useExamples } from '../support/e2e.mjs';
import { limitVideo, receivedSync, sendSync, sentSync, watchSync } from '../support/sync.mjs';

// The code of `pattern="sync"` over real calls, at the worst that it promises to survive.

const limits = { maxBitrate: 150_000, scaleResolutionDownBy: 4 };

describe('pictures to measure by, over a call at 150 kb/s and a quarter of the size', () => {
  const { examples, browsers, pages } = useExamples();

  /** Ann and Bob send to each other for so long; answers what either has received of what the other has sent. */
  async function measure(kinds, { size, settling, seconds }) {
    const room = randomUUID();
    const names = ['Ann', 'Bob'];
    const joined = await Promise.all(
      kinds.map((kind, at) => enter(browsers[kind], examples, { room, name: names[at] })),
    );
    pages.push(...joined);
    const both = (act) =>
      Promise.all(joined.map((page, at) => act(page, names[1 - at], joined[1 - at], kinds[at])));
    await both((page, name) => meets(page, name));
    await both((page) => sendSync(page, size));
    await both((page) => limitVideo(page, limits));
    await setTimeout(settling * 1000);
    await both((page, name) => watchSync(page, name, size.width / limits.scaleResolutionDownBy));
    await setTimeout(seconds * 1000);
    const all = await both(async (page, name, other, kind) => {
      const received = await receivedSync(page, name);
      return { kind, name, received, sent: await sentSync(other) };
    });
    for (const page of joined) assert.deepEqual(page.problems, []);
    return all;
  }

  function check({ kind, name, received, sent }, offsets, tell) {
    const { pictures, codec, ...figures } = received;
    const about = `${name} seen in ${kind}: ${JSON.stringify(figures)}`;
    tell(about);
    assert.equal(codec, 'video/VP8', about);
    const { frames, unreadable, lost, repeated, latency, latencyP95, beeps, offset } = figures;
    assert.ok(frames >= 80, about);
    assert.ok(frames / (frames + unreadable) >= 0.98, about);
    const known = pictures.filter(([number]) => sent.has(number));
    assert.ok(known.length >= 0.5 * pictures.length, `${known.length} of ${pictures.length} known; ${about}`);
    assert.deepEqual(
      known.filter(([number, sentAt]) => sent.get(number) !== sentAt),
      [],
      about,
    );
    assert.ok(latency > 0 && latency <= latencyP95 && latencyP95 < 1000, about);
    const sentMeanwhile = pictures.at(-1)[0] - pictures[0][0] + 1;
    assert.ok(frames - repeated + lost <= sentMeanwhile, `${sentMeanwhile} sent; ${about}`);
    assert.ok(lost <= frames && repeated <= 0.1 * frames, about);
    assert.ok(beeps >= 3, about);
    assert.ok(offset !== null && Math.abs(offset) <= offsets, about);
  }

  const size = { width: 640, height: 360 };
  // Only Chromium brings picture and sound together for good, in half a minute, and within 40 ms where the machine does
  // nothing else; beside other tests up to 200 ms were seen. Of Firefox, −45 to +260 ms.
  const pairs = [
    ['chromium', 'chromium', { size, settling: 20, seconds: 20 }, 250],
    ['chromium', 'firefox', { size, settling: 0, seconds: 10 }, Infinity],
  ];
  for (const [one, other, how, offsets] of pairs) {
    it(`${one} and ${other}`, { timeout: 120_000 }, async (test) => {
      const all = await measure([one, other], how);
      for (const side of all) check(side, offsets, (about) => test.diagnostic(about));
    });
  }
});
