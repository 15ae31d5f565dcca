// What a page sees of a peer over the whole of a call, in good times and bad. For pages that `startExamples()` serves.
import assert from 'node:assert/strict';
import { meets, unreachable } from './e2e.mjs';
import { seesSync, sendSync } from './sync.mjs';

/**
 * Joins the open page with pictures that are known again, and keeps from now on what becomes of the peer `other`. `sound`:
 * with a tone, which takes browsers twice as much as the pictures.
 */
export async function talk(page, { other, sound = false, ...call }) {
  const enter = (...given) => window.e2e.enter(...given);
  await page.evaluate(enter, call, sound ? {} : { kind: 'video' });
  await record(page, other);
  await sendSync(page, sound ? { tone: 'sine' } : {});
}

/**
 * Resolves when Ann and Bob are connected and see what the other makes just now, with how long they saw nothing; rejects
 * where that was longer than `most` ms.
 */
export async function seeEachOther(ann, bob, most = Infinity) {
  const start = Date.now();
  const seen = [ann, bob].map((page) => pictures(page, 10, start));
  const times = (await Promise.all(seen)).map((at) => at - start);
  await Promise.all([seesSync(ann, 'Bob', bob), seesSync(bob, 'Ann', ann)]);
  await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
  const words = `pictures after ${times.join(' and ')} ms`;
  assert.ok(Math.max(...times) < most, words);
  return words;
}

/** Rejects if a page has ever shown another number of others than this, or an error. */
export async function allWasWell(pages, { tiles = 1, errors = [] } = {}) {
  for (const page of pages) {
    assert.equal((await kept(page)).tiles, tiles, 'tiles');
    const other = ({ code }) => !errors.includes(code);
    assert.deepEqual((await happened(page, 'error')).filter(other), []);
    assert.deepEqual(
      page.problems.filter((words) => !unreachable.test(words)),
      [],
    );
  }
}

/** Rejects if a page was told that anybody has left. */
export async function nobodyLeft(...pages) {
  for (const page of pages) assert.deepEqual(await happened(page, 'peer-leave'), []);
}

/** Keeps from now on when pictures of the peer were shown, by whichever element, and what happens in the call. */
export function record(page, name) {
  return page.evaluate((name) => {
    const { call, frame, tileVideo } = window.e2e;
    const kept = (window.kept = { pictures: [], events: [], tiles: 0 });
    for (const type of ['peer-join', 'peer-leave', 'call-state-change', 'error']) {
      call().addEventListener(type, ({ error }) => {
        const { status } = call().state;
        kept.events.push({ type, at: Date.now(), status, code: error?.code, message: error?.message });
      });
    }
    const others = '[part~="tile"]:not([part~="tile-local"])';
    const count = () => {
      kept.tiles = Math.max(kept.tiles, call().shadowRoot.querySelectorAll(others).length);
    };
    count();
    new MutationObserver(count).observe(call().shadowRoot, { childList: true, subtree: true });
    const watch = async () => {
      const video = tileVideo(name);
      if (video && (await frame(video))) kept.pictures.push(Date.now());
      requestAnimationFrame(watch);
    };
    watch();
  }, name);
}

/** What the page has kept: `events` with their times by the clock on the wall, `tiles`: the most that were shown of others at once. */
export function kept(page) {
  return page.evaluate(() => window.kept);
}

/** Those events of these types that the page has kept. */
export async function happened(page, ...types) {
  const { events } = await kept(page);
  return events.filter(({ type }) => types.includes(type));
}

/** For how many ms the page has shown the same picture at the most, since that time. */
export async function longestStill(page, since) {
  const times = [since, ...(await kept(page)).pictures.filter((at) => at > since), Date.now()];
  return Math.max(...times.slice(1).map((at, index) => at - times[index]));
}

/** Resolves when the page has shown `count` pictures since that time, with when the last of them was: the first may be old. */
export function pictures(page, count, since = Date.now()) {
  return page.evaluate(
    async (count, since) => {
      const { call, until } = window.e2e;
      const shown = () => window.kept.pictures.filter((at) => at > since);
      await until(() => shown().length >= count, `${count} pictures`, 60_000).catch(({ message }) => {
        const { status, peers } = call().state;
        const states = peers.map(({ name, connectionState }) => `${name} ${connectionState}`);
        const events = JSON.stringify(window.kept.events);
        throw new Error(`${message}; ${shown().length} shown, ${status} with [${states}], ${events}`);
      });
      return shown()[count - 1];
    },
    count,
    since,
  );
}
