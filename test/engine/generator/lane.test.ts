import { expect } from '@open-wc/testing';
import { nativeGenerator, supports } from '../../../components/engine/generator/backend.js';
import { ElementFeed } from '../../../components/engine/generator/element-feed.js';
import { Generator } from '../../../components/engine/generator/generator.js';
import { readSettings, type Settings } from '../../../components/engine/generator/settings.js';
import { pixel, play, soundAbove } from '../../support/media.js';
import { nextEvent, until } from '../../support/wait.js';

const { settings: standard } = readSettings({
  kind: null,
  pattern: 'ball',
  tone: null,
  frequency: null,
  volume: null,
  width: 160,
  height: 90,
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
});

type Color = readonly [number, number, number];
const green: Color = [0, 160, 0];
const red: Color = [255, 0, 0];

function painted([r, g, b]: Color): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [64, 48];
  const context = canvas.getContext('2d')!;
  context.fillStyle = `rgb(${r} ${g} ${b})`;
  context.fillRect(0, 0, 64, 48);
  return canvas;
}

const shows = (video: HTMLVideoElement, color: Color): Promise<unknown> =>
  until(
    () => video.videoWidth && pixel(video, 0.5, 0.5).every((value, at) => Math.abs(value - color[at]!) < 40),
    `rgb ${color.join(' ')}`,
  );

