import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import { Digest } from './digest.js';
import { Pump } from './pump.js';
import { Tracker } from './tracker.js';
import type { FileStatus, FileTransfer } from './transfer.js';
import { BLOCK, cleanName, cleanType, type Control, type Reason } from './wire.js';

/** How often the member is asked whether the file is still on its way, in ms: its last word may be lost. */
const PERIOD = 30_000;

const words: Readonly<Record<Reason, string>> = {
  refused: 'The member did not take the file.',
  aborted: 'The member has given the file up.',
  damaged: 'The file arrived damaged: send it again.',
  storage: 'The member could not store the file: it may have too little room.',
  unreadable: 'The file could not be read to its end: it may have changed meanwhile.',
  unsupported: 'The member cannot check the file: its page is not from https: or localhost.',
  unknown: 'The member knows nothing of the file any longer: send it again.',
};

export interface OutgoingFileOptions {
  readonly id: string;
  readonly peerId: string;
  readonly source: Blob;
  readonly clock: Clock;
  readonly dispatch: (event: Event) => void;
  readonly tell: (control: Control) => Promise<void>;
  /** Says how it has ended, until that is heard. */
  readonly say: (word: Control) => void;
  /** How many bytes may wait inside the browser. */
  readonly share: () => number;
  /** Called once. */
  readonly over: () => void;
}

/** One file on its way to one member, which fetches it: it opens a channel for it, and another one after a break. */
export class OutgoingFile {
  /** Resolves when the member has stored and checked it, rejects with `MediaKitError`. */
  readonly done: Promise<void>;
  readonly #options: OutgoingFileOptions;
  readonly #tracker: Tracker;
  readonly #digest = new Digest();
  #pump: Pump | null = null;
  #resolve!: () => void;
  #reject!: (error: MediaKitError) => void;
  #offered = false;
  #cancelAsk: (() => void) | undefined;

  constructor(options: OutgoingFileOptions) {
    this.#options = options;
    const { id, peerId, source, clock, dispatch } = options;
    this.#tracker = new Tracker(clock, dispatch, {
      id,
      peerId,
      direction: 'out',
      name: cleanName(source instanceof File ? source.name : ''),
      type: cleanType(source.type),
      size: source.size,
      source,
      abort: () => this.abort(),
    });
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get transfer(): FileTransfer {
    return this.#tracker.transfer;
  }

  /** Whether bytes are sent now. */
  get isMoving(): boolean {
    return this.#pump?.isClosed === false;
  }

  /** Shows the page that it waits. */
  show(): void {
    this.#tracker.become('offered');
  }

  offer(): void {
    const { id, name, type, size } = this.transfer;
    this.#offered = true;
    this.#tell({ t: 'offer', id, name, type, size });
  }

  /** The member fetches it from this block on. */
  serve(channel: RTCDataChannel, from: number, largest: number): void {
    const { source, share } = this.#options;
    this.#pump?.close();
    if (this.transfer.status === 'offered') this.#tracker.become('moving');
    this.#pump = new Pump({
      channel,
      largest,
      source,
      digest: this.#digest,
      from: Math.min(from, this.#digest.length),
      share,
      stored: (blocks) => this.#tracker.advance(Math.min(blocks * BLOCK, source.size)),
      unreadable: (cause) => {
        this.#cancel('unreadable');
        this.end('failed', new MediaKitError('bad-input', words.unreadable, { cause }));
      },
    });
  }

  /** What the member says of it. */
  hear(control: Control): void {
    if (control.t === 'stored') return this.end('done', null);
    if (control.t !== 'cancel') return;
    const { why } = control;
    if (why === 'refused' || why === 'aborted')
      return this.end(why, new MediaKitError('aborted', words[why]));
    this.end('failed', new MediaKitError('connection-failed', words[why]));
  }

  abort(): void {
    this.#cancel('aborted');
    this.end('aborted', new MediaKitError('aborted', 'The file was given up before it had arrived.'));
  }

  /** The connection is given up. */
  lose(error: MediaKitError): void {
    this.#cancel('unknown');
    this.end('failed', error);
  }

  end(status: FileStatus, error: MediaKitError | null): void {
    if (this.#tracker.isOver) return;
    this.#cancelAsk?.();
    this.#pump?.close();
    this.#pump = null;
    this.#options.over();
    this.#tracker.become(status, error);
    if (error) this.#reject(error);
    else this.#resolve();
  }

  #cancel(why: Reason): void {
    const { id } = this.transfer;
    if (this.#offered && !this.#tracker.isOver) this.#options.say({ t: 'cancel', id, why });
  }

  #tell(control: Control): void {
    this.#options.tell(control).then(
      () => this.#askLater(),
      (error: MediaKitError) => this.end('failed', error),
    );
  }

  #askLater(): void {
    if (this.#tracker.isOver) return;
    const { id } = this.transfer;
    this.#cancelAsk = this.#options.clock.after(PERIOD, () => this.#tell({ t: 'ask', id }));
  }
}
