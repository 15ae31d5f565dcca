import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../support/e2e.mjs';

/** How long a page may take for anything: a crowded machine is slow, a broken one never answers. */
const PATIENCE = 60_000;

/** Opens a page of a side, which shows its own picture already: see page.js. `prepare` runs in it before all else. */
export async function openSide(browser, origin, options, prepare) {
  const page = await open(browser, 'about:blank');
  if (prepare) await page.evaluateOnNewDocument(prepare);
  await page.goto(`${origin}/test/bench/call/page.html`, { waitUntil: 'load' });
  await page.evaluate((words) => window.bench.enter(words), options);
  return page;
}

/** Resolves when the others can call the page. */
export const join = (page) => ask(page, 'join');
/** Joins; resolves with the ms until the first frames of so many others. */
export const meet = (page, others = 1) => ask(page, 'meet', others);
/** Resolves when the pictures of so many others have been shown. */
export const met = (page, others) => ask(page, 'met', others);
/** Resolves when the next frame of another is shown. */
export const next = (page) => ask(page, 'next');

/** Calls a method of `window.bench`; rejects where that takes too long. */
async function ask(page, method, ...words) {
  const given = new AbortController();
  const late = sleep(PATIENCE, null, { signal: given.signal }).then(
    () => Promise.reject(new Error(`no answer to "${method}" within ${PATIENCE} ms`)),
    () => {},
  );
  try {
    const answer = page.evaluate((name, all) => window.bench[name](...all), method, words);
    return await Promise.race([answer, late]);
  } finally {
    given.abort();
  }
}

/** The ms from now on until it has resolved; null where that takes longer than `most`. */
export async function timed(promise, most) {
  const began = performance.now();
  // A page that is closed meanwhile has nothing more to say.
  const done = promise.then(
    () => performance.now() - began,
    () => null,
  );
  const patience = new AbortController();
  const late = sleep(most, null, { signal: patience.signal }).catch(() => null);
  const ms = await Promise.race([done, late]);
  patience.abort();
  return ms;
}

let rooms = 0;
/** The name of a room that nobody has been in. */
export const freshRoom = () => `room-${process.pid}-${++rooms}`;
