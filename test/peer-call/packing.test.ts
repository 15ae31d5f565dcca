import { expect } from '@open-wc/testing';
import { columnsFor } from '../../components/peer-call/packing.js';

/** The width of a tile, in parts of the box, when `count` of them stand in so many columns. */
const width = (count: number, shape: number, columns: number): number =>
  Math.min(1 / columns, 16 / 9 / (shape * Math.ceil(count / columns)));

describe('columnsFor', () => {
  it('makes the tiles as large as can be, for every count and shape', () => {
    for (let count = 1; count <= 16; count++) {
      for (let shape = 0.2; shape < 6; shape += 0.1) {
        const chosen = width(count, shape, columnsFor(count, shape));
        for (let columns = 1; columns <= count; columns++) {
          expect(chosen, `${count} in ${shape}`).to.be.at.least(width(count, shape, columns) - 1e-6);
        }
      }
    }
  });

  it('stacks two on a phone and puts them side by side on a desk', () => {
    expect(columnsFor(2, 0.7)).to.equal(1);
    expect(columnsFor(2, 16 / 9)).to.equal(2);
  });

  it('has one column for nobody', () => {
    expect(columnsFor(0, 1)).to.equal(1);
  });
});
