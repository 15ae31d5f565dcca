import { expect } from '@open-wc/testing';
import { systemClock } from '../../../components/engine/clock.js';
import { AudioPump } from '../../../components/engine/generator/audio-pump.js';
import { nativeGenerator } from '../../../components/engine/generator/backend.js';
import { NativeAudio } from '../../../components/engine/generator/native-audio.js';
import { base, Ear, ramp } from '../../support/sound.js';
import { until } from '../../support/wait.js';

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

(nativeGenerator() ? describe : describe.skip)('NativeAudio', () => {
  let track: MediaStreamTrack & { readonly writable: WritableStream<AudioData> };
  let ends: number;
  let backend: NativeAudio;

  beforeEach(() => {
    track = new (nativeGenerator()!)({ kind: 'audio' }) as unknown as typeof track;
    ends = 0;
    backend = new NativeAudio(track.writable, () => ends++);
  });

  afterEach(() => track.stop());

  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

  it('is heard, fed by a pump', async function () {
    // The mock of a sound card stops now and then on a crowded machine.
    this.retries(1);
    const pump = new AudioPump(backend, systemClock, { ...base, channels: 2 });
    const ear = await Ear.open(track);
    await ear.until((samples) => loudest(samples) > 0.2);
    for (let count = 0; count < 30; count++) pump.push(ramp(0.5, 0.5, 480));
    await ear.until((samples) => loudest(samples) > 0.45);
    ear.release();
    pump.release();
    await until(() => track.readyState === 'ended', 'the end');
    expect(ends).to.equal(0);
  });

  it('tells once that the track takes no more', async () => {
    const write = (): void => backend.write([new Float32Array(480)], 48_000, backend.now);
    write();
    await settle();
    expect(ends).to.equal(0);
    track.stop();
    await until(() => {
      write();
      return ends > 0;
    }, 'the end');
    write();
    await settle();
    expect(ends).to.equal(1);
  });

  it('stamps the time of the page in microseconds, and goes on by the count of samples', () => {
    const stamps: number[] = [];
    const real = globalThis.AudioData;
    globalThis.AudioData = class extends real {
      constructor(init: AudioDataInit) {
        super(init);
        stamps.push(init.timestamp);
      }
    };
    try {
      const at = backend.now;
      for (const late of [0, 0.01]) backend.write([new Float32Array(480)], 48_000, at + late);
      expect(stamps[0]! / 1000).to.be.closeTo(performance.now(), 50);
      expect(stamps[1]! - stamps[0]!).to.be.within(9999, 10_001);
    } finally {
      globalThis.AudioData = real;
    }
  });
});
