import { expect } from '@open-wc/testing';
import type { PropertyDeclarations } from 'lit';
import { KitElement } from '../../components/internal/kit-element.js';
import { SourceController } from '../../components/internal/source-controller.js';
import { canvasStream, TestSource } from '../support/source.js';
import { until } from '../support/wait.js';

class TestConsumer extends KitElement {
  static override readonly properties: PropertyDeclarations = { source: {}, srcObject: { attribute: false } };
  declare source: string | null;
  declare srcObject: MediaStream | null;
  /** What the controller said, in order. */
  readonly heard: (MediaStream | null)[] = [];
  readonly #controller: SourceController;

  constructor() {
    super();
    this.source = null;
    this.srcObject = null;
    this.#controller = new SourceController(this, (stream) => this.heard.push(stream));
  }

  letGo(): void {
    this.#controller.release();
  }

  get consumed(): MediaStream | null {
    return this.#controller.stream;
  }
}

customElements.define('test-source', TestSource);
customElements.define('test-consumer', TestConsumer);

describe('SourceController', () => {
  const one = canvasStream();
  const two = canvasStream();
  const warnings: string[] = [];
  const { warn } = console;

  /** A source in `parent`, under this id. */
  function source(id: string, stream: MediaStream | null, parent: Node = document.body): TestSource {
    const element = new TestSource();
    element.id = id;
    element.stream = stream;
    parent.appendChild(element);
    return element;
  }

  /** A consumer in `parent` that has looked once. */
  async function consumer(id: string | null, parent: Node = document.body): Promise<TestConsumer> {
    const element = new TestConsumer();
    element.source = id;
    parent.appendChild(element);
    await element.updateComplete;
    return element;
  }

  /** Mutation observers run before the next task. */
  const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  /** Counts the listeners for `stream-change` that are on an element. */
  function listeners(target: EventTarget, counted = 'stream-change'): () => number {
    let count = 0;
    target.addEventListener = (type: string, listener: EventListener, options: AddEventListenerOptions) => {
      if (type === counted) {
        count++;
        options.signal?.addEventListener('abort', () => count--);
      }
      EventTarget.prototype.addEventListener.call(target, type, listener, options);
    };
    return () => count;
  }

  beforeEach(() => {
    warnings.length = 0;
    console.warn = (...words: unknown[]) => warnings.push(words.join(' '));
  });

  afterEach(() => {
    document.body.replaceChildren();
    console.warn = warn;
  });

  after(() => {
    for (const stream of [one, two]) for (const track of stream.getTracks()) track.stop();
  });

  const same = (value: unknown, expected: unknown, what?: string): void => {
    expect(value === expected, what).to.equal(true);
  };

  it('takes the stream of the element that is named', async () => {
    source('camera', one);
    const element = await consumer('camera');
    same(element.consumed, one);
    expect(element.heard.length).to.equal(1);
    expect(warnings).to.deep.equal([]);
  });

  it('waits for a source that comes later, with one warning', async () => {
    const element = await consumer('camera');
    await until(() => warnings.length, 'a warning');
    document.body.append(document.createElement('i'), document.createElement('b'));
    await nextTask();
    await nextTask();
    expect(warnings.length).to.equal(1);
    expect(warnings[0])
      .to.contain('<test-consumer source="camera">')
      .and.to.contain('no element has that id');
    source('camera', one);
    await nextTask();
    same(element.consumed, one);
  });

  it('does not warn of a source that the same script adds after its consumer', async () => {
    const element = await consumer('camera');
    source('camera', one);
    await nextTask();
    await nextTask();
    same(element.consumed, one);
    expect(warnings).to.deep.equal([]);
  });

  it('warns once of an element that is no source', async () => {
    document.body.append(Object.assign(document.createElement('p'), { id: 'text' }));
    const element = await consumer('text');
    await until(() => warnings.length, 'a warning');
    element.requestUpdate();
    await element.updateComplete;
    await nextTask();
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.contain('<p> has no stream');
    same(element.consumed, null);
  });

  it('takes the empty id for none', async () => {
    const element = await consumer('');
    await nextTask();
    same(element.consumed, null);
    expect(warnings).to.deep.equal([]);
  });

  it('is no source of its own', async () => {
    const element = await consumer(null);
    Object.assign(element, { id: 'self', stream: one });
    element.source = 'self';
    await element.updateComplete;
    same(element.consumed, null);
  });

  it('waits until the tag of the source is defined', async () => {
    document.body.append(Object.assign(document.createElement('late-source'), { id: 'late' }));
    const element = await consumer('late');
    await nextTask();
    same(element.consumed, null);
    expect(warnings).to.deep.equal([]);
    class LateSource extends TestSource {
      constructor() {
        super();
        this.stream = one;
      }
    }
    customElements.define('late-source', LateSource);
    await until(() => element.consumed === one, 'the stream of the upgraded element');
  });

  it('warns when the tag turns out to be no source', async () => {
    document.body.append(Object.assign(document.createElement('late-text'), { id: 'late' }));
    await consumer('late');
    await nextTask();
    customElements.define('late-text', class extends HTMLElement {});
    await until(() => warnings.length, 'a warning');
    expect(warnings[0]).to.contain('<late-text> has no stream');
  });

  it('follows the stream, and hears of other tracks of the same', async () => {
    const camera = source('camera', null);
    const element = await consumer('camera');
    camera.stream = one;
    same(element.consumed, one);
    camera.stream = one;
    camera.stream = two;
    camera.stream = null;
    expect(element.heard.map((stream) => stream && (stream === one ? 1 : 2))).to.deep.equal([1, 1, 2, null]);
  });

  it('follows the attribute, also when it goes and comes back', async () => {
    const camera = source('camera', one);
    const count = listeners(camera);
    source('screen', two);
    const element = await consumer('camera');
    expect(count()).to.equal(1);
    element.source = 'screen';
    await element.updateComplete;
    same(element.consumed, two, 'changed');
    expect(count()).to.equal(0);
    element.source = null;
    await element.updateComplete;
    same(element.consumed, null, 'removed');
    element.setAttribute('source', 'camera');
    await element.updateComplete;
    same(element.consumed, one, 'added again');
    expect(element.heard.length).to.equal(4);
  });

  it('follows the element behind the id', async () => {
    const camera = source('camera', one);
    const element = await consumer('camera');
    camera.replaceWith(Object.assign(new TestSource(), { id: 'camera', stream: two }));
    await nextTask();
    same(element.consumed, two, 'replaced');
    expect(element.heard.length).to.equal(2);
    camera.stream = one;
    same(element.consumed, two, 'the old one is not heard');
    document.getElementById('camera')!.id = 'other';
    await nextTask();
    same(element.consumed, null, 'renamed');
    camera.id = 'camera';
    document.body.append(camera);
    await nextTask();
    same(element.consumed, one, 'back');
  });

  it('keeps the stream of a source that is moved', async () => {
    const camera = source('camera', one);
    const element = await consumer('camera');
    const parent = document.createElement('div');
    document.body.append(parent);
    parent.append(camera);
    await nextTask();
    expect(element.heard.length).to.equal(1);
  });

  it('looks in its own root only', async () => {
    const host = document.createElement('div');
    const shadow = host.attachShadow({ mode: 'open' });
    document.body.append(host);
    source('camera', one);
    source('camera', two, shadow);
    same((await consumer('camera')).consumed, one, 'in the document');
    same((await consumer('camera', shadow)).consumed, two, 'in the shadow root');
  });

  it('looks again in another root after a move, without and with moveBefore()', async () => {
    const host = document.createElement('div');
    const shadow = host.attachShadow({ mode: 'open' });
    document.body.append(host);
    source('camera', one);
    source('camera', two, shadow);
    const element = await consumer('camera');
    shadow.append(element);
    await element.updateComplete;
    same(element.consumed, two, 'append');
    (document.body as unknown as { moveBefore(node: Node, child: null): void }).moveBefore(element, null);
    await nextTask();
    same(element.consumed, one, 'moveBefore');
  });

  it('lets srcObject win, and comes back to the source', async () => {
    const camera = source('camera', one);
    const element = await consumer('camera');
    element.srcObject = two;
    await element.updateComplete;
    same(element.consumed, two);
    camera.stream = null;
    camera.stream = one;
    expect(element.heard.length).to.equal(2);
    element.srcObject = null;
    await element.updateComplete;
    same(element.consumed, one);
  });

  it('hears of another track in what srcObject holds, as long as it does', async () => {
    const stream = new MediaStream(one.getTracks().map((track) => track.clone()));
    const count = listeners(stream, 'addtrack');
    const exchange = (): void => {
      const [before] = stream.getTracks();
      const track = before!.clone();
      before!.stop();
      stream.removeTrack(before!);
      stream.addTrack(track);
      stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track }));
    };
    const element = await consumer(null);
    element.srcObject = stream;
    await element.updateComplete;
    exchange();
    same(element.heard.length, 2);
    same(element.heard[1], stream);
    element.srcObject = two;
    await element.updateComplete;
    expect([element.heard.length, count()]).to.deep.equal([3, 0]);
    element.srcObject = stream;
    await element.updateComplete;
    element.remove();
    element.letGo();
    expect([element.heard.length, count()]).to.deep.equal([5, 0]);
    for (const track of stream.getTracks()) track.stop();
  });

  it('serves two consumers of one source', async () => {
    const camera = source('camera', one);
    const [first, second] = [await consumer('camera'), await consumer('camera')];
    first.remove();
    camera.stream = two;
    same(first.consumed, one, 'the removed one does not hear');
    same(second.consumed, two);
  });

  it('leaves no listener when it is disconnected, keeps the stream, and follows again', async () => {
    const camera = source('camera', one);
    const count = listeners(camera);
    const element = await consumer('camera');
    element.remove();
    expect(count()).to.equal(0);
    same(element.consumed, one);
    element.source = 'nobody';
    await element.updateComplete;
    await nextTask();
    expect(count()).to.equal(0);
    expect(warnings).to.deep.equal([]);
    element.source = 'camera';
    document.body.append(element);
    await element.updateComplete;
    expect(count()).to.equal(1);
    expect(element.heard.length).to.equal(1);
  });

  it('hears of tracks that became others while it was away', async () => {
    const stream = one.clone();
    const camera = source('camera', stream);
    const element = await consumer('camera');
    const leave = async (meanwhile: () => void): Promise<number> => {
      element.remove();
      meanwhile();
      camera.stream = stream;
      document.body.append(element);
      await element.updateComplete;
      return element.heard.splice(0).length;
    };
    const [track] = stream.getTracks();
    expect(await leave(() => {})).to.equal(1);
    expect(await leave(() => {})).to.equal(0);
    expect(await leave(() => stream.addTrack(two.getTracks()[0]!))).to.equal(1);
    expect(await leave(() => stream.removeTrack(track!))).to.equal(1);
    track!.stop();
  });

  it('lets go of the stream, and takes it up again when it is back', async () => {
    source('camera', one);
    const element = await consumer('camera');
    element.remove();
    element.letGo();
    element.letGo();
    same(element.consumed, null);
    expect(element.heard.length).to.equal(2);
    document.body.append(element);
    await element.updateComplete;
    same(element.consumed, one);
  });
});
