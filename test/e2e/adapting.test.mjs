import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, it } from 'node:test';
import { hears, meets, open, seesAndHears, until, useExamples } from '../support/e2e.mjs';

// What is sent follows what is shown and what the attributes say, as the sender's own statistics tell.

const blue = [40, 80, 220];
const patience = { timeout: 120_000 };

describe('what a call sends', () => {
  // Before they are closed.
  afterEach(() => {
    for (const page of pages) assert.deepEqual(page.problems, []);
  });
  const { examples, browsers, pages } = useExamples();

  /** A page with a generator (or none) and a `<peer-call>` with these attributes, which has joined, perhaps with this id. */
  async function join(
    browser,
    name,
    room,
    attributes = {},
    source = { pattern: 'solid', color: '#2850dc' },
    id = null,
  ) {
    const page = await open(browsers[browser], `${examples.origin}/fixture`);
    pages.push(page);
    // As if the page had been reloaded.
    if (id) {
      const left = [`rtc-elements/id/${room}`, JSON.stringify([[id, Date.now()]])];
      await page.evaluate((key, value) => sessionStorage.setItem(key, value), ...left);
    }
    await page.evaluate(
      async (call, generator) => {
        await customElements.whenDefined('peer-call');
        const make = (tag, words) => {
          const element = document.createElement(tag);
          for (const [key, value] of Object.entries(words)) element.setAttribute(key, value);
          return element;
        };
        document.body.append(
          ...(generator ? [make('media-generator', { id: 'camera', autostart: '', ...generator })] : []),
          make('peer-call', { ...call, ...(generator && { source: 'camera' }) }),
        );
        await window.e2e.call().join();
      },
      { room, name, signaling: examples.broker, ...attributes },
      source && { width: 640, height: 480, tone: 'sine', ...source },
    );
    return page;
  }

  /** Two pages that have met, the first of this browser; each with attributes and a source of its own. */
  async function meet(kinds, ...sides) {
    const room = randomUUID();
    const names = ['Ann', 'Bob'];
    const both = [];
    for (const [at, kind] of kinds.entries())
      both.push(await join(kind, names[at], room, ...(sides[at] ?? [])));
    await Promise.all(both.map((page, at) => meets(page, names[1 - at])));
    return both;
  }

  /** What the page sends to this peer in one kind of track, as counted so far. */
  const sent = (page, name, kind = 'video') =>
    page.evaluate(
      async (peer, wanted) => {
        const { call, peer: find } = window.e2e;
        const reports = [...(await call().getStats(find(peer).id)).values()];
        const rtp = reports.find(({ type, kind }) => type === 'outbound-rtp' && kind === wanted) ?? {};
        const codec = reports.find(({ id }) => id === rtp.codecId);
        return {
          bytes: rtp.bytesSent ?? 0,
          frames: rtp.framesSent ?? 0,
          width: rtp.frameWidth ?? 0,
          codec: codec?.mimeType,
        };
      },
      name,
      kind,
    );

  const set = (page, values) => page.evaluate((given) => Object.assign(window.e2e.call(), given), values);
  const width = (page, name, fits, what) =>
    until(async () => fits((await sent(page, name)).width), what, 40_000);
  /** What happens in a second, seen over three of them. */
  async function rate(page, name, what) {
    const [earlier, begin] = [await sent(page, name), performance.now()];
    // Only time can tell that no more is sent, or nothing.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return (((await sent(page, name))[what] - earlier[what]) * 1000) / (performance.now() - begin);
  }

  const pairs = [
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
  ];

  for (const kinds of pairs) {
    describe(`from ${kinds.join(' to ')}`, () => {
      it('is as large as it is shown', patience, async () => {
        const [ann, bob] = await meet(kinds);
        const size = (words) => bob.evaluate((style) => Object.assign(window.e2e.call().style, style), words);
        await size({ display: 'block', width: '200px', height: '300px' });
        await width(ann, 'Bob', (wide) => wide > 0 && wide <= 330, 'a small picture');
        await size({ width: '760px', height: '580px' });
        await width(ann, 'Bob', (wide) => wide === 640, 'the whole picture');
        await seesAndHears(bob, 'Ann', blue);
      });

      it('is nothing while it is hidden, but the sound', patience, async () => {
        const [ann, bob] = await meet(kinds);
        await seesAndHears(bob, 'Ann', blue);
        await bob.evaluate(() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('peer-call::part(tile) { display: none }');
          document.adoptedStyleSheets = [sheet];
        });
        await until(async () => (await rate(ann, 'Bob', 'frames')) === 0, 'no frames', 40_000);
        await hears(bob, 'Ann');
        await bob.evaluate(() => (document.adoptedStyleSheets = []));
        await seesAndHears(bob, 'Ann', blue);
      });

      for (const codecs of ['vp9', 'vp8', 'h265, av1']) {
        it(`is ${codecs}`, patience, async () => {
          const [ann, bob] = await meet(kinds, [{ codecs }]);
          const name = `video/${codecs.split(', ').at(-1).toUpperCase()}`;
          await until(async () => (await sent(ann, 'Bob')).codec === name, name, 40_000);
          await seesAndHears(bob, 'Ann', blue);
        });
      }

      it(
        'is what is named, also of the side that answers, and a screen comes after it',
        patience,
        async () => {
          // Of two, the smaller id makes the first offer.
          const [ann, bob] = await meet(kinds, [{ codecs: 'vp9' }, undefined, 'zzzz']);
          await until(async () => (await sent(ann, 'Bob')).codec === 'video/VP9', 'the codec', 40_000);
          await ann.evaluate(() => {
            const { stream } = document.querySelector('media-generator');
            navigator.mediaDevices.getDisplayMedia = async () =>
              new MediaStream(stream.getVideoTracks()).clone();
            return window.e2e.call().shareScreen();
          });
          await bob.evaluate(() => {
            const { peer, until } = window.e2e;
            return until(() => peer('Ann').screen?.getVideoTracks()[0]?.muted === false, 'the screen');
          });
        },
      );

      it('is no more than max-bitrate and max-frame-rate, which may change', patience, async () => {
        const [ann, bob] = await meet(kinds, [
          { 'max-bitrate': 150_000, 'max-frame-rate': 5 },
          { pattern: 'noise' },
        ]);
        await until(async () => (await sent(ann, 'Bob')).frames > 0, 'frames');
        await until(async () => 8 * (await rate(ann, 'Bob', 'bytes')) < 150_000 * 1.2, 'few bits', 40_000);
        assert.ok((await rate(ann, 'Bob', 'frames')) < 7);
        await set(ann, { maxBitrate: null, maxFrameRate: null });
        await until(async () => (await rate(ann, 'Bob', 'frames')) > 7, 'more frames', 40_000);
        await until(async () => 8 * (await rate(ann, 'Bob', 'bytes')) > 200_000, 'more bits', 40_000);
        await hears(bob, 'Ann');
      });

      it('is nothing with recvonly, and nothing is taken with sendonly', patience, async () => {
        const [ann, bob] = await meet(kinds, [{ direction: 'recvonly' }]);
        await seesAndHears(ann, 'Bob', blue);
        const stream = (page, name) => page.evaluate((peer) => window.e2e.peer(peer).stream !== null, name);
        assert.equal(await stream(bob, 'Ann'), false);
        await set(ann, { direction: 'sendonly' });
        await seesAndHears(bob, 'Ann', blue);
        await until(async () => !(await stream(ann, 'Bob')), 'nothing');
        await set(ann, { direction: 'sendrecv' });
        await seesAndHears(ann, 'Bob', blue);
      });

      it(
        'comes from a camera that is off while it is muted, and comes back without negotiating',
        patience,
        async () => {
          const [ann, bob] = await meet(kinds, [{ audio: '', video: '' }, null]);
          await hears(bob, 'Ann');
          await ann.evaluate(() => {
            const { call, peer } = window.e2e;
            window.offers = 0;
            call()
              .getPeerConnection(peer('Bob').id)
              .addEventListener('negotiationneeded', () => window.offers++);
            window.stream = call().localStream;
            window.camera = window.stream.getVideoTracks()[0];
            call().toggleVideo(false);
          });
          await until(() => ann.evaluate(() => window.camera.readyState === 'ended'), 'the camera is off');
          await until(() => bob.evaluate(() => !window.e2e.peer('Ann').video), 'told');
          await hears(bob, 'Ann');
          await ann.evaluate(() => window.e2e.call().toggleVideo(true));
          await until(() => bob.evaluate(() => window.e2e.peer('Ann').video), 'told');
          const { frames } = await sent(ann, 'Bob');
          await until(async () => (await sent(ann, 'Bob')).frames > frames + 5, 'frames', 40_000);
          const after = await ann.evaluate(() => {
            const { localStream } = window.e2e.call();
            return [
              window.offers,
              localStream === window.stream,
              localStream.getVideoTracks()[0] === window.camera,
            ];
          });
          assert.deepEqual(after, [0, true, false]);
        },
      );

      it('is sound alone, and a picture when there is one', patience, async () => {
        const [ann, bob] = await meet(kinds, [{}, { kind: 'audio' }], [{}, null]);
        await hears(bob, 'Ann');
        assert.deepEqual(
          await bob.evaluate(() => {
            const { audio, video } = window.e2e.peer('Ann');
            return [audio, video];
          }),
          [true, false],
        );
        await ann.evaluate(() => {
          const other = document.createElement('media-generator');
          Object.assign(other, {
            id: 'other',
            pattern: 'solid',
            color: '#2850dc',
            tone: 'sine',
            autostart: true,
          });
          document.body.append(other);
          window.e2e.call().source = 'other';
        });
        await seesAndHears(bob, 'Ann', blue);
      });
    });
  }
});