describe('how a generator is fed', () => {
  const made: Generator[] = [];
  const warnings: string[] = [];
  const { warn } = console;

  beforeEach(() => {
    warnings.length = 0;
    console.warn = (...words: unknown[]) => void warnings.push(words.join(' '));
  });

  afterEach(() => {
    console.warn = warn;
    for (const generator of made.splice(0)) generator.release();
    document.body.replaceChildren();
  });

  function create(changes: Partial<Settings> = {}): Generator {
    const generator = new Generator({ settings: { ...standard, ...changes } });
    made.push(generator);
    return generator;
  }

  const state = (generator: Generator) => generator.store.snapshot;
  const video = (generator: Generator): MediaStreamTrack => state(generator).stream!.getVideoTracks()[0]!;
  const delivered = (generator: Generator): number => generator.stats.video.delivered;

  describe('in a worker', () => {
    before(function () {
      if (!supports('video', 'worker')) this.skip();
    });

    it('is made there, on a track that is there at once', async () => {
      const generator = create();
      const starting = generator.start();
      if (nativeGenerator()) expect(video(generator).readyState).to.equal('live');
      await starting;
      await until(() => state(generator).backend === 'worker', 'the worker');
      const before = delivered(generator);
      await until(() => delivered(generator) > before + 10, 'more pictures');
      expect(warnings).to.deep.equal([]);
    });

    it('is not disturbed by a busy page', async () => {
      const generator = create();
      await generator.start();
      await until(() => state(generator).backend === 'worker' && delivered(generator) > 5, 'it runs');
      const before = delivered(generator);
      const end = performance.now() + 1500;
      while (performance.now() < end);
      // Of 45; they would take two thirds of a second if they were made only now.
      await until(() => delivered(generator) - before > 20, 'what was made meanwhile', 500);
    });

    it('loses nothing that is written before it is there', async () => {
      const generator = create({ frameRate: 60 });
      await generator.start();
      const writing = Array.from({ length: 8 }, (_, number) =>
        generator.write(painted(number < 7 ? red : green)),
      );
      await Promise.all(writing);
      await shows(await play(state(generator).stream!), green);
      await until(() => generator.stats.video.written === 8, 'eight written');
      expect(generator.stats.video.dropped).to.equal(0);
    });

    it('is paused there if it was before', async () => {
      const generator = create();
      await generator.start();
      generator.pause();
      await until(() => state(generator).backend === 'worker', 'the worker');
      const before = delivered(generator);
      // Repeated five times a second, not drawn thirty times.
      const since = performance.now();
      await until(() => performance.now() - since > 1000, 'a second');
      expect(delivered(generator) - before).to.be.within(2, 9);
    });

    it('takes new tracks, and says so, when the worker dies', async () => {
      const generator = create({
        workerPath: '/test/support/silent-worker',
        audio: nativeGenerator() !== undefined,
      });
      await generator.start();
      if (!nativeGenerator()) return;
      await until(() => state(generator).backend === 'worker', 'the worker');
      const old = state(generator).stream!;
      await until(() => state(generator).stream !== old, 'another stream');
      expect(old.getTracks().every(({ readyState }) => readyState === 'ended')).to.equal(true);
      expect(state(generator).backend).to.equal('native');
      expect(warnings.length).to.equal(1);
      const before = delivered(generator);
      await until(() => delivered(generator) > before + 10, 'it goes on');
      await soundAbove(state(generator).stream!, 0.1);
    });
  });

  it('does without a worker where there is none, and says so once', async () => {
    const generator = create({ workerPath: '/no-such-folder' });
    await generator.start();
    await until(() => warnings.length > 0, 'a warning');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/without its worker.*generator\.worker\.js/);
    await until(() => state(generator).backend === (nativeGenerator() ? 'native' : 'canvas'), 'the backend');
    const before = delivered(generator);
    await until(() => delivered(generator) > before + 10, 'pictures');
  });

  it('may be stopped before the worker has answered', async () => {
    const generator = create();
    const starting = generator.start();
    generator.stop();
    await starting;
    expect(state(generator).stream).to.equal(null);
    await generator.start();
    await shows(await play(state(generator).stream!), pixel(await play(state(generator).stream!), 0.5, 0.5));
    expect(warnings).to.deep.equal([]);
  });

  it('is muted: black, silent, and its tracks say so', async () => {
    const generator = create({ pattern: 'solid', color: 'lime', audio: true });
    await generator.start();
    const { stream } = state(generator);
    const [track] = stream!.getVideoTracks();
    const screen = await play(stream!);
    await shows(screen, [0, 255, 0]);
    const muted = nextEvent(track!, 'mute');
    await generator.update({ ...standard, pattern: 'solid', color: 'lime', audio: true, muted: true });
    await muted;
    expect(track!.muted).to.equal(true);
    await shows(screen, [0, 0, 0]);
    const frame = new VideoFrame(painted(red), { timestamp: 0 });
    await generator.write(frame);
    expect(frame.format).to.equal(null);
    const unmuted = nextEvent(track!, 'unmute');
    await generator.update({ ...standard, pattern: 'solid', color: 'lime', audio: true });
    await unmuted;
    await shows(screen, [0, 255, 0]);
  });

  it('hints at its content', async () => {
    const generator = create({ contentHint: 'detail', audio: true });
    await generator.start();
    const hints = state(generator)
      .stream!.getTracks()
      .map(({ kind, contentHint }) => `${kind} ${contentHint}`);
    expect(hints.sort()).to.deep.equal(['audio ', 'video detail']);
  });

  it('knows its settings before the browser does', async () => {
    const generator = create({ audio: true });
    await generator.start();
    const { width, height, frameRate } = video(generator).getSettings();
    expect([width, height, frameRate]).to.deep.equal([160, 90, 30]);
  });

  it('shows an element in place of the pattern, and the pattern again', async () => {
    const generator = create({ pattern: 'solid', color: 'red' });
    await generator.start();
    const canvas = painted(green);
    document.body.append(canvas);
    const feed = new ElementFeed(canvas);
    await generator.supply({ feed, clip: null, release: () => feed.release() });
    await shows(await play(state(generator).stream!), green);
    await generator.supply(null);
    await shows(await play(state(generator).stream!), red);
  });

  it('ends its clones with it, and tells them', async () => {
    const generator = create({ audio: true });
    await generator.start();
    const own = state(generator).stream!.getTracks();
    const clones = generator.clone()!.getTracks();
    const ended = [...own, ...clones].map((track) => nextEvent(track, 'ended'));
    generator.stop();
    await Promise.all(ended);
    expect(clones.every(({ readyState }) => readyState === 'ended')).to.equal(true);
  });
});
