import type { Scratch } from '../scratch.js';
import { containerOf } from './container.js';
import type { repair } from './repair.js';
import type { Tape } from './tape.js';

/** Containers that browsers write without duration and index. */
const unfinished = ['video/mp4', 'video/webm', 'audio/mp4', 'audio/webm'];

export interface FinishOptions {
  readonly type: string;
  readonly name: string;
  readonly scratch: Scratch;
  /** Where the page wants it to be saved. */
  readonly picked: FileSystemFileHandle | null;
  /** Asked for at the beginning: the network may be gone at the end. */
  readonly mending: Promise<{ readonly repair: typeof repair }>;
}

/** A recording that is done. */
export interface Finished {
  readonly file: File;
  /** In seconds; null where that is not known better than by the clock. */
  readonly duration: number | null;
}

/** Makes a file of a tape that can be sought in and knows its duration; of what cannot be repaired, one of all bytes. */
export async function finish(tape: Tape, options: FinishOptions): Promise<Finished> {
  const { type, name, picked } = options;
  const raw = tape.blob;
  const container = containerOf(type);
  const named = (blob: Blob): File => new File([blob], name, { type: container });
  if (unfinished.includes(container)) {
    try {
      const made = await mend(raw, options);
      await tape.clear();
      return { file: named(made.blob), duration: made.duration };
    } catch (cause) {
      console.warn('rtc-elements: a recording is kept as it came, and may not be sought in.', cause);
    }
  }
  if (picked) await raw.stream().pipeTo(await picked.createWritable());
  return { file: named(raw), duration: null };
}

async function mend(
  raw: Blob,
  { scratch, picked, mending }: FinishOptions,
): Promise<{ readonly blob: Blob; readonly duration: number }> {
  const tools = await mending;
  const handle = picked ?? (await disk(scratch));
  const writable = handle && (await handle.createWritable());
  try {
    const { duration, buffer } = await tools.repair(raw, writable);
    return { blob: handle ? await handle.getFile() : new Blob([buffer!]), duration };
  } catch (thrown) {
    // Where it was closed already there is nothing to undo.
    await writable?.abort().catch(() => {});
    throw thrown;
  }
}

/** A file on the disk of the browser, where it has one for us. */
async function disk(scratch: Scratch): Promise<FileSystemFileHandle | null> {
  try {
    return (await scratch.create()).file;
  } catch {
    return null;
  }
}
