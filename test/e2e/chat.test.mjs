import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import axe from 'axe-core';
import { open, savingTo, screenshot, until, useExamples } from '../support/e2e.mjs';

// The example page with a chat, twice: what one writes and sends, the other one reads and saves.

/** Runs in the page before its own scripts: `window.chat` is the eyes and hands of the tests. */
function installChat() {
  const host = () => document.querySelector('call-chat');
  const all = (selector) => [...host().shadowRoot.querySelectorAll(selector)];
  const button = (words) => all('button, a').find((one) => one.textContent.trim() === words);
  const hold = (file) => {
    const data = new DataTransfer();
    data.items.add(file);
    return data;
  };
  const picture = () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d').fillRect(0, 0, 50, 50);
    return new Promise((resolve) => canvas.toBlob(resolve));
  };
  window.chat = {
    host,
    all,
    button,
    texts: () => all('[part~="message"]').map(({ textContent }) => textContent),
    /** The last row of a file, in words. */
    file: () => all('.file').at(-1)?.textContent.replace(/\s+/g, ' ').trim() ?? '',
    async press(words) {
      (await window.e2e.until(() => button(words), `a button "${words}"`)).click();
    },
    picture,
    copy: async () => navigator.clipboard.write([new ClipboardItem({ 'image/png': await picture() })]),
    drop(file) {
      const target = all('[part="log"]')[0];
      const init = { dataTransfer: hold(file), bubbles: true, composed: true, cancelable: true };
      for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, init));
    },
    async paste() {
      const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
      const file = new File([await picture()], 'image.png', { type: 'image/png' });
      // Firefox lets no script fill it.
      Object.defineProperty(event, 'clipboardData', { value: hold(file) });
      all('textarea')[0].dispatchEvent(event);
    },
  };
}

/** What a file of the tests consists of. */
const byteAt = (at) => at % 251;
const pattern = Uint8Array.from({ length: 251 }, (_, at) => byteAt(at));

