// A room that is full: eight members, of whom each sees every other, and a ninth.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { launch, open, useExamples } from '../support/e2e.mjs';

/** What each may send as pictures to all others together, in bit/s: 64 kbit/s to each on average. */
const BUDGET = 7 * 64_000;

describe('a mesh of eight', () => {
  const { examples } = useExamples({});

  for (const kind of ['chromium', 'firefox']) {
    it(`in ${kind}: each sees seven others, and a ninth is turned away`, { timeout: 120_000 }, async () => {
      const browser = await launch(kind);
      try {
        const page = await open(browser, `${examples.origin}/fixture`);
        const { errors, inside, sent } = await page.evaluate(
          meet,
          examples.broker,
          `mesh in ${kind}`,
          BUDGET,
        );
        assert.deepEqual(errors, ['Number 9: room-full']);
        assert.equal(inside, false);
        // Each of them is rounded down.
        const isWithin = (sum) => sum <= BUDGET && sum > BUDGET - 7;
        assert.ok(sent.length === 8 && sent.every(isWithin), `pictures of ${sent} bit/s`);
        assert.deepEqual(page.problems, []);
      } finally {
        await browser.close();
      }
    });
  }
});

/**
 * Runs in the page. Resolves with what was refused and what is `sent` once every picture is decoded at every other member;
 * rejects before the test's own end, with who sees whom.
 */
async function meet(signaling, room, budget) {
  const end = performance.now() + 100_000;
  const calls = [];
  const errors = [];
  const figures = async (call) => {
    const reports = await call.getStats();
    return call.peers.map(({ id, name, connectionState, iceConnectionState }) => {
      const video = [...(reports.get(id)?.values() ?? [])].find(
        ({ type, kind }) => type === 'inbound-rtp' && kind === 'video',
      );
      return { name, states: `${connectionState}/${iceConnectionState}`, frames: video?.framesDecoded ?? 0 };
    });
  };
  const told = async (call) => {
    const seen = (await figures(call)).map(
      ({ name, states, frames }) => `${name} ${states} ${frames} frames`,
    );
    return `${call.name} (${call.state.status}) with ${seen.join(', ')}`;
  };
  const until = (condition, what) =>
    window.e2e.until(condition, what, end - performance.now()).catch(async ({ message }) => {
      throw new Error([message, ...(await Promise.all(calls.map(told))), ...errors].join('\n'));
    });

  /** The most that a call sends as pictures to all others together, in bit/s. */
  const bitrateOf = (call) =>
    call.peers.reduce((sum, { id }) => {
      const senders = call.getPeerConnection(id).getSenders();
      const { encodings } = senders.find(({ track }) => track?.kind === 'video').getParameters();
      return sum + (encodings[0].maxBitrate ?? Infinity);
    }, 0);

  await customElements.whenDefined('peer-call');
  const generator = document.createElement('media-generator');
  Object.assign(generator, { id: 'small', pattern: 'ball', width: 160, height: 90, frameRate: 10 });
  document.body.append(generator);
  await generator.start();
  const enter = (number) => {
    const call = document.createElement('peer-call');
    Object.assign(call, { room, signaling, source: 'small', name: `Number ${number}` });
    call.style.inlineSize = '320px';
    call.addEventListener('error', ({ error }) => errors.push(`${call.name}: ${error.code}`));
    document.body.append(call);
    calls.push(call);
    call.join().catch(() => {});
    return call;
  };
  const eight = Array.from({ length: 8 }, (_, number) => enter(number + 1));
  const isInside = ({ state }) => !['idle', 'joining', 'left'].includes(state.status);
  await until(() => eight.every(isInside), 'eight are inside');
  // For two seconds whoever comes in may still be turned away by a newcomer whose id is smaller.
  const settled = performance.now() + 2500;
  const seesSeven = async (call) => {
    const seen = await figures(call);
    return seen.length === 7 && seen.every(({ frames }) => frames > 0);
  };
  for (const call of eight) await until(() => seesSeven(call), `${call.name} sees seven`);
  await until(() => performance.now() > settled, 'nobody is on the way in');
  // It may be inside for a moment, until it has heard of all the others.
  const ninth = enter(9);
  await until(() => errors.length > 0, 'the ninth is turned away');
  await until(() => eight.every(({ peers }) => peers.length === 7), 'eight are among themselves');
  const sent = () => eight.map(bitrateOf);
  // As long as the ninth was there it was one more to send to.
  await window.e2e.until(() => sent().every((sum) => sum <= budget), 'the budget', 10_000).catch(() => {});
  return { errors, inside: isInside(ninth), sent: sent() };
}
