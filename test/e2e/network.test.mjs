import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { open, startExamples } from '../support/e2e.mjs';
import { startNetwork, whyNoNetwork } from '../support/network.mjs';
import { allWasWell, nobodyLeft, pictures, seeEachOther, talk } from '../support/record.mjs';

const skip = await whyNoNetwork();
if (skip) console.log(skip);

/** What an error may say that ends all attempts to get through. */
const reasons = ['connection-failed', 'network-blocked', 'timeout'];

// Ann is at home, where nothing is ever wrong. Bob has a host of his own in each test, so they run side by side.
describe('calls over real networks', () => {
  let examples, network, home;
  before(async () => {
    if (skip) return;
    examples = await startExamples();
    network = await startNetwork({ ports: [Number(new URL(examples.origin).port)] });
    home = await (await network.addHost()).launch('chromium');
  });
  after(async () => {
    await network?.close();
    await examples?.close();
  });

  /** Runs `act` with Ann and Bob in a call, Bob's network being impaired from before they join. */
  async function call(kind, how, act, errors = []) {
    const host = await network.addHost();
    const browser = await host.launch(kind);
    const [room, signaling] = [randomUUID(), examples.broker];
    const [ann, bob] = await Promise.all(
      [home, browser].map((one) => open(one, `${examples.origin}/fixture`)),
    );
    try {
      await host.impair(how);
      const begun = Date.now();
      await Promise.all([
        talk(ann, { room, signaling, name: 'Ann', other: 'Bob' }),
        talk(bob, { room, signaling, name: 'Bob', other: 'Ann' }),
      ]);
      await seeEachOther(ann, bob);
      await act({ host, ann, bob, took: Date.now() - begun });
      await allWasWell([ann, bob], { errors });
    } finally {
      await Promise.all([ann.close(), browser.close()]);
    }
  }

  describe('cut', { concurrency: true }, () => {
    for (const [seconds, kind] of [
      [5, 'chromium'],
      [5, 'firefox'],
      [15, 'chromium'],
      [15, 'firefox'],
      [40, 'chromium'],
    ]) {
      it(`for ${seconds} s, Chromium and ${kind}`, { skip, timeout: 180_000 }, (test) =>
        call(kind, {}, async ({ host, ann, bob }) => {
          await host.cut();
          await setTimeout(seconds * 1000);
          await host.heal();
          test.diagnostic(`${seconds} s, ${kind}: ${await seeEachOther(ann, bob)}`);
          if (seconds === 5) await nobodyLeft(ann, bob);
        }),
      );
    }

    it('for good: both are told why', { skip, timeout: 200_000 }, (test) => {
      const act = async ({ host, ann, bob }) => {
        await host.cut();
        const start = Date.now();
        const told = (page) =>
          page.evaluate(async () => {
            const error = () => window.kept.events.find(({ type }) => type === 'error');
            await window.e2e.until(error, 'an error', 100_000).catch(() => {});
            return error() ?? { message: JSON.stringify(window.kept.events) };
          });
        for (const { at, code, message } of await Promise.all([ann, bob].map(told))) {
          test.diagnostic(`${code} after ${at - start} ms: ${message}`);
          assert.ok(reasons.includes(code), `${code}: ${message}`);
        }
        // Whoever tries again comes through.
        await host.heal();
        const again = (page) =>
          page.evaluate(async () => {
            const { call } = window.e2e;
            call().leave();
            await call().join();
          });
        await Promise.all([ann, bob].map(again));
        await seeEachOther(ann, bob);
      };
      return call('chromium', {}, act, reasons);
    });
  });

  describe('impaired', { concurrency: 4 }, () => {
    for (const kind of ['chromium', 'firefox']) {
      it(
        `another address in the middle of the call, Chromium and ${kind}`,
        { skip, timeout: 180_000 },
        (test) =>
          call(kind, {}, async ({ host, ann, bob }) => {
            await host.changeAddress();
            test.diagnostic(`${kind}: ${await seeEachOther(ann, bob)}`);
            await nobodyLeft(ann, bob);
          }),
      );
    }

    for (const [what, how, kind] of [
      ['5 % loss', { loss: 5 }, 'chromium'],
      ['20 % loss', { loss: 20 }, 'chromium'],
      ['20 % loss', { loss: 20 }, 'firefox'],
      ['100 ± 30 ms', { delay: 100, jitter: 30 }, 'chromium'],
      ['300 kbit/s', { rate: 300 }, 'chromium'],
    ]) {
      it(`${what} each way, Chromium and ${kind}`, { skip, timeout: 180_000 }, (test) =>
        call(kind, how, async ({ ann, bob, took }) => {
          const start = Date.now();
          await Promise.all([pictures(ann, 60), pictures(bob, 60)]);
          test.diagnostic(`${what}, ${kind}: up in ${took} ms, 60 pictures in ${Date.now() - start} ms`);
          await seeEachOther(ann, bob);
          await nobodyLeft(ann, bob);
        }),
      );
    }
  });
});
