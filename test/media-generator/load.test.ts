import { expect } from '@open-wc/testing';
import { until } from '../support/wait.js';

/** A page with a canvas that nobody draws to. Its `load` waits for the frame in it, until that is closed. */
const page = `<!doctype html>
  <iframe></iframe>
  <script>document.querySelector('iframe').contentDocument.open();</script>
  <canvas id="picture"></canvas>
  <media-generator kind="video" source="picture" autostart></media-generator>
  <script type="module">import '/components/media-generator/define.ts';</script>`;

describe('<media-generator> of a canvas that nobody draws to', () => {
  it('does not hold back the load of its page', async () => {
    const frame = document.createElement('iframe');
    let loaded = false;
    frame.addEventListener('load', () => (loaded = true));
    frame.srcdoc = page;
    document.body.append(frame);
    const inside = (): Document => frame.contentDocument!;
    await until(() => inside()?.querySelector('media-generator')?.stream, 'a stream');
    await until(() => inside().querySelector('media-generator')!.stats.video.delivered > 5, 'pictures');
    expect(loaded).to.equal(false);
    inside().querySelector('iframe')!.contentDocument!.close();
    await until(() => loaded, 'load');
    frame.remove();
  });
});
