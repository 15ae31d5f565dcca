import { expect } from '@open-wc/testing';
import { maskDelegate } from '../../../components/engine/effect/delegate.js';

/** A browser whose WebGL gives floats in this format; without one it has no WebGL. */
function given(format: 'RED' | 'RGBA' | null): unknown {
  const known: Record<PropertyKey, unknown> = { RED: 'RED', getParameter: () => format };
  const extension = { loseContext: () => {} };
  return format && new Proxy(known, { get: (_, name) => known[name] ?? (() => extension) });
}

describe('maskDelegate()', () => {
  const { getContext } = OffscreenCanvas.prototype;

  afterEach(() => {
    OffscreenCanvas.prototype.getContext = getContext;
  });

  for (const [format, delegate] of [
    ['RED', 'GPU'],
    ['RGBA', 'CPU'],
    [null, 'CPU'],
  ] as const) {
    it(`is the ${delegate} where floats are given as ${format}`, () => {
      Object.assign(OffscreenCanvas.prototype, { getContext: () => given(format) });
      expect(maskDelegate()).to.equal(delegate);
    });
  }
});
