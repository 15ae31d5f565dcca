import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import type { Scratch } from '../../scratch.js';
import { randomId } from '../identifiers.js';
import { PeerMessageEvent } from './events.js';
import { IncomingFile } from './incoming-file.js';
import { IncomingLine } from './incoming-line.js';
import { LastWords } from './last-words.js';
import { lost, type Link } from './opener.js';
import { OutgoingFile } from './outgoing-file.js';
import { OutgoingLine } from './outgoing-line.js';
import { unpack } from './payload.js';
import {
  decodeJson,
  encodeJson,
  PART_LEAST,
  readControl,
  readProtocol,
  TOO_SMALL,
  type Control,
  type WireMessage,
} from './wire.js';

/** How many files may be on their way at once: the others wait, and a member who offers more is refused. */
const FILES = 16;
/** How many bytes a member may bring in all without anybody being asked. */
const UNASKED = 256 * 2 ** 20;
/** How many bytes of files may wait inside the browser, and the least of one file. */
const HIGH = 2 ** 21;
const LEAST = 2 ** 16;
/** How many channels a member may open at once, and one in so many ms in the long run. */
const CHANNELS = 128;
const CHANNEL = 250;
const CUT_OFF = 'The member is cut off: it has sent what no call sends.';

export interface ContactOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly link: () => Link | undefined;
  readonly scratch: Scratch;
  readonly dispatch: (event: Event) => void;
  /** The member is cut off, and why in words; `flooding`: it has sent too much. Called once. */
  readonly cutOff: (what: string, why?: 'flooding') => void;
}

/** Us and one member: what we say and send to each other. */
export class Contact {
  readonly #options: ContactOptions;
  readonly #outgoingLine: OutgoingLine;
  readonly #incomingLine: IncomingLine;
  readonly #lastWords: LastWords;
  readonly #outgoing = new Map<string, OutgoingFile>();
  readonly #incoming = new Map<string, IncomingFile>();
  #waiting: OutgoingFile[] = [];
  #unasked = UNASKED;
  /** When all channels that it has opened are paid for. */
  #paid = 0;
  #end: MediaKitError | null = null;

