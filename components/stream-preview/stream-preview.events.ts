import type { PreviewState } from './stream-preview.state.js';

/** Fired by a preview when its `state` became another one. Does not bubble. */
export class PreviewStateChangeEvent extends Event {
  /** The state as it is now. */
  readonly state: PreviewState;

  constructor(state: PreviewState) {
    super('preview-state-change');
    this.state = state;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'preview-state-change': PreviewStateChangeEvent;
  }
}
