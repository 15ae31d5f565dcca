import { expect } from '@open-wc/testing';
import { html } from 'lit';
import { property } from 'lit/decorators.js';
import { MediaKitError } from '../../components/engine/errors.js';
import { KitElement, type Commands } from '../../components/internal/kit-element.js';
import { afterGrace, until } from '../support/wait.js';

class TestKit extends KitElement {
  static override readonly commands: Commands = { '--greet': 'greet', '--fail': 'fail' };
  static override readonly strings = { hello: 'Hello, {name}!', plain: 'Plain' };

  @property() given: string | null = 'nothing yet';

  on = false;
  released = 0;
  rendered = 0;
  greeted = 0;
  readonly signals: AbortSignal[] = [];

  greet(): void {
    this.greeted++;
  }

  async fail(): Promise<void> {
    throw new Error('nobody is there to catch this');
  }

  say(key: string, values?: Record<string, string | number>): string {
    return this.word(key, values);
  }

  explains(error: MediaKitError): string {
    return this.explain(error);
  }

  report(error: MediaKitError): void {
    this.reportError(error);
  }

  protected override get customStates(): Record<string, boolean> {
    return { on: this.on, off: !this.on };
  }

  protected override connected(signal: AbortSignal): void {
    this.signals.push(signal);
  }

  protected override release(): void {
    this.released++;
  }

  protected override render(): unknown {
    this.rendered++;
    return html`<slot></slot>`;
  }
}

customElements.define('test-kit', TestKit);

