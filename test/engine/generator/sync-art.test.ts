import { expect } from '@open-wc/testing';
import { createSurface, type Cell } from '../../../components/engine/generator/artwork.js';
import { syncArt } from '../../../components/engine/generator/sync-art.js';
import { drawSync } from '../../support/sync-picture.js';

const sizes = [
  [1, 1],
  [7, 3],
  [160, 90],
  [333, 187],
  [360, 640],
  [1280, 720],
] as const;
const cells = (width: number, height: number): readonly Cell[] => syncArt.cells!(width, height);

describe('syncArt', () => {
  for (const [width, height] of sizes) {
    it(`stays inside a picture of ${width}×${height}, in even places that do not overlap`, () => {
      const taken = new Uint8Array(width * height);
      for (const { box } of cells(width, height)) {
        for (const value of Object.values(box)) expect(value % 2).to.equal(0);
        for (let y = box.y; y < box.y + box.height; y++) {
          for (let x = box.x; x < box.x + box.width; x++) {
            const at = y * width + x;
            expect(x >= 0 && x < width && y >= 0 && y < height, `${x}, ${y} inside`).to.equal(true);
            expect(taken[at], `${x}, ${y} free`).to.equal(0);
            taken[at] = 1;
          }
        }
      }
      drawSync(createSurface(width, height), { number: 1, time: 2 });
    });
  }

  it('draws in each place over what was there, and nowhere else', () => {
    const [width, height] = [320, 180];
    const surface = createSurface(width, height, { willReadFrequently: true });
    for (const { box, content, draw } of cells(width, height)) {
      syncArt.background(surface, width, height);
      const before = surface.getImageData(0, 0, width, height).data;
      draw(surface, content({ number: 987_654, time: 50 }));
      const after = surface.getImageData(0, 0, width, height).data;
      let outside = 0;
      after.forEach((value, at) => {
        const [x, y] = [(at >> 2) % width, Math.floor((at >> 2) / width)];
        const inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
        if (!inside && Math.abs(value - before[at]!) > 4) outside++;
      });
      expect(outside, `around ${JSON.stringify(box)}`).to.equal(0);
    }
  });

  it('flashes in the middle for the first tenth of each second', () => {
    const surface = createSurface(320, 180, { willReadFrequently: true });
    const level = (time: number): number => {
      drawSync(surface, { number: 0, time });
      return surface.getImageData(160, 95, 1, 1).data[1]!;
    };
    for (const time of [7000, 7050, 7099.9]) expect(level(time), String(time)).to.equal(255);
    for (const time of [6999.9, 7100, 7500]) expect(level(time), String(time)).to.be.below(64);
  });

  it('changes little from one picture to the next', () => {
    const [width, height] = [640, 360];
    const changed = cells(width, height).filter(
      ({ content }) => content({ number: 4, time: 5_333 }) !== content({ number: 5, time: 5_366 }),
    );
    const area = changed.reduce((sum, { box }) => sum + box.width * box.height, 0);
    expect(area / (width * height)).to.be.within(0.05, 0.15);
  });
});
