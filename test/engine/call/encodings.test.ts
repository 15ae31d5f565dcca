import { expect } from '@open-wc/testing';
import {
  budgetFor,
  pictureEncoding,
  scaleFor,
  UNTOUCHED,
  weightOf,
  type Picture,
} from '../../../components/engine/call/encodings.js';

const hd = { width: 1280, height: 720 };
const picture = (given: Partial<Picture> = {}): Picture => ({
  slot: 'video',
  size: hd,
  view: hd,
  scale: 1,
  ...given,
});

describe('what may go out', () => {
  const table: [others: number, each: number | null][] = [
    [1, null],
    [2, 384_000],
    [3, 256_000],
    [4, 192_000],
    [5, 128_000],
    [6, 128_000],
    [7, 64_000],
    [11, 64_000],
  ];
  for (const [others, each] of table) {
    it(`to ${others}: ${each ?? 'all'} each`, () => {
      const budget = { pictures: each && each * others, sound: null };
      expect(budgetFor(others, others)).to.deep.equal(budget);
      expect(budgetFor(others, others, null)).to.deep.equal(budget);
    });
  }

  it('is no more than the page allows, sound included, of which a voice needs 40 kbit/s or a quarter', () => {
    expect(budgetFor(1, 1, 500_000)).to.deep.equal({ pictures: 460_000, sound: 40_000 });
    expect(budgetFor(1, 0, 500_000).pictures).to.equal(500_000);
    expect(budgetFor(1, 1, 60_000)).to.deep.equal({ pictures: 45_000, sound: 15_000 });
    expect(budgetFor(2, 4, 160_000)).to.deep.equal({ pictures: 120_000, sound: 10_000 });
    expect(budgetFor(3, 3, 9_000_000)).to.deep.equal({ pictures: 768_000, sound: 40_000 });
  });
});

describe('by how much a picture is made smaller', () => {
  const scale = (width: number, height: number, before = 1): number =>
    scaleFor(picture({ view: { width, height }, scale: before }));

  it('so that no more is sent than is shown, and not much less', () => {
    expect(scale(1280, 720)).to.equal(1);
    expect(scale(4000, 3000)).to.equal(1);
    expect(scale(640, 360)).to.equal(2);
    expect(scale(500, 281)).to.equal(2);
    expect(scale(320, 180)).to.equal(4);
    for (let width = 170; width < 1280; width += 10) {
      const sent = 1280 / scale(width, (width * 9) / 16);
      expect(sent, `for ${width}`).to.be.within(width * 0.9, width * 1.65);
    }
  });

  it('by the side that needs more: what is cropped is not blurred', () => {
    expect(scale(640, 720)).to.equal(1);
    expect(scale(1280, 200)).to.equal(1);
  });

  it('never below what can be recognised', () => {
    expect(scale(1, 1)).to.equal(8);
    expect(scaleFor(picture({ size: { width: 320, height: 180 }, view: { width: 1, height: 1 } }))).to.equal(
      2,
    );
    expect(scaleFor(picture({ size: { width: 64, height: 36 }, view: { width: 1, height: 1 } }))).to.equal(1);
  });

  it('as before, for a small change of size', () => {
    for (const [before, widths] of [
      [1, [1280, 900, 800, 2000]],
      [2, [640, 560, 400, 700]],
      [4, [320, 240, 350]],
    ] as const) {
      for (const width of widths) {
        expect(scale(width, (width * 9) / 16, before), `${width} after ${before}`).to.equal(before);
      }
    }
    expect(scale(720, 405, 2)).to.equal(1.5);
    expect(scale(380, 214, 2)).to.equal(3);
    expect(scale(1280, 720, 8)).to.equal(1);
  });

  it('as before while it is hidden, or where a size is not known', () => {
    expect(scaleFor(picture({ view: null, scale: 3 }))).to.equal(3);
    expect(scaleFor(picture({ view: undefined, scale: 3 }))).to.equal(3);
    expect(scaleFor(picture({ size: null, scale: 1 }))).to.equal(1);
  });

  it('not at all for a screen', () => {
    expect(scaleFor(picture({ slot: 'screen', view: { width: 100, height: 60 } }))).to.equal(1);
  });
});

describe('how a picture is sent', () => {
  it('as the browser likes, to one who shows it large', () => {
    expect(pictureEncoding(picture(), null, {})).to.deep.equal(UNTOUCHED);
  });

  it('not at all, to one who hides it', () => {
    for (const slot of ['video', 'screen'] as const) {
      expect(pictureEncoding(picture({ slot, view: null }), 100_000, {}).active).to.equal(false);
      expect(weightOf(picture({ slot, view: null }))).to.equal(0);
    }
  });

  it('with what the page asks for', () => {
    const sending = { maxFrameRate: 12, degradationPreference: 'maintain-framerate' } as const;
    const { maxFramerate, degradationPreference, maxBitrate } = pictureEncoding(picture(), 2e6, sending);
    expect([maxFramerate, degradationPreference, maxBitrate]).to.deep.equal([12, 'maintain-framerate', 2e6]);
  });

  it('with fewer pixels where the bits are too few for them', () => {
    const scale = (bitrate: number | null, given: Partial<Picture> = {}, sending = {}): number | null =>
      pictureEncoding(picture(given), bitrate, sending).scaleResolutionDownBy;
    expect(scale(null)).to.equal(null);
    expect(scale(2_000_000)).to.equal(null);
    expect(scale(384_000)).to.equal(1.5);
    expect(scale(128_000)).to.equal(3);
    expect(scale(64_000)).to.equal(4);
    expect(scale(384_000, { scale: 4 }), 'smaller already').to.equal(4);
    expect(scale(64_000, { size: null }), 'of unknown size').to.equal(null);
    expect(scale(64_000, {}, { degradationPreference: 'maintain-resolution' })).to.equal(null);
  });

  it('a screen keeps its pixels and gives up frames', () => {
    const { scaleResolutionDownBy, degradationPreference, maxFramerate, maxBitrate } = pictureEncoding(
      picture({ slot: 'screen', view: { width: 200, height: 100 } }),
      64_000,
      { degradationPreference: 'maintain-framerate', maxFrameRate: 5 },
    );
    expect([scaleResolutionDownBy, degradationPreference, maxFramerate, maxBitrate]).to.deep.equal([
      null,
      'maintain-resolution',
      null,
      64_000,
    ]);
  });

  it('has its weight by the length of its sides as they are sent', () => {
    expect(weightOf(picture())).to.equal(960);
    expect(weightOf(picture({ scale: 4 }))).to.equal(240);
    expect(weightOf(picture({ size: null }))).to.be.closeTo(554, 1);
  });
});
