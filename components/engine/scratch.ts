const FOLDER = 'rtc-elements';

/** A folder of our own on the disk of the browser, for files that are made here. It goes with the page, or soon after it. */
export class Scratch {
  #folder: Promise<FileSystemDirectoryHandle> | undefined;

  /** A new file. Rejects where this page has no such disk. */
  async create(): Promise<{ readonly file: FileSystemFileHandle; readonly remove: () => Promise<void> }> {
    const folder = await (this.#folder ??= this.#open());
    const name = crypto.randomUUID();
    const file = await folder.getFileHandle(name, { create: true });
    return { file, remove: () => folder.removeEntry(name) };
  }

  async #open(): Promise<FileSystemDirectoryHandle> {
    try {
      // Older Safari writes to it in workers alone.
      if (!('createWritable' in FileSystemFileHandle.prototype))
        throw new Error('The disk cannot be written to.');
      return await openFolder();
    } catch (thrown) {
      // It may be full now, and not the next time.
      this.#folder = undefined;
      throw thrown;
    }
  }
}

const lockOf = (name: string): string => `${FOLDER}/${name}`;

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(FOLDER, { create: true });
  const name = crypto.randomUUID();
  // The browser lets go of it when the page is gone, however it went.
  await new Promise<void>((held, refused) => {
    const hold = (): Promise<never> => {
      held();
      return new Promise(() => {});
    };
    navigator.locks.request(lockOf(name), hold).catch(refused);
  });
  sweep(all, name).catch(() => {});
  return all.getDirectoryHandle(name, { create: true });
}

/** Removes what pages that are gone have left behind. */
async function sweep(all: FileSystemDirectoryHandle, own: string): Promise<void> {
  for await (const name of all.keys()) {
    if (name === own) continue;
    await navigator.locks.request(lockOf(name), { ifAvailable: true }, async (lock) => {
      if (lock) await all.removeEntry(name, { recursive: true });
    });
  }
}
