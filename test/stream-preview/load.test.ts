import { expect } from '@open-wc/testing';
import { withLoadingPage } from '../support/load.js';
import { until } from '../support/wait.js';

/** A page that draws when it is loaded, as many do. */
const body = `
  <script>
    addEventListener('load', () => document.querySelector('canvas').getContext('2d').fillRect(0, 0, 9, 9));
  </script>
  <canvas></canvas>
  <stream-preview></stream-preview>
  <script type="module">
    import '/components/stream-preview/define.ts';
    document.querySelector('stream-preview').srcObject = document.querySelector('canvas').captureStream();
  </script>`;

describe('<stream-preview> of a stream without a picture', () => {
  it('does not hold back the load of its page, and shows what comes then', () =>
    withLoadingPage(body, async (page) => {
      const preview = await until(() => page.document.querySelector('stream-preview'), 'the tag');
      await until(() => preview.stream, 'a stream');
      expect(page.loaded).to.equal(false);
      await page.finish();
      await until(() => preview.videoWidth > 0, 'a picture');
    }));
});
