import { expect } from '@open-wc/testing';
import { readSettings, type Wishes } from '../../../components/engine/generator/settings.js';

const nothing: Wishes = {
  kind: null,
  pattern: null,
  tone: null,
  frequency: null,
  volume: null,
  width: null,
  height: null,
  frameRate: null,
  sampleRate: null,
  channels: null,
  text: null,
  color: null,
  src: null,
  source: null,
  backend: null,
  muted: false,
  contentHint: null,
  workerPath: null,
};

const read = (wishes: Partial<Wishes>) => readSettings({ ...nothing, ...wishes });

describe('readSettings', () => {
  it('grants every default without a word', () => {
    const { settings, problems } = read({});
    expect(problems).to.deep.equal([]);
    expect(settings).to.deep.equal({
      video: true,
      audio: false,
      pattern: 'smpte',
      tone: 'sine',
      frequency: 1000,
      volume: 0.25,
      width: 640,
      height: 360,
      frameRate: 30,
      sampleRate: 48_000,
      channels: 1,
      text: '',
      color: '#2457d6',
      backend: 'auto',
      muted: false,
      contentHint: '',
      workerPath: '',
    });
  });

  const kinds: [Partial<Wishes>, video: boolean, audio: boolean][] = [
    [{ kind: 'video' }, true, false],
    [{ kind: 'audio' }, false, true],
    [{ kind: 'audio video' }, true, true],
    [{ kind: ' video  audio ' }, true, true],
    [{ kind: 'audio', pattern: 'ball' }, false, true],
    [{ pattern: 'ball' }, true, false],
    [{ tone: 'beep' }, false, true],
    [{ pattern: 'clock', tone: 'sine' }, true, true],
    [{ pattern: 'none' }, true, false],
    [{ pattern: 'none', tone: 'sine' }, false, true],
    [{ tone: 'none' }, true, false],
    [{ pattern: 'smpte', tone: 'none' }, true, false],
  ];
  for (const [wishes, video, audio] of kinds) {
    it(`makes ${video ? 'video ' : ''}${audio ? 'audio ' : ''}of ${JSON.stringify(wishes)}`, () => {
      const { settings, problems } = read(wishes);
      expect([settings.video, settings.audio]).to.deep.equal([video, audio]);
      expect(problems).to.deep.equal([]);
    });
  }

  const senseless: [keyof Wishes, unknown, used: unknown][] = [
    ['pattern', 'plaid', 'smpte'],
    ['pattern', '', 'smpte'],
    ['tone', 'SINE', 'sine'],
    ['color', 'no color', '#2457d6'],
    ['width', 0, 640],
    ['width', -5, 640],
    ['height', NaN, 360],
    ['height', -Infinity, 360],
    ['frameRate', 0, 30],
    ['frameRate', NaN, 30],
    ['sampleRate', -1, 48_000],
    ['channels', 0, 1],
    ['frequency', 0, 1000],
    ['volume', -0.1, 0.25],
    ['volume', NaN, 0.25],
  ];
  for (const [property, wish, used] of senseless) {
    it(`uses the default for ${property} ${JSON.stringify(wish)}, and says so`, () => {
      const { settings, problems } = read({ [property]: wish });
      expect(settings[property as keyof typeof settings]).to.equal(used);
      expect(problems.map((problem) => [problem.property, problem.clamped])).to.deep.equal([
        [property, false],
      ]);
      expect(problems[0]!.message)
        .to.contain(`"${String(wish)}"`)
        .and.to.contain(String(used));
    });
  }

  it('implies the kind where the given one is unknown', () => {
    for (const kind of ['', 'text', 'video text']) {
      const { settings, problems } = read({ kind, tone: 'sine' });
      expect([settings.video, settings.audio], kind).to.deep.equal([false, true]);
      expect(problems.map((problem) => problem.property)).to.deep.equal(['kind']);
    }
  });

  const far: [keyof Wishes, wish: number, used: number][] = [
    ['width', 100_000, 4096],
    ['width', 0.2, 1],
    ['height', Infinity, 2160],
    ['frameRate', 1000, 60],
    ['frameRate', 0.5, 1],
    ['sampleRate', 10, 8000],
    ['channels', 99, 8],
    ['frequency', 1e6, 20_000],
    ['volume', 7, 1],
  ];
  for (const [property, wish, used] of far) {
    it(`comes as near to ${property} ${wish} as it can`, () => {
      const { settings, problems } = read({ [property]: wish });
      expect(settings[property as keyof typeof settings]).to.equal(used);
      expect(problems.map((problem) => problem.clamped)).to.deep.equal([true]);
    });
  }

  it('takes whole pixels, and fractions of a picture per second', () => {
    const { settings, problems } = read({ width: 99.6, frameRate: 29.97, volume: 0 });
    expect([settings.width, settings.frameRate, settings.volume]).to.deep.equal([100, 29.97, 0]);
    expect(problems).to.deep.equal([]);
  });
});
