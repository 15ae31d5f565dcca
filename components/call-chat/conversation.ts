import type { FileOfferEvent } from '../engine/call/data/events.js';
import { isOver, type FileTransfer } from '../engine/call/data/transfer.js';

/** How many messages and files are kept: the oldest go first, but for files on their way. */
export const KEPT = 500;

/** A member, by the name that it had then. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

interface Item {
  readonly key: string;
  /** Whether we sent it. */
  readonly own: boolean;
  /** Who sent it, or got the file. */
  readonly person: Person;
  readonly time: Date;
}

/** `failed`: those who are `missing` did not get it. */
export interface Message extends Item {
  readonly kind: 'message';
  readonly text: string;
  readonly status: 'sending' | 'sent' | 'failed';
  readonly missing: readonly Person[];
}

export interface SharedFile extends Item {
  readonly kind: 'file';
  readonly transfer: FileTransfer;
  /** To be answered here. */
  readonly offer: FileOfferEvent | null;
  /** What can be shown or saved. */
  readonly file: Blob | null;
}

export type Entry = Message | SharedFile;

const stays = (entry: Entry): boolean => entry.kind === 'file' && !isOver(entry.transfer);

/** What was said and sent, in the order in which it came: each change makes another list. */
export class Conversation {
  #entries: readonly Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  find(key: string): Entry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  /** Adds it, or puts it in the place of the one with the same key. */
  put(entry: Entry): void {
    if (this.find(entry.key)) {
      this.#entries = this.#entries.map((one) => (one.key === entry.key ? entry : one));
      return;
    }
    const all = [...this.#entries, entry];
    const oldest = all.length > KEPT ? all.findIndex((one) => !stays(one)) : -1;
    this.#entries = all.filter((_, at) => at !== oldest);
  }

  /** Removes all others. */
  keep(which: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter(which);
  }
}
