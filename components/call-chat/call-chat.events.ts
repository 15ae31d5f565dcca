/** Fired by a chat before it sends a message; unless it is prevented, `send()` of the call is called. Bubbles. */
export class SendRequestEvent extends Event {
  /** The text to send. */
  readonly text: string;

  constructor(text: string) {
    super('send-request', { bubbles: true, composed: true, cancelable: true });
    this.text = text;
  }
}

/** Fired by a chat before it sends a file; unless it is prevented, `sendFile()` of the call is called. Bubbles. */
export class FileRequestEvent extends Event {
  /** The file to send. */
  readonly file: Blob;

  constructor(file: Blob) {
    super('file-request', { bubbles: true, composed: true, cancelable: true });
    this.file = file;
  }
}

/** Fired by a chat when `unread` is another number. Does not bubble. */
export class UnreadChangeEvent extends Event {
  /** How many messages and files came that nobody has seen. */
  readonly unread: number;

  constructor(unread: number) {
    super('unread-change');
    this.unread = unread;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'send-request': SendRequestEvent;
    'file-request': FileRequestEvent;
    'unread-change': UnreadChangeEvent;
  }
}
