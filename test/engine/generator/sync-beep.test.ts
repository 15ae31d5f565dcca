import { expect } from '@open-wc/testing';
import { BeepFinder } from '../../../components/engine/generator/sync-beep.js';
import { ToneMaker } from '../../../components/engine/generator/tone.js';

const rate = 48_000;

/** Where beeps are found, in seconds, in sound that comes in blocks. */
function find(samples: Float32Array, block: number): number[] {
  const finder = new BeepFinder(rate);
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += block) {
    const onset = finder.find(samples.subarray(at, at + block));
    if (onset >= 0) found.push((at + onset) / rate);
  }
  return found;
}

function beeps(seconds: number, volume: number, from = 0.4): Float32Array {
  const samples = new Float32Array(seconds * rate);
  new ToneMaker().fill(samples, { tone: 'beep', frequency: 1000, volume, rate, time: from });
  return samples;
}

describe('BeepFinder', () => {
  for (const volume of [0.1, 0.25, 1]) {
    for (const block of [128, 1000]) {
      it(`finds beeps of volume ${volume} within 3 ms, in blocks of ${block} samples`, () => {
        const found = find(beeps(4, volume), block);
        expect(found).to.have.length(4);
        found.forEach((onset, at) => expect(onset - at - 0.6).to.be.within(0, 0.003));
      });
    }
  }

  it('is not misled by noise', () => {
    const samples = beeps(4, 0.25);
    samples.forEach((sample, at) => (samples[at] = sample + (((at * 7919) % 1000) / 1000 - 0.5) * 0.03));
    expect(find(samples, 128).map((onset) => onset.toFixed(2))).to.deep.equal([
      '0.60',
      '1.60',
      '2.60',
      '3.60',
    ]);
  });

  it('takes no sound that goes on for a beep, nor the end of one that it came into', () => {
    const steady = Float32Array.from({ length: 2 * rate }, (_, at) => Math.sin(at / 8));
    expect(find(steady, 128)).to.deep.equal([]);
    expect(find(beeps(0.9, 0.25, 0.05), 128)).to.deep.equal([]);
  });
});
