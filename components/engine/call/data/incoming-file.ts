import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import type { Scratch } from '../../scratch.js';
import { Bin } from './bin.js';
import { Blocks } from './blocks.js';
import { canHash, Digest } from './digest.js';
import { FileEvent, FileOfferEvent } from './events.js';
import { Opener, type Link } from './opener.js';
import { ownSink, streamSink, type Sink } from './sinks.js';
import { Tracker } from './tracker.js';
import type { FileStatus } from './transfer.js';
import { BLOCK, BLOCKS_AHEAD, type Control, type Reason } from './wire.js';

const DAMAGED = 'The file arrived damaged: let it be sent again.';
const NOT_STORED = 'The file could not be stored: make room, or accept it into another place.';
const NO_HASH = 'Files need a page from https: or localhost: without one they cannot be checked.';

const UNKNOWN = 'The member knows nothing of the file any longer: let it be sent again.';

export interface IncomingFileOptions {
  readonly offer: Control & { readonly t: 'offer' };
  readonly peerId: string;
  readonly clock: Clock;
  readonly link: () => Link | undefined;
  readonly scratch: Scratch;
  readonly dispatch: (event: Event) => void;
  /** Says how it has ended, until that is heard. */
  readonly say: (word: Control) => void;
  /** Whether a file of this size is taken where nobody was asked. */
  readonly mayCome: (size: number) => boolean;
  /** The member does what no kit does; in words. */
  readonly hostile: (what: string, why?: 'flooding') => void;
  /** Called once. */
  readonly over: () => void;
}

/** One file that a member offers: it is fetched from there block by block, again from where it stopped after a break. */
export class IncomingFile {
  readonly #options: IncomingFileOptions;
  readonly #tracker: Tracker;
  readonly #opener: Opener;
  readonly #digest = new Digest();
  readonly #blocks = new Blocks();
  readonly #bin = new Bin();
  #sink: Promise<Sink> | null = null;
  #answered = false;
  /** Blocks that came, and those that are stored. */
  #came = 0;
  #stored = 0;
  #storing = Promise.resolve();

