import { expect } from '@open-wc/testing';
import { ToneMaker, type ToneRequest } from '../../../components/engine/generator/tone.js';

const rate = 48_000;
const sine: ToneRequest = { tone: 'sine', frequency: 1000, volume: 0.5, rate, time: 0.3 };

/** Several stretches, one after the other, as one. */
function make(
  maker: ToneMaker,
  ...stretches: [seconds: number, request: Partial<ToneRequest>][]
): Float32Array {
  const parts = stretches.map(([seconds, request]) => {
    const samples = new Float32Array(Math.round(seconds * rate));
    maker.fill(samples, { ...sine, ...request });
    return samples;
  });
  return new Float32Array(parts.flatMap((part) => [...part]));
}

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
const steepest = (samples: Float32Array): number =>
  samples.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (samples[at - 1] ?? 0))), 0);
/** The steepest step of a 1 kHz sine of that volume, and of a 5 ms ramp on top. */
const limit = (volume: number): number => (volume * 2 * Math.PI * 1000) / rate + 1 / (0.005 * rate);

describe('ToneMaker', () => {
  it('makes a sine of the pitch and the volume', () => {
    const samples = make(new ToneMaker(), [1, {}]);
    expect(loudest(samples)).to.be.closeTo(0.5, 0.001);
    let rises = 0;
    samples.forEach((sample, at) => (rises += Number(at > 0 && samples[at - 1]! < 0 && sample >= 0)));
    expect(rises).to.be.within(998, 1001);
  });

  it('never clicks: not at the start, between stretches, or when pitch, volume and tone change', () => {
    const samples = make(
      new ToneMaker(),
      [0.0137, {}],
      [0.02, { frequency: 440 }],
      [0.02, { volume: 0.1 }],
      [0.02, { volume: 0.5 }],
      [0.02, { tone: 'silence' }],
      [0.01, {}],
    );
    expect(steepest(samples)).to.be.below(limit(0.5));
    expect(loudest(samples.slice(0, 5))).to.be.below(0.02);
  });

  for (const tone of [
    'sine',
    'square',
    'triangle',
    'sawtooth',
    'pink-noise',
    'white-noise',
    'sweep',
  ] as const) {
    for (const frequency of [100, 997, 4400]) {
      it(`peaks at the volume: ${tone} at ${frequency} Hz`, () => {
        const level = loudest(make(new ToneMaker(), [4, { tone, frequency }]).slice(500));
        expect(20 * Math.log10(level / 0.5)).to.be.within(-0.5, 0.05);
      });
    }
  }

  it('takes 5 ms to fade, from any volume', () => {
    const maker = new ToneMaker();
    make(maker, [0.1, { volume: 0.04 }]);
    const samples = make(maker, [0.1, { volume: 0.04, tone: 'none' }]);
    expect(loudest(samples.slice(0.0035 * rate, 0.0045 * rate))).to.be.above(0.002);
    expect(loudest(samples.slice(0.0055 * rate))).to.equal(0);
    expect(maker.silent).to.equal(true);
  });

  it('fades from one tone to the next', () => {
    const maker = new ToneMaker();
    const low = { frequency: 20 };
    const both = make(maker, [0.11, low], [0.1, { ...low, tone: 'square' }]);
    const change = 0.11 * rate;
    // Before the square has steps of its own.
    expect(steepest(both.slice(0, change + 240))).to.be.below(0.01);
    expect(loudest(both.slice(change + 238, change + 242))).to.be.below(0.02);
    expect(loudest(both.slice(change + 500))).to.be.above(0.45);
  });

  it('makes the same samples each time', () => {
    const made = (): string => make(new ToneMaker(), [0.1, { tone: 'pink-noise' }]).join();
    expect(made() === made()).to.equal(true);
  });

  it('is silent for silence and none, after a ramp', () => {
    for (const tone of ['silence', 'none'] as const) {
      const maker = new ToneMaker();
      make(maker, [0.1, {}]);
      const samples = make(maker, [0.1, { tone }]);
      expect(loudest(samples.slice(0, 100))).to.be.above(0.1);
      expect(loudest(samples.slice(0.006 * rate))).to.equal(0);
    }
  });

  it('beeps for a tenth of a second on each full second, in stretches of any length', () => {
    const maker = new ToneMaker();
    const stretches = Array.from({ length: 190 }, (_, at): [number, Partial<ToneRequest>] => [
      0.01,
      // The wall clock is not exact.
      { tone: 'beep', time: 7.5 + at * 0.01 + Math.sin(at) * 0.002 },
    ]);
    const samples = make(maker, ...stretches);
    const during = (from: number, to: number): number =>
      loudest(samples.slice((from - 7.5) * rate, (to - 7.5) * rate));
    expect(during(7.5, 7.99)).to.equal(0);
    expect(during(8.01, 8.09)).to.be.closeTo(0.5, 0.001);
    expect(during(8.12, 8.98)).to.equal(0);
    expect(during(9.01, 9.09)).to.be.closeTo(0.5, 0.001);
    expect(steepest(samples)).to.be.below(limit(0.5));
  });
});
