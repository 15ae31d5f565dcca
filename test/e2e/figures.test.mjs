import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { define, enter, meets, until, useExamples } from '../support/e2e.mjs';

describe('the figures of a call', () => {
  const { examples, browsers, pages } = useExamples();

  it('are told at both ends, each kind of browser watching the other', { timeout: 120_000 }, async () => {
    const room = randomUUID();
    const join = async (kind, name) => {
      const page = await enter(browsers[kind], examples, { room, name, id: 'call' });
      pages.push(page);
      await define(page, 'call-stats');
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
      assert.equal(last['Resolution, received'], '320 × 180');
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
});
