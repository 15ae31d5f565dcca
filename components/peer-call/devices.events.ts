/** Fired by a call when the tracks of its `localStream` changed and the stream is the same: another device took over, or the camera is back. Does not bubble. */
export class LocalStreamChangeEvent extends Event {
  /** What is captured and sent. */
  readonly stream: MediaStream;

  constructor(stream: MediaStream) {
    super('local-stream-change');
    this.stream = stream;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'local-stream-change': LocalStreamChangeEvent;
  }
}
