import type { FileOfferEvent, PeerMessageEvent } from '../engine/call/data/events.js';
import { isOver, type FileTransfer } from '../engine/call/data/transfer.js';
import type { MediaKitError } from '../engine/errors.js';
import type { PeerCall } from '../peer-call/peer-call.js';
import { Conversation, type Entry, type Message, type Person, type SharedFile } from './conversation.js';
import { readText } from './message-text.js';

/** How long a call may be away before it counts as another, in ms: whoever moves it takes it out of the document. */
const GRACE = 100;

/** How many chats show each offer that nobody but chats was asked for. */
const askers = new WeakMap<FileOfferEvent, number>();

export interface CorrespondenceOptions {
  /** The conversation, or the call, is another. */
  readonly changed: () => void;
  /** Somebody has sent something. */
  readonly came: () => void;
  /** Something did not arrive, and nobody wanted that. */
  readonly failed: (error: MediaKitError) => void;
}

/** What we and the others in a call write and send to each other. */
export class Correspondence {
  readonly #options: CorrespondenceOptions;
  readonly #conversation = new Conversation();
  #call: PeerCall | null = null;
  #hearing: AbortController | undefined;
  #parting: ReturnType<typeof setTimeout> | undefined;
  #keys = 0;

  constructor(options: CorrespondenceOptions) {
    this.#options = options;
  }

  get call(): PeerCall | null {
    return this.#call;
  }

  get entries(): Conversation['entries'] {
    return this.#conversation.entries;
  }

