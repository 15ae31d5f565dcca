import { expect } from '@open-wc/testing';
import { systemClock } from '../../../components/engine/clock.js';
import type { Sound } from '../../../components/engine/generator/input.js';
import type { Pump } from '../../../components/engine/generator/pump.js';
import type { Settings } from '../../../components/engine/generator/settings.js';
import { SoundGraph } from '../../../components/engine/generator/sound-graph.js';
import { openSoundPump, type WorkletPump } from '../../../components/engine/generator/worklet-pump.js';
import { base, Ear, feedFromWorker, ramp } from '../../support/sound.js';
import { until } from '../../support/wait.js';

const silence = { tone: 'none' } as const;
const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
const gaps = (pump: Pump<Sound>): number => (pump as WorkletPump).gaps;
/** Of WebKitGTK, whose mock of a sound card stops now and then on a crowded machine. */
const isWebKit = navigator.vendor.startsWith('Apple');
/** A steady 0.5. */
const level = (seconds: number): Sound => ramp(0.5, 0.5, seconds * 48_000);

describe('WorkletPump', function () {
  // On a crowded machine the mock of a sound card, and the ear, stop now and then.
  this.retries(2);
  const made: { release(): void }[] = [];

  afterEach(() => {
    for (const each of made.splice(0)) each.release();
  });

  const tracks = new WeakMap<Pump<Sound>, MediaStreamTrack>();

  async function open(changes: Partial<Settings> = {}): Promise<Pump<Sound>> {
    const settings = { ...base, ...changes };
    const graph = new SoundGraph(settings, () => {});
    const counters = { written: 0, delivered: 0, dropped: 0 };
    const pump = await openSoundPump(graph, settings, systemClock, counters);
    tracks.set(pump, graph.track);
    made.push(pump);
    return pump;
  }

  async function hear(pump: Pump<Sound>): Promise<Ear> {
    const ear = await Ear.open(tracks.get(pump)!);
    made.push(ear);
    return ear;
  }

  /** Calls the page to heavy work: `busy` of each `every` ms, for so many seconds. */
  async function load(busy: number, every: number, seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const begin = performance.now();
      while (performance.now() - begin < busy);
      await new Promise((resolve) => setTimeout(resolve, every - busy));
    }
  }

  for (const workerPath of ['', '/no-such-folder']) {
    const where = workerPath ? 'without a worklet' : 'in the worklet';

    describe(where, () => {
      let warnings: unknown[][];
      const { warn } = console;

      beforeEach(() => {
        warnings = [];
        console.warn = (...words: unknown[]) => void warnings.push(words);
      });

      afterEach(() => {
        console.warn = warn;
        expect(warnings.length > 0).to.equal(workerPath !== '');
      });

      it('makes the tone, also when it changes', async () => {
        const pump = await open({ ...silence, workerPath });
        const ear = await hear(pump);
        for (const changes of [{}, { volume: 0.5 }, { frequency: 300 }, { tone: 'none' }, {}] as const) {
          pump.update({ ...base, workerPath, ...changes });
          const before = ear.samples.length;
          await ear.until((samples) => samples.length > before + 9600);
        }
        expect(loudest(ear.samples)).to.be.above(0.45);
        pump.frozen = true;
        const samples = await ear.until((heard) => loudest(heard.slice(-4800)) < 0.001);
        // The ear may have another rate, and overshoot a little.
        expect(loudest(samples)).to.be.below(0.6);
        expect(pump.counters.delivered).to.be.above(10);
      });

      it('plays what is written, and lets writers wait', async () => {
        const pump = await open({ ...silence, workerPath });
        const ear = await hear(pump);
        const begin = performance.now();
        for (let count = 0; count < 10; count++) await pump.write(level(0.1));
        // A second in all, of which a quarter may wait.
        expect(performance.now() - begin).to.be.above(500);
        await ear.until((samples) => loudest(samples) > 0.45);
        expect(pump.counters.written).to.equal(10);
      });

      it('plays what is pushed, also through a port', async () => {
        const pump = await open({ ...silence, workerPath });
        const ear = await hear(pump);
        pump.push(level(0.2));
        await ear.until((samples) => loudest(samples) > 0.45);
        await ear.until((samples) => samples.length > 4800 && loudest(samples.slice(-4800)) < 0.01);
        const { port1, port2 } = new MessageChannel();
        pump.connect!(port2);
        port1.postMessage('nonsense');
        port1.postMessage(level(0.2));
        await ear.until((samples) => loudest(samples.slice(-2400)) > 0.45);
        await until(() => pump.counters.written === 2, 'the count');
      });

      it('plays a clip in place of the tone', async () => {
        const pump = await open({ workerPath });
        const ear = await hear(pump);
        pump.play!(level(0.5));
        await ear.until((samples) => {
          const late = samples.slice(-4800);
          return late.length === 4800 && late.every((sample) => Math.abs(sample - 0.5) < 0.02);
        });
      });

      it('is silent while muted, and drops what is written', async () => {
        const pump = await open({ workerPath, muted: true });
        const ear = await hear(pump);
        await pump.write(level(0.5));
        const samples = await ear.until((heard) => heard.length > 24_000);
        expect(loudest(samples)).to.be.below(0.001);
        await until(() => pump.counters.dropped === 1, 'the count');
      });

      it('ends the track and closes the context, at any time', async () => {
        const RealContext = globalThis.AudioContext;
        const contexts: AudioContext[] = [];
        globalThis.AudioContext = class extends RealContext {
          constructor(options?: AudioContextOptions) {
            super(options);
            contexts.push(this);
          }
        };
        try {
          const early = await open({ workerPath });
          const writing = early.write(level(1));
          early.release();
          await writing;
          expect(tracks.get(early)!.readyState).to.equal('ended');
          const late = await open({ workerPath });
          await until(() => late.counters.delivered > 0, 'sound');
          late.release();
          late.release();
          expect(tracks.get(late)!.readyState).to.equal('ended');
          await until(() => contexts.every(({ state }) => state === 'closed'), 'closed contexts');
          expect(contexts.length).to.equal(2);
          if (workerPath) await until(() => warnings.length > 0, 'the warning');
        } finally {
          globalThis.AudioContext = RealContext;
        }
      });
    });
  }

  it('beeps on the full second, of the clock that the pictures go by', async () => {
    const pump = await open({ tone: 'beep' });
    const ear = await hear(pump);
    const late: number[] = [];
    // The ear and the track take some time each.
    const isInTime = (ms: number): boolean => ms > -40 && ms < 120;
    // A machine that is busy stops the clock of the sound for a moment.
    while (late.length < 12 && !(late.length >= 3 && late.slice(-3).every(isInTime))) {
      await ear.until((samples) => samples.length > 4800 && loudest(samples.slice(-4800)) < 0.01);
      ear.forget();
      const samples = await ear.until((heard) => loudest(heard) > 0.1);
      const onset = ear.timeOf(samples.findIndex((sample) => Math.abs(sample) > 0.02));
      late.push(((onset + 100) % 1000) - 100);
    }
    expect(late.slice(-3).every(isInTime), late.map(Math.round).join()).to.equal(true);
  });

  it('plays blocks that a worker pushes through a port without a gap, while the page is busy', async () => {
    const pump = await open(silence);
    const ear = await hear(pump);
    const { port1, port2 } = new MessageChannel();
    pump.connect!(port2);
    const feeder = await feedFromWorker(port1);
    made.push(feeder);
    await ear.until((samples) => loudest(samples) > 0.4);
    await load(40, 100, 1);
    const before = gaps(pump);
    ear.forget();
    await load(120, 300, 6);
    // From the page it would be one each time, 20 in all.
    expect(gaps(pump) - before).to.be.below(isWebKit ? 10 : 4);
    // What is pushed is a steady level: any hole in it is one in the sound, or in the ear.
    const samples = await ear.until((heard) => heard.length > 48_000);
    expect(samples.filter((sample) => Math.abs(sample - 0.5) > 0.05).length / samples.length).to.be.below(
      0.05,
    );
  });

  it('follows a clock that is not its own, for a while', async () => {
    const pump = await open(silence);
    const ear = await hear(pump);
    const { port1, port2 } = new MessageChannel();
    pump.connect!(port2);
    made.push(await feedFromWorker(port1));
    await ear.until((samples) => loudest(samples) > 0.4);
    const longest: number[] = [];
    const begin = performance.now();
    await until(
      () => {
        longest.push(pump.queueLength);
        return performance.now() - begin > 12_000;
      },
      '12 s',
      15_000,
    );
    expect(gaps(pump)).to.be.below(4);
    // Of 10 ms each; on a crowded machine a mock of a sound card stops now and then, and up to 17 were seen.
    longest.sort((one, other) => one - other);
    expect(longest[longest.length >> 1]).to.be.below(25);
  });
});
