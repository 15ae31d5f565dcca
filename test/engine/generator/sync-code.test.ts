import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  CELLS,
  cellsOf,
  decodeSync,
  encodeSync,
  unwrapTime,
  WRAP,
} from '../../../components/engine/generator/sync-code.js';

const anyNumber = fc.nat(2 ** 40);
/** Wall-clock times of a century, in ms with fractions. */
const anyTime = fc.double({ min: 0, max: 4e12, noNaN: true });

describe('the sync code', function () {
  this.retries(0);
  it('comes back as it went, wherever number and time start over', () => {
    for (const [number, time, code] of [
      [0, 0, { number: 0, time: 0 }],
      [WRAP - 1, WRAP - 0.001, { number: WRAP - 1, time: WRAP - 1 }],
      [WRAP, WRAP, { number: 0, time: 0 }],
      [WRAP + 1, 7 * WRAP + 1.9, { number: 1, time: 1 }],
    ] as const) {
      expect(decodeSync(encodeSync(number, time))).to.deep.equal(code);
    }
    fc.assert(
      fc.property(anyNumber, anyTime, (number, time) => {
        expect(decodeSync(encodeSync(number, time))).to.deep.equal({
          number: number % WRAP,
          time: Math.floor(time) % WRAP,
        });
      }),
    );
  });

  it('begins with white, black, white in each strip', () => {
    fc.assert(
      fc.property(anyNumber, anyTime, (number, time) => {
        for (const strip of encodeSync(number, time)) {
          expect(strip.toString(2)).to.match(/^101/).and.to.have.length(CELLS);
        }
      }),
    );
  });

  it('is refused with any one cell wrong', () => {
    fc.assert(
      fc.property(anyNumber, anyTime, (number, time) => {
        const [first, second] = encodeSync(number, time);
        for (let cell = 0; cell < CELLS; cell++) {
          const wrong = 2 ** cell;
          expect(decodeSync([(first ^ wrong) >>> 0, second])).to.equal(null);
          expect(decodeSync([first, (second ^ wrong) >>> 0])).to.equal(null);
        }
      }),
    );
  });

  it('is refused with up to five cells of a strip wrong: any two strips differ in six at least', () => {
    // The sum of two strips is the strip of the sum, so it is enough to compare all with one.
    const zero = encodeSync(0, 0);
    const different = (one: number, other: number): number =>
      [...((one ^ other) >>> 0).toString(2)].filter((bit) => bit === '1').length;
    let least = CELLS;
    for (let value = 1; value < WRAP; value++) {
      least = Math.min(least, different(encodeSync(value, 0)[0], zero[0]));
      least = Math.min(least, different(encodeSync(0, value)[1], zero[1]));
    }
    expect(least).to.equal(6);
  });

  it('is refused where the strips are those of two pictures', () => {
    fc.assert(
      fc.property(anyNumber, fc.integer({ min: 1, max: 60 }), anyTime, (number, later, time) => {
        const [first] = encodeSync(number, time);
        const [, second] = encodeSync(number + later, time);
        expect(decodeSync([first, second])).to.equal(null);
      }),
    );
  });

  it('is not found in noise', () => {
    const strip = fc.nat(2 ** 32 - 1);
    fc.assert(
      fc.property(strip, strip, (first, second) => decodeSync([first, second]) === null),
      { numRuns: 5000 },
    );
  });
});

describe('cellsOf', () => {
  const levels = (strip: number, dark: number, light: number): number[] =>
    [...strip.toString(2)].map((bit) => (bit === '1' ? light : dark));

  it('knows light from dark whatever the contrast is', () => {
    const [strip] = encodeSync(12_345, 0);
    for (const [dark, light] of [
      [0, 255],
      [16, 235],
      [0, 80],
      [170, 255],
    ] as const) {
      expect(cellsOf(levels(strip, dark, light))).to.equal(strip);
    }
  });

  it('finds nothing where nothing stands out', () => {
    expect(cellsOf(levels(encodeSync(1, 2)[0], 100, 150))).to.equal(null);
    expect(cellsOf(Array<number>(CELLS).fill(255))).to.equal(null);
  });
});

describe('unwrapTime', function () {
  this.retries(0);
  it('finds the time next to now, before or after it, however often it has started over', () => {
    const distance = fc.integer({ min: -WRAP / 2 + 1, max: WRAP / 2 - 1 });
    fc.assert(
      fc.property(fc.integer({ min: WRAP, max: 4e12 }), distance, (now, late) => {
        const sentAt = now - late;
        expect(unwrapTime(sentAt % WRAP, now + 0.4)).to.equal(sentAt);
      }),
    );
  });
});
