import type { FileOfferEvent } from '../engine/call/data/events.js';
import { pickFile } from '../internal/pick-file.js';

/** The largest file that waits on the disk of the browser for being saved, where it takes its room twice, in bytes. */
const LARGEST = 256 * 2 ** 20;

/** Accepts a file: a large one to where the user wants it, where the browser can ask. Without an answer the offer stays open. */
export function take(offer: FileOfferEvent): void {
  const { name, size } = offer.transfer;
  if (size <= LARGEST) offer.accept();
  else
    pickFile(name)
      .then((place) => store(offer, place))
      .catch(() => {});
}

async function store(offer: FileOfferEvent, place: FileSystemFileHandle | null): Promise<void> {
  // Where that place cannot be written after all, there is still the disk of the browser.
  const writable = await place?.createWritable().catch(() => undefined);
  offer.accept(writable);
  // It was answered or withdrawn meanwhile: the place stays as it is.
  if (writable?.locked === false) await writable.abort();
}
