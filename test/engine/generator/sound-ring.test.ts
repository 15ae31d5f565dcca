import { expect } from '@open-wc/testing';
import type { Sound } from '../../../components/engine/generator/input.js';
import { SoundRing } from '../../../components/engine/generator/sound-ring.js';
import { ramp, steepest } from '../../support/sound.js';

const rate = 48_000;
const quantum = 128;

/** Reads for so many seconds, and calls back before each quantum with the time that has passed. */
function read(ring: SoundRing, seconds: number, before: (time: number) => void = () => {}): Float32Array {
  const quanta = Math.round((seconds * rate) / quantum);
  const all = new Float32Array(quanta * quantum);
  for (let count = 0; count < quanta; count++) {
    before((count * quantum) / rate);
    ring.add([all.subarray(count * quantum, (count + 1) * quantum)]);
  }
  return all;
}

/** Pushes blocks of a sine of 100 Hz, 10 ms each, by a clock that is so much faster. */
function source(ring: SoundRing, fast = 1, late = (_: number): number => 0): (time: number) => void {
  let count = 0;
  return (time) => {
    while (time * fast >= (count + 1) * 0.01 + late(count)) {
      const samples = Float32Array.from({ length: 480 }, (_, at) => 0.5 * Math.sin((2 * Math.PI * at) / 480));
      ring.push({ channels: [samples], rate });
      count++;
    }
  };
}

/** The steepest step of such a sine, and of a fade. */
const smooth = 0.5 * ((2 * Math.PI) / 480) + 0.5 / 240 + 0.001;

