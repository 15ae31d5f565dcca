import { expect } from '@open-wc/testing';
import '../../components/define.js';
import type { KitElement } from '../../components/internal/kit-element.js';
import { canvasStream } from '../support/source.js';
import { afterGrace, until } from '../support/wait.js';

describe('in the document of another window', () => {
  let frame: HTMLIFrameElement;
  const inside = (): HTMLElement => frame.contentDocument!.body;
  const display = (element: Element): string =>
    element.ownerDocument.defaultView!.getComputedStyle(element).display;

  beforeEach(() => {
    frame = document.createElement('iframe');
    document.body.append(frame);
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  for (const tag of [
    'peer-call',
    'call-controls',
    'call-chat',
    'call-stats',
    'stream-meter',
    'stream-preview',
    'stream-recorder',
  ] as const) {
    it(`<${tag}> keeps its looks, and when it is back`, async () => {
      const element = document.createElement(tag);
      document.body.append(element);
      await element.updateComplete;
      const { shadowRoot } = element;
      const sheets = shadowRoot!.adoptedStyleSheets.length;
      const before = display(element);
      for (const place of [inside(), document.body]) {
        place.append(element);
        await until(() => shadowRoot!.adoptedStyleSheets.length === sheets, 'the styles');
        expect(display(element)).to.equal(before);
      }
    });
  }

  it('what is drawn there first has its focus, too, where all of it belongs to one part', async () => {
    const select = document.createElement('device-select');
    inside().append(select);
    await select.updateComplete;
    expect(select.shadowRoot!.delegatesFocus).to.equal(true);
  });

  it('what is drawn there first has its looks, too, and what it loads', async () => {
    const element = document.createElement('stream-preview');
    const stream = canvasStream();
    Object.assign(element, { srcObject: stream, muted: true, controls: true });
    inside().append(element);
    await (element as KitElement).updateComplete;
    const bar = await until(() => element.shadowRoot!.querySelector('.bar'), 'the bar');
    await until(() => display(bar) === 'flex', 'the styles of the bar');
    expect(display(element)).to.equal('block');
    for (const track of stream.getTracks()) track.stop();
  });
});
