import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { enter, launch, meets, open, useExamples } from '../support/e2e.mjs';

const nothing = { connections: 0, tracks: 0, sockets: 0, channels: 0, workers: 0, contexts: 0, timers: 0 };

describe('fifty joins and leaves in one page', () => {
  const { examples } = useExamples({});

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: leave nothing behind`, { timeout: 180_000 }, async (context) => {
      const browser = await launch(kind);
      try {
        const room = randomUUID();
        const stays = await enter(browser, examples, { room, name: 'Ann' }, { counted: true });
        const page = await open(browser, `${examples.origin}/fixture`, { counted: true });
        const before = await page.evaluate(() => window.e2e.left());
        assert.deepEqual(before, nothing, 'an empty page');
        const options = { room, signaling: examples.broker, name: 'Bob' };

        // Whoever has met somebody looks after the quality of calls from then on.
        await page.evaluate(async (given) => {
          await window.e2e.enter(given);
          await window.e2e.meets('Ann');
        }, options);
        await waits(stays, () => window.e2e.call().peers[0]?.quality);
        await page.evaluate(() => document.body.replaceChildren());
        await waits(stays, () => window.e2e.call().peers.length === 0);
        const alone = await stays.evaluate(() => window.e2e.left());

        const start = Date.now();
        // Each element joins again and again, and is removed in the middle of its last call. The others hold back who
        // begins too often, so most are made anew before that.
        await page.evaluate(visit, options, [10, 5, 5, 5, 5, 5, 5, 5, 5]);
        context.diagnostic(`50 calls in ${Date.now() - start} ms`);

        await meets(stays);
        assert.deepEqual(await settled(page, nothing), nothing);
        const still = await settled(stays, alone);
        for (const [what, count] of Object.entries(alone)) {
          assert.ok(
            still[what] <= count,
            `the one who stayed has ${still[what]} ${what}, before ${count}: ${await timersOf(stays)}`,
          );
        }
        if (kind === 'chromium') {
          const collected = await page.evaluate(async () => {
            const { until } = window.e2e;
            await until(async () => {
              // Asynchronously, so that nothing on the stack looks like a reference.
              await window.gc({ type: 'major', execution: 'async' });
              return window.removed.every((one) => !one.deref());
            }, 'every removed element is garbage-collected').catch(({ message }) => {
              const kept = window.removed.map((one, at) => one.deref() && `${one.deref().localName} ${at}`);
              throw new Error(`${message}: there are ${kept.filter(Boolean)}`);
            });
            return window.removed.length;
          });
          assert.equal(collected, 18, 'nine calls and their generators');
        }
        assert.deepEqual([...page.problems, ...stays.problems], []);
      } finally {
        await browser.close();
      }
    });
  }

  /** Runs in the page: a call for each of `visits`, which joins so often. */
  async function visit(options, visits) {
    const { call, enter, meets } = window.e2e;
    window.removed = [];
    for (const joins of visits) {
      await enter(options);
      await meets('Ann');
      for (let again = 1; again < joins; again++) {
        call().leave();
        await call().join();
        await meets('Ann');
      }
      for (const element of [...document.body.children]) {
        window.removed.push(new WeakRef(element));
        element.remove();
      }
    }
  }

  const waits = (page, condition) => page.waitForFunction(condition, { polling: 50 });

  /** What waits on the page. */
  const timersOf = (page) => page.evaluate(() => [...window.e2e.timers.values()].join('\n'));

  /** What is left on the page as soon as that is `expected`, or after ten seconds. */
  function settled(page, expected) {
    return page.evaluate(async (wanted) => {
      const { left, until } = window.e2e;
      const as = () => Object.entries(left()).every(([kind, count]) => count <= wanted[kind]);
      await until(as, 'as before', 10_000).catch(() => {});
      return left();
    }, expected);
  }
});
