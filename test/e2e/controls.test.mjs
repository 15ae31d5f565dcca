import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { define, enter, until, useExamples } from '../support/e2e.mjs';

// With the keys of a keyboard, as the browser makes them.
describe('a bar for a call elsewhere on the page', () => {
  const { examples, browsers, pages } = useExamples();

  for (const kind of ['chromium', 'firefox']) {
    it(
      `${kind}: does it all by keyboard, and nothing while somebody types`,
      { timeout: 90_000 },
      async () => {
        const captures = { source: '', audio: '', video: '' };
        const who = { room: randomUUID(), name: 'Ann', id: 'call' };
        const page = await enter(browsers[kind], examples, { ...who, ...captures });
        pages.push(page);
        await define(page, 'call-controls', 'device-select', 'call-chat');
        await page.evaluate(async () => {
          document.body.insertAdjacentHTML(
            'beforeend',
            `<call-controls for="call" chat="chat" devices="devices"></call-controls>
          <div id="devices" popover><device-select for="call" kind="microphone"></device-select></div>
          <call-chat id="chat" for="call" hidden></call-chat>`,
          );
          const bar = document.querySelector('call-controls');
          await window.e2e.until(() => bar.matches(':state(active)'), 'the bar');
          window.scrollTo(0, document.body.scrollHeight);
        });
        await page.bringToFront();
        const state = () =>
          page.evaluate(() => {
            const { audio, video, status, localScreen } = window.e2e.call().state;
            const open = document.getElementById('devices').matches(':popover-open');
            const { hidden } = document.getElementById('chat');
            return { audio, video, status, open, hidden, shares: localScreen !== null };
          });
        const becomes = (wanted) =>
          until(async () => {
            last = await state();
            return Object.entries(wanted).every(([key, value]) => value === last[key]);
          }, JSON.stringify(wanted)).catch((error) => {
            throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
          });
        let last = await state();
        const focused = () =>
          page.evaluate(
            () => document.querySelector('call-controls').shadowRoot.activeElement?.ariaLabel ?? null,
          );
        const press = async (...keys) => {
          for (const key of keys) await page.keyboard.press(key);
        };

        await page.evaluate(() => document.body.focus());
        await press('m');
        await becomes({ audio: false, video: true });
        await press('v');
        await becomes({ audio: false, video: false });
        // Without a window of its own it has no screen, but says as ever who may ask for one.
        if (kind === 'firefox')
          await page.evaluate(() => {
            navigator.mediaDevices.getDisplayMedia = async () => {
              if (!navigator.userActivation.isActive) throw new DOMException('', 'InvalidStateError');
              const canvas = document.createElement('canvas');
              canvas.getContext('2d');
              return canvas.captureStream();
            };
          });
        await press('s');
        await becomes({ shares: true });
        await press('s');
        await becomes({ shares: false });
        await page.evaluate(() =>
          document.querySelector('call-controls').shadowRoot.querySelector('button').focus(),
        );
        assert.equal(await focused(), 'Microphone');
        await press(' ');
        await becomes({ audio: true });
        await press('ArrowRight', 'Enter');
        await becomes({ video: true });
        assert.equal(await focused(), 'Camera');

        await press('d');
        await becomes({ open: true });
        await press('Escape');
        await becomes({ open: false });
        const devices = await page.evaluateHandle(() =>
          document.querySelector('call-controls').shadowRoot.querySelector('.devices'),
        );
        await devices.click();
        await becomes({ open: true });
        const chosen = () => page.evaluate(() => document.querySelector('device-select').value);
        const used = await page.evaluate(
          () => window.e2e.call().localStream.getAudioTracks()[0].getSettings().deviceId,
        );
        await until(async () => used && (await chosen()) === used, 'the device in use');
        await devices.click();
        await becomes({ open: false });
        await press('c');
        await becomes({ hidden: false });
        await page.evaluate(() => document.getElementById('chat').focus());
        await page.keyboard.type('my devices can vanish');
        assert.equal(
          await page.evaluate(
            () => document.getElementById('chat').shadowRoot.querySelector('textarea').value,
          ),
          'my devices can vanish',
        );
        await becomes({ audio: true, video: true, open: false, hidden: false });

        await page.evaluate(() =>
          document.querySelector('call-controls').shadowRoot.querySelector('button').focus(),
        );
        await press('End');
        assert.equal(await focused(), 'Leave');
        await press('Enter');
        await becomes({ status: 'left' });
        assert.equal(await focused(), 'Join');
        await press(' ');
        await becomes({ status: 'waiting' });
        assert.deepEqual(page.problems, []);
      },
    );
  }
});
