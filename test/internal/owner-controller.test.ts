import { expect } from '@open-wc/testing';
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { OwnerController } from '../../components/internal/owner-controller.js';
import { afterGrace, until } from '../support/wait.js';

interface TestOwner extends Element {
  readonly owns: true;
}
const Owner = class extends HTMLElement implements TestOwner {
  readonly owns = true;
};
customElements.define('test-owner', Owner);

class TestCompanion extends LitElement {
  @property({ attribute: 'for' }) htmlFor: string | null = null;
  /** Whom it was told to follow, and until when. */
  readonly told: { readonly owner: TestOwner | null; readonly signal: AbortSignal }[] = [];

  constructor() {
    super();
    new OwnerController<TestOwner>(this, {
      tags: ['test-owner', 'late-owner-2'],
      isOwner: (element) => 'owns' in element,
      follow: (owner, signal) => this.told.push({ owner, signal }),
    });
  }

  /** The id of the one that it follows now. */
  get at(): string | null {
    const { owner, signal } = this.told.at(-1)!;
    return signal.aborted ? 'nobody any more' : (owner?.id ?? null);
  }
}
customElements.define('test-companion', TestCompanion);

async function add(html: string): Promise<TestCompanion> {
  document.body.innerHTML = html;
  const companion = document.querySelector('test-companion') as TestCompanion;
  await companion.updateComplete;
  return companion;
}

describe('OwnerController', () => {
  const warnings: string[] = [];
  const { warn } = console;
  before(() => {
    console.warn = (words: string) => warnings.push(words);
  });
  beforeEach(() => warnings.splice(0));
  afterEach(() => document.body.replaceChildren());
  after(() => {
    console.warn = warn;
  });

  it('follows the element that its id names, else the nearest around it', async () => {
    const companion = await add(`
      <test-owner id="one"></test-owner>
      <test-owner id="two"><div><test-companion for="one"></test-companion></div></test-owner>`);
    expect(companion.at).to.equal('one');
    companion.htmlFor = null;
    await companion.updateComplete;
    expect(companion.at).to.equal('two');
    companion.setAttribute('for', 'nobody');
    await companion.updateComplete;
    expect(companion.at).to.equal(null);
    expect(companion.told.slice(0, -1).every(({ signal }) => signal.aborted)).to.equal(true);
  });

  it('looks out of shadow roots for one around it', async () => {
    const companion = await add(
      '<test-owner id="one"><div id="host"></div></test-owner><test-companion></test-companion>',
    );
    document.querySelector('#host')!.attachShadow({ mode: 'open' }).append(companion);
    await companion.updateComplete;
    expect(companion.at).to.equal('one');
  });

  it('hears when the element is replaced, goes, comes, or gets another id', async () => {
    const companion = await add('<test-companion for="one"></test-companion>');
    expect(companion.at).to.equal(null);
    const one = new Owner();
    one.id = 'one';
    document.body.append(one);
    await until(() => companion.at === 'one');
    const next = new Owner();
    next.id = 'one';
    one.replaceWith(next);
    await until(() => companion.told.at(-1)!.owner === next);
    next.id = 'other';
    await until(() => companion.at === null);
    companion.htmlFor = 'other';
    await until(() => companion.at === 'other');
    next.remove();
    await until(() => companion.at === null);
  });

  for (const html of [
    '<late-owner-1 id="late"></late-owner-1><test-companion for="late"></test-companion>',
    // Nothing else tells that an ancestor is one.
    '<test-owner id="late"><test-companion></test-companion></test-owner>',
    '<late-owner-2 id="late"><test-companion></test-companion></late-owner-2>',
  ]) {
    it(`waits for the definition: ${html}`, async () => {
      const companion = await add(html);
      const [late] = /late-owner-\d/.exec(html) ?? [];
      if (late) {
        expect(companion.at).to.equal(null);
        customElements.define(late, class extends Owner {});
      }
      await until(() => companion.at === 'late');
      expect(warnings).to.deep.equal([]);
    });
  }

  it('follows again after a move, and nobody while it is out of the document', async () => {
    const companion = await add(
      '<test-owner id="one"></test-owner><test-companion for="one"></test-companion>',
    );
    companion.remove();
    expect(companion.at).to.equal('nobody any more');
    document.body.append(companion);
    await companion.updateComplete;
    expect(companion.at).to.equal('one');
    document.querySelector('#one')!.remove();
    await until(() => companion.at === null);
  });

  it('warns once where there is none', async () => {
    const companion = await add('<test-companion for="nobody"></test-companion>');
    await until(() => warnings.length > 0);
    expect(warnings).to.deep.equal([
      '<test-companion for="nobody">: no <test-owner> or <late-owner-2> has that id; it waits for one.',
    ]);
    companion.requestUpdate();
    await companion.updateComplete;
    companion.htmlFor = null;
    await until(() => warnings.length > 1);
    await afterGrace();
    expect(warnings.slice(1)).to.deep.equal([
      '<test-companion>: no <test-owner> or <late-owner-2> is around it; it waits for one.',
    ]);
  });
});
