import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { open, startExamples } from './e2e.mjs';
import { startNetwork, whyNoNetwork } from './network.mjs';
import { allWasWell, seeEachOther, talk } from './record.mjs';

/** Why no test can have a network of its own here, or false. */
export const skip = await whyNoNetwork();
if (skip) console.log(skip);

/**
 * For a `describe`: calls of two over a real network. Ann is at home, where nothing is ever wrong, in one of these browsers;
 * Bob has a host of his own in each test, so that they may run side by side.
 */
export function useNetwork(...homes) {
  const browsers = {};
  let examples, network;
  before(async () => {
    if (skip) return;
    examples = await startExamples();
    network = await startNetwork({ ports: [Number(new URL(examples.origin).port)] });
    await Promise.all(
      homes.map(async (kind) => (browsers[kind] = await (await network.addHost()).launch(kind))),
    );
  });
  after(async () => {
    await network?.close();
    await examples?.close();
  });

  /**
   * Runs `act` with both in a call, Bob's network being impaired from before they join. `errors`: what they may be told of;
   * `sound`: with a tone; `took`: in how many ms they were in the call.
   */
  return async function call({ at = 'chromium', to, how = {}, errors = [], sound }, act) {
    const host = await network.addHost();
    const browser = await host.launch(to);
    const [room, signaling] = [randomUUID(), examples.broker];
    const [ann, bob] = await Promise.all(
      [browsers[at], browser].map((one) => open(one, `${examples.origin}/fixture`)),
    );
    try {
      await host.impair(how);
      const begun = Date.now();
      await Promise.all([
        talk(ann, { room, signaling, name: 'Ann', other: 'Bob', sound }),
        talk(bob, { room, signaling, name: 'Bob', other: 'Ann', sound }),
      ]);
      await seeEachOther(ann, bob);
      await act({ host, ann, bob, took: Date.now() - begun });
      await allWasWell([ann, bob], { errors });
    } finally {
      await Promise.all([ann.close(), browser.close()]);
    }
  };
}
