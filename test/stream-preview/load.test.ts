import { expect } from '@open-wc/testing';
import { until } from '../support/wait.js';

/** A page that draws when it is loaded, as many do. Until its frame is closed, `load` waits for that, too. */
const page = `<!doctype html>
  <iframe></iframe>
  <script>
    document.querySelector('iframe').contentDocument.open();
    addEventListener('load', () => document.querySelector('canvas').getContext('2d').fillRect(0, 0, 9, 9));
  </script>
  <canvas></canvas>
  <stream-preview></stream-preview>
  <script type="module">
    import '/components/stream-preview/define.ts';
    document.querySelector('stream-preview').srcObject = document.querySelector('canvas').captureStream();
  </script>`;

describe('<stream-preview> of a stream without a picture', () => {
  it('does not hold back the load of its page, and shows what comes then', async () => {
    const frame = document.createElement('iframe');
    let loaded = false;
    frame.addEventListener('load', () => (loaded = true));
    frame.srcdoc = page;
    document.body.append(frame);
    const inside = (): Document => frame.contentDocument!;
    const preview = (): HTMLElementTagNameMap['stream-preview'] | null =>
      inside()?.querySelector('stream-preview');
    await until(() => preview()?.stream, 'a stream');
    expect(loaded).to.equal(false);
    inside().querySelector('iframe')!.contentDocument!.close();
    await until(() => loaded, 'load');
    await until(() => preview()!.videoWidth > 0, 'a picture');
    frame.remove();
  });
});
