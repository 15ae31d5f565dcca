import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { hears, meets, open, root, useExamples } from '../support/e2e.mjs';
import { seesSync, sendSync } from '../support/sync.mjs';

describe('calls that are encrypted end to end', () => {
  const { examples, browsers, pages } = useExamples();

  async function empty(kind) {
    const page = await open(browsers[kind], `${examples.origin}/fixture`, { counted: true });
    pages.push(page);
    return page;
  }

  /** Joins with a moving picture and a tone. */
  async function join(kind, attributes, properties) {
    const page = await empty(kind);
    await page.evaluate(
      async (attributes, properties) => {
        const call = await window.e2e.place(attributes);
        Object.assign(call, properties);
        await call.join();
      },
      { signaling: examples.broker, ...attributes },
      properties,
    );
    await sendSync(page, { tone: 'sine' });
    return page;
  }

  const issues = (page) => page.evaluate(() => window.e2e.call().state.issues.map(({ name }) => name));
  const issue = (page, wanted) =>
    page.evaluate(
      (name) => window.e2e.until(() => window.e2e.call().state.issues.some((one) => one.name === name), name),
      wanted,
    );
  /** How many pictures were made of what came from everybody. */
  const decoded = (page, name) =>
    page.evaluate(async (from) => {
      const { call, peer } = window.e2e;
      let frames = 0;
      for (const report of (await call().getPeerConnection(peer(from).id).getStats()).values()) {
        if (report.type === 'inbound-rtp') frames += report.framesDecoded ?? 0;
      }
      return frames;
    }, name);

  for (const kinds of [
    ['chromium', 'chromium'],
    ['firefox', 'firefox'],
    ['chromium', 'firefox'],
  ]) {
    it(
      `${kinds.join(' and ')} see and hear each other, with one verification`,
      { timeout: 90_000 },
      async () => {
        const room = randomUUID();
        const secret = 'correct horse battery staple';
        const [ann, bob] = await Promise.all(
          kinds.map((kind, at) =>
            join(kind, { room, name: ['Ann', 'Bob'][at], 'end-to-end': 'true' }, { secret }),
          ),
        );
        await Promise.all([
          seesSync(ann, 'Bob', bob),
          seesSync(bob, 'Ann', ann),
          hears(ann, 'Bob'),
          hears(bob, 'Ann'),
        ]);
        const verification = (page, name) =>
          page.evaluate(
            (of) => window.e2e.until(() => window.e2e.peer(of)?.verification, 'a verification'),
            name,
          );
        const words = await verification(ann, 'Bob');
        assert.match(words, /^\d{5}( \d{5}){5}$/);
        assert.equal(await verification(bob, 'Ann'), words);
        // Shown on demand, and read by whoever uses no mouse.
        const shown = await ann.evaluate(async () => {
          const { call, until } = window.e2e;
          const details = await until(
            () => call().shadowRoot.querySelector('[part=verification]'),
            'the button',
          );
          const digits = details.querySelector('.digits');
          const before = digits.checkVisibility();
          details.querySelector('summary').click();
          return [before, digits.checkVisibility(), digits.textContent];
        });
        assert.deepEqual(shown, [false, true, words]);
        for (const page of [ann, bob]) {
          assert.deepEqual(page.problems, []);
          assert.deepEqual(await issues(page), []);
          await page.evaluate(() => window.e2e.call().leave());
          assert.equal(await page.evaluate(() => window.e2e.left().connections), 0);
        }
      },
    );
  }

  it(
    'a member whose frames have another secret sees nothing, and is not seen',
    { timeout: 90_000 },
    async () => {
      const room = randomUUID();
      const secret = 'correct horse battery staple';
      const both = { room, 'end-to-end': 'true' };
      const [ann, bob] = await Promise.all([
        join('chromium', { ...both, name: 'Ann' }, { secret }),
        join('firefox', { ...both, name: 'Bob' }, { secret }),
      ]);
      await seesSync(ann, 'Bob', bob);
      // It knows how to talk in the room, and not what the frames are made with.
      const eve = await empty('chromium');
      await eve.evaluate(
        async (base, broker, name, words) => {
          const [{ Room }, { signalingFor }] = await Promise.all([
            import(`${base}engine/call/room.ts`),
            import(`${base}engine/signaling/connect.ts`),
          ]);
          const canvas = document.createElement('canvas').getContext('2d');
          setInterval(() => canvas.fillRect(Math.random() * 99, 0, 9, 9), 40);
          const told = new Room({ dispatch: () => {} });
          window.room = told;
          told.setStream(canvas.canvas.captureStream(25));
          await told.join({
            room: name,
            name: 'Eve',
            signaling: signalingFor(broker, undefined, words),
            endToEnd: 'another secret',
          });
        },
        `/@fs${root}components/`,
        examples.broker,
        room,
        secret,
      );
      await eve.evaluate(() =>
        window.e2e.until(
          () => window.room.store.snapshot.issues.filter(({ name }) => name === 'undecryptable').length === 2,
          'both are undecryptable',
        ),
      );
      const seen = await eve.evaluate(async () => {
        let frames = 0;
        for (const { id } of window.room.store.snapshot.peers) {
          for (const report of (await window.room.getPeerConnection(id).getStats()).values()) {
            if (report.type === 'inbound-rtp') frames += report.framesDecoded ?? 0;
          }
        }
        return frames;
      });
      assert.equal(seen, 0);
      for (const page of [ann, bob]) {
        await issue(page, 'undecryptable');
        assert.equal(await decoded(page, 'Eve'), 0);
      }
      await Promise.all([seesSync(ann, 'Bob', bob), seesSync(bob, 'Ann', ann)]);
      // When it has gone, the others go on with other keys.
      await eve.close();
      await meets(ann, 'Bob');
      await Promise.all([seesSync(ann, 'Bob', bob), seesSync(bob, 'Ann', ann)]);
    },
  );

  it('a member that sends in the clear is not played, and both are told', { timeout: 60_000 }, async () => {
    const room = randomUUID();
    const secret = 'correct horse battery staple';
    const [ann, bob] = await Promise.all([
      join('firefox', { room, name: 'Ann', 'end-to-end': 'true' }, { secret }),
      join('chromium', { room, name: 'Bob' }, { secret }),
    ]);
    await issue(ann, 'not-encrypted');
    await issue(bob, 'undecryptable');
    assert.equal(await decoded(ann, 'Bob'), 0);
  });

  it('without a secret or a browser that can, nobody joins', { timeout: 60_000 }, async () => {
    for (const [kind, properties, crippled, code] of [
      ['chromium', {}, false, 'bad-input'],
      ['firefox', { secret: 'a secret' }, true, 'unsupported'],
    ]) {
      const page = await empty(kind);
      const told = await page.evaluate(
        async (signaling, own, without) => {
          await customElements.whenDefined('peer-call');
          if (without) delete window.RTCRtpScriptTransform;
          const call = document.createElement('peer-call');
          Object.assign(call, { signaling, room: 'any', endToEnd: true, ...own });
          document.body.append(call);
          return call.join().then(
            () => 'joined',
            (error) => error.code,
          );
        },
        examples.broker,
        properties,
        crippled,
      );
      assert.equal(told, code);
    }
  });
});
