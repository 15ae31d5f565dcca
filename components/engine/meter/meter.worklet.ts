import { Loudness, type LoudnessReading } from './loudness.js';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor,
): void;
declare const sampleRate: number;

/** How long a stretch is, in seconds: so often the page is told, if there is anything to tell. */
const STRETCH = 1 / 15;
/** Nobody sees a smaller step, in dB. */
const STEP = 0.5;

/** Measures what it hears, and tells the page when that has changed. */
class Meter extends AudioWorkletProcessor {
  readonly #loudness: Loudness;
  readonly #length = Math.round(STRETCH * sampleRate);
  #samples = 0;
  #sum = 0;
  #highest = 0;
  #told: LoudnessReading | null = null;
  #ended = false;

  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    this.#loudness = new Loudness((processorOptions as { threshold: number }).threshold);
    this.port.onmessage = ({ data }: MessageEvent<{ threshold?: number; end?: true }>) => {
      if (data.threshold !== undefined) this.#loudness.threshold = data.threshold;
      if (data.end) this.#ended = true;
    };
  }

  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    for (const samples of channels) {
      for (const sample of samples) {
        this.#sum += sample * sample;
        const size = Math.abs(sample);
        if (size > this.#highest) this.#highest = size;
      }
    }
    // While nothing comes there are no channels, and time goes by all the same.
    this.#samples += channels[0]?.length ?? 128;
    if (this.#samples >= this.#length) this.#tell(Math.max(1, channels.length));
    return !this.#ended;
  }

  #tell(channels: number): void {
    const mean = this.#sum / (this.#samples * channels);
    const { level, peak, speaking } = this.#loudness.hear(mean, this.#highest, this.#samples / sampleRate);
    this.#samples = this.#sum = this.#highest = 0;
    const reading = { level: coarse(level), peak: coarse(peak), speaking };
    const told = this.#told;
    if (told && told.level === reading.level && told.peak === reading.peak && told.speaking === speaking)
      return;
    this.#told = reading;
    this.port.postMessage(reading);
  }
}

const coarse = (level: number): number => Math.round(level / STEP) * STEP;

registerProcessor('rtc-meter', Meter);
