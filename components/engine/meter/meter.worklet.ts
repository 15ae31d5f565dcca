import { Loudness, SILENCE, type LoudnessReading } from './loudness.js';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: AudioWorkletNodeOptions) => AudioWorkletProcessor,
): void;
declare const sampleRate: number;
/** Of the first sample that is processed now, since the context began. */
declare const currentFrame: number;
/** How many samples are processed at once, where the browser lets a context choose that. */
declare const renderQuantumSize: number | undefined;

/** What the page asks for: to measure what comes in at an input, with another threshold perhaps, or no longer. */
export type MeterOrder =
  | { readonly key: number; readonly input: number; readonly threshold: number }
  | { readonly key: number; readonly end: true }
  | { readonly close: true };

/** What the page is told: what has changed since the last time. */
export type MeterNews = readonly (LoudnessReading & { readonly key: number })[];

/** The samples that are processed at once. */
const BLOCK = typeof renderQuantumSize === 'number' ? renderQuantumSize : 128;
/** How many samples a stretch has, about 1/10 s. */
const STRETCH = Math.max(1, Math.floor(sampleRate / 10 / BLOCK)) * BLOCK;
/**
 * The page is told after so many stretches, if there is anything to tell: to draw a picture costs far more than all the
 * measuring. All sounds of a node are told together, and one picture shows them.
 */
const PICTURE = 2;
/** More sounds of a node than so many are watched as a whole, none of them closely: there are a third as many pictures. */
const FEW = 4;
/** Nobody sees a smaller step, in dB. */
const STEP = 0.5;

/** What comes in at one input. */
class Line {
  readonly key: number;
  readonly input: number;
  readonly loudness: Loudness;
  #samples = 0;
  /** Of the squares, over all channels. */
  #sum = 0;
  /** The highest square. */
  #highest = 0;
  #channels = 1;
  /** What has come since the page was told, with the level of the loudest stretch: no syllable is lost. */
  #reading: LoudnessReading = { level: SILENCE, peak: SILENCE, speaking: false };
  #told: LoudnessReading | null = null;

  constructor(key: number, input: number, threshold: number) {
    this.key = key;
    this.input = input;
    this.loudness = new Loudness(threshold);
  }

  hear(channels: readonly Float32Array[]): void {
    let sum = 0;
    let highest = this.#highest;
    for (const samples of channels) {
      // Counted: `of` takes several times as long, nearly a million times a second.
      for (let at = 0; at < BLOCK; at++) {
        const sample = samples[at]!;
        const square = sample * sample;
        sum += square;
        if (square > highest) highest = square;
      }
    }
    this.#sum += sum;
    this.#highest = highest;
    // While nothing comes there are no channels, and time goes by all the same.
    this.#samples += BLOCK;
    this.#channels = channels.length || 1;
  }

  /** Sums a stretch up. Answers with whether somebody has begun to speak since the page was told. */
  sumUp(): boolean {
    const mean = this.#sum / (this.#samples * this.#channels);
    const highest = Math.sqrt(this.#highest);
    const { level, peak, speaking } = this.loudness.hear(mean, highest, this.#samples / sampleRate);
    this.#samples = this.#sum = this.#highest = 0;
    this.#reading = { level: Math.max(this.#reading.level, coarse(level)), peak: coarse(peak), speaking };
    return speaking && !this.#told?.speaking;
  }

  /** What to tell the page: null where it is as it was. */
  tell(): LoudnessReading | null {
    const [told, reading] = [this.#told, this.#reading];
    this.#reading = { ...reading, level: SILENCE };
    if (told?.level === reading.level && told.peak === reading.peak && told.speaking === reading.speaking)
      return null;
    return (this.#told = reading);
  }
}

/** Measures what it hears at each of its inputs, and tells the page when that has changed. */
class Meter extends AudioWorkletProcessor {
  #lines: Line[] = [];
  /** Since the page was told. */
  #stretches = 0;
  #closed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MeterOrder>) => this.#obey(data);
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    for (const line of this.#lines) line.hear(inputs[line.input]!);
    if (currentFrame % STRETCH === 0) this.#sumUp();
    return !this.#closed;
  }

  #obey(order: MeterOrder): void {
    if ('close' in order) {
      this.#closed = true;
      return;
    }
    const { key } = order;
    const known = this.#lines.find((line) => line.key === key);
    if ('end' in order) this.#lines = this.#lines.filter((line) => line !== known);
    else if (known) known.loudness.threshold = order.threshold;
    else this.#lines.push(new Line(key, order.input, order.threshold));
  }

  #sumUp(): void {
    const lines = this.#lines;
    // That somebody begins to speak is not to wait. Each of them is summed up, whatever the others say: no `some`.
    const urgent = lines.filter((line) => line.sumUp()).length > 0;
    const due = ++this.#stretches >= (lines.length > FEW ? 3 * PICTURE : PICTURE);
    if (!due && !urgent) return;
    this.#stretches = 0;
    const news = lines.flatMap((line) => {
      const reading = line.tell();
      return reading ? [{ key: line.key, ...reading }] : [];
    });
    if (news.length > 0) this.port.postMessage(news satisfies MeterNews);
  }
}

const coarse = (level: number): number => Math.round(level / STEP) * STEP;

registerProcessor('rtc-meter', Meter);
