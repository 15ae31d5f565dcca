import type { CallIssue } from './issues.js';
import type { CallState, PeerState } from './call-state.js';

/** Fired when somebody came into the room. Does not bubble. */
export class PeerJoinEvent extends Event {
  /** The one who came. */
  readonly peer: PeerState;

  constructor(peer: PeerState) {
    super('peer-join');
    this.peer = peer;
  }
}

/** Fired when somebody left the room, or was lost for good. Does not bubble. */
export class PeerLeaveEvent extends Event {
  /** The one who left, as it was last known. */
  readonly peer: PeerState;

  constructor(peer: PeerState) {
    super('peer-leave');
    this.peer = peer;
  }
}

/** Fired when a member's name, streams, microphone, camera or connection changed. Does not bubble. */
export class PeerChangeEvent extends Event {
  /** The member as it is now. */
  readonly peer: PeerState;

  constructor(peer: PeerState) {
    super('peer-change');
    this.peer = peer;
  }
}

/** Fired when the state of the call changed. Does not bubble. */
export class CallStateChangeEvent extends Event {
  /** The call as it is now. */
  readonly state: CallState;

  constructor(state: CallState) {
    super('call-state-change');
    this.state = state;
  }
}

/** Fired when another member is the one who speaks. Does not bubble. */
export class SpeakerChangeEvent extends Event {
  /** The id of the one who speaks or spoke last, or null. */
  readonly peerId: string | null;

  constructor(peerId: string | null) {
    super('speaker-change');
    this.peerId = peerId;
  }
}

/** Fired when a named problem of the call begins, and once more when it ends. Does not bubble. */
export class CallIssueEvent extends Event {
  /** The problem; its `ended` is null while it lasts. */
  readonly issue: CallIssue;

  constructor(issue: CallIssue) {
    super('call-issue');
    this.issue = issue;
  }
}

/** A native event of one connection, with the id of the peer at its other end. */
export type PeerEvent<E extends Event = Event> = E & { readonly peerId: string };

/** The native events of a connection that are fired again. */
export const NATIVE_EVENTS = [
  'track',
  'datachannel',
  'negotiationneeded',
  'icecandidate',
  'icecandidateerror',
  'iceconnectionstatechange',
  'connectionstatechange',
  'signalingstatechange',
] as const;

/** A new event of the same class and with the same data, for an event that was dispatched already cannot go on. */
export function withPeerId<E extends Event>(event: E, peerId: string): PeerEvent<E> {
  // Every event class takes an object with its own members as second argument, and the event is such an object.
  const Class = event.constructor as new (type: string, init: EventInit) => E;
  return Object.defineProperty(new Class(event.type, event), 'peerId', { value: peerId }) as PeerEvent<E>;
}

declare global {
  interface GlobalEventHandlersEventMap {
    'peer-join': PeerJoinEvent;
    'peer-leave': PeerLeaveEvent;
    'peer-change': PeerChangeEvent;
    'call-state-change': CallStateChangeEvent;
    'speaker-change': SpeakerChangeEvent;
    'call-issue': CallIssueEvent;
    track: PeerEvent<RTCTrackEvent>;
    datachannel: PeerEvent<RTCDataChannelEvent>;
    negotiationneeded: PeerEvent;
    icecandidate: PeerEvent<RTCPeerConnectionIceEvent>;
    icecandidateerror: PeerEvent<RTCPeerConnectionIceErrorEvent>;
    iceconnectionstatechange: PeerEvent;
    connectionstatechange: PeerEvent;
    signalingstatechange: PeerEvent;
  }
}
