import { ClipPlayer } from './clip-player.js';
import type { Sound } from './input.js';
import type { Counters } from './pump.js';
import type { SoundRequest, SoundSetup } from './sound-messages.js';
import { listen } from './sound-port.js';
import { SoundRing } from './sound-ring.js';
import { ToneMaker } from './tone.js';
import type { PumpAnswer } from './worker-messages.js';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor,
): void;
declare const sampleRate: number;

/** How often to report, in seconds. */
const REPORT_INTERVAL = 0.25;
/** Sound is counted in stretches of so many seconds, as where it is sent in such. */
const STRETCH = 0.01;
/** Time that is wrong is put right over so many seconds; at once if it is wrong by more than the second figure. */
const [SLEWING, LEAP] = [0.3, 0.2];

const nothing = (): Counters => ({ written: 0, delivered: 0, dropped: 0 });

/** Plays built-in tones, a clip, or what is written and pushed: off the page, so that a busy page does not disturb it. */
class SoundPlayer extends AudioWorkletProcessor {
  readonly #tone = new ToneMaker();
  readonly #clip = new ClipPlayer();
  readonly #ring: SoundRing;
  #settings: SoundSetup['settings'];
  #frozen = false;
  #released = false;
  #written = false;
  #ahead = 0;
  /** The wall-clock time, in seconds, of the next sample. */
  #time = 0;
  #made = 0;
  #sinceReport = 0;
  #counted = nothing();

  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    const { settings, target } = processorOptions as SoundSetup;
    this.#settings = settings;
    this.#ring = new SoundRing(sampleRate, settings.channels, target);
    this.#hold();
    this.port.onmessage = ({ data }: MessageEvent<SoundRequest>) => this.#hear(data);
  }

  process(_inputs: unknown, [channels]: readonly (readonly Float32Array[])[]): boolean {
    const [samples, ...others] = channels!;
    const { frequency, volume, tone } = this.#settings;
    const rate = sampleRate;
    const time = this.#pass(samples!.length / rate);
    const sounds = !this.#ring.held && !this.#written;
    const heard = sounds && !this.#clip.loaded ? tone : 'silence';
    this.#tone.fill(samples!, { tone: heard, frequency, volume, rate, time });
    for (const other of others) other.set(samples!);
    this.#clip.add(channels!, rate, time, sounds);
    this.#counted.dropped += this.#ring.add(channels!);
    return !this.#released;
  }

  /** Lets that much time pass, in seconds; answers when it began. */
  #pass(length: number): number {
    // Blocks come in bursts, and the clock that is heard and the clock on the wall are two.
    const error = Date.now() / 1000 + this.#ahead - this.#time;
    this.#time += Math.abs(error) > LEAP ? error : (error * length) / SLEWING;
    const begin = this.#time;
    this.#time += length;
    this.#made += length;
    this.#sinceReport += length;
    if (this.#sinceReport >= REPORT_INTERVAL) this.#report();
    return begin;
  }

  #report(): void {
    this.#sinceReport = 0;
    const delivered = Math.floor(this.#made / STRETCH);
    this.#made -= delivered * STRETCH;
    const { queueLength, gaps } = this.#ring;
    this.#answer({ type: 'report', counted: { ...this.#counted, delivered }, queueLength, gaps });
    this.#counted = nothing();
  }

  #hear(request: SoundRequest): void {
    switch (request.type) {
      case 'update':
        return this.#update(request.settings);
      case 'freeze':
        this.#frozen = request.frozen;
        return this.#hold();
      case 'clock':
        this.#ahead = request.ahead;
        return;
      case 'write':
        return this.#write(request.item, request.id);
      case 'push':
        return this.#push(request.item);
      case 'play':
        this.#clip.play(request.clip);
        if (request.clip) this.#written = false;
        return;
      case 'anchor':
        return this.#clip.anchor(request.position, request.at);
      case 'connect':
        return listen(request.port, (sound) => this.#push(sound));
      case 'release':
        this.#released = true;
    }
  }

  #update(settings: SoundSetup['settings']): void {
    if (settings.tone !== this.#settings.tone) this.#written = false;
    this.#settings = settings;
    this.#hold();
    if (!settings.muted) return;
    this.#counted.dropped += this.#ring.queueLength;
    this.#ring.clear();
  }

  /** At once: what is pushed next may come before the next samples are made. */
  #hold(): void {
    this.#ring.held = this.#frozen || this.#settings.muted;
  }

  #accepts(): boolean {
    this.#counted.written++;
    if (this.#settings.muted) this.#counted.dropped++;
    else this.#written = true;
    return !this.#settings.muted;
  }

  #write(sound: Sound, id: number): void {
    const admitted = this.#accepts() ? this.#ring.write(sound) : Promise.resolve();
    void admitted.then(() => {
      // First: whoever closes when he is admitted has to know that something waits.
      this.#report();
      this.#answer({ type: 'admit', id });
    });
  }

  #push(sound: Sound): void {
    if (this.#accepts()) this.#counted.dropped += this.#ring.push(sound);
  }

  #answer(answer: PumpAnswer): void {
    this.port.postMessage(answer);
  }
}

registerProcessor('rtc-sound-player', SoundPlayer);
