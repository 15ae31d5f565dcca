/** Fired by a meter when somebody begins or stops to speak. Does not bubble. */
export class SpeakingChangeEvent extends Event {
  /** Whether somebody speaks now. */
  readonly speaking: boolean;

  constructor(speaking: boolean) {
    super('speaking-change');
    this.speaking = speaking;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'speaking-change': SpeakingChangeEvent;
  }
}
