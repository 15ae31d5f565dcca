import { toAudioData } from '../generator/audio-data.js';
import type { EffectSettings } from './settings.js';
import type { Transform } from './transform.js';

/** A built-in effect on sound. */
export function soundEffect({ effect, amount }: EffectSettings): Transform {
  return effect === 'gain' ? changed((samples) => samples.map((sample) => sample * amount)) : delay(amount);
}

/** What becomes of one channel: as many samples, in an array of their own. */
type Change = (
  samples: Float32Array<ArrayBuffer>,
  channel: number,
  rate: number,
) => Float32Array<ArrayBuffer>;

function changed(change: Change): Transform {
  return {
    apply: (chunk) => {
      const data = chunk as AudioData;
      const { numberOfFrames, numberOfChannels, sampleRate: rate, timestamp } = data;
      const channels = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
        const samples = new Float32Array(numberOfFrames);
        data.copyTo(samples, { planeIndex, format: 'f32-planar' });
        return change(samples, planeIndex, rate);
      });
      return toAudioData({ channels, rate }, timestamp);
    },
  };
}

/** What came so many ms ago, and silence until then. */
function delay(ms: number): Transform {
  let lines: Line[] = [];
  let rateBefore = 0;
  return changed((samples, channel, rate) => {
    if (rate !== rateBefore) lines = [];
    rateBefore = rate;
    const line = (lines[channel] ??= new Line(Math.round((ms / 1000) * rate)));
    return samples.map((sample) => line.pass(sample));
  });
}

/** Samples that are on their way. */
class Line {
  readonly #waiting: Float32Array;
  #at = 0;

  constructor(length: number) {
    this.#waiting = new Float32Array(length);
  }

  /** Takes a sample, and answers the one that arrives. */
  pass(sample: number): number {
    if (this.#waiting.length === 0) return sample;
    const arrived = this.#waiting[this.#at]!;
    this.#waiting[this.#at] = sample;
    this.#at = (this.#at + 1) % this.#waiting.length;
    return arrived;
  }
}
