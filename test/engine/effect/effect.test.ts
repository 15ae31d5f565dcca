import { expect } from '@open-wc/testing';
import { Effect } from '../../../components/engine/effect/effect.js';
import type { EffectWishes } from '../../../components/engine/effect/settings.js';
import { backends, supports, type BackendName } from '../../../components/engine/generator/backend.js';
import type { Wishes } from '../../../components/engine/generator/settings.js';
import { TrackGenerator } from '../../../components/engine/generator/track-generator.js';
import { readsAudioData, type Color } from '../../support/frames.js';
import { play, shot } from '../../support/media.js';
import { sampled } from '../../support/picture.js';
import { Ear } from '../../support/sound.js';
import { until } from '../../support/wait.js';
import { generated } from '../record/support.js';
import { effectOf, near } from './support.js';

const cleanUp: (() => void)[] = [];
const { create } = TrackGenerator;

afterEach(() => {
  TrackGenerator.create = create;
  for (const step of cleanUp.splice(0).reverse()) step();
});

/** A stream that is made by that backend, and what makes effects of it by the same one. */
async function source(backend: BackendName, wishes: Partial<Wishes>) {
  const generator = await generated({ ...wishes, backend });
  cleanUp.push(() => generator.release());
  await until(() => generator.store.snapshot.backend === backend, backend);
  const stream = generator.store.snapshot.stream!;
  const used: BackendName[] = [];
  TrackGenerator.create = async (init) => {
    const made = await create.call(TrackGenerator, { ...(init as { kind: 'video' }), backend });
    used.push(made.activeBackend);
    return made;
  };
  const open = async (first: Partial<EffectWishes>) => {
    const effect = new Effect({ settings: effectOf(first) });
    cleanUp.push(() => effect.release());
    effect.follow(stream);
    return { effect, made: await until(() => effect.store.snapshot.stream, 'a stream') };
  };
  return { stream, used, open };
}

/** Eight bars, each with the colour that it has untouched. */
const bars = sampled.ebu!.map(([x, , ...color]) => ({ x, color }));

/** What each effect makes of the bars. */
const looks: readonly (readonly [Partial<EffectWishes>, (at: ReturnType<typeof shot>) => boolean])[] = [
  [{ effect: 'grayscale' }, (at) => row(at).every(isGray) && row(at)[0]![0] - row(at)[7]![0] > 150],
  [{ effect: 'mirror' }, (at) => bars.every(({ color }, bar) => near(row(at)[7 - bar]!, color))],
  // Of two bars each.
  [
    { effect: 'pixelate', amount: 40 },
    (at) => [0, 2, 4, 6].every((bar) => near(row(at)[bar]!, row(at)[bar + 1]!, 12)) && !isSame(at, 0, 2),
  ],
  // Green and magenta, where there is magenta alone.
  [{ effect: 'blur', amount: 12 }, (at) => at(0.52, 0.3).every((value) => value > 30 && value < 170)],
  [
    { effect: 'text', text: 'HELLO' },
    (at) => bars.every(({ x, color }) => near(at(x, 0.3), color)) && below(at).some(isWhite),
  ],
];

const row = (at: ReturnType<typeof shot>): Color[] => bars.map(({ x }) => at(x, 0.3));
const isGray = ([r, g, b]: Color): boolean => Math.abs(r - g) < 12 && Math.abs(g - b) < 12;
const isWhite = (color: Color): boolean => Math.min(...color) > 150;
const isSame = (at: ReturnType<typeof shot>, one: number, other: number): boolean =>
  near(row(at)[one]!, row(at)[other]!, 12);
/** In the middle, where nothing is white untouched. */
const below = (at: ReturnType<typeof shot>): Color[] =>
  Array.from({ length: 400 }, (_, place) =>
    at(0.4 + (place % 20) / 100, 0.75 + Math.floor(place / 20) / 100),
  );

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** Where it becomes loud after a fifth of a second of silence. */
function onsets(samples: Float32Array): number[] {
  const found: number[] = [];
  let quiet = 0;
  samples.forEach((sample, at) => {
    if (Math.abs(sample) < 0.02) return quiet++;
    if (quiet > 9600) found.push(at);
    quiet = 0;
  });
  return found;
}

for (const backend of backends) {
  describe(`Effect, made by ${backend}`, () => {
    (supports('video', backend) ? it : it.skip)('shows each effect on pictures', async () => {
      const { stream, used, open } = await source(backend, { pattern: 'ebu' });
      const untouched = await play(stream);
      cleanUp.push(() => untouched.remove());
      await until(() => bars.every(({ x, color }) => near(shot(untouched)(x, 0.3), color)), 'bars');
      const { effect, made } = await open(looks[0]![0]);
      const video = await play(made);
      cleanUp.push(() => video.remove());
      for (const [wishes, seen] of looks) {
        effect.update(effectOf(wishes));
        expect(seen(shot(untouched)), `${wishes.effect}, untouched`).to.equal(false);
        await until(() => seen(shot(video)), `${wishes.effect} by ${backend}`);
      }
      expect(used).to.deep.equal([backend]);
    });

    (supports('audio', backend) && readsAudioData ? it : it.skip)(
      'lets each effect on sound be heard',
      async () => {
        const { stream, used, open } = await source(backend, { kind: 'audio', tone: 'beep', volume: 0.1 });
        const louder = await open({ effect: 'gain', amount: 5 });
        const later = await open({ effect: 'delay', amount: 500 });
        const context = new AudioContext({ sampleRate: 48_000 });
        cleanUp.push(() => void context.close());
        const [before, loud, delayed] = await Promise.all(
          [stream, louder.made, later.made].map((heard) => Ear.open(heard.getAudioTracks()[0]!, context)),
        );
        const beeps = (ear: Ear): number[] => onsets(ear.samples).map((at) => ear.contextTimeOf(at));
        /** How long after a beep of the one each of the other one's comes. What is louder is heard a little sooner. */
        const lags = (one: Ear, other: Ear): number[] =>
          beeps(other).map((time) => time - Math.max(...beeps(one).filter((at) => at < time + 100)));
        // A busy machine disturbs one or the other.
        await until(() => lags(before!, loud!).some((ms) => ms < 300), 'no delay');
        // Each waits for its own sound to be there in time, a little more or less.
        await until(() => lags(loud!, delayed!).some((ms) => ms > 400 && ms < 650), 'a delay of 500 ms');
        // Not before it is as loud as it becomes.
        await Promise.all(
          [before!, loud!].map((ear) => ear.until((all) => all.length > onsets(all)[0]! + 2400)),
        );
        expect(loudest(loud!.samples) / loudest(before!.samples), 'gain').to.be.within(4, 6);
        expect(used).to.deep.equal([backend, backend]);
      },
    );
  });
}
