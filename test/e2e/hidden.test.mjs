import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startBroker } from '../../broker/broker.js';
import { enter, hears, meets, open, seesAndHears, unreachable, until, useExamples } from '../support/e2e.mjs';

/** Longer than the broker waits for a sign of life: one and a half of its keep-alive. */
const SILENCE = 91_000;
/** Within so many ms whoever has one tick a minute is back, also where it comes too early. */
const BACK = 75_000;
const colour = [140, 40, 180];

describe('a call in a hidden tab', () => {
  // Chromium leaves a hidden page 1 tick a minute, after 5 minutes; here after 10 s.
  const { examples, browsers, pages } = useExamples({
    chromium: {
      throttled: true,
      flags: ['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10'],
    },
    firefox: {},
  });

  it('goes on while its timers run once a minute', { timeout: 240_000 }, async (context) => {
    let broker = await startBroker();
    context.after(() => broker.close());
    const { port, url: signaling } = broker;
    const room = randomUUID();
    const join = async (kind, name, settings) => {
      const page = await enter(browsers[kind], examples, { room, name, signaling }, settings);
      pages.push(page);
      await page.evaluate(() => {
        window.troubles = [];
        const trouble = (words) => window.troubles.push(`${words} at ${Math.round(performance.now())} ms`);
        window.e2e.call().addEventListener('peer-leave', ({ peer }) => trouble(`${peer.name} left`));
        window.e2e.call().addEventListener('call-state-change', ({ state: { reachable, status } }) => {
          if (!reachable || status === 'reconnecting') trouble(`${status}, reachable: ${reachable}`);
        });
      });
      return page;
    };
    const idle = await open(browsers.chromium, `${examples.origin}/fixture`, { tab: true });
    pages.push(idle);
    await idle.evaluate(() => {
      window.ticks = [];
      const tick = () => {
        window.ticks.push(performance.now());
        setTimeout(tick, 500);
      };
      tick();
    });
    // One as the browser has it, which spares pages with a connection, and two that get no more than any other.
    const ann = await join('chromium', 'Ann', { tab: true, before: countSockets });
    const ben = await join('chromium', 'Ben', { tab: true, before: [countSockets, installOneTickAMinute] });
    const cid = await join('firefox', 'Cid', { tab: true, before: [countSockets, installOneTickAMinute] });
    const hidden = [ann, ben, cid];
    for (const kind of ['chromium', 'firefox']) {
      const front = await open(browsers[kind], 'about:blank', { tab: true });
      pages.push(front);
      await front.bringToFront();
    }
    await until(
      async () =>
        (await Promise.all(hidden.map((page) => page.evaluate(() => document.hidden)))).every(Boolean),
      'the tabs are hidden',
    );
    const dan = await join('firefox', 'Dan');
    await meets(dan, 'Ann', 'Ben', 'Cid');
    const since = Date.now();

    await until(() => Date.now() - since > SILENCE, 'a long time', SILENCE + 5000);
    const ticks = await idle.evaluate(() => [...window.ticks, performance.now()]);
    const longest = Math.max(...ticks.slice(1).map((at, index) => at - ticks[index]));
    context.diagnostic(`the timers of an idle tab stood still for ${Math.round(longest)} ms`);
    assert.ok(longest > 30_000, 'the browser does throttle');
    for (const page of [ben, cid]) assert.ok((await page.evaluate(() => window.ticks)) <= 2);
    for (const page of hidden)
      assert.equal(await page.evaluate(() => window.sockets), 1, 'it was never cut off');

    // A message arrives.
    await dan.evaluate(() => window.e2e.call().toggleAudio(false));
    const hear = (page, audio, ...within) =>
      until(
        () => page.evaluate((on) => document.hidden && window.e2e.peer('Dan').audio === on, audio),
        `Dan's microphone is ${audio ? 'on' : 'off'}`,
        ...within,
      );
    for (const page of hidden) await hear(page, false);
    const troubles = (page) => page.evaluate(() => window.troubles);
    for (const page of [...hidden, dan]) assert.deepEqual(await troubles(page), []);

    // The broker hangs up and knows nothing of them any more: what is said meanwhile is heard while they are hidden yet.
    await broker.close();
    broker = await startBroker({ port });
    const cut = Date.now();
    await dan.evaluate(async () => {
      const { call, until } = window.e2e;
      await until(() => call().state.reachable, 'the room');
      call().toggleAudio(true);
    });
    for (const page of hidden) {
      await hear(page, true, BACK);
      context.diagnostic(`reached ${Date.now() - cut} ms after it was cut off`);
      assert.ok((await page.evaluate(() => window.sockets)) > 1, 'it was cut off');
    }

    // Pictures that nobody sees are not sent.
    const sent = () =>
      dan.evaluate(async () => {
        const { call, peer } = window.e2e;
        const reports = await Promise.all(
          ['Ann', 'Ben', 'Cid'].map(async (name) => [...(await call().getStats(peer(name).id)).values()]),
        );
        return reports.map(
          (all) => all.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video').framesSent,
        );
      });
    let pictures;
    await until(
      async () => isDeepStrictEqual(pictures, (pictures = await sent())),
      'the last of the pictures',
    );

    // Somebody new comes in, and what is changed meanwhile is seen.
    const eve = await join('chromium', 'Eve');
    await meets(eve, 'Ann', 'Ben', 'Cid', 'Dan');
    assert.deepEqual(await sent(), pictures);
    for (const page of hidden) {
      await page.evaluate(() => (document.querySelector('media-generator').color = '#8c28b4'));
    }
    for (const page of [dan, eve])
      for (const name of ['Ann', 'Ben', 'Cid']) await seesAndHears(page, name, colour);
    for (const page of hidden) await hears(page, 'Eve');
    const isCut = (words) => words.startsWith('connected, reachable: false');
    for (const page of [...hidden, dan, eve]) {
      assert.deepEqual(
        (await troubles(page)).filter((words) => !isCut(words)),
        [],
      );
      assert.deepEqual(
        page.problems.filter((words) => !unreachable.test(words)),
        [],
      );
    }
  });
});

/** Runs in the page before its own scripts. */
function countSockets() {
  window.sockets = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      window.sockets++;
    }
  };
}

/** Runs in the page before its own scripts. While it is hidden all that is due waits for the next of the `ticks`, one a minute. */
function installOneTickAMinute() {
  const { setTimeout, clearTimeout } = window;
  // Soon after the long time.
  const FIRST = 50_000;
  const MINUTE = 60_000;
  const due = new Map();
  let next;
  window.ticks = 0;
  window.setTimeout = (run, delay, ...args) => {
    const act = () => run(...args);
    const later = () => (document.hidden ? due.set(id, act) : act());
    const id = setTimeout.call(window, later, delay);
    return id;
  };
  window.clearTimeout = (id) => {
    due.delete(id);
    clearTimeout.call(window, id);
  };
  const flush = () => {
    const acts = [...due.values()];
    due.clear();
    for (const act of acts) act();
  };
  const tick = () => {
    window.ticks++;
    next = setTimeout.call(window, tick, MINUTE);
    flush();
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout.call(window, next);
    if (document.hidden) next = setTimeout.call(window, tick, FIRST);
    else flush();
  });
}