  constructor(options: ContactOptions) {
    this.#options = options;
    const { clock, link } = options;
    this.#outgoingLine = new OutgoingLine({ clock, link });
    this.#incomingLine = new IncomingLine({
      clock,
      deliver: (message) => this.#hear(message),
      hostile: (what, why) => this.#cutOff(what, why),
    });
    this.#lastWords = new LastWords({
      tell: (control) => this.#tell(control),
      hostile: (what, why) => this.#cutOff(what, why),
    });
  }

  /** Resolves when the member has got it, rejects with `MediaKitError`. */
  send(message: WireMessage): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    this.#lastWords.repeat();
    return this.#outgoingLine.send(message);
  }

  /** A file that is offered as soon as fewer others are on their way; until `signal` aborts. */
  sendFile(source: Blob, signal?: AbortSignal): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    const { id: peerId, clock, dispatch } = this.#options;
    const id = randomId();
    const abort = (): void => file.abort();
    const file = new OutgoingFile({
      ...{ id, peerId, source, clock, dispatch },
      tell: (control) => this.#tell(control),
      say: (word) => this.#lastWords.say(word),
      share: () => this.#share(),
      over: () => {
        signal?.removeEventListener('abort', abort);
        this.#outgoing.delete(id);
        this.#waiting = this.#waiting.filter((one) => one !== file);
        this.#offerNext();
      },
    });
    signal?.addEventListener('abort', abort);
    this.#waiting.push(file);
    file.show();
    this.#offerNext();
    return file.done;
  }

  /** A channel that the member has opened for us. */
  take(channel: RTCDataChannel): void {
    channel.binaryType = 'arraybuffer';
    const purpose = this.#end ? null : readProtocol(channel.protocol);
    if (!purpose || this.#isHasty()) return channel.close();
    if (purpose.use === 'messages') return this.#incomingLine.take(channel, purpose);
    const file = this.#outgoing.get(purpose.id);
    const { sctp } = this.#options.link()?.connection ?? {};
    if (!file) this.#lastWords.remind(purpose.id);
    if (!file || !sctp) return channel.close();
    const { maxMessageSize } = sctp;
    if (maxMessageSize >= PART_LEAST) return file.serve(channel, purpose.from, maxMessageSize);
    channel.close();
    file.lose(new MediaKitError('connection-failed', TOO_SMALL));
  }

  /** The connection may be another, or in another state. */
  look(): void {
    if (this.#options.link()?.status !== 'failed') this.#lastWords.repeat();
    else for (const file of [...this.#outgoing.values()]) file.lose(lost());
    this.#outgoingLine.look();
    for (const file of [...this.#incoming.values()]) file.look();
  }

  /** Nothing goes on, for this reason. */
  close(error: MediaKitError): void {
    if (this.#end) return;
    this.#end = error;
    this.#outgoingLine.fail(error);
    this.#incomingLine.close();
    const status = error.code === 'aborted' ? 'aborted' : 'failed';
    const files = [...this.#waiting, ...this.#outgoing.values(), ...this.#incoming.values()];
    for (const file of files) file.end(status, error);
  }

  #hear(message: WireMessage): void {
    if (message.kind === 'control') return this.#follow(readControl(decodeJson(message.body)?.value));
    const data = unpack(message);
    if (!data) return this.#cutOff('a message that makes no sense');
    this.#options.dispatch(new PeerMessageEvent(this.#options.id, data.value));
  }

  #follow(control: Control | null): void {
    if (!control) return this.#cutOff('a message that makes no sense');
    if (control.t === 'offer') return this.#offered(control);
    const { t, id } = control;
    // Of one that is over already there may be something on its way.
    if (t !== 'ask') (this.#outgoing.get(id) ?? this.#incoming.get(id))?.hear(control);
    else if (!this.#incoming.has(id)) this.#lastWords.remind(id);
  }

  #offered(offer: Control & { readonly t: 'offer' }): void {
    const { id } = offer;
    if (this.#incoming.has(id) || this.#outgoing.has(id)) return this.#cutOff('a file twice');
    if (this.#incoming.size >= FILES) return this.#lastWords.answer({ t: 'cancel', id, why: 'refused' });
    const { id: peerId, clock, link, scratch, dispatch } = this.#options;
    const file = new IncomingFile({
      ...{ offer, peerId, clock, link, scratch, dispatch },
      say: (word) => this.#lastWords.answer(word),
      mayCome: (size) => this.#mayCome(size),
      hostile: (what, why) => this.#cutOff(what, why),
      over: () => this.#incoming.delete(id),
    });
    this.#incoming.set(id, file);
    file.ask();
  }

  async #tell(control: Control): Promise<void> {
    if (this.#end) throw this.#end;
    await this.#outgoingLine.send({ kind: 'control', body: encodeJson(control) });
  }

  #offerNext(): void {
    while (!this.#end && this.#waiting.length > 0 && this.#outgoing.size < FILES) {
      const file = this.#waiting.shift()!;
      this.#outgoing.set(file.transfer.id, file);
      file.offer();
    }
  }

  #share(): number {
    const moving = [...this.#outgoing.values()].filter((file) => file.isMoving).length;
    return Math.max(LEAST, HIGH / Math.max(1, moving));
  }

  #mayCome(size: number): boolean {
    if (size > this.#unasked) return false;
    this.#unasked -= size;
    return true;
  }

  #isHasty(): boolean {
    const now = this.#options.clock.now();
    this.#paid = Math.max(now, this.#paid) + CHANNEL;
    if (this.#paid <= now + CHANNELS * CHANNEL) return false;
    this.#cutOff('too many channels', 'flooding');
    return true;
  }

  #cutOff(what: string, why?: 'flooding'): void {
    if (this.#end) return;
    this.close(new MediaKitError('connection-failed', CUT_OFF));
    this.#options.cutOff(what, why);
  }
}
