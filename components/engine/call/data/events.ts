import type { FileTransfer } from './transfer.js';

/** Fired when a member has sent a message. Does not bubble. */
export class PeerMessageEvent extends MessageEvent<unknown> {
  /** The id of the member who sent it. */
  readonly from: string;
  /** Text, another JSON value, or an `ArrayBuffer`: whatever a stranger chose to send. */
  declare readonly data: unknown;

  constructor(from: string, data: unknown) {
    super('message', { data });
    this.from = from;
  }
}

/** How an offer is answered. */
export interface FileAnswer {
  readonly accept: (writable?: WritableStream<Uint8Array<ArrayBuffer>>) => void;
  readonly refuse: () => void;
}

/**
 * Fired when a member offers a file. Unless it is prevented, the file is accepted, or refused where it is larger than
 * what a member may bring without being asked for. Whoever prevents it answers, then or later. Does not bubble.
 */
export class FileOfferEvent extends Event {
  /** The id of the member who offers it. */
  readonly from: string;
  /** The file: `name`, `type` and `size` are what the sender claims. */
  readonly transfer: FileTransfer;
  readonly #answer: FileAnswer;

  constructor(transfer: FileTransfer, answer: FileAnswer) {
    super('file-offer', { cancelable: true });
    this.from = transfer.peerId;
    this.transfer = transfer;
    this.#answer = answer;
  }

  /**
   * Takes the file: into `writable`, such as one of `showSaveFilePicker()`, which is closed at its end; else onto the
   * disk of the browser, where it stays as long as the page. Does nothing where the offer was answered or withdrawn.
   * Throws `bad-input` where `writable` is in use.
   */
  accept(writable?: WritableStream<Uint8Array<ArrayBuffer>>): void {
    this.#answer.accept(writable);
  }

  /** Does not take it, and says so. */
  refuse(): void {
    this.#answer.refuse();
  }
}

/** Fired for a file that is sent or comes, each time that it stands elsewhere; in between every 100 ms. Does not bubble. */
export class FileProgressEvent extends Event {
  /** The file as it is now. */
  readonly transfer: FileTransfer;

  constructor(transfer: FileTransfer) {
    super('file-progress');
    this.transfer = transfer;
  }
}

/** Fired when a file has arrived whole: with the hash that the sender made of it. Does not bubble. */
export class FileEvent extends Event {
  /** The id of the member who sent it. */
  readonly from: string;
  /** The file, on the disk of the browser as long as the page is there; null where it went into a stream of the page's. */
  readonly file: File | null;
  /** What was known of it on its way. */
  readonly transfer: FileTransfer;

  constructor(transfer: FileTransfer, file: File | null) {
    super('file');
    this.from = transfer.peerId;
    this.file = file;
    this.transfer = transfer;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'file-offer': FileOfferEvent;
    'file-progress': FileProgressEvent;
    file: FileEvent;
  }
}
