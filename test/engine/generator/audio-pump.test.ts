import { expect } from '@open-wc/testing';
import { AudioPump, type AudioBackend } from '../../../components/engine/generator/audio-pump.js';
import type { Sound } from '../../../components/engine/generator/input.js';
import type { Settings } from '../../../components/engine/generator/settings.js';
import { ManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/wait.js';
import { base, ramp, steepest } from '../../support/sound.js';

interface Written {
  readonly samples: Float32Array;
  readonly channels: number;
  readonly rate: number;
  readonly at: number;
  /** When it was written. */
  readonly now: number;
}

/** Time may also pass while nobody is woken. */
class BusyClock extends ManualClock {
  #skipped = 0;

  override now(): number {
    return super.now() + this.#skipped;
  }

  skip(ms: number): void {
    this.#skipped += ms;
  }
}

class Recorder implements AudioBackend {
  readonly lead = 0.03;
  readonly patience = 0.1;
  readonly written: Written[] = [];
  released = false;

  constructor(readonly clock: ManualClock) {}

  get now(): number {
    return this.clock.now() / 1000;
  }

  write(channels: readonly Float32Array[], rate: number, at: number): void {
    const [first] = channels;
    this.written.push({ samples: first!.slice(), channels: channels.length, rate, at, now: this.now });
  }

  release(): void {
    this.released = true;
  }

  /** Everything since the last call, end to end. */
  take(): Float32Array {
    return new Float32Array(this.written.splice(0).flatMap(({ samples }) => [...samples]));
  }
}

describe('AudioPump', () => {
  let clock: BusyClock;
  let backend: Recorder;
  let pump: AudioPump;

  function open(changes: Partial<Settings> = {}): AudioPump {
    clock = new BusyClock();
    backend = new Recorder(clock);
    pump = new AudioPump(backend, clock, { ...base, ...changes });
    return pump;
  }

  afterEach(() => pump.release());

  const silence = { tone: 'none' } as const;
  const settings = (changes: Partial<Settings>): Settings => ({ ...base, ...changes });
  /** A full turn of a sine each 10 ms, so that blocks join smoothly. */
  const block = (seconds = 0.01, rate = 48_000): Sound => ({
    channels: [
      Float32Array.from(
        { length: seconds * rate },
        (_, at) => 0.5 * Math.sin((2 * Math.PI * at * 100) / rate),
      ),
    ],
    rate,
  });
  const loudest = (samples: Float32Array): number =>
    samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

  it('keeps the tone 20 to 30 ms ahead, in stretches of 10 ms that follow each other', () => {
    open();
    clock.advance(1000);
    let end = backend.written[0]!.at;
    for (const { samples, at, now } of backend.written) {
      expect(at).to.be.closeTo(end, 1e-6);
      end = at + samples.length / 48_000;
      expect(end - now).to.be.within(0.0199, 0.0301);
    }
    expect(backend.written.slice(1).every(({ samples }) => samples.length === 480)).to.equal(true);
    expect(pump.counters.delivered).to.equal(backend.written.length);
    expect(steepest(backend.take())).to.be.below(0.04);
  });

  it('catches up with one large stretch, and leaves out what nobody waits for any more', () => {
    open();
    clock.advance(100);
    for (const [late, length] of [
      [70, 0.08],
      [500, 0.03],
    ] as const) {
      // A busy worker: time passes, and no timer.
      clock.skip(late);
      backend.take();
      clock.advance(10);
      expect(backend.written.length).to.be.within(1, 2);
      expect(backend.written[0]!.samples.length / 48_000).to.be.closeTo(length, 0.011);
    }
  });

  it('sends pushed sound at once, as it is', () => {
    open(silence);
    clock.advance(103);
    for (let count = 0; count < 50; count++) {
      backend.take();
      const sound = block();
      pump.push(sound);
      const [sent] = backend.written;
      expect(backend.written.length).to.equal(1);
      expect(sent!.samples.join()).to.equal(sound.channels[0]!.join());
      expect(sent!.at - sent!.now).to.be.within(-0.021, 0.001);
      clock.advance(10);
    }
    expect(pump.counters).to.deep.include({ written: 50, dropped: 0 });
  });

  it('keeps the rate and the channels of what is pushed', () => {
    open(silence);
    clock.advance(100);
    backend.take();
    const { channels, rate } = block(0.01, 16_000);
    pump.push({ channels: [channels[0]!, channels[0]!], rate });
    expect(backend.written[0]).to.include({ rate: 16_000, channels: 2 });
  });

  it('fades to silence when nothing more is pushed, and goes on with that', () => {
    open(silence);
    clock.advance(100);
    backend.take();
    const step = { channels: [new Float32Array(480).fill(0.5)], rate: 48_000 };
    pump.push(step);
    clock.advance(200);
    const samples = backend.take();
    expect(steepest(samples.slice(1), samples[0])).to.be.below(0.005);
    expect(samples.length / 48_000).to.be.within(0.18, 0.22);
    expect(loudest(samples.slice(1000))).to.equal(0);
  });

  it('lets the tone fade before what is pushed, and comes back to it when the tone is changed', () => {
    open();
    clock.advance(103);
    for (let count = 0; count < 20; count++) {
      pump.push(ramp(0, 0, 480));
      clock.advance(10);
    }
    const samples = backend.take();
    expect(steepest(samples)).to.be.below(0.04);
    expect(loudest(samples.slice(-4800))).to.equal(0);
    pump.update(settings({ tone: 'triangle' }));
    clock.advance(100);
    expect(loudest(backend.take())).to.be.within(0.24, 0.26);
  });

  it('lets writers wait for room, and loses nothing', async () => {
    open(silence);
    clock.advance(100);
    backend.take();
    let admitted = 0;
    for (let count = 0; count < 10; count++)
      void pump.write(ramp(count, count + 1, 4800)).then(() => admitted++);
    await Promise.resolve();
    await Promise.resolve();
    expect(admitted).to.equal(2);
    for (let count = 0; count < 20 && admitted < 10; count++) {
      clock.advance(50);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(admitted).to.equal(10);
    clock.advance(300);
    const samples = backend.take();
    const start = samples.findIndex((sample) => sample > 0);
    for (let at = 0; at < 40_000; at += 1) {
      expect(samples[start + at]! - samples[start]!, `sample ${at}`).to.be.closeTo(at / 4800, 0.001);
    }
  });

  it('drops the oldest that is pushed too fast, and counts it', () => {
    open(silence);
    clock.advance(100);
    for (let count = 0; count < 100; count++) pump.push(block());
    expect(pump.counters.dropped).to.be.within(68, 75);
    expect(pump.queueLength).to.be.within(24, 25);
  });

  it('is not late for good after a hold-up', () => {
    open(silence);
    clock.advance(100);
    let owed = 0;
    for (let count = 0; count < 300; count++) {
      owed++;
      // 200 ms come at once.
      for (; owed > 0 && (count < 50 || count > 70); owed--) pump.push(block());
      clock.advance(10);
    }
    expect(pump.queueLength).to.be.below(4);
    expect(pump.counters.dropped).to.be.within(10, 20);
    expect(steepest(backend.take())).to.be.below(0.5 * ((2 * Math.PI) / 480) + 0.5 / 240 + 0.001);
  });

  it('joins what waits into stretches that sinks can keep', () => {
    open(silence);
    clock.advance(100);
    backend.take();
    for (let count = 0; count < 200; count++) pump.push(ramp(count, count + 1, 48));
    clock.advance(200);
    const samples = backend.written.filter((each) => each.samples.some((sample) => sample > 0));
    // What is due goes at once, then it is 10 ms or more each time.
    expect(samples.length).to.be.below(40);
    expect(steepest(backend.take().subarray(0, 9000))).to.be.below(0.05);
  });

  it('is silent while it is frozen, and keeps what is queued', () => {
    open(silence);
    clock.advance(100);
    for (let count = 0; count < 15; count++) pump.push(block());
    pump.frozen = true;
    const waiting = pump.queueLength;
    expect(waiting).to.be.above(5);
    backend.take();
    clock.advance(500);
    expect(loudest(backend.take())).to.be.below(0.1);
    expect(pump.queueLength).to.equal(waiting);
    pump.frozen = false;
    clock.advance(150);
    expect(loudest(backend.take())).to.be.closeTo(0.5, 0.001);
    expect(pump.queueLength).to.equal(0);
  });

  it('drops what is written while it is muted', async () => {
    open();
    clock.advance(100);
    pump.update(settings({ muted: true }));
    await pump.write(block());
    pump.push(block());
    clock.advance(50);
    backend.take();
    clock.advance(300);
    expect(loudest(backend.take())).to.equal(0);
    expect(pump.counters).to.deep.include({ written: 2, dropped: 2 });
    pump.update(settings({}));
    clock.advance(300);
    expect(loudest(backend.take())).to.be.closeTo(0.25, 0.01);
  });

  it('plays a clip over and over in place of the tone, where wall-clock time says', () => {
    open();
    const clip = ramp(0.1, 0.6, 24_000);
    const start = performance.timeOrigin + clock.now();
    pump.play(clip);
    pump.anchor(0.2, start);
    clock.advance(1200);
    const { written } = backend;
    for (const { samples, at } of written.slice(5)) {
      const position = (at + 0.2) % 0.5;
      if (position < 0.48) expect(samples[0]).to.be.closeTo(0.1 + position, 0.002);
    }
    // 10 ms off are nobody's business; 100 ms are put right.
    pump.anchor(0.21, start);
    clock.advance(50);
    const near = written.at(-1)!;
    expect(near.samples[0]).to.be.closeTo(0.1 + ((near.at + 0.2) % 0.5), 0.002);
    const last = backend.take().at(-1)!;
    pump.anchor(0.3, start);
    clock.advance(50);
    const far = written.at(-1)!;
    expect(far.samples[0]).to.be.closeTo(0.1 + ((far.at + 0.3) % 0.5), 0.002);
    const samples = backend.take();
    expect(steepest(samples, last)).to.be.below(0.003);
    pump.play(null);
    clock.advance(100);
    expect(steepest(backend.take().slice(1), far.samples.at(-1))).to.be.below(0.04);
  });

  it('hears what a script sends through a port, and nothing that is no sound', async () => {
    open(silence);
    const { port1, port2 } = new MessageChannel();
    pump.connect(port2);
    for (const nonsense of [
      null,
      'x',
      {},
      { channels: [], rate: 48_000 },
      { channels: [[1]], rate: 48_000 },
    ]) {
      port1.postMessage(nonsense);
    }
    port1.postMessage({ channels: [new Float32Array(480)], rate: NaN });
    port1.postMessage(block());
    await until(() => pump.counters.written > 0, 'the sound');
    expect(pump.counters.written).to.equal(1);
  });

  it('fades at the end, and leaves no timer and no writer behind', async () => {
    open();
    clock.advance(100);
    const writing = pump.write(block(1));
    pump.update(settings({ tone: 'square' }));
    backend.take();
    pump.release();
    await writing;
    expect(clock.pending).to.equal(0);
    expect(backend.released).to.equal(true);
    expect(backend.take().at(-1)).to.equal(0);
  });
});
