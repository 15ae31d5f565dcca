import { expect } from '@open-wc/testing';
import { createSurface, drawText, Picture } from '../../../components/engine/generator/picture.js';
import { timeCode } from '../../../components/engine/generator/scenes.js';
import { patterns, type Pattern } from '../../../components/engine/generator/settings.js';
import { pictureSettings, sampled, type Sample } from '../../support/picture.js';

/** 10:42:17.368 of some day, on this machine's clock. */
const noon = new Date(2026, 5, 1, 10, 42, 17, 368).getTime();
const shown = patterns.filter((pattern) => pattern !== 'none');
const still: readonly Pattern[] = ['smpte', 'ebu', 'grid', 'solid'];

const surfaceOf = (width: number, height: number) =>
  createSurface(width, height, { willReadFrequently: true });
const pixelsOf = (surface: OffscreenCanvasRenderingContext2D): Uint8ClampedArray =>
  surface.getImageData(0, 0, surface.canvas.width, surface.canvas.height).data;
const same = (one: Uint8ClampedArray, other: Uint8ClampedArray): boolean =>
  one.every((value, at) => value === other[at]);

describe('Picture', () => {
  it('is none for the pattern none', () => {
    expect(Picture.of(pictureSettings({ pattern: 'none' }))).to.equal(null);
  });

  for (const pattern of shown) {
    it(`draws ${pattern} in any size`, () => {
      for (const [width, height] of [
        [1, 1],
        [2, 3],
        [7, 301],
        [161, 91],
        [90, 160],
        [4096, 2160],
      ] as const) {
        const picture = Picture.of(pictureSettings({ pattern, width, height, text: 'Label' }))!;
        const surface = surfaceOf(1, 1);
        picture.draw(surface, noon);
        picture.draw(surface, noon + 33);
        expect([surface.canvas.width, surface.canvas.height]).to.deep.equal([width, height]);
      }
    });

    it(`has something new to show of ${pattern} ${still.includes(pattern) ? 'once' : 'all the time'}`, () => {
      const picture = Picture.of(pictureSettings({ pattern }))!;
      const surface = surfaceOf(160, 90);
      expect(picture.due).to.equal(true);
      picture.draw(surface, noon);
      expect(picture.due).to.equal(!still.includes(pattern));
      const before = pixelsOf(surface);
      picture.draw(surface, noon + 500);
      expect(same(before, pixelsOf(surface))).to.equal(still.includes(pattern));
    });

    it(`looks the same whatever of ${pattern} was drawn before`, () => {
      const settings = pictureSettings({ pattern, text: 'Label' });
      const [walked, jumped] = [Picture.of(settings)!, Picture.of(settings)!];
      const [one, other] = [surfaceOf(160, 90), surfaceOf(160, 90)];
      for (let step = 0; step < 40; step++) {
        walked.draw(one, noon + step * 33);
        jumped.next(0);
      }
      walked.draw(one, noon + 40 * 33);
      jumped.draw(other, noon + 40 * 33);
      expect(same(pixelsOf(one), pixelsOf(other))).to.equal(true);
    });

    it(`writes the text over ${pattern}`, () => {
      const surface = surfaceOf(320, 180);
      const picture = Picture.of(pictureSettings({ pattern, width: 320, height: 180, text: 'MMMM' }))!;
      const plain = surfaceOf(320, 180);
      plain.fillRect(0, 0, 320, 180);
      const { x, y, width, height } = drawText(plain, 'MMMM', 320, 180);
      for (let step = 0; step < 80; step++) picture.draw(surface, noon + step * 130);
      const wanted = plain.getImageData(x, y, width, height).data;
      expect(same(surface.getImageData(x, y, width, height).data, wanted)).to.equal(true);
      expect(wanted.filter((level) => level > 240).length > wanted.length / 4 + 200, 'letters').to.equal(
        true,
      );
    });
  }

  for (const [pattern, samples] of Object.entries(sampled) as [Pattern, readonly Sample[]][]) {
    it(`has the colours of ${pattern}`, () => {
      const [width, height] = [448, 252];
      const surface = surfaceOf(width, height);
      Picture.of(pictureSettings({ pattern, width, height }))!.draw(surface, noon);
      for (const [x, y, ...color] of samples) {
        const pixel = surface.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data;
        expect([...pixel].slice(0, 3), `${x}, ${y}`).to.deep.equal(color);
      }
    });
  }

  it('rises to white from black in the bars of SMPTE', () => {
    const surface = surfaceOf(448, 252);
    Picture.of(pictureSettings({ pattern: 'smpte', width: 448, height: 252 }))!.draw(surface, noon);
    const ramp = surface.getImageData(104, 175, 240, 1).data.filter((_, at) => at % 4 === 1);
    ramp.forEach((level, at) => expect(level).to.be.closeTo((255 * (at + 0.5)) / 240, 2));
  });

  it('counts time codes', () => {
    expect(timeCode(0, 30)).to.equal('00:00:00:00');
    expect(timeCode(29, 30)).to.equal('00:00:00:29');
    expect(timeCode(30 * 3671 + 4, 30)).to.equal('01:01:11:04');
    expect(timeCode(1, 0.5)).to.equal('00:00:02:00');
    // Of 29.97 a second, the 30th is the last that begins in the first.
    expect(timeCode(29, 29.97)).to.equal('00:00:00:29');
    expect(timeCode(30, 29.97)).to.equal('00:00:01:00');
  });

  it('bounces the ball on each full second', () => {
    const picture = Picture.of(pictureSettings({ pattern: 'ball', width: 320, height: 180 }))!;
    const bottom = (time: number): number => {
      const { y, height } = picture.spriteBox(picture.sprite!, { time, number: 0 });
      return y + height;
    };
    expect(bottom(5000)).to.equal(180);
    expect(bottom(5500)).to.be.below(100);
    expect(bottom(6000)).to.equal(180);
  });
});
