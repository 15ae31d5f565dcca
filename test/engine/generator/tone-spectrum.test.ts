import { expect } from '@open-wc/testing';
import type { Tone } from '../../../components/engine/generator/settings.js';
import { ToneMaker } from '../../../components/engine/generator/tone.js';

const rate = 48_000;
const size = 32_768;

/** The power at each multiple of `rate / size`, seen through a window that hides its own edges. */
function spectrum(samples: Float32Array): Float64Array {
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let at = 0; at < size; at++) {
    const turn = (2 * Math.PI * at) / size;
    const window =
      0.35875 - 0.48829 * Math.cos(turn) + 0.14128 * Math.cos(2 * turn) - 0.01168 * Math.cos(3 * turn);
    let mirrored = 0;
    for (let bit = 1, rest = at; bit < size; bit *= 2, rest >>= 1) mirrored = mirrored * 2 + (rest & 1);
    re[mirrored] = samples[at]! * window;
  }
  for (let half = 1; half < size; half *= 2) {
    for (let first = 0; first < half; first++) {
      const angle = (-Math.PI * first) / half;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let one = first; one < size; one += 2 * half) {
        const two = one + half;
        const x = re[two]! * cos - im[two]! * sin;
        const y = re[two]! * sin + im[two]! * cos;
        [re[two], im[two]] = [re[one]! - x, im[one]! - y];
        [re[one], im[one]] = [re[one]! + x, im[one]! + y];
      }
    }
  }
  return Float64Array.from({ length: size / 2 }, (_, bin) => re[bin]! ** 2 + im[bin]! ** 2);
}

/** What a maker makes after its first moment. */
function make(tone: Tone, frequency: number, seconds: number): Float32Array {
  const maker = new ToneMaker();
  const request = { tone, frequency, volume: 0.5, rate, time: 0.5 };
  maker.fill(new Float32Array(480), request);
  const samples = new Float32Array(Math.round(seconds * rate));
  maker.fill(samples, request);
  return samples;
}

const decibels = (part: number, whole: number): number => 10 * Math.log10(part / whole);

describe('ToneMaker, by its spectrum', () => {
  for (const tone of ['square', 'triangle', 'sawtooth'] as const) {
    for (const frequency of [220, 1237, 5003]) {
      it(`makes a ${tone} of ${frequency} Hz out of its harmonics alone`, () => {
        const power = spectrum(make(tone, frequency, size / rate));
        const harmonic = (frequency * size) / rate;
        let [within, beside] = [0, 0];
        power.forEach((value, bin) => {
          const distance = Math.abs(bin - Math.round(bin / harmonic) * harmonic);
          if (distance < 6) within += value;
          else beside += value;
        });
        expect(decibels(beside, within)).to.be.below(-80);
        // And there are more than one.
        const second = power[Math.round(harmonic * (tone === 'sawtooth' ? 2 : 3))]!;
        expect(decibels(second, power[Math.round(harmonic)]!)).to.be.within(-30, -4);
      });
    }
  }

  for (const [tone, slope] of [
    ['white-noise', 0],
    ['pink-noise', -3.01],
  ] as const) {
    it(`makes ${tone} that falls by ${-slope} dB each octave`, () => {
      const samples = make(tone, 1000, (16 * size) / rate);
      const octaves = [62.5, 125, 250, 500, 1000, 2000, 4000, 8000];
      const powers = octaves.map(() => 0);
      for (let part = 0; part < 16; part++) {
        const power = spectrum(samples.subarray(part * size, (part + 1) * size));
        octaves.forEach((low, octave) => {
          const [from, to] = [low, 2 * low].map((hertz) => Math.round((hertz * size) / rate));
          for (let bin = from!; bin < to!; bin++) powers[octave]! += power[bin]! / (to! - from!);
        });
      }
      const levels = powers.map((power) => decibels(power, powers[4]!));
      levels.forEach((level, octave) =>
        expect(level, `${octaves[octave]} Hz`).to.be.closeTo((octave - 4) * slope, 0.8),
      );
    });
  }

  it('sweeps from 20 Hz to 20 kHz, the same interval in the same time', () => {
    const samples = make('sweep', 1000, 10);
    // A tenth of the way in each second: rises are counted around the middle of it.
    for (const second of [3, 5, 7, 9]) {
      const middle = second * rate;
      const length = 0.1 * rate;
      let rises = 0;
      for (let at = middle - length / 2; at < middle + length / 2; at++) {
        rises += Number(samples[at - 1]! < 0 && samples[at]! >= 0);
      }
      expect(rises / 0.1 / (20 * 1000 ** (second / 10)), `after ${second} s`).to.be.closeTo(1, 0.06);
    }
  });
});