describe('a chat', () => {
  const downloads = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
  const uploads = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
  after(() => Promise.all([downloads, uploads].map((folder) => rm(folder, { recursive: true }))));
  const { examples, browsers, pages } = useExamples(savingTo(downloads));

  /** `hideable`: Ann is in a window that has another tab, which `pages` begins with. */
  async function meet(kinds, { hideable = false } = {}) {
    const room = randomUUID();
    if (hideable) pages.push(await browsers[kinds[0]].newPage({ type: 'window' }));
    const both = await Promise.all(
      kinds.map(async (kind, at) => {
        const url = `${examples.origin}/chat.html?room=${room}&name=${['Ann', 'Bob'][at]}`;
        const tab = hideable && at === 0;
        const page = await open(browsers[kind], url, { before: installChat, tab });
        pages.push(page);
        return page;
      }),
    );
    const [ann, bob] = both;
    await Promise.all([
      ann.evaluate(() => window.e2e.meets('Bob')),
      bob.evaluate(() => window.e2e.meets('Ann')),
    ]);
    for (const page of both) {
      const ready = () => window.e2e.until(() => !window.chat.host().matches(':state(quiet)'), 'ready');
      await page.evaluate(ready);
    }
    return { ann, bob };
  }

  const reads = (page, wanted) =>
    page.evaluate((wanted) => {
      const { texts } = window.chat;
      return window.e2e
        .until(() => texts().join('|') === wanted.join('|'), wanted)
        .catch((error) => Promise.reject(new Error(`${error.message}; it reads ${texts().join('|')}`)));
    }, wanted);
  const fileReads = (page, part) =>
    page
      .evaluate((part) => window.e2e.until(() => window.chat.file().includes(part), part), part)
      .catch(async (error) => {
        const shown = await Promise.all(pages.map((one) => one.evaluate(() => window.chat?.file())));
        throw new Error(`${error.message}; the pages read "${shown.join('" and "')}"`);
      });
  const press = (page, words) => page.evaluate((words) => window.chat.press(words), words);
  const write = async (page, text) => {
    await page.bringToFront();
    await page.evaluate(() => window.chat.host().focus());
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  /** A file on the disk; its path. */
  async function made(name, size) {
    const path = join(uploads, name);
    await writeFile(path, Buffer.alloc(size, pattern));
    return path;
  }
  const isChromium = (page) => page.browser() === browsers.chromium;
  /** Drops a file of the disk onto the log. */
  async function drop(page, name, size) {
    const path = await made(name, size);
    if (!isChromium(page)) {
      // Nothing drags over Firefox from outside: the file is real, its events are not.
      const input = await page.evaluateHandle(() =>
        Object.assign(document.createElement('input'), { type: 'file' }),
      );
      await input.uploadFile(path);
      await page.evaluate((field) => window.chat.drop(field.files[0]), input);
      return;
    }
    await page.bringToFront();
    const client = await page.createCDPSession();
    const place = await page.evaluate(() => {
      const [log] = window.chat.all('[part="log"]');
      log.scrollIntoView();
      const { x, y, width, height } = log.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    const drag = (type) => client.send('Input.dispatchDragEvent', { type, ...place, data });
    await drag('dragEnter');
    await drag('dragOver');
    await page.evaluate(() => window.e2e.until(() => window.chat.all('.drop')[0], 'covered'));
    // What covers the log is under the pointer now.
    await drag('dragOver');
    await drag('drop');
    await client.detach();
  }
  /** Copies a picture and pastes it into the field, by its keys. */
  async function paste(page) {
    // The clipboard of a Firefox without a screen keeps text alone.
    if (!isChromium(page)) return page.evaluate(() => window.chat.paste());
    await page.bringToFront();
    await page.evaluate(() => window.chat.copy());
    await page.evaluate(() => window.chat.host().focus());
    await page.keyboard.down('Control');
    await page.keyboard.press('v');
    await page.keyboard.up('Control');
  }
  /** Chooses a file of the disk where `act` has the browser ask for some. */
  async function choose(page, path, act) {
    const chooser = page.waitForFileChooser();
    // A key reaches the page by another way than the word to catch the chooser: what is asked of the page waits for that.
    await page.evaluate(() => {});
    await act();
    await (await chooser).accept([path]);
  }
  /** Saves the file as a user does; resolves with whether it is the one that was sent. */
  async function saves(page, name, size) {
    await press(page, 'Save');
    const path = join(downloads, name);
    await until(async () => (await stat(path).catch(() => null))?.size === size, `${name} of ${size} bytes`);
    const isSent = (await readFile(path)).every((byte, at) => byte === byteAt(at));
    await rm(path);
    return isSent;
  }
  const isWell = (page) => assert.deepEqual(page.problems, []);

  for (const kinds of [
    ['chromium', 'chromium'],
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
    ['firefox', 'firefox'],
  ]) {
    it(`words and files from ${kinds[0]} to ${kinds[1]}`, { timeout: 60_000 }, async () => {
      const { ann, bob } = await meet(kinds);
      const markup = '<img src=x onerror=alert(1)><b>hello</b> & https://example.org';
      await write(ann, markup);
      await reads(bob, [markup]);
      await reads(ann, [markup]);
      await bob.evaluate(() => document.querySelector('peer-call').send('from the page'));
      await reads(ann, [markup, 'from the page']);
      const links = await bob.evaluate(() => window.chat.all('[part="log"] :is(b, a, img)').length);
      assert.equal(links, 0);

      // Accepted, with progress on both sides.
      await drop(ann, 'film.bin', 12_345_678);
      await fileReads(ann, 'Waiting for Bob');
      const bars = (page) =>
        page.evaluate(() => {
          window.bars = new Set();
          const look = () => {
            const [bar] = window.chat.all('progress');
            if (bar) window.bars.add(bar.value);
          };
          new MutationObserver(look).observe(window.chat.host().shadowRoot, {
            subtree: true,
            childList: true,
            attributes: true,
          });
        });
      await Promise.all([bars(ann), bars(bob)]);
      await press(bob, 'Accept');
      await fileReads(ann, 'Bob has it');
      await fileReads(bob, 'Save');
      for (const page of [ann, bob]) {
        assert.ok((await page.evaluate(() => window.bars.size)) > 1, 'progress');
      }
      assert.ok(await saves(bob, 'film.bin', 12_345_678), 'the bytes');

      // Refused.
      await paste(ann);
      await fileReads(bob, 'image.png');
      await press(bob, 'Refuse');
      await fileReads(ann, 'Bob did not take it');
      await fileReads(bob, 'You did not take it');

      // Given up by the one who sends, then by the one who gets it.
      const path = await made('one.bin', 100);
      await ann.bringToFront();
      await choose(ann, path, () => ann.click('>>> [part="file-button"]'));
      await fileReads(bob, 'one.bin');
      await press(ann, 'Cancel');
      await fileReads(bob, 'Cancelled');
      await drop(ann, 'two.bin', 60_000_000);
      await fileReads(bob, 'two.bin');
      await press(bob, 'Accept');
      await press(bob, 'Cancel');
      await fileReads(ann, 'Cancelled');

      // The page beside the chat puts it where its user wants it: what a picker gives is of the same class.
      await bob.evaluate(() => {
        window.showSaveFilePicker = async ({ suggestedName }) =>
          (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
        document.querySelector('peer-call').addEventListener('file-offer', async (event) => {
          event.preventDefault();
          window.chosen = await window.showSaveFilePicker({ suggestedName: event.transfer.name });
          event.accept(await window.chosen.createWritable());
        });
      });
      await drop(ann, 'chosen.bin', 1_234_567);
      await fileReads(ann, 'Bob has it');
      await fileReads(bob, 'chosen.bin');
      const [stored, words] = await bob.evaluate(async () => {
        const file = await window.chosen.getFile();
        const bytes = new Uint8Array(await file.arrayBuffer());
        return [bytes.every((byte, at) => byte === at % 251) && bytes.length, window.chat.file()];
      });
      assert.equal(stored, 1_234_567, 'the bytes');
      assert.doesNotMatch(words, /Save|Accept/);
      for (const page of [ann, bob]) isWell(page);
    });
  }

  for (const kind of ['chromium', 'firefox']) {
    it(`${kind}: shows a picture alone, and counts what nobody sees`, { timeout: 60_000 }, async () => {
      const kinds = [kind, kind === 'chromium' ? 'firefox' : 'chromium'];
      const { ann, bob } = await meet(kinds, { hideable: true });
      await bob.evaluate(async () => {
        const call = document.querySelector('peer-call');
        const png = await window.chat.picture();
        const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>window.top.hacked = true</script></svg>';
        const send = (content, name, type) =>
          call.sendFile(new File([content], name, { type })).catch(() => {});
        send(svg, 'drawing.svg', 'image/svg+xml');
        send(svg, 'liar.png', 'image/png');
        send('<script>window.top.hacked = true</script>', 'page.html', 'text/html');
        send(png, 'picture.png', 'image/png');
      });
      await ann.evaluate(async () => {
        const { all, button } = window.chat;
        const { until } = window.e2e;
        await until(() => all('.file').length === 4, 'four files');
        for (let at = 0; at < 4; at++) {
          const saved = all('a').length;
          (await until(() => button('Accept'), 'an offer')).click();
          await until(() => all('a').length > saved, 'stored');
        }
        await until(() => all('img')[0]?.naturalWidth, 'a picture');
      });
      const seen = () => [window.chat.all('img').map(({ alt }) => alt), Boolean(window.hacked)];
      assert.deepEqual(await ann.evaluate(seen), [['Preview of picture.png'], false]);
      await ann.evaluate(axe.source);
      const { violations } = await ann.evaluate(() => window.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        [],
      );
      await screenshot(ann, `chat-${kind}`);

      const unread = () => ann.evaluate(() => [document.hidden, window.chat.host().unread]);
      const counts = (...wanted) => until(async () => String(await unread()) === String(wanted), wanted);
      await counts(false, 0);
      await pages[0].bringToFront();
      await counts(true, 0);
      await write(bob, 'Are you there?');
      await counts(true, 1);
      await bob.evaluate(() => {
        const call = document.querySelector('peer-call');
        call.sendFile(new File(['1'], 'unseen.txt')).catch(() => {});
      });
      await counts(true, 2);
      await ann.bringToFront();
      await counts(false, 0);
      isWell(ann);
    });

    it(`${kind}: by keyboard alone`, { timeout: 60_000 }, async () => {
      const { ann, bob } = await meet([kind, 'chromium']);
      await ann.bringToFront();
      const focused = () =>
        ann.evaluate(() => {
          const at = document.activeElement?.shadowRoot?.activeElement;
          return at?.ariaLabel ?? at?.className ?? document.activeElement.localName;
        });
      const focuses = async (words) => {
        let last;
        await until(async () => (last = await focused()) === words, words).catch((error) => {
          throw new Error(`${error.message}; it is at "${last}"`);
        });
      };
      await ann.evaluate(() => window.chat.host().focus());
      await focuses('Message');
      await ann.keyboard.type('one');
      await ann.keyboard.down('Shift');
      await ann.keyboard.press('Enter');
      await ann.keyboard.up('Shift');
      await ann.keyboard.type('two');
      await ann.keyboard.press('Tab');
      await focuses('Send');
      await ann.keyboard.press('Enter');
      await reads(bob, ['one\ntwo']);
      await drop(bob, 'a.bin', 60_000_000);
      await ann.bringToFront();
      await fileReads(ann, 'a.bin');
      const back = async (words) => {
        await ann.keyboard.down('Shift');
        for (let presses = 0; presses < 8 && (await focused()) !== words; presses++) {
          await ann.keyboard.press('Tab');
        }
        await ann.keyboard.up('Shift');
        await focuses(words);
      };
      await back('Accept a.bin');
      await ann.keyboard.press('Enter');
      // A second press does nothing: the focus is at the file, before its button.
      await ann.keyboard.press('Enter');
      await fileReads(ann, ' of 60 MB');
      await ann.keyboard.press('Tab');
      await focuses('Cancel a.bin');
      await ann.keyboard.press(' ');
      await fileReads(ann, 'Cancelled');
      await fileReads(bob, 'Cancelled');
      await back('Chat');
      await ann.keyboard.press('Tab');
      await focuses('Send a file');
      await choose(ann, await made('b.bin', 100), () => ann.keyboard.press('Enter'));
      await fileReads(bob, 'b.bin');
    });
  }
});