  /** Hears what this call says, until there is another one. */
  follow(call: PeerCall | null): void {
    clearTimeout(this.#parting);
    if (call === this.#call) return;
    if (!call) {
      this.#parting = setTimeout(() => this.part(), GRACE);
      return;
    }
    this.part();
    this.#call = call;
    const { signal } = (this.#hearing = new AbortController());
    call.addEventListener('message', (event: PeerMessageEvent) => this.#hear(event), { signal });
    call.addEventListener('file-offer', (event) => this.#ask(event), { signal });
    call.addEventListener('file-progress', ({ transfer }) => this.#track(transfer), { signal });
    call.addEventListener('file', ({ transfer, file }) => this.#track(transfer, { file }), { signal });
    call.addEventListener('call-state-change', () => this.#options.changed(), { signal });
    this.#options.changed();
  }

  /** Hears no more: what is on its way goes on in the call. Offers that nobody is asked for any more are refused. */
  part(): void {
    clearTimeout(this.#parting);
    this.#hearing?.abort();
    this.#call = null;
    for (const entry of this.entries) if (entry.kind === 'file' && entry.offer) this.#pass(entry.offer);
    this.#conversation.keep((entry) => entry.kind === 'message' || isOver(entry.transfer));
    this.#options.changed();
  }

  /** Forgets all but what is on its way. */
  clear(): void {
    this.#conversation.keep((entry) =>
      entry.kind === 'file' ? !isOver(entry.transfer) : entry.status === 'sending',
    );
    this.#options.changed();
  }

  /** To all who are there, one by one: so it is known who has not got it. */
  say(text: string): void {
    const { localId = '', peers = [] } = this.#call ?? {};
    const own = { id: localId, name: '' };
    void this.#deliver(
      { ...this.#item(own, true), kind: 'message', text, status: 'sending', missing: [] },
      peers,
    );
  }

  /** To those who did not get it and are there. */
  retry(message: Message): void {
    // It may be on its way again, and not drawn yet.
    if (this.entries.includes(message)) void this.#deliver(message, message.missing.filter(this.isHere));
  }

  /** Whether this member is there; whether anybody is, for nobody in particular. */
  readonly isHere = ({ id }: Person): boolean =>
    this.#call?.peers.some((peer) => !id || peer.id === id) ?? false;

  /** To this member, or to all. */
  async give(file: Blob, to: string): Promise<void> {
    const call = this.#call;
    const before = this.entries.map(({ key }) => key);
    const isToldOf = (entry: Entry): boolean =>
      entry.kind === 'file' && entry.transfer.source === file && !before.includes(entry.key);
    try {
      await call?.sendFile(file, to ? { to } : {});
    } catch (thrown) {
      // Of whatever got on its way, its own row tells.
      if (call === this.#call && !this.entries.some(isToldOf))
        this.#put(this.#unsent(file, thrown as MediaKitError));
      this.#report(thrown);
    }
  }

  async #deliver(message: Message, to: readonly Person[]): Promise<void> {
    const people = to.map(({ id, name }) => ({ id, name }));
    const others = message.missing.filter(({ id }) => !people.some((one) => one.id === id));
    this.#put({ ...message, status: 'sending', missing: others });
    const answers = await Promise.allSettled(
      people.map(({ id }) => this.#call!.send(message.text, { to: id })),
    );
    for (const answer of answers) if (answer.status === 'rejected') this.#report(answer.reason);
    const missing = [...others, ...people.filter((_, at) => answers[at]!.status === 'rejected')];
    // It may be forgotten meanwhile.
    if (this.#conversation.find(message.key))
      this.#put({ ...message, status: missing.length > 0 ? 'failed' : 'sent', missing });
  }

  #report(thrown: unknown): void {
    const error = thrown as MediaKitError;
    if (error.code !== 'aborted') this.#options.failed(error);
  }

  #hear({ from, data }: PeerMessageEvent): void {
    const text = readText(data);
    if (text === null) return;
    this.#put({
      ...this.#item(this.#person(from), false),
      kind: 'message',
      text,
      status: 'sent',
      missing: [],
    });
    this.#options.came();
  }

  /** Nothing comes by itself. Others may answer too, the page or another chat: the first answer counts. */
  #ask(event: FileOfferEvent): void {
    const asked = event.defaultPrevented ? askers.get(event) : 0;
    event.preventDefault();
    // One that was answered at once has got its row by that.
    if (this.#conversation.find(keyOf(event.transfer))) return;
    if (asked !== undefined) askers.set(event, asked + 1);
    this.#track(event.transfer, { offer: event });
  }

  /** Leaves it to the other chats; the last one refuses it. */
  #pass(offer: FileOfferEvent): void {
    const left = askers.get(offer)! - 1;
    askers.set(offer, left);
    if (left === 0) offer.refuse();
  }

  #track(transfer: FileTransfer, more: Partial<SharedFile> = {}): void {
    const key = keyOf(transfer);
    const known = this.#conversation.find(key) as SharedFile | undefined;
    const own = transfer.direction === 'out';
    const over = isOver(transfer);
    const item = this.#item(this.#person(transfer.peerId), own);
    const row = known ?? { ...item, key, file: transfer.source };
    const offer = transfer.status === 'offered' ? (known?.offer ?? null) : null;
    // What gives a file up holds all that moved it.
    const kept = over ? { ...transfer, abort: () => {} } : transfer;
    this.#put({ ...row, kind: 'file', transfer: kept, offer, ...more });
    if (!known && !own) this.#options.came();
  }

  #unsent(file: Blob, error: MediaKitError): SharedFile {
    const item = this.#item({ id: '', name: '' }, true);
    const { type, size } = file;
    const name = file instanceof File ? file.name : '';
    const { code } = error;
    const status = code === 'aborted' ? code : 'failed';
    const end = { transferred: 0, status, error, source: file, abort: () => {} } as const;
    const transfer = { id: item.key, peerId: '', direction: 'out', name, type, size, ...end } as const;
    return { ...item, kind: 'file', transfer, offer: null, file };
  }

  #item(person: Person, own: boolean): Pick<Message, 'key' | 'own' | 'person' | 'time'> {
    return { key: String(++this.#keys), own, person, time: new Date() };
  }

  #person(id: string): Person {
    return { id, name: this.#call?.peers.find((peer) => peer.id === id)?.name ?? '' };
  }

  #put(entry: Message | SharedFile): void {
    this.#conversation.put(entry);
    this.#options.changed();
  }
}

/** Two members may choose the same id. */
const keyOf = ({ peerId, id }: FileTransfer): string => `${peerId} ${id}`;
