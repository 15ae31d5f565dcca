import { MediaKitError } from '../engine/errors.js';

interface Picking {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Asks the user where to save; null where the browser cannot ask. Rejects with `aborted` where there is no answer. */
export async function pickFile(name: string): Promise<FileSystemFileHandle | null> {
  try {
    return (await (globalThis as Picking).showSaveFilePicker?.({ suggestedName: name })) ?? null;
  } catch (thrown) {
    // Without a click nobody is asked: what is to be saved goes to the disk of the browser.
    if ((thrown as DOMException).name === 'SecurityError') return null;
    throw new MediaKitError('aborted', 'No place was chosen, so nothing is saved.', { cause: thrown });
  }
}
