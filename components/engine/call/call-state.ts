import type { CallIssue } from './issues.js';
import type { PeerStatus } from './pair.js';
import type { PeerQuality } from './quality.js';

/** Where a call stands. */
export type CallStatus =
  'idle' | 'joining' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'left';

/** One other member of the room, as it is known here. */
export interface PeerState {
  /** Its id in the room: the same for as long as it stays, and after its page was reloaded. */
  readonly id: string;
  /** What the peer calls itself: text from a stranger, never markup. */
  readonly name: string;
  /** Its camera and microphone, or null before the first track. */
  readonly stream: MediaStream | null;
  /** The screen that it shares, or null. */
  readonly screen: MediaStream | null;
  /** Whether it says that its microphone is on. */
  readonly audio: boolean;
  /** Whether it says that its camera is on. */
  readonly video: boolean;
  /** Whether it is heard speaking. */
  readonly speaking: boolean;
  /** Where the connection to it stands. */
  readonly status: PeerStatus;
  /** The `connectionState` of the connection to it. */
  readonly connectionState: RTCPeerConnectionState;
  /** The `iceConnectionState` of the connection to it. */
  readonly iceConnectionState: RTCIceConnectionState;
  /** How well the connection to it works, taken every 2 s; null before the first time. New figures alone fire no `peer-change`. */
  readonly quality: PeerQuality | null;
  /**
   * Six groups of five digits that two people compare: the same at both ends, and different where somebody stands between
   * them. Null before they are connected, for a moment after, and where the page may not hash; another one after the
   * connection had to be replaced.
   */
  readonly verification: string | null;
}

/** A call as it is now. */
export interface CallState {
  /** Where the call stands. */
  readonly status: CallStatus;
  /** Our own id: the same in every room that is joined. A join in a page that was reloaded gives us the one of before. */
  readonly localId: string;
  /** The other members, each a new object after it changed. */
  readonly peers: readonly PeerState[];
  /** What we send as camera and microphone. */
  readonly localStream: MediaStream | null;
  /** What we share as a screen. */
  readonly localScreen: MediaStream | null;
  /** Whether our microphone is on: there is an audio track and it is not muted here. */
  readonly audio: boolean;
  /** Whether our camera is on. */
  readonly video: boolean;
  /** Whether there is a way to the room: without one media still flow, and nobody new can come. */
  readonly reachable: boolean;
  /** The id of the member who speaks or spoke last, or null. */
  readonly speaker: string | null;
  /** The named problems that last. */
  readonly issues: readonly CallIssue[];
  /** Messages from the room that were malformed, too large or hostile, and ignored; up to 250 ms late. */
  readonly ignored: number;
}
