import { expect } from '@open-wc/testing';
import { soundEffect } from '../../../components/engine/effect/sounds.js';
import { toAudioData } from '../../../components/engine/generator/audio-data.js';
import { readsAudioData } from '../../support/frames.js';
import { effectOf } from './support.js';

const RATE = 8000;

const samplesOf = (data: AudioData, planeIndex = 0): number[] => {
  const samples = new Float32Array(data.numberOfFrames);
  data.copyTo(samples, { planeIndex, format: 'f32-planar' });
  return [...samples];
};

const given = (...channels: number[][]): AudioData =>
  toAudioData({ channels: channels.map((samples) => Float32Array.from(samples)), rate: RATE }, 5);

/** What the effects make of one stretch after the other. */
async function made(effect: string, amount: number, ...stretches: AudioData[]): Promise<AudioData[]> {
  const { apply } = soundEffect(effectOf({ effect, amount }));
  const answers: AudioData[] = [];
  for (const stretch of stretches) {
    answers.push((await apply(stretch)) as AudioData);
    expect(stretch.numberOfFrames > 0, 'left open').to.equal(true);
    stretch.close();
  }
  return answers;
}

describe('built-in effects on sound', function () {
  before(function () {
    if (!readsAudioData) this.skip();
  });

  it('gain makes it louder, in every channel', async () => {
    const [louder] = await made('gain', 2, given([0.1, -0.2], [0.25, 0.5]));
    expect([...samplesOf(louder!), ...samplesOf(louder!, 1)].map((value) => value.toFixed(2))).to.deep.equal([
      '0.20',
      '-0.40',
      '0.50',
      '1.00',
    ]);
    expect([louder!.sampleRate, louder!.timestamp]).to.deep.equal([RATE, 5]);
    louder!.close();
  });

  it('delay gives back what came before, across stretches', async () => {
    // One ms is eight samples.
    const [first, second] = await made('delay', 1, given([1, 2, 3, 4, 5, 6]), given([7, 8, 9, 10, 11, 12]));
    expect(samplesOf(first!)).to.deep.equal([0, 0, 0, 0, 0, 0]);
    expect(samplesOf(second!)).to.deep.equal([0, 0, 1, 2, 3, 4]);
    first!.close();
    second!.close();
  });

  it('delay of nothing changes nothing', async () => {
    const [same] = await made('delay', 0, given([0.5, -0.5]));
    expect(samplesOf(same!)).to.deep.equal([0.5, -0.5]);
    same!.close();
  });
});
