import { expect } from '@open-wc/testing';
import { boxAround, evenBox, overlap, rolled } from '../../../components/engine/generator/boxes.js';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe('boxes', () => {
  it('take whole pixels with a margin around what is not whole', () => {
    expect(boxAround(2.5, 3, 4.2, 1)).to.deep.equal(box(1, 2, 7, 3));
  });

  it('widen to even numbers', () => {
    expect(evenBox(box(3, 4, 2, 2))).to.deep.equal(box(2, 4, 4, 2));
    expect(evenBox(box(-1, 0, 1, 3))).to.deep.equal(box(-2, 0, 2, 4));
    expect(evenBox(box(2, 2, 4, 6))).to.deep.equal(box(2, 2, 4, 6));
  });

  it('overlap, or not', () => {
    expect(overlap(box(0, 0, 4, 4), box(2, 3, 9, 9))).to.deep.equal(box(2, 3, 2, 1));
    expect(overlap(box(0, 0, 4, 4), box(4, 0, 1, 1))).to.equal(null);
    expect(overlap(box(0, 0, 4, 4), box(1, 1, 0, 2))).to.equal(null);
  });

  for (const [x, y, count] of [
    [0, 0, 1],
    [3, 0, 2],
    [0, 2, 2],
    [3, 2, 4],
  ] as const) {
    it(`roll by ${x}, ${y} in ${count} pieces that cover all`, () => {
      const [width, height] = [5, 4];
      const shown = new Array<string>(width * height).fill('');
      const pieces = rolled(width, height, { x, y });
      expect(pieces.length).to.equal(count);
      for (const { from, to } of pieces) {
        for (let row = 0; row < from.height; row++) {
          for (let column = 0; column < from.width; column++) {
            shown[(to.y + row) * width + to.x + column] += `${from.x + column},${from.y + row}`;
          }
        }
      }
      shown.forEach((place, at) => {
        const [column, row] = [((at % width) + x) % width, (Math.floor(at / width) + y) % height];
        expect(place).to.equal(`${column},${row}`);
      });
    });
  }
});
