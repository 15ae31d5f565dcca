import { WRAP } from './sync-code.js';

/** What one picture of `pattern="sync"` says. */
export interface SyncReading {
  /** Number of the picture, modulo 65,536. */
  readonly number: number;
  /** When it was made: wall-clock time in ms. */
  readonly sentAt: number;
  /** How much later it was seen, in ms; right to the clocks of the two machines. */
  readonly latency: number;
}

/** What was seen and heard so far. */
export interface SyncFigures {
  /** The picture that was read last. */
  readonly last: SyncReading | null;
  /** Pictures that were read. */
  readonly frames: number;
  /** Pictures that were made but never came. */
  readonly lost: number;
  /** Pictures that came once more. */
  readonly repeated: number;
  /** Pictures without a code, or with a damaged one. */
  readonly unreadable: number;
  /** Median of the last 300 pictures, in ms. */
  readonly latency: number | null;
  /** Of the last 300 pictures, 95 % came within this many ms. */
  readonly latencyP95: number | null;
  /** Beeps that were heard. */
  readonly beeps: number;
  /** When the last beep began: wall-clock time in ms. */
  readonly beepAt: number | null;
  /** How much later than the picture the sound comes, in ms: median of the last 60 beeps. */
  readonly offset: number | null;
}

const LATENCIES = 300;
const OFFSETS = 60;

/** No sender makes more pictures per ms: a greater step of the number is that of another sender. */
const FASTEST = 0.1;

/** In ms: a beep is compared with no older picture. */
const STALE = 1000;

/** The value that this part of the values does not exceed. */
function quantile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? null;
}

function keep(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

/** Counts pictures and beeps. */
export class SyncTally {
  #frames = 0;
  #lost = 0;
  #repeated = 0;
  #unreadable = 0;
  #beeps = 0;
  #beepAt: number | null = null;
  readonly #latencies: number[] = [];
  readonly #offsets: number[] = [];
  #last: SyncReading | null = null;
  /** Pictures that came since the last one that was read. */
  #unknown = 0;

  /** One picture, read or not, after `unseen` that were shown while nobody looked. */
  picture(reading: SyncReading | null, unseen = 0): void {
    this.#unknown += unseen;
    if (!reading) {
      this.#unreadable++;
      this.#unknown++;
      return;
    }
    this.#frames++;
    const last = this.#last;
    const step = last && (reading.number - last.number + WRAP) % WRAP;
    if (step === 0) {
      this.#repeated++;
      return;
    }
    if (step && step <= (reading.sentAt - last.sentAt) * FASTEST + 1) {
      this.#lost += Math.max(0, step - 1 - this.#unknown);
    }
    this.#last = reading;
    this.#unknown = 0;
    keep(this.#latencies, reading.latency, LATENCIES);
  }

  /** A beep that was heard at this wall-clock time in ms. */
  beep(time: number): void {
    this.#beeps++;
    this.#beepAt = time;
    const picture = this.#last;
    if (!picture || time - picture.sentAt - picture.latency > STALE) return;
    // Both are made on the full second, so what is left is how much more one is late than the other.
    const late = time - picture.latency;
    keep(this.#offsets, late - Math.round(late / 1000) * 1000, OFFSETS);
  }

  get figures(): SyncFigures {
    return {
      last: this.#last,
      frames: this.#frames,
      lost: this.#lost,
      repeated: this.#repeated,
      unreadable: this.#unreadable,
      latency: quantile(this.#latencies, 0.5),
      latencyP95: quantile(this.#latencies, 0.95),
      beeps: this.#beeps,
      beepAt: this.#beepAt,
      offset: quantile(this.#offsets, 0.5),
    };
  }
}
