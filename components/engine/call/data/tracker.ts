import type { Clock } from '../../clock.js';
import type { MediaKitError } from '../../errors.js';
import { FileProgressEvent } from './events.js';
import { isOver, type FileStatus, type FileTransfer } from './transfer.js';

/** How long after one progress of the bytes the next one is told, in ms. */
const PACE = 100;

/** What the page sees of one file on its way. */
export class Tracker {
  readonly #clock: Clock;
  readonly #dispatch: (event: Event) => void;
  #transfer: FileTransfer;
  #told = -Infinity;

  constructor(
    clock: Clock,
    dispatch: (event: Event) => void,
    what: Omit<FileTransfer, 'transferred' | 'status' | 'error'>,
  ) {
    this.#clock = clock;
    this.#dispatch = dispatch;
    this.#transfer = Object.freeze({ ...what, transferred: 0, status: 'offered', error: null });
  }

  get transfer(): FileTransfer {
    return this.#transfer;
  }

  get isOver(): boolean {
    return isOver(this.#transfer);
  }

  /** So many bytes are stored. */
  advance(transferred: number): void {
    this.#transfer = Object.freeze({ ...this.#transfer, transferred });
    if (this.#clock.now() >= this.#told + PACE) this.#tell();
  }

  become(status: FileStatus, error: MediaKitError | null = null): void {
    const transferred = status === 'done' ? this.#transfer.size : this.#transfer.transferred;
    this.#transfer = Object.freeze({ ...this.#transfer, transferred, status, error });
    this.#tell();
  }

  #tell(): void {
    this.#told = this.#clock.now();
    this.#dispatch(new FileProgressEvent(this.#transfer));
  }
}