describe('KitElement', () => {
  async function kit(): Promise<TestKit> {
    const element = new TestKit();
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  /** Resolves when one that is removed now, where there are no frames, is released: later than all that left before it. */
  async function releasedByTimer(): Promise<void> {
    const original = Object.getOwnPropertyDescriptor(window, 'requestAnimationFrame')!;
    try {
      window.requestAnimationFrame = () => 0;
      const witness = await kit();
      witness.remove();
      await until(() => witness.released, 'released');
    } finally {
      Object.defineProperty(window, 'requestAnimationFrame', original);
    }
  }

  afterEach(() => document.body.replaceChildren());

  it('takes what is undefined, as frameworks give it, for an attribute that is gone, at once', async () => {
    const early = document.createElement('late-kit') as TestKit;
    Object.assign(early, { given: undefined });
    document.body.append(early);
    customElements.define('late-kit', class extends TestKit {});
    await early.updateComplete;
    expect(early.given).to.equal(null);
    early.setAttribute('given', 'something');
    expect(early.given).to.equal('something');
    Object.assign(early, { given: undefined });
    expect(early.given).to.equal(null);
  });

  describe('life', () => {
    it('gives each connection a signal of its own', async () => {
      const element = await kit();
      const other = document.createElement('div');
      document.body.append(other);
      other.append(element);
      expect(element.signals.map(({ aborted }) => aborted)).to.deep.equal([true, false]);
      element.remove();
      expect(element.signals.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
    });

    it('renders again on reconnection', async () => {
      const element = await kit();
      element.remove();
      document.body.append(element);
      await element.updateComplete;
      expect(element.rendered).to.equal(2);
    });

    it('releases once, after the grace', async () => {
      const element = await kit();
      element.remove();
      expect(element.released).to.equal(0);
      await until(() => element.released, 'released');
      await releasedByTimer();
      expect(element.released).to.equal(1);
    });

    it('releases when there are no frames, as on a hidden page', async () => {
      await releasedByTimer();
    });

    it('does not release what came back, however often', async () => {
      const element = await kit();
      for (let round = 0; round < 3; round++) {
        element.remove();
        await Promise.resolve();
        document.body.append(element);
      }
      await afterGrace();
      await releasedByTimer();
      expect(element.released).to.equal(0);
    });

    it('does not release with keep-alive', async () => {
      const element = await kit();
      element.setAttribute('keep-alive', '');
      element.remove();
      await afterGrace();
      await releasedByTimer();
      expect(element.released).to.equal(0);
    });

    it('does not notice moveBefore()', async () => {
      const element = await kit();
      const other = document.createElement('div');
      document.body.append(other);
      (other as unknown as { moveBefore(node: Node, child: null): void }).moveBefore(element, null);
      expect(element.signals.length).to.equal(1);
      expect(element.signals[0]!.aborted).to.equal(false);
    });
  });

  it('writes custom states when it renders', async () => {
    const element = await kit();
    expect(element.matches(':state(off)')).to.equal(true);
    element.on = true;
    element.requestUpdate();
    await element.updateComplete;
    expect(element.matches(':state(on)')).to.equal(true);
    expect(element.matches(':state(off)')).to.equal(false);
  });

  it('finds its words, lets those of the page win, and fills in values', async () => {
    const element = await kit();
    expect(element.say('hello', { name: 'Ada' })).to.equal('Hello, Ada!');
    expect(element.say('hello')).to.equal('Hello, {name}!');
    expect(element.say('nothing')).to.equal('nothing');
    element.strings = { hello: 'Hallo {name}' };
    expect(element.say('hello', { name: 7 })).to.equal('Hallo 7');
    expect(element.say('plain')).to.equal('Plain');
  });

  it('has words of its own where the page has none yet', async () => {
    const element = await kit();
    for (const nothing of [null, undefined]) {
      Object.assign(element, { strings: nothing });
      expect(element.say('plain')).to.equal('Plain');
    }
  });

  it('explains an error with the words of the page for its code, else with its message', async () => {
    const element = await kit();
    const error = new MediaKitError('timeout', 'Too late: be quicker.');
    element.strings = { timeout: 'no key of an error' };
    expect(element.explains(error)).to.equal('Too late: be quicker.');
    element.strings = { 'error-timeout': 'Zu spät' };
    expect(element.explains(error)).to.equal('Zu spät');
  });

  it('fires errors that do not bubble, with the same object', async () => {
    const element = await kit();
    const error = new MediaKitError('timeout', 'Too late: be quicker.');
    let heard: ErrorEvent | undefined;
    let above = 0;
    const count = (): void => void above++;
    document.body.addEventListener('error', count);
    element.addEventListener('error', (event) => (heard = event));
    element.report(error);
    document.body.removeEventListener('error', count);
    expect(heard?.error === error).to.equal(true);
    expect(heard?.message).to.equal(error.message);
    expect(above).to.equal(0);
  });

  describe('commands', () => {
    function press(command: string, element: HTMLElement): void {
      element.id = 'commanded';
      const button = document.createElement('button');
      button.setAttribute('commandfor', 'commanded');
      button.setAttribute('command', command);
      document.body.append(button);
      button.click();
    }

    it('call the method that the table names', async () => {
      const element = await kit();
      press('--greet', element);
      await until(() => element.greeted === 1, 'greeted');
    });

    it('outside the table call nothing', async () => {
      const element = await kit();
      let heard = 0;
      element.addEventListener('command', () => heard++);
      for (const command of ['--remove', '--released', '--constructor']) press(command, element);
      await until(() => heard === 3, 'three commands');
      expect(element.isConnected).to.equal(true);
      expect(element.released).to.equal(0);
    });

    it('leave no unhandled rejection', async () => {
      const element = await kit();
      let unhandled = 0;
      const count = (event: Event): void => {
        event.preventDefault();
        unhandled++;
      };
      window.addEventListener('unhandledrejection', count);
      let heard = 0;
      element.addEventListener('command', () => heard++);
      press('--fail', element);
      await until(() => heard, 'the command');
      await new Promise((resolve) => setTimeout(resolve));
      window.removeEventListener('unhandledrejection', count);
      expect(unhandled).to.equal(0);
    });

    it('call once after the element was moved', async () => {
      const element = await kit();
      document.body.append(document.createElement('div'), element);
      press('--greet', element);
      await until(() => element.greeted, 'greeted');
      expect(element.greeted).to.equal(1);
    });
  });
});
