// A room that is full: eight members, of whom each sees every other, and a ninth.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { launch, open, useExamples } from '../support/e2e.mjs';

describe('a mesh of eight', () => {
  const { examples } = useExamples({});

  for (const kind of ['chromium', 'firefox']) {
    it(`in ${kind}: each sees seven others, and a ninth is turned away`, { timeout: 120_000 }, async () => {
      const browser = await launch(kind);
      try {
        const page = await open(browser, `${examples.origin}/fixture`);
        const refusal = await page.evaluate(meet, examples.broker, `mesh in ${kind}`);
        assert.equal(refusal, 'room-full');
        assert.deepEqual(page.problems, []);
      } finally {
        await browser.close();
      }
    });
  }
});

/** Runs in the page. Resolves with the code of the ninth's refusal once every picture is decoded at every other member. */
async function meet(signaling, room) {
  await customElements.whenDefined('peer-call');
  const generator = document.createElement('media-generator');
  Object.assign(generator, { id: 'small', pattern: 'ball', width: 160, height: 90, frameRate: 10 });
  document.body.append(generator);
  await generator.start();
  const enter = (number) => {
    const call = document.createElement('peer-call');
    Object.assign(call, { room, signaling, source: 'small', name: `Number ${number}` });
    call.style.inlineSize = '320px';
    document.body.append(call);
    return call;
  };
  const calls = Array.from({ length: 8 }, (_, number) => enter(number));
  await Promise.all(calls.map((call) => call.join()));
  // For two seconds whoever comes in may still be turned away by a newcomer whose id is smaller.
  const settled = performance.now() + 2500;
  const decodes = async (call) => {
    const reports = [...(await call.getStats()).values()];
    const pictures = reports.map((report) =>
      [...report.values()].some(
        ({ type, kind, framesDecoded }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0,
      ),
    );
    return pictures.length === 7 && pictures.every(Boolean);
  };
  for (const call of calls) {
    while (call.peers.length < 7 || !(await decodes(call)) || performance.now() < settled) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }
  // It may be inside for a moment, until it has heard of all the others.
  const ninth = enter(9);
  const refused = new Promise((resolve) => {
    ninth.addEventListener('error', ({ error }) => resolve(error.code));
  });
  await ninth.join().catch(() => {});
  const code = await refused;
  while (!calls.every(({ peers }) => peers.length === 7)) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return code;
}
