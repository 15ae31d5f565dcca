import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { skip, useNetwork } from '../support/network-call.mjs';
import { nobodyLeft, pictures, seeEachOther } from '../support/record.mjs';

/** What an error may say that ends all attempts to get through. */
const reasons = ['connection-failed', 'network-blocked', 'timeout'];

/** Within so many ms both are told that it is of no use: a minute, and what it takes until the loss is noticed. */
const GIVEN_UP = 80_000;
/** Within so many ms both move again when the network is back, also on a crowded machine. */
const BACK = 20_000;

/**
 * Resolves when the state and the screen of a call say that the connection is being brought back, or for want of a network
 * is not.
 */
const isToldSo = (page, online = true) =>
  page.evaluate(
    (status, words) => {
      const call = window.e2e.call();
      const screen = () => call.shadowRoot.querySelector('.tile-status')?.innerText ?? '';
      return window.e2e.until(
        () =>
          call.matches(':state(reconnecting)') &&
          call.peers[0]?.status === status &&
          screen().includes(words),
        status,
        35_000,
      );
    },
    ...(online ? ['reconnecting', 'Reconnecting'] : ['offline', 'No network']),
  );

/** How the page reaches Bob: by the same connection as when it was asked first? */
const way = (page) =>
  page.evaluate(() => {
    const { call, peer } = window.e2e;
    const connection = call().getPeerConnection(peer('Bob').id);
    const isSame = connection === (window.connection ??= connection);
    return { isSame, fragment: /^a=ice-ufrag:(.*)$/m.exec(connection.localDescription.sdp)[1] };
  });

describe('calls over real networks', () => {
  const call = useNetwork('chromium', 'firefox');

  // The longest first, and no more of them than a small machine has browsers for.
  describe('cut', { concurrency: 3 }, () => {
    it('for good: both are told why', { skip, timeout: 200_000 }, (test) => {
      const act = async ({ host, ann, bob }) => {
        await host.cut();
        const start = Date.now();
        const told = (page) =>
          page.evaluate(async () => {
            const error = () => window.kept.events.find(({ type }) => type === 'error');
            await window.e2e.until(error, 'an error', 100_000).catch(() => {});
            const status = () => window.e2e.call().shadowRoot.querySelector('.tile-status').innerText;
            await window.e2e.until(() => status().includes('No connection'), 'its words on the screen');
            return error() ?? { message: JSON.stringify(window.kept.events) };
          });
        for (const { at, code, message } of await Promise.all([ann, bob].map(told))) {
          test.diagnostic(`${code} after ${at - start} ms: ${message}`);
          assert.ok(reasons.includes(code), `${code}: ${message}`);
          assert.ok(at - start < GIVEN_UP, `${at - start} ms`);
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
        await seeEachOther(ann, bob, BACK);
      };
      return call({ to: 'firefox', errors: reasons }, act);
    });

    // A machine whose plug is pulled knows it, and Chromium asks: Firefox, as automation runs it, does not.
    for (const [seconds, to, at = 'chromium', unplugged = false] of [
      [40, 'firefox', 'firefox'],
      [40, 'firefox'],
      [40, 'chromium', 'chromium', true],
      [15, 'firefox'],
      [15, 'chromium'],
      [5, 'firefox'],
      [5, 'chromium'],
    ]) {
      const how = unplugged ? ', where the machine knows' : '';
      it(`for ${seconds} s${how}, ${at} and ${to}`, { skip, timeout: 180_000 }, (test) =>
        call({ at, to, sound: seconds === 5 }, async ({ host, ann, bob }) => {
          await (unplugged ? host.unplug() : host.cut());
          const told = seconds === 40 ? [isToldSo(ann), isToldSo(bob, !unplugged)] : [];
          await Promise.all([setTimeout(seconds * 1000), ...told]);
          await (unplugged ? host.plugIn() : host.heal());
          test.diagnostic(`${seconds} s, ${at} and ${to}: ${await seeEachOther(ann, bob, BACK)}`);
          await nobodyLeft(ann, bob);
        }),
      );
    }
  });

  describe('impaired', { concurrency: 3 }, () => {
    for (const to of ['chromium', 'firefox']) {
      it(
        `another address in the middle of the call, chromium and ${to}`,
        { skip, timeout: 180_000 },
        (test) =>
          call({ to, sound: true }, async ({ host, ann, bob }) => {
            const former = await way(ann);
            await host.changeAddress();
            test.diagnostic(`${to}: ${await seeEachOther(ann, bob, BACK)}`);
            await nobodyLeft(ann, bob);
            // ICE was restarted; what Firefox answers there, Chromium takes for another connection.
            const { isSame, fragment } = await way(ann);
            assert.notEqual(fragment, former.fragment);
            if (to === 'chromium') assert.ok(isSame, 'the same connection');
          }),
      );
    }

    for (const [what, how, to] of [
      ['5 % loss', { loss: 5 }, 'chromium'],
      ['20 % loss', { loss: 20 }, 'chromium'],
      ['20 % loss', { loss: 20 }, 'firefox'],
      ['100 ± 30 ms', { delay: 100, jitter: 30 }, 'firefox'],
      ['300 kbit/s', { rate: 300 }, 'firefox'],
    ]) {
      it(`${what} each way, chromium and ${to}`, { skip, timeout: 180_000 }, (test) =>
        call({ to, how }, async ({ ann, bob, took }) => {
          const start = Date.now();
          await Promise.all([pictures(ann, 30), pictures(bob, 30)]);
          test.diagnostic(`${what}, ${to}: up in ${took} ms, 30 pictures in ${Date.now() - start} ms`);
          await seeEachOther(ann, bob);
          await nobodyLeft(ann, bob);
        }),
      );
    }
  });
});
