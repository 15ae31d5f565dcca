import { MediaKitError } from '../errors.js';
import type { Scratch } from '../scratch.js';
import { containerOf } from './container.js';
import type { repair } from './repair.js';
import type { Tape } from './tape.js';

/** Containers that browsers write without duration and index. */
const unfinished = ['video/mp4', 'video/webm', 'video/x-matroska', 'audio/mp4', 'audio/webm'];

export interface FileOptions {
  readonly type: string;
  readonly name: string;
  readonly scratch: Scratch;
  /** Where the page wants it to be saved. */
  readonly picked: FileSystemFileHandle | null;
}

/** A recording that is done. */
export interface Finished {
  readonly file: File;
  /** In seconds; null where that is not known better than by the clock. */
  readonly duration: number | null;
  /** Why it is not where the page wants it. */
  readonly error?: MediaKitError;
}

/**
 * Makes a file that can be sought in and knows its duration while its tape is still written on: what is left to do at the
 * end is its index. The tape has all that came, whatever becomes of the file.
 */
export class FileInTheMaking {
  readonly #tape: Tape;
  readonly #options: FileOptions;
  readonly #tools: Promise<{ readonly repair: typeof repair }> | null;
  readonly #made: Promise<Finished | null> | null;

  constructor(tape: Tape, options: FileOptions) {
    this.#tape = tape;
    this.#options = options;
    // Loaded at the beginning: the network may be gone at the end.
    this.#tools = unfinished.includes(containerOf(options.type)) ? import('./repair.js') : null;
    this.#made = this.#tools && this.#mend(tape.play());
    this.#made?.catch(() => {});
  }

  /** The file, when all is on the tape: null where nothing came; what cannot be mended is kept as it came. */
  async finish(): Promise<Finished | null> {
    const tape = this.#tape;
    tape.end();
    if (tape.blob.size === 0) return null;
    try {
      if (!this.#made) return await this.#keep(tape.blob);
      const finished = await this.#made.catch(() => this.#mend(tape.blob));
      await tape.clear();
      return finished;
    } catch (cause) {
      console.warn('rtc-elements: a recording is kept as it came, and may not be sought in.', cause);
      return this.#keep(tape.blob);
    }
  }

  async #mend(raw: Blob | ReadableStream<Uint8Array>): Promise<Finished | null> {
    const { scratch, picked } = this.#options;
    const { repair } = await this.#tools!;
    const place = picked ? { file: picked, remove: () => {} } : await scratch.create().catch(() => null);
    // It would be held while all else is held: it has to wait for the end.
    if (!place && raw instanceof ReadableStream) throw new Error('There is no disk.');
    try {
      const repaired = await repair(raw, place && (await place.file.createWritable()));
      if (!repaired) {
        await place?.remove();
        return null;
      }
      const { duration, buffer } = repaired;
      return { file: this.#named(place ? await place.file.getFile() : new Blob([buffer!])), duration };
    } catch (thrown) {
      await place?.remove();
      throw thrown;
    }
  }

  async #keep(raw: Blob): Promise<Finished> {
    const { picked } = this.#options;
    const kept = { file: this.#named(raw), duration: null };
    try {
      if (picked) await raw.stream().pipeTo(await picked.createWritable());
      return kept;
    } catch (cause) {
      const words = 'The recording could not be saved where it was to be: it is on the disk of the browser.';
      return { ...kept, error: new MediaKitError('aborted', words, { cause }) };
    }
  }

  #named(blob: Blob): File {
    const { name, type } = this.#options;
    return new File([blob], name, { type: containerOf(type) });
  }
}
