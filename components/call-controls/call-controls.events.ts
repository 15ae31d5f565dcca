/** What the buttons of a bar ask for. */
export type ControlRequest =
  | 'microphone-request'
  | 'camera-request'
  | 'screen-request'
  | 'devices-request'
  | 'chat-request'
  | 'join-request'
  | 'leave-request';

/** Fired when a button is pressed; unless it is prevented, what it asks for is done. Bubbles. */
export class ControlRequestEvent extends Event {
  /** Whether it is to be on, shared or shown, or somebody is to be in the call. */
  readonly on: boolean;

  constructor(type: ControlRequest, on: boolean) {
    super(type, { bubbles: true, composed: true, cancelable: true });
    this.on = on;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'microphone-request': ControlRequestEvent;
    'camera-request': ControlRequestEvent;
    'screen-request': ControlRequestEvent;
    'devices-request': ControlRequestEvent;
    'chat-request': ControlRequestEvent;
    'join-request': ControlRequestEvent;
    'leave-request': ControlRequestEvent;
  }
}
