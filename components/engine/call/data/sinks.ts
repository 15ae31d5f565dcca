import { MediaKitError } from '../../errors.js';
import type { Scratch } from '../../scratch.js';
import { BLOCK } from './wire.js';

/** The largest file that is held in memory where the browser has no disk for us. */
const MEMORY_LIMIT = 256 * 2 ** 20;
const IN_USE = 'The stream for the file is in use: give accept() one that nobody writes to.';

/** Where a file goes. */
export interface Sink {
  /** Whether it has no need of the bytes once they are stored, so that others may be written over them. */
  readonly copies: boolean;
  /** Resolves when the next bytes are stored. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All is there; what can be had of it, or null. */
  close(): Promise<Blob | null>;
  /** Nothing of it is wanted any longer. */
  abort(): Promise<void>;
}

/** Into a stream of the page's. Throws where somebody else writes to it. */
export function streamSink(writable: WritableStream<Uint8Array<ArrayBuffer>>): Sink {
  let writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  try {
    writer = writable.getWriter();
  } catch (cause) {
    throw new MediaKitError('bad-input', IN_USE, { cause });
  }
  return {
    // Whatever else the page has made may keep them.
    copies: 'FileSystemWritableFileStream' in globalThis && writable instanceof FileSystemWritableFileStream,
    write: (bytes) => writer.write(bytes),
    close: async () => {
      await writer.close();
      return null;
    },
    abort: () => writer.abort(),
  };
}

/** Onto the disk of the browser; what is small, and where there is no such disk, into memory. */
export async function ownSink(size: number, scratch: Scratch): Promise<Sink> {
  if (size <= BLOCK) return memorySink();
  try {
    return await diskSink(scratch);
  } catch (cause) {
    // Without a secure context, and in private windows, there is none.
    if (size <= MEMORY_LIMIT) return memorySink();
    throw cause;
  }
}

async function diskSink(scratch: Scratch): Promise<Sink> {
  const { file, remove } = await scratch.create();
  const writable = await file.createWritable();
  return {
    copies: true,
    write: (bytes) => writable.write(bytes),
    close: async () => {
      await writable.close();
      return file.getFile();
    },
    abort: async () => {
      await writable.abort();
      await remove();
    },
  };
}

function memorySink(): Sink {
  let parts: Blob[] = [];
  return {
    copies: true,
    // A browser may keep what is in a blob elsewhere than in the page.
    write: async (bytes) => void parts.push(new Blob([bytes])),
    close: async () => new Blob(parts),
    abort: async () => void (parts = []),
  };
}
