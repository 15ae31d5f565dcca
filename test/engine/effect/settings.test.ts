import { expect } from '@open-wc/testing';
import { readEffect, type EffectWishes } from '../../../components/engine/effect/settings.js';

const nothing: EffectWishes = {
  effect: null,
  amount: null,
  text: null,
  kind: null,
  processor: null,
  workerPath: null,
  background: null,
  visionPath: null,
  visionModel: null,
};
const read = (wishes: Partial<EffectWishes>) => readEffect({ ...nothing, ...wishes });
const settings = (wishes: Partial<EffectWishes>) => read(wishes).settings;
const problems = (wishes: Partial<EffectWishes>) =>
  read(wishes).problems.map(({ property, clamped }) => [property, clamped]);

describe('readEffect()', () => {
  it('does nothing where nothing is said', () => {
    const { effect, video, audio } = settings({});
    expect([effect, video, audio]).to.deep.equal(['none', false, false]);
  });

  it('knows what each effect is for', () => {
    const kinds = (effect: string): string => {
      const { video, audio } = settings({ effect });
      return `${video ? 'video' : ''}${audio ? 'audio' : ''}`;
    };
    const visible = [
      'grayscale',
      'blur',
      'pixelate',
      'mirror',
      'text',
      'background-blur',
      'background-replace',
    ];
    for (const effect of visible) expect(kinds(effect), effect).to.equal('video');
    for (const effect of ['gain', 'delay']) expect(kinds(effect), effect).to.equal('audio');
  });

  it('has an amount for each that has one', () => {
    const usual = ['grayscale', 'blur', 'pixelate', 'gain', 'delay', 'mirror'].map(
      (effect) => settings({ effect }).amount,
    );
    expect(usual).to.deep.equal([1, 12, 16, 2, 200, 0]);
    expect(settings({ effect: 'gain', amount: 0.5 }).amount).to.equal(0.5);
  });

  it('takes the nearest amount, and says so', () => {
    expect(settings({ effect: 'pixelate', amount: 0 }).amount).to.equal(1);
    expect(settings({ effect: 'delay', amount: 9999 }).amount).to.equal(5000);
    expect(settings({ effect: 'blur', amount: NaN }).amount).to.equal(12);
    expect(problems({ effect: 'blur', amount: NaN })).to.deep.equal([['amount', true]]);
  });

  it('is custom where there is a processor', () => {
    const { effect, video, audio } = settings({ processor: (frame: VideoFrame) => frame });
    expect([effect, video, audio]).to.deep.equal(['custom', true, false]);
  });

  it('takes the effect where there is a processor, too, and says so', () => {
    const both = { effect: 'mirror', processor: 'p.js' };
    expect([settings(both).effect, settings(both).processor]).to.deep.equal(['mirror', null]);
    expect(problems(both)).to.deep.equal([['processor', true]]);
  });

  it('gives a processor what it is for', () => {
    const kinds = (kind: string | null) => {
      const { video, audio } = settings({ processor: 'p.js', kind });
      return [video, audio];
    };
    expect(kinds(null)).to.deep.equal([true, false]);
    expect(kinds('audio')).to.deep.equal([false, true]);
    expect(kinds('audio video')).to.deep.equal([true, true]);
    expect(problems({ processor: 'p.js', kind: 'pictures' })).to.deep.equal([['kind', false]]);
  });

  it('leaves out what is for other effects, so that it changes nothing', () => {
    const named = { text: 'a', visionPath: 'b', visionModel: 'c' };
    const all = { ...named, workerPath: 'd', processor: 'e', background: 'f' };
    const kept = (effect: string) => {
      const made = settings({ ...all, effect });
      return Object.keys(all)
        .map((key) => made[key as keyof typeof all])
        .join('');
    };
    const effects = ['mirror', 'text', 'background-blur', 'background-replace', 'custom'];
    expect(effects.map(kept)).to.deep.equal(['', 'a', 'bc', 'bcf', 'de']);
  });

  it('refuses what is no effect, and has none in its place', () => {
    expect(problems({ effect: 'sepia' })).to.deep.equal([['effect', false]]);
    const { effect, video, processor } = settings({ effect: 'sepia' });
    expect([effect, video, processor]).to.deep.equal(['custom', true, null]);
  });
});