describe('SoundRing', () => {
  it('hands out what is written, whole and in order, and lets writers wait for room', async () => {
    const ring = new SoundRing(rate, 1, 0.04);
    let admitted = 0;
    for (let count = 0; count < 6; count++) {
      void ring.write(ramp(count + 1, count + 2, 4800)).then(() => admitted++);
    }
    await Promise.resolve();
    expect(admitted).to.equal(2);
    const samples = read(ring, 0.58);
    await Promise.resolve();
    expect(admitted).to.equal(6);
    const start = samples.findIndex((sample) => sample > 1);
    expect(start / rate).to.be.below(0.01);
    for (let at = start; at < 27_000; at++) {
      if (Math.abs(samples[at]! - samples[at - 1]! - 1 / 4800) > 1e-4 && at > 300) {
        expect.fail(`sample ${at} does not follow`);
      }
    }
  });

  for (const other of [8000, 16_000, 44_100, 96_000]) {
    it(`plays ${other} samples a second at the same pitch`, () => {
      const ring = new SoundRing(rate, 1, 0.04);
      const samples = Float32Array.from({ length: other }, (_, at) =>
        Math.sin((2 * Math.PI * at * 200) / other),
      );
      void ring.write({ channels: [samples], rate: other });
      const heard = read(ring, 1).subarray(400, 47_000);
      let rises = 0;
      heard.forEach((sample, at) => (rises += Number(at > 0 && heard[at - 1]! < 0 && sample >= 0)));
      expect(rises).to.be.within(193, 195);
      expect(steepest(heard, heard[0])).to.be.below(0.0275);
    });
  }

  it('shares one channel with all, and mixes all into one', () => {
    const one = new SoundRing(rate, 1, 0.04);
    const [left, right] = [ramp(0.2, 0.2, 4800).channels[0]!, ramp(0.6, 0.6, 4800).channels[0]!];
    void one.write({ channels: [left, right], rate });
    expect(read(one, 0.05).at(-1)).to.be.closeTo(0.4, 0.001);
    const two = new SoundRing(rate, 2, 0.04);
    void two.write({ channels: [left], rate });
    const heard = [new Float32Array(1000), new Float32Array(1000)];
    two.add(heard);
    expect(heard.map((samples) => samples.at(-1)!.toFixed(3))).to.deep.equal(['0.200', '0.200']);
  });

  it('keeps pushed sound for about the target, without a gap', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    const heard = read(
      ring,
      10,
      source(ring, 1, (count) => 0.004 * Math.sin(count * 1.7)),
    );
    expect(ring.gaps).to.equal(0);
    expect(steepest(heard)).to.be.below(smooth);
    expect(heard.findIndex((sample) => sample > 0.1) / rate).to.be.within(0.03, 0.07);
    expect(ring.queueLength).to.be.within(3, 6);
  });

  for (const fast of [0.95, 0.97, 0.9999, 1.0001, 1.04, 1.05]) {
    it(`follows a clock that goes at ${fast} of ours`, () => {
      const ring = new SoundRing(rate, 1, 0.04);
      const feed = source(ring, fast);
      let longest = 0;
      const heard = read(ring, 60, (time) => {
        feed(time);
        longest = Math.max(longest, ring.queueLength);
      });
      expect(ring.gaps).to.be.below(4);
      expect(longest).to.be.below(13);
      expect(ring.queueLength).to.be.within(2, 11);
      expect(steepest(heard)).to.be.below(smooth);
    });
  }

  it('keeps more after a gap', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    // Each second something holds the blocks up for 55 ms.
    const heard = read(
      ring,
      20,
      source(ring, 1, (count) => Math.max(0, 0.055 - (count % 100) * 0.01)),
    );
    expect(ring.gaps).to.be.within(1, 3);
    expect(steepest(heard)).to.be.below(smooth);
  });

  it('cuts once, without a click, when far too much waits', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    const feed = source(ring);
    let [cuts, dropped] = [0, 0];
    const heard: number[] = [];
    for (let count = 0; count < 2400; count++) {
      feed((count * quantum) / rate);
      // At different places of a turn, 300 ms too much.
      if (count % 501 === 500) source(ring)(0.3);
      const samples = new Float32Array(quantum);
      const cut = ring.add([samples]);
      cuts += Math.sign(cut);
      dropped += cut;
      heard.push(...samples);
    }
    expect(cuts).to.equal(4);
    expect(dropped).to.be.within(110, 125);
    expect(steepest(new Float32Array(heard))).to.be.below(2 * smooth);
    expect(ring.queueLength).to.be.below(8);
  });

  it('plays a lone sound that is shorter than the target, and fades after it', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    ring.push(ramp(0.5, 0.5, 480));
    const heard = read(ring, 0.2);
    expect(heard.reduce((sum, sample) => sum + sample, 0) / 0.5).to.be.closeTo(480, 20);
    expect(steepest(heard)).to.be.below(0.007);
    expect(ring.silent).to.equal(true);
  });

  it('keeps what waits while it is held', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    void ring.write(ramp(0.5, 0.5, 9600));
    read(ring, 0.05);
    const held = new Float32Array(48_000);
    ring.held = true;
    for (let at = 0; at < 48_000; at += 128) ring.add([held.subarray(at, at + 128)]);
    expect(held.subarray(300).every((sample) => sample === 0)).to.equal(true);
    ring.held = false;
    const after = read(ring, 0.2);
    expect(after.reduce((sum, sample) => sum + sample, 0) / 0.5 / rate).to.be.closeTo(0.15, 0.006);
  });

  it('keeps no more than a second while nobody reads', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    let dropped = 0;
    for (let count = 0; count < 1000; count++) dropped += ring.push(ramp(0, 0, 480));
    expect(ring.queueLength).to.be.within(99, 102);
    expect(dropped + ring.queueLength).to.equal(1000);
  });

  it('plays a long sound that is pushed to its end', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    ring.push(ramp(0.5, 0.5, rate));
    const samples = read(ring, 1.5);
    expect(samples.filter((sample) => sample > 0.45).length / rate).to.be.within(0.98, 1.02);
    expect(ring.gaps).to.equal(0);
  });

  it('joins long sounds that are pushed one after the other, even if some come late', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    let count = 0;
    const samples = read(ring, 5.5, (time) => {
      for (; time >= count + (count % 2) * 0.02; count++) ring.push(ramp(0.5, 0.5, rate));
    });
    expect(ring.gaps).to.equal(0);
    expect(samples.slice(4800, 5 * rate).every((sample) => Math.abs(sample - 0.5) < 0.01)).to.equal(true);
  });

  it('keeps a quarter of a second of what is pushed while it is held', () => {
    const ring = new SoundRing(rate, 1, 0.04);
    ring.held = true;
    let dropped = 0;
    for (let count = 0; count < 10; count++) dropped += ring.push(ramp(0, 1, 4800));
    expect([dropped, ring.queueLength]).to.deep.equal([8, 2]);
  });

  it('gives back the memory of what was played, cut out or dropped, also where channels share it', () => {
    // Older browsers leave that to their garbage collection.
    const nothing = 'transfer' in ArrayBuffer.prototype ? 0 : 480 * 4;
    const sounds = Array.from({ length: 200 }, () => ramp(0, 1, 480));
    const left = (from: number, to: number): number[] => [
      ...new Set(sounds.slice(from, to).map(({ channels }) => channels[0]!.buffer.byteLength)),
    ];
    const ring = new SoundRing(rate, 2, 0.04);
    const [{ channels }] = sounds as [Sound];
    ring.push({ channels: [channels[0]!, channels[0]!], rate });
    for (const sound of sounds.slice(1)) ring.push(sound);
    expect(left(0, 98), 'dropped').to.deep.equal([nothing]);
    const heard = [new Float32Array(2048), new Float32Array(2048)];
    for (let time = 0; time < 3; time++) ring.add(heard);
    expect(ring.queueLength, 'cut out').to.be.below(8);
    expect(left(0, 190)).to.deep.equal([nothing]);
    ring.held = true;
    for (let count = 0; count < 30; count++) ring.push(ramp(0, 1, 480));
    expect(left(0, 200), 'no room').to.deep.equal([nothing]);
    const last = ramp(0, 1, 480);
    ring.push(last);
    expect(last.channels[0]!.buffer.byteLength).to.equal(480 * 4);
    ring.clear();
    expect(last.channels[0]!.buffer.byteLength, 'cleared').to.equal(nothing);
  });
});
