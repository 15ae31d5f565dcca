import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { enter, meets, open, until, useExamples } from '../support/e2e.mjs';

// The screen of a call without a mouse: the browser itself moves the focus and makes clicks of the keys.

describe('a call by keyboard alone', () => {
  const { examples, browsers, pages } = useExamples();

  /** The words of what has the focus in the call, and whether it is pressed. */
  const focused = (page) =>
    page.evaluate(() => {
      const { ariaLabel, textContent, ariaPressed } = window.e2e.call().shadowRoot.activeElement ?? {};
      return `${ariaLabel ?? textContent?.trim() ?? 'nothing'}${ariaPressed === 'true' ? ', pressed' : ''}`;
    });

  async function focuses(page, words) {
    let last;
    await until(async () => (last = await focused(page)) === words, `the focus: ${words}`).catch((error) => {
      throw new Error(`${error.message}; it is at "${last}"`);
    });
  }

  /** Presses the keys one after the other, and rejects unless the focus is then where the words say. */
  async function press(page, keys, words) {
    for (const word of keys.split(' ')) {
      const [key, held] = word.split('+').reverse();
      if (held) await page.keyboard.down(held);
      await page.keyboard.press(key === 'Space' ? ' ' : key);
      if (held) await page.keyboard.up(held);
    }
    await focuses(page, words);
  }

  /** What is kept large, what is shown large, and how the tiles lie. */
  const large = (page) =>
    page.evaluate(() => {
      const { layout, pinned, shadowRoot } = window.e2e.call();
      const tile = shadowRoot.querySelector('.large')?.ariaLabel ?? null;
      return [layout, pinned !== null, tile];
    });
  const looks = (page, ...wanted) =>
    until(async () => (await large(page)).join() === wanted.join(), `the tiles: ${wanted}`);

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: from the lobby into the call and out`, { timeout: 90_000 }, async () => {
      const room = randomUUID();
      const page = await open(browsers[kind], `${examples.origin}/fixture`);
      pages.push(page);
      await page.evaluate(
        async (attributes) => {
          await customElements.whenDefined('peer-call');
          const call = document.createElement('peer-call');
          for (const [name, value] of Object.entries(attributes)) call.setAttribute(name, value);
          document.body.append(call);
          await window.e2e.until(() => call.localStream, 'our own picture');
        },
        { room, signaling: examples.broker, name: 'Ann', lobby: '', controls: '', audio: '', video: '' },
      );
      const state = () => page.evaluate(() => window.e2e.call().state);
      await page.bringToFront();
      await press(page, 'Tab', 'Microphone, pressed');
      await press(page, 'Space', 'Microphone');
      assert.equal((await state()).audio, false);
      await press(page, 'Enter', 'Microphone, pressed');
      await press(page, 'Tab Space', 'Camera');
      assert.deepEqual([(await state()).audio, (await state()).video], [true, false]);
      await press(page, 'Tab', 'Join');
      await page.keyboard.press('Enter');
      await until(async () => (await state()).status === 'waiting', 'in the call');
      // Where somebody goes on: the first button of the bar, which tells of what was chosen before.
      await focuses(page, 'Microphone, pressed');
      await press(page, 'ArrowRight', 'Camera');
      await press(page, 'Space', 'Camera, pressed');
      await press(page, 'End', 'Leave');
      await press(page, 'ArrowRight', 'Microphone, pressed');
      await press(page, 'ArrowLeft', 'Leave');
      await press(page, 'Home End', 'Leave');
      await page.keyboard.press('Enter');
      await until(async () => (await state()).status === 'left', 'left');
      // From the stage on, which holds the focus while the buttons change.
      await press(page, 'Tab Tab Tab', 'Join');
      await page.keyboard.press(' ');
      await until(async () => (await state()).status === 'waiting', 'in the call again');
      assert.deepEqual(page.problems, []);
    });

    it(`${kind}: keeps one large, and shows all alike again`, { timeout: 90_000 }, async () => {
      const room = randomUUID();
      const page = await enter(browsers[kind], examples, { room, name: 'Ann', controls: '' });
      pages.push(page);
      for (const name of ['Bob', 'Cid']) {
        pages.push(await enter(browsers.chromium, examples, { room, name }));
        await meets(page, ...['Bob', 'Cid'].slice(0, pages.length - 1));
      }
      await page.bringToFront();
      const count = (selector) =>
        page.evaluate((one) => window.e2e.call().shadowRoot.querySelectorAll(one).length, selector);
      await until(async () => (await count('.pin')) === 3, 'the pins');
      await until(async () => (await count('.verification')) === 2, 'the security codes');
      await press(page, 'Tab', 'Compare the security code: Bob');
      await press(page, 'Tab', 'Keep large: Bob');
      await press(page, 'Tab Tab', 'Keep large: Cid');
      await press(page, 'Enter', 'Keep large: Cid, pressed');
      await looks(page, 'grid', true, 'Cid');
      await press(page, 'Shift+Tab Shift+Tab Space', 'Keep large: Bob, pressed');
      await looks(page, 'grid', true, 'Bob');
      await press(page, 'Space', 'Keep large: Bob');
      await looks(page, 'grid', false, '');
      await press(page, 'Tab Tab Tab Enter', 'Keep large: Ann (you), pressed');
      await looks(page, 'grid', true, 'Ann (you)');
      await press(page, 'Escape', 'Keep large: Ann (you)');
      await looks(page, 'grid', false, '');
      // One tab stop for all that is below the tiles.
      await press(page, 'Tab', 'Microphone, pressed');
      await press(page, 'End ArrowLeft', 'Show one large');
      await press(page, 'Enter', 'Show one large, pressed');
      const [layout, pinned, tile] = await large(page);
      assert.deepEqual([layout, pinned], ['speaker', false]);
      assert.match(tile, /Bob|Cid/);
      await press(page, 'Space', 'Show one large');
      await looks(page, 'grid', false, '');
      await press(page, 'Shift+Tab', 'Keep large: Ann (you)');
      assert.deepEqual(page.problems, []);
    });
  }
});
