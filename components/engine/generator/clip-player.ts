import type { Sound } from './input.js';
import { RAMP } from './tone.js';

/** What the position may be wrong by before it is put right, in seconds. */
const TOLERANCE = 0.02;

/** Plays a clip over and over, at the place that wall-clock time asks for; comes and goes without a click. */
export class ClipPlayer {
  #clip: Sound | null = null;
  /** The clip that sounds: the one before, until it has faded away. */
  #heard: Sound | null = null;
  /** Seconds in the clip at a wall-clock time in seconds. */
  #anchor = { position: 0, at: 0 };
  /** In samples of the clip. */
  #position = -1;
  /** Where it was before the jump, whose sound still fades. */
  #left = 0;
  #fade = 1;
  #level = 0;

  /** Whether there is a clip. */
  get loaded(): boolean {
    return this.#clip !== null;
  }

  /** Whether nothing is left to be heard of what was made last. */
  get silent(): boolean {
    return this.#level === 0;
  }

  /** From now on this clip, or none. */
  play(clip: Sound | null): void {
    this.#clip = clip;
  }

  /** The clip is at `position`, in seconds, at the wall-clock time `at` in ms. */
  anchor(position: number, at: number): void {
    this.#anchor = { position, at: at / 1000 };
  }

  /** Adds to samples that begin at the wall-clock time `time`, in seconds; `on`: whether the clip is to be heard. */
  add(channels: readonly Float32Array[], rate: number, time: number, on: boolean): void {
    if (this.#heard !== this.#clip && this.#level === 0) {
      this.#heard = this.#clip;
      this.#position = -1;
    }
    const clip = this.#heard;
    if (!clip) return;
    const rises = on && clip === this.#clip;
    const { length } = clip.channels[0]!;
    this.#place(time, clip.rate, length);
    const step = 1 / (RAMP * rate);
    const pace = clip.rate / rate;
    for (let index = 0; index < channels[0]!.length; index++) {
      this.#level = Math.max(0, Math.min(1, this.#level + (rises ? step : -step)));
      if (this.#level > 0) {
        for (let channel = 0; channel < channels.length; channel++) {
          channels[channel]![index]! += this.#level * this.#faded(clip, channel, channels.length);
        }
      }
      this.#fade = Math.min(1, this.#fade + step);
      this.#position = (this.#position + pace) % length;
      this.#left = (this.#left + pace) % length;
    }
  }

  #place(time: number, rate: number, length: number): void {
    const { position, at } = this.#anchor;
    const wanted = modulo((time - at + position) * rate, length);
    const error = modulo(wanted - this.#position + length / 2, length) - length / 2;
    if (this.#position < 0) this.#position = wanted;
    else if (Math.abs(error) > TOLERANCE * rate) {
      this.#left = this.#position;
      this.#position = wanted;
      this.#fade = 0;
    }
  }

  #faded(clip: Sound, channel: number, count: number): number {
    const now = sampleAt(clip, channel, count, this.#position);
    return this.#fade < 1
      ? now * this.#fade + sampleAt(clip, channel, count, this.#left) * (1 - this.#fade)
      : now;
  }
}

const modulo = (value: number, length: number): number => ((value % length) + length) % length;

/** One channel is heard in all, and all of them in one. */
function sampleAt({ channels }: Sound, channel: number, count: number, position: number): number {
  if (count > 1 || channels.length === 1) {
    return interpolate(channels[Math.min(channel, channels.length - 1)]!, position);
  }
  return channels.reduce((sum, samples) => sum + interpolate(samples, position), 0) / channels.length;
}

function interpolate(samples: Float32Array, position: number): number {
  const index = Math.floor(position);
  const one = samples[index]!;
  return one + (samples[(index + 1) % samples.length]! - one) * (position - index);
}
