/** Fired by a source when its `stream` became another one, or its tracks changed. Does not bubble. */
export class StreamChangeEvent extends Event {
  /** The stream as it is now, or null. */
  readonly stream: MediaStream | null;

  constructor(stream: MediaStream | null) {
    super('stream-change');
    this.stream = stream;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'stream-change': StreamChangeEvent;
  }
}
