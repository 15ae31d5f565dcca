import { BoundedQueue } from './bounded-queue.js';
import type { Sound } from './input.js';
import { RAMP } from './tone.js';
import { WorkletGarbage } from './worklet-garbage.js';

/** What writers may be ahead, in seconds. */
const ROOM = 0.25;
/** When pushed sound waits for longer than this, in seconds, behind the last of it, all beyond the target is cut. */
const LONGEST = 0.25;
/** Sound in blocks that are longer than this, in seconds, is played at its own speed. */
const LONGEST_BLOCK = 0.1;
/** What is kept of pushed sound while nothing is read, in seconds. */
const CAPACITY = 1;
/** How much more is kept in reserve after a gap, and at most, in seconds. */
const GROWTH = 0.02;
const HIGHEST_TARGET = 0.12;
/** How much less each second without one, in seconds. */
const DECLINE = 0.001;
/** A gap that is longer than this, in seconds, was meant. */
const LONGEST_GAP = 0.5;
/** The wait is measured over some of these, in seconds: sound comes, and goes, in blocks. */
const SMOOTHING = 0.3;
/** By how much to play faster or slower, as a part of the speed: normally, and where the clocks are really at odds. */
const [NORMAL, MOST] = [0.005, 0.15];
/** A wait that is wrong by more than this, in seconds, is not normal. */
const CALM = 0.03;
/** How much faster for each second beyond that, and how much is learnt in each second from each that is too long. */
const [PROPORTIONAL, INTEGRAL] = [1.5, 0.05];

/** A sound in the queue, used up from its front. */
interface QueuedSound extends Sound {
  used: number;
  /** It was pushed at the pace of its own clock, where written sound goes at ours. */
  readonly live: boolean;
}

const limit = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/**
 * Joins sound that comes in blocks, of any rate, and hands it out sample by sample. What is pushed waits for about the
 * target time: it is played a little faster or slower where its clock and ours differ.
 */