  constructor(options: IncomingFileOptions) {
    this.#options = options;
    const { offer, peerId, clock, link, dispatch } = options;
    const { id, name, type, size } = offer;
    const abort = (): void => this.#giveUp('aborted');
    const what = { id, peerId, direction: 'in', name, type, size, source: null, abort } as const;
    this.#tracker = new Tracker(clock, dispatch, what);
    this.#opener = new Opener({
      clock,
      link,
      wanted: () => this.#sink !== null && !this.#tracker.isOver,
      // The sender takes what came for stored: it may be no further ahead after a break.
      purpose: () => (this.#came > this.#stored ? null : { use: 'file', id, from: this.#came }),
      opened: (channel) => this.#listen(channel),
      failed: (error) => this.#giveUp('aborted', error),
    });
  }

  /** Asks the page, and does by itself what it does not prevent. */
  ask(): void {
    const { dispatch, mayCome, offer } = this.#options;
    const accept = (writable?: WritableStream<Uint8Array<ArrayBuffer>>): void => this.#accept(writable);
    const event = new FileOfferEvent(this.#tracker.transfer, { accept, refuse: () => this.refuse() });
    if (!canHash()) return this.#giveUp('unsupported', new MediaKitError('insecure-context', NO_HASH));
    dispatch(event);
    if (event.defaultPrevented || this.#answered) return;
    if (mayCome(offer.size)) this.#accept();
    else this.refuse();
  }

  refuse(): void {
    if (!this.#answered) this.#giveUp('refused');
  }

  /** The connection may be another, or in another state. */
  look(): void {
    this.#opener.look();
  }

  /** What the member says of it. */
  hear(control: Control): void {
    if (control.t !== 'cancel') return;
    if (control.why !== 'unknown') this.end('aborted', null);
    else this.end('failed', new MediaKitError('connection-failed', UNKNOWN));
  }

  end(status: FileStatus, error: MediaKitError | null): void {
    if (this.#tracker.isOver) return;
    this.#answered = true;
    this.#opener.close();
    this.#blocks.drop();
    // What has not come to its end is of no use.
    if (status !== 'done') this.#sink?.then((sink) => sink.abort()).catch(() => {});
    this.#options.over();
    this.#tracker.become(status, error);
  }

  #accept(writable?: WritableStream<Uint8Array<ArrayBuffer>>): void {
    if (this.#answered) return;
    const { scratch, offer } = this.#options;
    const sink = writable ? streamSink(writable) : null;
    this.#answered = true;
    this.#sink = sink ? Promise.resolve(sink) : ownSink(offer.size, scratch);
    this.#tracker.become('moving');
    this.#sink.catch((cause: unknown) => this.#notStored(cause));
    // The disk and the channel open at the same time.
    this.#opener.look();
  }

  #listen(channel: RTCDataChannel): void {
    // The rest of the block that was cut off comes once more.
    this.#blocks.drop();
    channel.onmessage = ({ data }) => {
      this.#opener.heard();
      if (data instanceof ArrayBuffer) this.#take(new Uint8Array(data));
      else this.#check(data);
    };
  }

  #take(bytes: Uint8Array<ArrayBuffer>): void {
    const { size } = this.#options.offer;
    for (let at = 0; at < bytes.length;) {
      const left = size - this.#came * BLOCK;
      if (left <= 0 || this.#came > this.#stored + 2 * BLOCKS_AHEAD)
        return this.#options.hostile('more of a file than it has offered', 'flooding');
      at += this.#blocks.fill(bytes.subarray(at), left);
      const block = this.#blocks.take();
      if (block) this.#store(block);
    }
    this.#bin.throw(bytes);
  }

  #store(block: Uint8Array<ArrayBuffer>): void {
    const number = this.#came++;
    this.#next(async () => {
      const sink = await this.#sink!;
      await Promise.all([this.#digest.add(number, block), sink.write(block)]);
      if (this.#tracker.isOver) return;
      if (sink.copies) this.#blocks.reuse(block);
      this.#stored++;
      this.#opener.works();
      this.#opener.send(String(this.#stored));
      this.#tracker.advance(Math.min(this.#stored * BLOCK, this.#options.offer.size));
      // There may have been a break meanwhile.
      this.#opener.look();
    });
  }

  /** All was sent, and this is its hash. */
  #check(hash: unknown): void {
    const { offer, hostile } = this.#options;
    if (this.#came * BLOCK < offer.size) return hostile('the end of a file before its bytes');
    this.#next(async () => {
      if ((await this.#digest.of(this.#came)) !== hash)
        return this.#giveUp('damaged', new MediaKitError('connection-failed', DAMAGED));
      await this.#finish();
    });
  }

  /** One after the other, as long as it is not over. */
  #next(step: () => Promise<void>): void {
    this.#storing = this.#storing
      .then(() => (this.#tracker.isOver ? undefined : step()))
      .catch((cause: unknown) => this.#notStored(cause));
  }

  async #finish(): Promise<void> {
    const { say, offer, dispatch } = this.#options;
    const sink = await this.#sink!;
    const blob = await sink.close();
    if (this.#tracker.isOver) return;
    say({ t: 'stored', id: offer.id });
    this.end('done', null);
    // Made of the one that is stored: nothing is read.
    const file = blob && new File([blob], offer.name, { type: offer.type });
    dispatch(new FileEvent(this.#tracker.transfer, file));
  }

  #notStored(cause: unknown): void {
    this.#giveUp('storage', new MediaKitError('unsupported', NOT_STORED, { cause }));
  }

  #giveUp(why: Reason, error: MediaKitError | null = null): void {
    if (this.#tracker.isOver) return;
    this.#options.say({ t: 'cancel', id: this.#options.offer.id, why });
    this.end(why === 'refused' || (why === 'aborted' && !error) ? why : 'failed', error);
  }
}
