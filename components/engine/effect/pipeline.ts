import { MediaKitError } from '../errors.js';
import { BoundedQueue } from '../generator/bounded-queue.js';
import { discard, kindOf } from '../generator/input.js';
import type { Kind } from '../generator/settings.js';
import { TrackGenerator } from '../generator/track-generator.js';
import type { Chunk } from '../generator/track-writer.js';
import { Incoming } from './incoming.js';
import { Failure, isOpen, nothing, type Answer, type Transform } from './transform.js';

/** What has become of the frames, or the stretches of sound, of one track. */
export interface PipelineStats {
  /** Went through the effect. */
  readonly processed: number;
  /** Came while the effect was still at work, faster than the track takes them, or after one had failed that hides. */
  readonly dropped: number;
  /** Went past an effect that has failed. */
  readonly passed: number;
}

export interface PipelineListener {
  /** The effect has failed; from now on everything passes it by, or nothing where it was to hide something. */
  readonly failed: (error: MediaKitError) => void;
  /** Whether there will be another track to make it of after this one. */
  readonly lasts: () => boolean;
  /** Its track has ended, or what it is made of. */
  readonly ended: () => void;
}

/** One frame waits, which is the newest; of sound, so many seconds: what is missing there is heard. */
const limits: Readonly<Record<Kind, number>> = { video: 1, audio: 0.25 };

const weigh = (chunk: Chunk): number => ('codedWidth' in chunk ? 1 : chunk.numberOfFrames / chunk.sampleRate);

/** A track made from a track: each of its frames, or stretches of sound, goes through a transform, one at a time. */
export class Pipeline {
  readonly #kind: Kind;
  readonly #generator: TrackGenerator;
  readonly #listener: PipelineListener;
  readonly #writer: WritableStreamDefaultWriter<Chunk>;
  readonly #queue: BoundedQueue<Chunk>;
  #source: Incoming | undefined;
  #transform: Transform | null = null;
  #counted = { processed: 0, dropped: 0, passed: 0 };
  #busy = false;
  /** Counts the loops of work: one that another has overtaken ends after its chunk. */
  #round = 0;
  #over = false;

  /** Rejects with a `MediaKitError` where this browser can make no such track. */
  static async open(kind: Kind, listener: PipelineListener): Promise<Pipeline> {
    return new Pipeline(kind, await TrackGenerator.create({ kind }), listener);
  }

  private constructor(kind: Kind, generator: TrackGenerator, listener: PipelineListener) {
    this.#kind = kind;
    this.#generator = generator;
    this.#listener = listener;
    this.#queue = new BoundedQueue(limits[kind], weigh, (chunk) => chunk.close());
    // Whoever holds it hears when the last track is stopped, and can end them all.
    this.#writer = generator.writable.getWriter();
    const over = (): void => this.#end();
    this.#writer.closed.then(over, over);
  }

  get track(): MediaStreamTrack {
    return this.#generator.track;
  }

