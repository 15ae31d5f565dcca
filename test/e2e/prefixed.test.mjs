import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { open, useExamples } from '../support/e2e.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';

describe('a browser whose RTCPeerConnection', () => {
  const { examples, browsers, pages } = useExamples({ chromium: {} });

  /** An empty page in which `change` ran before anything else. */
  async function empty(change) {
    const page = await open(browsers.chromium, 'about:blank');
    pages.push(page);
    if (change) await page.evaluateOnNewDocument(change);
    await page.goto(`${examples.origin}/fixture`);
    return page;
  }

  async function talk(page, room, name) {
    const signaling = examples.broker;
    await page.evaluate((call) => window.e2e.enter(call), { room, signaling, name });
    await sendSync(page, { tone: 'sine' });
  }

  it('is called webkitRTCPeerConnection calls and is called', { timeout: 60_000 }, async () => {
    const room = randomUUID();
    const both = await Promise.all([
      empty(() => {
        window.webkitRTCPeerConnection = window.RTCPeerConnection;
        delete window.RTCPeerConnection;
      }),
      empty(),
    ]);
    const [ann, bob] = both;
    assert.equal(await ann.evaluate(() => typeof RTCPeerConnection), 'undefined');
    await Promise.all([talk(ann, room, 'Ann'), talk(bob, room, 'Bob')]);
    await seeAndHearEachOther({ Ann: ann, Bob: bob });
    for (const page of both) assert.deepEqual(page.problems, []);
  });

  it('is missing is told so', { timeout: 60_000 }, async () => {
    const ann = await empty(() => {
      delete window.webkitRTCPeerConnection;
      delete window.RTCPeerConnection;
    });
    const code = await ann.evaluate(
      async (options) => {
        await customElements.whenDefined('peer-call');
        const call = Object.assign(document.createElement('peer-call'), options);
        document.body.append(call);
        return call.join().catch(({ code }) => code);
      },
      { room: randomUUID(), signaling: examples.broker },
    );
    assert.equal(code, 'unsupported');
  });
});
