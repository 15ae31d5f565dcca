import { expect } from '@open-wc/testing';
import { decibels, Loudness, SILENCE } from '../../../components/engine/meter/loudness.js';

/** The mean square of a sound at this level. */
const square = (level: number): number => 10 ** (level / 10);
const amplitude = (level: number): number => 10 ** (level / 20);

describe('loudness', () => {
  it('is told in dBFS', () => {
    expect(decibels(1)).to.equal(0);
    expect(decibels(0.5)).to.be.closeTo(-6.02, 0.01);
    expect([decibels(0), decibels(1e-9), decibels(-1)]).to.deep.equal([SILENCE, SILENCE, SILENCE]);
  });

  it('is the root mean square, and the peak the highest sample', () => {
    const reading = new Loudness(-40).hear(0.5, 1, 0.1);
    expect(reading.level).to.be.closeTo(-3.01, 0.01);
    expect(reading.peak).to.equal(0);
  });

  it('holds a peak for 1.5 s, and lets it fall then', () => {
    const loudness = new Loudness(-40);
    const after = (seconds: number, level = SILENCE): number => {
      let peak = 0;
      for (let at = 0; at < Math.round(seconds * 10); at++)
        ({ peak } = loudness.hear(0, amplitude(level), 0.1));
      return peak;
    };
    after(0.1, -6);
    expect(after(1.4)).to.be.closeTo(-6, 0.01);
    expect(after(1.1)).to.be.closeTo(-26, 2.1);
    expect(after(0.1, -10)).to.be.closeTo(-10, 0.01);
    expect(after(60)).to.equal(SILENCE);
  });

  describe('speaking', () => {
    let loudness: Loudness;
    const after = (seconds: number, level: number): boolean => {
      let speaking = false;
      for (let at = 0; at < Math.round(seconds * 20); at++)
        ({ speaking } = loudness.hear(square(level), amplitude(level), 0.05));
      return speaking;
    };

    beforeEach(() => {
      loudness = new Loudness(-40);
    });

    it('begins after 0.1 s at the threshold, and not with a knock', () => {
      expect(after(0.05, -20)).to.equal(false);
      expect(after(1, -60)).to.equal(false);
      expect(after(0.1, -39)).to.equal(true);
    });

    it('goes on down to 6 dB below, and over a pause between words', () => {
      after(1, -30);
      expect(after(5, -45)).to.equal(true);
      expect(after(0.6, -80)).to.equal(true);
      after(0.1, -30);
      expect(after(0.6, -80)).to.equal(true);
      expect(after(0.3, -80)).to.equal(false);
    });

    it('does not flicker at the threshold', () => {
      let changes = 0;
      let before = false;
      for (let at = 0; at < 200; at++) {
        const now = after(0.05, at % 2 ? -39 : -41);
        if (now !== before) changes++;
        before = now;
      }
      expect(changes).to.be.at.most(1);
    });

    it('listens to another threshold at once', () => {
      after(1, -50);
      loudness.threshold = -60;
      expect(after(0.1, -50)).to.equal(true);
    });
  });
});