  get stats(): PipelineStats {
    const { processed, dropped, passed } = this.#counted;
    const missed = (this.#source?.missed ?? 0) + this.#generator.stats.dropped;
    return Object.freeze({ processed, dropped: dropped + missed, passed });
  }

  /** What is made of each chunk from now on; the one before is released, and what it is still at goes nowhere. */
  set transform(transform: Transform | null) {
    this.#exchange(transform);
    // It may never come to an end.
    if (this.#busy) void this.#work();
  }

  /** Makes its track of that one from now on. */
  read(track: MediaStreamTrack): void {
    if (track === this.#source?.track || this.#over) return;
    this.#source?.cancel();
    this.#counted.dropped += this.#source?.missed ?? 0;
    this.#source = new Incoming(track, this.#kind);
    void this.#follow(this.#source);
  }

  /** Ends the track, and leaves alone what it is made of. */
  end(): void {
    this.#over = true;
    this.#giveBack();
  }

  async #follow(source: Incoming): Promise<void> {
    try {
      await source.readAll((chunk) => {
        this.#counted.dropped += this.#queue.force(chunk);
        if (!this.#busy) void this.#work();
      });
    } catch (cause) {
      if (source !== this.#source || this.#over) return;
      const words = `The ${this.#kind} track cannot be read, so nothing can be made of it: see the cause.`;
      this.#listener.failed(MediaKitError.from(cause, 'unsupported', words));
      return this.#end();
    }
    if (source === this.#source && !this.#listener.lasts()) this.#end();
  }

  #exchange(transform: Transform | null): void {
    const before = this.#transform;
    this.#transform = transform;
    before?.release?.();
  }

  async #work(): Promise<void> {
    const round = ++this.#round;
    this.#busy = true;
    for (let chunk = this.#queue.shift(); chunk; chunk = this.#queue.shift()) {
      const due = this.#kind === 'video' ? 0 : performance.now() + weigh(chunk) * 1000;
      await this.#process(chunk);
      // So that the newest is next, and not the one that has waited longest; of sound, where it cannot keep up.
      if (performance.now() > due) await this.#source?.catchUp();
      if (round !== this.#round) return;
    }
    this.#busy = false;
  }

  /** Owns the chunk: whatever happens, it is closed. */
  async #process(chunk: Chunk): Promise<void> {
    const transform = this.#transform;
    if (transform === nothing) return this.#drop(chunk);
    if (!transform) return this.#pass(chunk);
    try {
      const answer = await transform.apply(chunk);
      if (transform !== this.#transform) return this.#late(chunk, answer);
      if (answer && kindOf(answer) !== this.#kind) throw refused(answer, this.#kind);
      if (answer !== chunk && isOpen(chunk)) chunk.close();
      this.#counted.processed++;
      if (answer) await this.#send(answer);
    } catch (thrown) {
      const back = thrown instanceof Failure ? thrown.chunk : null;
      if (transform !== this.#transform) return this.#late(chunk, back);
      this.#setAside(transform, thrown);
      const left = back ?? (isOpen(chunk) ? chunk : null);
      if (left) await (transform.hides ? this.#drop(left) : this.#pass(left));
    }
  }

  /** What is left of it when another transform has taken over, which may hide what this one shows. */
  #late(chunk: Chunk, answer: Answer): void {
    this.#counted.dropped++;
    for (const left of [chunk, answer]) discard(left);
  }

  #drop(chunk: Chunk): void {
    this.#counted.dropped++;
    chunk.close();
  }

  async #pass(chunk: Chunk): Promise<void> {
    this.#counted.passed++;
    try {
      await this.#send(chunk);
    } catch {
      // Of no use to a generator: it is closed, and missing.
      this.#counted.dropped++;
    }
  }

  /** One that has failed would fail again: what it cannot handle goes past it, unless that was to be hidden. */
  #setAside(transform: Transform, thrown: unknown): void {
    if (this.#over) return;
    this.#exchange(transform.hides ? nothing : null);
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const now = transform.hides ? 'stands still until there is another one' : 'goes on untouched';
    const words = `The effect has failed, so its ${this.#kind} ${now}: ${why}`;
    this.#listener.failed(new MediaKitError('bad-input', words, { cause: thrown }));
  }

  async #send(data: NonNullable<Answer>): Promise<void> {
    if (this.#kind === 'audio') return this.#generator.push(data);
    await this.#generator.write(data).catch((thrown: MediaKitError) => {
      // After its end it takes nothing; that is known by then.
      if (thrown.code !== 'aborted') throw thrown;
    });
  }

  #end(): void {
    if (this.#over) return;
    this.end();
    this.#listener.ended();
  }

  #giveBack(): void {
    this.#source?.cancel();
    this.#queue.clear();
    this.#exchange(null);
    this.#writer.abort().catch(() => {});
  }
}

/** Of what the processor of a page has made, which is of no use here. */
function refused(answer: object, kind: Kind): Failure {
  const given = Object.prototype.toString.call(answer).slice(8, -1);
  discard(answer);
  const wanted = kind === 'video' ? 'a VideoFrame' : 'an AudioData';
  return new Failure(`A processor answered ${given}, not ${wanted}.`, null);
}
