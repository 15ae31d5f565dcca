import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { createRelay } from '../../examples/websocket-relay.js';
import { open, seesAndHears, until, useExamples } from '../support/e2e.mjs';

// A transport that is no part of the kit: the documented example, and the relay that it is an example for.

const colours = { Ann: [140, 40, 180], Bob: [20, 120, 60] };
const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

describe('a call through signaling of the page itself', () => {
  const { examples, browsers, pages } = useExamples();
  let server, relay;

  before(async () => {
    relay = createRelay();
    server = createServer().on('upgrade', relay.handleUpgrade);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    relay.close();
    server.close();
  });

  async function join(browser, name) {
    const page = await open(browsers[browser], `${examples.origin}/fixture`, { counted: true });
    pages.push(page);
    await page.evaluate(
      async (url, name, color) => {
        const { WebSocketSignaling } = await import('/websocket-signaling.js');
        const call = await window.e2e.place({ room: 'team', name }, { color });
        call.signaling = new WebSocketSignaling(url);
        await call.join();
      },
      `ws://127.0.0.1:${server.address().port}`,
      name,
      hex(colours[name]),
    );
    return page;
  }

  it('connects, outlives a cut of its way, and ends', { timeout: 120_000 }, async () => {
    const [ann, bob] = await Promise.all([join('chromium', 'Ann'), join('firefox', 'Bob')]);
    await Promise.all([seesAndHears(ann, 'Bob', colours.Bob), seesAndHears(bob, 'Ann', colours.Ann)]);
    relay.drop();
    await Promise.all([seesAndHears(ann, 'Bob', colours.Bob), seesAndHears(bob, 'Ann', colours.Ann)]);
    // What is said after it is heard: there is a way again.
    await bob.evaluate(() => window.e2e.call().toggleAudio(false));
    await until(() => ann.evaluate(() => window.e2e.peer('Bob')?.audio === false), 'the muted microphone');
    await bob.evaluate(() => window.e2e.call().leave());
    await until(() => ann.evaluate(() => window.e2e.call().peers.length === 0), 'Bob is gone');
    await ann.evaluate(() => window.e2e.call().leave());
    for (const page of [ann, bob]) {
      const alive = () => page.evaluate(() => window.e2e.left());
      await until(async () => {
        const { connections, sockets } = await alive();
        return connections + sockets === 0;
      }, 'nothing alive');
      assert.deepEqual(page.problems, []);
    }
  });

  it('says that the relay is not there', { timeout: 60_000 }, async () => {
    const page = await open(browsers.chromium, `${examples.origin}/fixture`);
    pages.push(page);
    const code = await page.evaluate(async () => {
      await customElements.whenDefined('peer-call');
      const { WebSocketSignaling } = await import('/websocket-signaling.js');
      const call = document.createElement('peer-call');
      Object.assign(call, { room: 'team', signaling: new WebSocketSignaling('ws://127.0.0.1:1') });
      document.body.append(call);
      return call.join().then(
        () => 'joined',
        (error) => error.code,
      );
    });
    assert.equal(code, 'signaling-unreachable');
  });
});
