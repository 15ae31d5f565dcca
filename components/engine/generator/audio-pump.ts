import type { Clock } from '../clock.js';
import { BoundedQueue } from './bounded-queue.js';
import { ClipPlayer } from './clip-player.js';
import type { Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';
import { listen } from './sound-port.js';
import { Ticker } from './ticker.js';
import { isSilent, RAMP, ToneMaker } from './tone.js';

/** Turns samples into a track. */
export interface AudioBackend {
  /** The time, in seconds, on the line that `write()` is timed by. */
  readonly now: number;
  /** How many seconds ahead of their time samples want to be written. */
  readonly lead: number;
  /** How many seconds late samples are still of use. */
  readonly patience: number;
  /** Sends one stretch of sound that begins at the time `at`; copies the samples. */
  write(channels: readonly Float32Array[], rate: number, at: number): void;
  release(): void;
}

/** Seconds. */
const QUEUE_LENGTH = 0.25;
/** Built-in sound comes in multiples of this, in seconds. */
const STRETCH = 0.01;
/** What comes at its own pace is sent when it comes; what comes faster waits, to be sent in one. */
const AT_ONCE = STRETCH;
/** Silence is sent when its time is over, so that what is written finds nothing in its way. */
const SILENT_LEAD = -STRETCH;
/** What is pushed may come that late, in seconds, before silence goes in its place. */
const LATENESS = 0.05;
/** When pushed sound never waited for less than the second figure in so much time, that much is left out: seconds. */
const [LOOK_BACK, STANDING] = [1, 0.03];

/** A sound in the queue, used up from its front. */
interface QueuedSound extends Sound {
  used: number;
}

const samplesLeft = ({ channels, used }: QueuedSound): number => channels[0]!.length - used;

/** Feeds an audio track: a clip or the built-in tone until the first samples are written, from then on the samples. */
export class AudioPump implements Pump<Sound> {
  readonly counters: Counters;
  readonly #queue = new BoundedQueue<QueuedSound>(
    QUEUE_LENGTH,
    (sound) => samplesLeft(sound) / sound.rate,
    () => {},
  );
  readonly #backend: AudioBackend;
  readonly #clock: Clock;
  readonly #ticker: Ticker;
  readonly #tone = new ToneMaker();
  readonly #clip = new ClipPlayer();
  readonly #ports: MessagePort[] = [];
  #settings: Settings;
  #frozen = false;
  #written = false;
  /** Up to where sound was sent, on the backend's line of time. */
  #at = -Infinity;
  /** The last samples of what was written, while it has not faded away. */
  #tail: readonly number[] = [];
  /** Whether what is written goes on in its middle. */
  #resumes = false;
  /** The least that pushed sound waited, in seconds, since a time on the clock, in ms. */
  #standing = { least: Infinity, since: 0 };
  #made: readonly Float32Array<ArrayBuffer>[] = [];

  constructor(
    backend: AudioBackend,
    clock: Clock,
    settings: Settings,
    counters: Counters = { written: 0, delivered: 0, dropped: 0 },
  ) {
    this.#backend = backend;
    this.#clock = clock;
    this.#settings = settings;
    this.counters = counters;
    this.#ticker = new Ticker(clock, 1 / STRETCH, () => this.#run(this.#backend.lead));
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    if (this.#frozen && !frozen) this.#resumes = this.#written;
    this.#frozen = frozen;
  }

  update(settings: Settings): void {
    if (settings.tone !== this.#settings.tone) this.#written = false;
    this.#settings = settings;
    if (!settings.muted) return;
    this.counters.dropped += this.#queue.length;
    this.#queue.clear();
  }

  async write(sound: Sound): Promise<void> {
    if (!this.#accepts()) return;
    const admitted = this.#queue.put({ ...sound, used: 0 });
    this.#run(AT_ONCE);
    await admitted;
  }

  push(sound: Sound): void {
    if (!this.#accepts()) return;
    this.#watchBacklog();
    this.counters.dropped += this.#queue.force({ ...sound, used: 0 });
    this.#run(AT_ONCE);
  }

  play(clip: Sound | null): void {
    this.#clip.play(clip);
    if (clip) this.#written = false;
  }

  anchor(position: number, at: number): void {
    this.#clip.anchor(position, at);
  }

  /** Pushes the sound that comes through the port. */
  connect(port: MessagePort): void {
    this.#ports.push(port);
    listen(port, (sound) => this.push(sound));
  }

  release(): void {
    this.#ticker.release();
    this.#queue.clear();
    for (const port of this.#ports) port.close();
    this.#frozen = true;
    if (this.#fading) this.#make(1);
    this.#backend.release();
  }

  #accepts(): boolean {
    this.counters.written++;
    if (this.#settings.muted) this.counters.dropped++;
    else this.#written = true;
    return !this.#settings.muted;
  }

  /** After a hold-up all that follows would be late for good: what comes at its own pace never catches up. */
  #watchBacklog(): void {
    const { now } = this.#backend;
    const backlog = this.#queue.weight + Math.max(0, this.#at - now);
    const { least, since } = this.#standing;
    if (this.#quiet || this.#clock.now() - since < LOOK_BACK * 1000) {
      this.#standing.least = Math.min(least, backlog);
      return;
    }
    if (least < Infinity && least > STANDING) this.#skip(least);
    this.#standing = { least: backlog, since: this.#clock.now() };
  }

  #skip(seconds: number): void {
    for (let { first } = this.#queue; first && seconds > 0; { first } = this.#queue) {
      const left = samplesLeft(first);
      const count = Math.min(left, Math.ceil(seconds * first.rate));
      seconds -= count / first.rate;
      first.used += count;
      this.#resumes = true;
      if (count < left) return;
      this.#queue.shift();
      this.counters.dropped++;
    }
  }

  get #quiet(): boolean {
    return this.#frozen || this.#settings.muted;
  }

  /** Whether the clip or the tone is to be heard. */
  get #sounds(): boolean {
    return !this.#quiet && !this.#written && (this.#clip.loaded || !isSilent(this.#settings.tone));
  }

  /** Whether something sounds that ought not to. */
  get #fading(): boolean {
    return !this.#tone.silent || !this.#clip.silent || (this.#quiet && this.#tail.length > 0);
  }

  /** Sends what is due: of what is written, so many seconds ahead of its time. */
  #run(written: number): void {
    const { now, lead, patience } = this.#backend;
    if (now - this.#at > patience) this.#at = now;
    if (!this.#quiet) this.#sendWritten(now + written);
    if (this.#queue.length > 0 && !this.#quiet) return;
    const silent = this.#tail.length > 0 ? -LATENESS : SILENT_LEAD;
    const ahead = this.#sounds || this.#fading ? lead : silent;
    // The sum of many stretches is not exact.
    const stretches = Math.floor((now + ahead - this.#at) / STRETCH + 1e-6);
    if (stretches > 0) this.#make(stretches);
  }

  /** Sends what is queued, up to that time or a little beyond. */
  #sendWritten(end: number): void {
    for (let { first } = this.#queue; first && this.#at < end; { first } = this.#queue) {
      if (this.#fading) this.#make(1);
      // After silence it begins now.
      if (this.#tail.length === 0) this.#at = Math.max(this.#at, this.#backend.now);
      const count = Math.round(Math.max(STRETCH, end - this.#at) * first.rate);
      const channels = this.#take(first, count);
      if (this.#resumes) this.#fadeIn(channels, first.rate);
      this.#resumes = false;
      this.#tail = channels.map((samples) => samples.at(-1)!);
      this.#send(channels, first.rate);
    }
    this.#queue.settle();
  }

  /** Up to so many samples from the front of the queue, of what has the same format. */
  #take(first: QueuedSound, count: number): readonly Float32Array[] {
    const { channels, rate, used } = first;
    const left = samplesLeft(first);
    if (left >= count || this.#queue.length === 1) {
      const length = Math.min(left, count);
      first.used += length;
      if (length === left) this.#queue.shift();
      return channels.map((samples) => samples.subarray(used, used + length));
    }
    // One long stretch rather than many: sinks keep about ten, however short they are.
    const joined = channels.map(() => new Float32Array(count));
    let filled = 0;
    for (let sound: QueuedSound | undefined = first; sound && filled < count; sound = this.#queue.first) {
      if (sound.rate !== rate || sound.channels.length !== channels.length) break;
      const start = sound.used;
      const length = Math.min(count - filled, samplesLeft(sound));
      for (const [index, samples] of sound.channels.entries()) {
        joined[index]!.set(samples.subarray(start, start + length), filled);
      }
      filled += length;
      sound.used += length;
      if (samplesLeft(sound) === 0) this.#queue.shift();
    }
    return joined.map((samples) => samples.subarray(0, filled));
  }

  /** Sends so many stretches of clip, tone or silence. */
  #make(stretches: number): void {
    const { sampleRate: rate, channels, frequency, volume, tone } = this.#settings;
    const length = Math.round(stretches * STRETCH * rate);
    const time = (performance.timeOrigin + this.#clock.now()) / 1000 + this.#at - this.#backend.now;
    if (this.#made[0]?.length !== length || this.#made.length !== channels) {
      this.#made = Array.from({ length: channels }, () => new Float32Array(length));
    }
    const [samples, ...others] = this.#made;
    const sounds = this.#sounds;
    const heard = sounds && !this.#clip.loaded ? tone : 'silence';
    this.#tone.fill(samples!, { tone: heard, frequency, volume, rate, time });
    for (const other of others) other.set(samples!);
    this.#clip.add(this.#made, rate, time, sounds);
    this.#fadeOut(rate);
    this.#send(this.#made, rate);
  }

  /** What was written last fades away rather than being cut. */
  #fadeOut(rate: number): void {
    const count = RAMP * rate;
    for (const [channel, samples] of this.#made.entries()) {
      const last = this.#tail[channel] ?? this.#tail[0];
      if (!last) continue;
      for (let index = 0; index < count && index < samples.length; index++) {
        samples[index]! += last * (1 - (index + 1) / count);
      }
    }
    this.#tail = [];
  }

  /** The other way round, from what was sent last. */
  #fadeIn(channels: readonly Float32Array[], rate: number): void {
    const count = RAMP * rate;
    for (const [channel, samples] of channels.entries()) {
      const last = this.#tail[channel] ?? 0;
      for (let index = 0; index < count && index < samples.length; index++) {
        samples[index]! += (last - samples[index]!) * (1 - index / count);
      }
    }
  }

  #send(channels: readonly Float32Array[], rate: number): void {
    this.#backend.write(channels, rate, this.#at);
    this.#at += channels[0]!.length / rate;
    this.counters.delivered++;
  }
}
