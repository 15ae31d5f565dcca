import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { enter, launch, meets, useExamples } from '../support/e2e.mjs';

const ORDERLY = 2_000;
// The broker's keep-alive is 60 s and it waits one and a half of that.
const CRASHED = 90_000;

describe('those who go away', () => {
  const { examples, browsers } = useExamples();

  /** Lets `goer` go while a Chromium and a Firefox page stay; answers how long each still had its tile. */
  async function vanish(context, goer, go, limit) {
    const room = randomUUID();
    const stay = await Promise.all([
      enter(browsers.chromium, examples, { room, name: 'Ann' }),
      enter(browsers.firefox, examples, { room, name: 'Bob' }),
    ]);
    const page = await enter(goer, examples, { room, name: 'Gone' });
    await Promise.all([meets(stay[0], 'Bob', 'Gone'), meets(stay[1], 'Ann', 'Gone')]);
    // Known before anybody goes: that takes less time than to ask for it.
    const tiles = await Promise.all(
      stay.map((one) => one.evaluateHandle(() => window.e2e.until(() => window.e2e.tileVideo('Gone')))),
    );
    const gone = stay.map((one, at) =>
      one.evaluate(
        async (tile, most) => {
          const { call, peer, until } = window.e2e;
          await until(() => !peer('Gone') && !tile.isConnected, 'the tile is gone', most);
          return [Date.now(), call().peers.length];
        },
        tiles[at],
        limit + 5_000,
      ),
    );
    const start = Date.now();
    await go(page);
    const answers = await Promise.all(gone);
    for (const one of stay) await one.close();
    const times = answers.map(([end]) => end - start);
    context.diagnostic(`gone after ${times.join(' and ')} ms`);
    assert.ok(Math.max(...times) < limit, `${times} ms, at most ${limit}`);
    assert.deepEqual(
      answers.map(([, others]) => others),
      [1, 1],
      'the others stay',
    );
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: a closed tab`, { timeout: 60_000 }, (context) =>
      vanish(context, browsers[kind], (page) => page.close({ runBeforeUnload: false }), ORDERLY),
    );

    it(`${kind}: another address in the same tab`, { timeout: 60_000 }, async (context) => {
      let left;
      await vanish(context, browsers[kind], (page) => (left = page).goto('about:blank'), ORDERLY);
      await left.close();
    });

    it(`${kind}: the element removed`, { timeout: 60_000 }, async (context) => {
      let left;
      await vanish(
        context,
        browsers[kind],
        (page) => (left = page).evaluate(() => window.e2e.call().remove()),
        ORDERLY,
      );
      await left.close();
    });
  }

  // Side by side: either is missed after some seconds only.
  it('a killed Chromium, and a killed Firefox', { timeout: 150_000 }, async (context) => {
    const kill = async (kind) => {
      const doomed = await launch(kind);
      await vanish(context, doomed, () => doomed.process().kill('SIGKILL'), CRASHED);
    };
    await Promise.all(Object.keys(browsers).map(kill));
  });
});
