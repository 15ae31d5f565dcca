import { expect } from '@open-wc/testing';
import { seat } from '../../components/peer-call/tiles.js';

describe('seat', () => {
  it('keeps everybody where they are and gives free seats away', () => {
    expect(seat([], ['a', 'b', 'c'])).to.deep.equal(['a', 'b', 'c']);
    expect(seat(['a', 'b', 'c'], ['a', 'c'])).to.deep.equal(['a', null, 'c']);
    expect(seat(['a', null, 'c'], ['a', 'c', 'd', 'e'])).to.deep.equal(['a', 'd', 'c', 'e']);
    expect(seat(['a', 'b'], [])).to.deep.equal([null, null]);
  });
});
