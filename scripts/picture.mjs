// `npm run picture`: takes the README's picture of a real call of three on the front page of the examples.
import { fileURLToPath } from 'node:url';
import { launch, open, startExamples } from '../test/support/e2e.mjs';

const path = fileURLToPath(new URL('../.github/call.webp', import.meta.url));
const people = { Ada: 'smpte', Grace: 'ball', Hedy: 'clock' };

const examples = await startExamples();
const browser = await launch('chromium');
try {
  const pages = [];
  for (const [name, pattern] of Object.entries(people)) {
    const page = await open(browser, `${examples.origin}/?room=standup`);
    await page.setViewport({ width: 1200, height: 880 });
    await page.evaluate(() => window.e2e.until(() => document.querySelector('#preview').stream, 'a picture'));
    await page.$eval('#test-picture', (element, value) => (element.pattern = value), pattern);
    await page.click('input[value=test]');
    await page.type('input[name=name]', name);
    await page.click('button.primary');
    pages.push(page);
  }
  await pages[0].evaluate((others) => window.e2e.meets(...others), Object.keys(people).slice(1));
  // The pictures start small and grow with the estimated bandwidth.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await pages[0].mouse.move(0, 0);
  await pages[0].screenshot({ path, type: 'webp', quality: 80 });
} finally {
  await browser.close();
  await examples.close();
}
