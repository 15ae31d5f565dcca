import { expect } from '@open-wc/testing';
import { withLoadingPage } from '../support/load.js';
import { until } from '../support/wait.js';

/** A page with a canvas that nobody draws to. */
const body = `
  <canvas id="picture"></canvas>
  <media-generator kind="video" source="picture" autostart></media-generator>
  <script type="module">import '/components/media-generator/define.ts';</script>`;

describe('<media-generator> of a canvas that nobody draws to', () => {
  it('does not hold back the load of its page', () =>
    withLoadingPage(body, async (page) => {
      const generator = await until(() => page.document.querySelector('media-generator'), 'the tag');
      await until(() => generator.stream && generator.stats.video.delivered > 5, 'pictures');
      expect(page.loaded).to.equal(false);
      await page.finish();
    }));
});
