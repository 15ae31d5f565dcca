import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { open, seesAndHears, useExamples } from '../support/e2e.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';

// The main job as a person does it: the front page, the test picture (with the number and the time of each), the join
// button.

const people = ['Ann', 'Bob', 'Cid'];

describe('a call from the front page through the broker', () => {
  const { examples, browsers, pages } = useExamples();

  async function join(browser, name, room) {
    const page = await open(browsers[browser], `${examples.origin}/?room=${room}`);
    pages.push(page);
    await page.click('input[value=test]');
    await page.type('input[name=name]', name);
    await sendSync(page, { id: 'test-picture' });
    await page.click('button.primary');
    return page;
  }

  async function meet(...kinds) {
    const room = randomUUID();
    const joined = await Promise.all(kinds.map((kind, at) => join(kind, people[at], room)));
    await seeAndHearEachOther(Object.fromEntries(joined.map((page, at) => [people[at], page])));
    for (const page of joined) assert.deepEqual(page.problems, []);
    return joined;
  }

  it('two Chromium pages see and hear each other', { timeout: 60_000 }, () => meet('chromium', 'chromium'));
  it('Chromium and Firefox', { timeout: 60_000 }, () => meet('chromium', 'firefox'));
  it('two Firefox pages', { timeout: 60_000 }, () => meet('firefox', 'firefox'));
  it('three in a room', { timeout: 60_000 }, () => meet('chromium', 'firefox', 'chromium'));

  it(
    'another source in the middle of the call is seen on the same connection',
    { timeout: 60_000 },
    async () => {
      const [ann, bob] = await meet('chromium', 'firefox');
      const connection = await bob.evaluateHandle(() => {
        const { call, peer } = window.e2e;
        return call().getPeerConnection(peer('Ann').id);
      });
      await ann.evaluate(async () => {
        const other = document.createElement('media-generator');
        Object.assign(other, {
          id: 'other',
          pattern: 'solid',
          color: '#8c28b4',
          tone: 'sine',
          autostart: true,
        });
        document.querySelector('main').append(other);
        window.e2e.call().source = 'other';
      });
      await seesAndHears(bob, 'Ann', [140, 40, 180]);
      const same = await bob.evaluate((before) => {
        const { call, peer } = window.e2e;
        return call().getPeerConnection(peer('Ann').id) === before;
      }, connection);
      assert.equal(same, true);
    },
  );
});
