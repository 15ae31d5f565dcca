import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../support/e2e.mjs';
import { skip, useNetwork } from '../support/network-call.mjs';

/** The payload types of sound: Chromium's and Firefox's. */
const SOUND = [111, 109];

// What else a call tells of is caused in quality.test.mjs, and in relay.test.mjs.
describe('the problems that a network causes', { concurrency: 3 }, () => {
  const call = useNetwork('chromium');

  /** Keeps from now on what is told of problems with the peer. What the beginning of a call has caused is over before. */
  const listen = (page) =>
    page.evaluate(async () => {
      const { call, until } = window.e2e;
      await until(() => call().state.issues.length === 0, 'no problems', 30_000);
      window.issues = [];
      call().addEventListener('call-issue', ({ issue }) => window.issues.push(issue));
    });
  /** What was told of this problem, and whether it lasts by the state of the call. */
  const told = (page, name) =>
    page.evaluate((name) => {
      const issues = window.issues.filter((issue) => issue.name === name);
      const { peers, state } = window.e2e.call();
      return { issues, lasts: state.issues.some((issue) => issue.name === name), peer: peers[0]?.id };
    }, name);
  const all = (page) => page.evaluate(() => window.issues.map(({ name, ended }) => `${name} ${ended}`));

  /** Rejects unless this page is told that the problem with its peer begins. */
  async function begins(page, name) {
    const { issues, peer } = await until(
      async () => {
        const now = await told(page, name);
        return now.lasts && now;
      },
      `the beginning of ${name}`,
      60_000,
    ).catch(async ({ message }) => {
      throw new Error(`${message}; told were ${await all(page)}`);
    });
    assert.equal(issues.length, 1);
    assert.equal(issues[0].peerId, peer);
    assert.equal(issues[0].ended, null);
    assert.match(issues[0].message, /\w+: \w+.+\.$/);
  }

  /** Rejects unless this page is told that it is over. */
  async function ends(page, name) {
    const { issues } = await until(
      async () => {
        const now = await told(page, name);
        return !now.lasts && now;
      },
      `the end of ${name}`,
      90_000,
    );
    const [start, end] = issues;
    assert.equal(end.since, start.since);
    assert.ok(end.ended > end.since);
  }

  for (const to of ['chromium', 'firefox']) {
    it(`high-loss, told to chromium and ${to}`, { skip, timeout: 180_000 }, () =>
      call({ to }, async ({ host, ann, bob }) => {
        await Promise.all([ann, bob].map(listen));
        await host.impair({ loss: 30 });
        await Promise.all([begins(ann, 'high-loss'), begins(bob, 'high-loss')]);
        await host.impair({ loss: 0 });
        await Promise.all([ends(ann, 'high-loss'), ends(bob, 'high-loss')]);
      }),
    );

    it(`one-way, told to ${to}, and no-media to the other side`, { skip, timeout: 180_000 }, () =>
      call({ to }, async ({ host, ann, bob }) => {
        await Promise.all([ann, bob].map(listen));
        await host.withhold(true);
        await Promise.all([begins(bob, 'one-way'), begins(ann, 'no-media')]);
        await host.withhold(false);
        await Promise.all([ends(bob, 'one-way'), ends(ann, 'no-media')]);
        assert.deepEqual((await told(ann, 'one-way')).issues, []);
        assert.deepEqual((await told(bob, 'no-media')).issues, []);
      }),
    );
  }

  it('out-of-sync, told to chromium', { skip, timeout: 180_000 }, () =>
    call({ to: 'chromium', sound: true }, async ({ host, ann }) => {
      await listen(ann);
      // The browser makes up for it, but in small steps.
      await host.retard(2000, SOUND);
      await begins(ann, 'out-of-sync');
      await ends(ann, 'out-of-sync');
    }),
  );

  // Firefox does not tell.
  it('low-bandwidth, told to chromium', { skip, timeout: 180_000 }, () =>
    call({ to: 'chromium' }, async ({ host, bob }) => {
      await bob.evaluate(() => {
        const { call } = window.e2e;
        // More than fits.
        Object.assign(document.getElementById('camera'), { pattern: 'noise', width: 640, height: 480 });
        call().style.inlineSize = '700px';
      });
      await listen(bob);
      await host.impair({ rate: 100 });
      await begins(bob, 'low-bandwidth');
      await host.impair({ rate: 0 });
      await ends(bob, 'low-bandwidth');
    }),
  );
});
