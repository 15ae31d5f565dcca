import type { AudioBackend } from './backend.js';
import { BoundedQueue } from './bounded-queue.js';
import { toSound, type AudioInput, type MediaInput, type Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';
import { ToneMaker } from './tone.js';

/** Seconds. */
const QUEUE_LENGTH = 0.25;
/** All stretches are equally long: sinks lose what they hold when the length changes, and of many short ones. */
const STRETCH = 0.02;
/** When this little is left of what was sent, silence fills the gap rather than waiting for data. */
const LAST_MOMENT = 0.025;

/** A sound in the queue, used up from its front. */
interface QueuedSound extends Sound {
  used: number;
}

const samplesLeft = ({ channels, used }: QueuedSound): number => channels[0]!.length - used;

/** Feeds an audio track: the built-in tone until the first samples are written, from then on the samples. */
export class AudioPump implements Pump {
  readonly rate = 50;
  frozen = false;
  readonly #queue = new BoundedQueue<QueuedSound>(
    QUEUE_LENGTH,
    (sound) => samplesLeft(sound) / sound.rate,
    () => {},
  );
  readonly #backend: AudioBackend;
  readonly #counters: Counters;
  #settings: Settings;
  #tone = new ToneMaker();
  #written = false;
  /** Up to where sound was sent, on the backend's line of time. */
  #at = -Infinity;

  constructor(backend: AudioBackend, settings: Settings, counters: Counters) {
    this.#backend = backend;
    this.#settings = settings;
    this.#counters = counters;
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  get track(): MediaStreamTrack {
    return this.#backend.track;
  }

  fits({ sampleRate, channels }: Settings): boolean {
    return sampleRate === this.#settings.sampleRate && channels === this.#settings.channels;
  }

  update(settings: Settings): void {
    if (settings.tone !== this.#settings.tone) this.#written = false;
    this.#settings = settings;
  }

  async write(data: MediaInput): Promise<void> {
    const item = this.#convert(data);
    await this.#queue.put(item);
  }

  push(data: MediaInput): number {
    return this.#queue.force(this.#convert(data));
  }

  tick(): void {
    const { now, lead, patience } = this.#backend;
    if (now - this.#at > patience) this.#at = now;
    while (this.#at + STRETCH <= now + lead) {
      const sound = this.#next(this.#at - now);
      if (!sound) return;
      this.#backend.write(sound.channels, sound.rate, this.#at);
      this.#at += sound.channels[0]!.length / sound.rate;
      this.#counters.delivered++;
    }
  }

  release(): void {
    this.#queue.clear();
    this.#backend.release();
  }

  #convert(data: MediaInput): QueuedSound {
    const item = { ...toSound(data as AudioInput, this.#settings), used: 0 };
    this.#counters.written++;
    return item;
  }

  /** The next stretch, or null to wait for data; `reserve` is how many seconds are left of the ones before. */
  #next(reserve: number): Sound | null {
    const { first, weight } = this.#queue;
    if (this.frozen) return this.#make(reserve);
    const urgent = reserve <= LAST_MOMENT || !this.#written;
    if (first && (urgent || weight >= STRETCH)) return this.#take(first);
    return urgent ? this.#make(reserve) : null;
  }

  /** Joins what is queued in the same format, and fills up with silence where that is too little. */
  #take({ rate, channels: { length } }: QueuedSound): Sound {
    const count = Math.round(STRETCH * rate);
    const channels = Array.from({ length }, () => new Float32Array(count));
    let filled = 0;
    for (let sound = this.#queue.first; sound && filled < count; sound = this.#queue.first) {
      if (sound.rate !== rate || sound.channels.length !== length) break;
      const { used } = sound;
      const piece = Math.min(count - filled, samplesLeft(sound));
      channels.forEach((to, index) => to.set(sound.channels[index]!.subarray(used, used + piece), filled));
      filled += piece;
      sound.used += piece;
      if (samplesLeft(sound) === 0) this.#queue.shift();
    }
    this.#queue.settle();
    if (!this.#written) this.#tone = new ToneMaker();
    this.#written = true;
    return { rate, channels };
  }

  #make(reserve: number): Sound {
    const { sampleRate: rate, channels, frequency, volume, tone } = this.#settings;
    const time = (performance.timeOrigin + performance.now()) / 1000 + reserve;
    const samples = new Float32Array(Math.round(STRETCH * rate));
    const heard = this.#written || this.frozen ? 'silence' : tone;
    this.#tone.fill(samples, { tone: heard, frequency, volume, rate, time });
    return { rate, channels: Array.from({ length: channels }, () => samples) };
  }
}
