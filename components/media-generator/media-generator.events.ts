import type { GeneratorStatus } from '../engine/generator/generator.js';
import type { Kind } from '../engine/generator/settings.js';

/** Fired when a generator starts, pauses or ends. Does not bubble. */
export class GeneratorStateChangeEvent extends Event {
  /** `idle`, `running`, `paused` or `ended`. */
  readonly state: GeneratorStatus;

  constructor(state: GeneratorStatus) {
    super('generator-state-change');
    this.state = state;
  }
}

/** Fired, at most once a second for each kind, when frames or stretches of sound were dropped. Does not bubble. */
export class FrameDropEvent extends Event {
  /** What was dropped: `video` frames or stretches of `audio`. */
  readonly kind: Kind;
  /** How many since the last such event. */
  readonly count: number;
  /** How many since the element was made. */
  readonly total: number;

  constructor(kind: Kind, count: number, total: number) {
    super('frame-drop');
    this.kind = kind;
    this.count = count;
    this.total = total;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'generator-state-change': GeneratorStateChangeEvent;
    'frame-drop': FrameDropEvent;
  }
}