export class SoundRing {
  readonly #queue = new BoundedQueue<QueuedSound>(
    ROOM,
    (sound) => (sound.channels[0]!.length - sound.used) / sound.rate,
    (sound) => this.#free(sound),
  );
  readonly #garbage = new WorkletGarbage();
  readonly #rate: number;
  readonly #lowest: number;
  #target: number;
  /** Whether sound is being handed out. */
  #running = false;
  #level = 0;
  /** Seconds since there was sound to hand out, or since there is some again. */
  #idle = Infinity;
  #wait = 0;
  /** How long sound waits, in seconds, smoothed; and the speed that was learnt. */
  #length = 0;
  #learnt = 0;
  /** Four samples of each channel, of which the middle two are around the present place. */
  readonly #window: Float32Array[];
  #fraction = 0;
  /** What fades away after a cut. */
  readonly #old: Float32Array[];
  #oldLeft = 0;

  /** How long the last sound that was pushed is, in seconds. */
  #block = 0;

  /** How many gaps there were in what was pushed. */
  gaps = 0;
  /** Whether what waits is to go on waiting. */
  held = false;

  /** Samples per second, channels, and the target in seconds. */
  constructor(rate: number, channels: number, target: number) {
    this.#rate = rate;
    this.#lowest = target;
    this.#target = target;
    this.#window = Array.from({ length: channels }, () => new Float32Array(4));
    this.#old = Array.from({ length: channels }, () => new Float32Array(Math.round(RAMP * rate)));
  }

  /** How many sounds wait. */
  get queueLength(): number {
    return this.#queue.length;
  }

  /** Whether nothing is to be heard. */
  get silent(): boolean {
    return !this.#running && this.#level === 0;
  }

  /** Takes a sound; resolves when there is room for another. */
  write(sound: Sound): Promise<void> {
    return this.#queue.put({ ...sound, used: 0, live: false });
  }

  /** Takes a sound at its own pace; answers how many were dropped for it. */
  push(sound: Sound): number {
    const item = { ...sound, used: 0, live: true };
    this.#block = sound.channels[0]!.length / sound.rate;
    if (this.held) return this.#queue.force(item);
    let dropped = 0;
    for (; this.#queue.weight > CAPACITY; dropped++) this.#next();
    void this.#queue.put(item);
    return dropped;
  }

  clear(): void {
    this.#queue.clear();
  }

  /** Adds to the samples. Answers how many sounds were cut out. */
  add(channels: readonly Float32Array[]): number {
    const { held } = this;
    const { length } = channels[0]!;
    const time = length / this.#rate;
    this.#decide(time);
    const late = this.#queue.weight > LONGEST + this.#block;
    const dropped = this.#running && !held && this.#live && late ? this.#cut() : 0;
    if (this.silent) return dropped;
    const speed = this.#live ? 1 + this.#correct(time) : 1;
    const step = 1 / (RAMP * this.#rate);
    for (let index = 0; index < length; index++) {
      const goal = this.#running && !held ? 1 : 0;
      this.#level = Math.max(0, Math.min(1, this.#level + (goal ? step : -step)));
      if (goal) this.#advance(speed);
      for (let channel = 0; channel < channels.length; channel++) {
        channels[channel]![index]! += this.#level * this.#value(channel);
      }
      if (this.#oldLeft > 0) this.#oldLeft--;
    }
    this.#queue.settle();
    return dropped;
  }

  get #live(): boolean {
    return this.#queue.first?.live === true;
  }

  /** Whether it is time to begin. */
  #decide(time: number): void {
    if (this.#running || this.held) return;
    this.#idle += time;
    if (this.#queue.length === 0) return;
    if (this.#wait === 0 && this.#idle < LONGEST_GAP) this.#grow();
    this.#wait += time;
    // In reserve for when the next comes late; a lone sound is not kept for ever.
    const reserve = this.#queue.weight - this.#block;
    if (this.#live && reserve < this.#target && this.#wait < this.#target) return;
    this.#running = true;
    this.#wait = 0;
    this.#length = this.#target;
  }

  #grow(): void {
    if (!this.#live) return;
    this.gaps++;
    this.#target = Math.min(HIGHEST_TARGET, this.#target + GROWTH);
  }

  #correct(time: number): number {
    this.#target = Math.max(this.#lowest, this.#target - DECLINE * time);
    // How long such sound waits says little of the clocks.
    if (this.#block > LONGEST_BLOCK) return 0;
    this.#length += ((this.#queue.weight - this.#length) * time) / SMOOTHING;
    const error = this.#length - this.#target;
    this.#learnt = limit(this.#learnt + INTEGRAL * error * time, MOST);
    const beyond = error - limit(error, CALM);
    return limit(this.#learnt + (limit(error, CALM) * NORMAL) / CALM + PROPORTIONAL * beyond, MOST);
  }

  /** Leaves out what waits beyond the target; the sound before fades into the sound after. */
  #cut(): number {
    const { length } = this.#old[0]!;
    for (let index = 0; index < length; index++) {
      this.#advance(1);
      for (const [channel, old] of this.#old.entries()) old[index] = this.#interpolated(channel);
    }
    this.#oldLeft = length;
    const before = this.#queue.length;
    for (let extra = this.#queue.weight - this.#target - this.#block; extra > 0;) {
      const { first } = this.#queue;
      if (!first) break;
      const left = first.channels[0]!.length - first.used;
      const skipped = Math.min(left, Math.ceil(extra * first.rate));
      first.used += skipped;
      extra -= skipped / first.rate;
      if (skipped === left) this.#next();
    }
    this.#length = this.#queue.weight;
    return Math.max(1, before - this.#queue.length);
  }

  /** Goes on to the next place. */
  #advance(speed: number): void {
    for (let moves = false; ; moves = true) {
      const { first } = this.#queue;
      if (!first) {
        this.#running = false;
        this.#idle = 0;
        return;
      }
      if (!moves) this.#fraction += (first.rate / this.#rate) * speed;
      if (this.#fraction < 1) return;
      this.#fraction--;
      this.#shift(first);
    }
  }

  #shift(sound: QueuedSound): void {
    const { channels } = sound;
    for (let channel = 0; channel < this.#window.length; channel++) {
      const window = this.#window[channel]!;
      window.copyWithin(0, 1);
      window[3] = sampleOf(channels, channel, this.#window.length, sound.used);
    }
    if (++sound.used === channels[0]!.length) this.#next();
  }

  /** The first in the queue is used up. */
  #next(): void {
    const sound = this.#queue.shift();
    if (sound) this.#free(sound);
  }

  #value(channel: number): number {
    const value = this.#interpolated(channel);
    if (this.#oldLeft === 0) return value;
    const old = this.#old[channel]!;
    const part = this.#oldLeft / old.length;
    return value * (1 - part) + old[old.length - this.#oldLeft]! * part;
  }

  /** Its samples at once, by far the most of it; the rest of it, and of the message that brought it, is gathered. */
  #free({ channels }: Sound): void {
    for (const { buffer } of channels) {
      // What is given back has no bytes, and channels may share some. Older browsers cannot.
      if (buffer.byteLength > 0) (buffer as { transfer?(length: number): void }).transfer?.(0);
    }
    this.#garbage.add();
  }

  /** Between the middle two samples, by a cubic curve through all four. */
  #interpolated(channel: number): number {
    const [a, b, c, d] = this.#window[channel]! as unknown as [number, number, number, number];
    const x = this.#fraction;
    return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
  }
}

/** One channel is heard in all, and all of them in one. */
function sampleOf(channels: readonly Float32Array[], channel: number, count: number, index: number): number {
  if (count > 1 || channels.length === 1) return channels[Math.min(channel, channels.length - 1)]![index]!;
  return channels.reduce((sum, samples) => sum + samples[index]!, 0) / channels.length;
}
