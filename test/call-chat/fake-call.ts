import {
  FileEvent,
  FileOfferEvent,
  FileProgressEvent,
  PeerMessageEvent,
} from '../../components/engine/call/data/events.js';
import type { FileTransfer } from '../../components/engine/call/data/transfer.js';
import { CallStateChangeEvent } from '../../components/engine/call/events.js';
import type { CallState, PeerState } from '../../components/engine/call/room.js';
import type { CallChat } from '../../components/call-chat/call-chat.js';
import { madePeer, madeState } from '../peer-call/made.js';

/** What was asked of a call, and how the test answers it. */
interface Asked<T> {
  readonly given: T;
  readonly to: string | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A call without any connection: a test says what comes, and what becomes of what is sent. */
export class FakeCall extends HTMLElement {
  readonly sent: Asked<unknown>[] = [];
  readonly files: Asked<Blob>[] = [];
  state: CallState = madeState();

  get peers(): readonly PeerState[] {
    return this.state.peers;
  }

  get localId(): string {
    return this.state.localId;
  }

  send(given: unknown, { to }: { to?: string } = {}): Promise<void> {
    return ask(this.sent, given, to);
  }

  sendFile(given: Blob, { to }: { to?: string } = {}): Promise<void> {
    return ask(this.files, given, to);
  }

  become(state: Partial<CallState>): void {
    this.state = madeState(state);
    this.dispatchEvent(new CallStateChangeEvent(this.state));
  }

  hears(data: unknown, from = 'ann'): void {
    this.dispatchEvent(new PeerMessageEvent(from, data));
  }

  tells(transfer: FileTransfer): void {
    this.dispatchEvent(new FileProgressEvent(transfer));
  }

  /** How it is answered, and where it is to go. */
  offers(transfer: FileTransfer): {
    event: FileOfferEvent;
    answers: string[];
    places: WritableStreamDefaultWriter[];
  } {
    const answers: string[] = [];
    const places: WritableStreamDefaultWriter[] = [];
    const event = new FileOfferEvent(transfer, {
      accept: (writable) => {
        // As a call does it: the first answer counts.
        if (writable && answers.length === 0) places.push(writable.getWriter());
        answers.push('accept');
      },
      refuse: () => answers.push('refuse'),
    });
    this.dispatchEvent(event);
    return { event, answers, places };
  }

  stores(transfer: FileTransfer, file: File | null): void {
    this.tells({ ...transfer, status: 'done', transferred: transfer.size });
    this.dispatchEvent(new FileEvent({ ...transfer, status: 'done' }, file));
  }
}
customElements.define('fake-call', FakeCall);

function ask<T>(all: Asked<T>[], given: T, to: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => all.push({ given, to, resolve, reject }));
}

export const ann = madePeer('ann', { name: 'Ann' });
export const ben = madePeer('ben', { name: 'Ben' });

let transfers = 0;

export function madeTransfer(changes: Partial<FileTransfer> = {}): FileTransfer {
  return {
    id: `file-${++transfers}`,
    peerId: 'ann',
    direction: 'in',
    name: 'a.txt',
    type: 'text/plain',
    size: 1_000,
    transferred: 0,
    status: 'offered',
    error: null,
    source: null,
    abort: () => {},
    ...changes,
  };
}

/** A chat beside a call that a test plays. */
export async function addChat(
  state: Partial<CallState> = { peers: [ann] },
  properties: Partial<CallChat> = {},
): Promise<{ call: FakeCall; chat: CallChat }> {
  const call = document.createElement('fake-call') as FakeCall;
  call.id = `call-${++transfers}`;
  call.state = madeState(state);
  const chat = document.createElement('call-chat');
  Object.assign(chat, { htmlFor: call.id, ...properties });
  document.body.append(call, chat);
  await chat.updateComplete;
  return { call, chat };
}

export function query<T extends Element = HTMLElement>(chat: CallChat, selector: string): T | null {
  return chat.shadowRoot!.querySelector<T>(selector);
}

export function queryAll<T extends Element = HTMLElement>(chat: CallChat, selector: string): T[] {
  return [...chat.shadowRoot!.querySelectorAll<T>(selector)];
}

/** The texts of the messages. */
export const messages = (chat: CallChat): string[] =>
  queryAll(chat, '[part~="message"]').map(({ textContent }) => textContent ?? '');

export const field = (chat: CallChat): HTMLTextAreaElement => query<HTMLTextAreaElement>(chat, 'textarea')!;

/** Writes a text into the field as somebody who types. */
export async function type(chat: CallChat, text: string): Promise<void> {
  field(chat).value = text;
  field(chat).dispatchEvent(new InputEvent('input', { bubbles: true }));
  await chat.updateComplete;
}

/** Presses Enter in the field; false where that was not to be a new line. */
export const enter = (chat: CallChat, init: KeyboardEventInit = {}): boolean =>
  field(chat).dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }),
  );

/** The button with these words. */
export const button = (chat: CallChat, words: string): HTMLElement | undefined =>
  queryAll(chat, 'button, a').find((one) => one.textContent?.trim() === words);
