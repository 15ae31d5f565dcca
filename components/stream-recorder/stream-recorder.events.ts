import type { RecorderStatus } from '../engine/record/recorder.js';

/** Fired by a recorder when its `state` became another one. Does not bubble. */
export class RecorderStateChangeEvent extends Event {
  /** `inactive`, `recording`, `paused` or `saving`. */
  readonly state: RecorderStatus;

  constructor(state: RecorderStatus) {
    super('recorder-state-change');
    this.state = state;
  }
}

/** Fired by a recorder for each stretch of what it records. Does not bubble. */
export class RecordDataEvent extends Event {
  /** The bytes that came, of which only all together can be played. */
  readonly data: Blob;
  /** Bytes so far. */
  readonly size: number;
  /** Seconds so far, without pauses. */
  readonly duration: number;

  constructor(data: Blob, size: number, duration: number) {
    super('record-data');
    this.data = data;
    this.size = size;
    this.duration = duration;
  }
}

/** Fired by a recorder when a recording is done, however it ended. Does not bubble. */
export class RecordStopEvent extends Event {
  /** The recording; null where it went to a stream, or nothing came. */
  readonly blob: File | null;

  constructor(blob: File | null) {
    super('record-stop');
    this.blob = blob;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'recorder-state-change': RecorderStateChangeEvent;
    'record-data': RecordDataEvent;
    'record-stop': RecordStopEvent;
  }
}
