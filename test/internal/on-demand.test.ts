import { expect } from '@open-wc/testing';
import { css } from 'lit';
import { KitElement } from '../../components/internal/kit-element.js';
import { OnDemand } from '../../components/internal/on-demand.js';
import { until } from '../support/wait.js';

customElements.define('on-demand-host', class extends KitElement {});
const part = { styles: css`` };

async function addHost(): Promise<KitElement> {
  const host = document.createElement('on-demand-host') as KitElement;
  document.body.append(host);
  await host.updateComplete;
  return host;
}

describe('OnDemand', () => {
  afterEach(() => document.body.replaceChildren());

  it('loads once, when it is needed', async () => {
    const host = await addHost();
    let [loads, added] = [0, 0];
    const one = new OnDemand(
      host,
      async () => (loads++, part),
      () => added++,
    );
    expect([one.get(false), loads]).to.deep.equal([null, 0]);
    one.get();
    one.get();
    await until(() => one.get() === part, 'loaded');
    expect([loads, added, host.shadowRoot!.adoptedStyleSheets.length]).to.deep.equal([1, 1, 1]);
  });

  it('tries again what failed when it is told to, and not before', async () => {
    const host = await addHost();
    let [loads, broken] = [0, true];
    const one = new OnDemand(host, async () => {
      loads++;
      if (broken) throw new Error('no network');
      return part;
    });
    one.get();
    await until(() => one.failed, 'failed');
    one.get();
    broken = false;
    expect([one.get(), loads]).to.deep.equal([null, 1]);
    one.retry();
    one.get();
    await until(() => one.get() === part, 'loaded');
    one.retry();
    one.get();
    expect([one.failed, loads]).to.deep.equal([false, 2]);
  });
});
