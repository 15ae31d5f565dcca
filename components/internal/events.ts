/** Fired by a source when its `stream` became another one, or its tracks changed. Does not bubble. */
export class StreamChangeEvent extends Event {
  /** The stream as it is now, or null. */
  readonly stream: MediaStream | null;

  constructor(stream: MediaStream | null) {
    super('stream-change');
    this.stream = stream;
  }
}

/** Fired when the browser refused to play without a click first; the tag shows a button. Does not bubble. */
export class AutoplayBlockedEvent extends Event {
  constructor() {
    super('autoplay-blocked');
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'autoplay-blocked': AutoplayBlockedEvent;
    'stream-change': StreamChangeEvent;
  }
}
