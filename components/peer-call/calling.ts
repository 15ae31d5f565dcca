import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { CallState, PeerState } from '../engine/call/room.js';
import type { SignalingGiven } from '../engine/signaling/connect.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { SourceController } from '../internal/source-controller.js';
import { Call, isActive, remoteStream } from './call.js';

/** What an element that is a member of a room offers. */
export declare class CallingElement {
  protected readonly call: Call;
  room: string | null;
  signaling: SignalingGiven | null;
  name: string;
  source: string | null;
  srcObject: MediaStream | null;
  audio: boolean;
  video: boolean;
  autojoin: boolean;
  maxPeers: number | null;
  iceServers: readonly RTCIceServer[] | string | null;
  get state(): CallState;
  get stream(): MediaStream | null;
  get localStream(): MediaStream | null;
  get peers(): readonly PeerState[];
  get localId(): string;
  join(): Promise<void>;
  leave(): void;
  toggleAudio(on?: boolean): void;
  toggleVideo(on?: boolean): void;
  shareScreen(options?: DisplayMediaStreamOptions): Promise<void>;
  stopSharing(): void;
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void>;
  restartIce(peerId?: string): void;
  getPeerConnection(peerId: string): RTCPeerConnection | null;
}

/** Tells what is another place. A list is told by its content; a function or an object may be made anew at each rendering. */
const place = (given: SignalingGiven | null | undefined): string =>
  typeof given === 'string' || Array.isArray(given) ? String(given) : '';

/** Makes an element a member of a room, by attribute and by method. What the room looks like is left to the element. */
export function Calling<T extends Constructor<KitElement>>(Superclass: T) {
  abstract class CallingClass extends Superclass {
    /** Name of the room: any text. Without one, `join()` rejects with `bad-input`. */
    @property() room: string | null = null;
    /** Where to meet: `broadcast:`, or the `ws:` or `wss:` URL of an MQTT broker. As a property also a list, a function or an object of the page's own; another function or object counts only at the next join. */
    @property({ hasChanged: (value, old) => place(value as SignalingGiven) !== place(old as SignalingGiven) })
    signaling: SignalingGiven | null = 'broadcast:';
    /** What the others call us. Read when joining. */
    @property() name = '';
    /** Id of the element, in the same root, whose stream to send. */
    @property() source: string | null = null;
    /** The stream to send. It is borrowed: its tracks are never stopped here. */
    @property({ attribute: false }) srcObject: MediaStream | null = null;
    /** Capture the microphone for the call, where neither `source` nor `srcObject` is given. Read when joining. */
    @property({ type: Boolean }) audio = false;
    /** Capture the camera for the call, where neither `source` nor `srcObject` is given. Read when joining. */
    @property({ type: Boolean }) video = false;
    /** Join as soon as there is a room. */
    @property({ type: Boolean }) autojoin = false;
    /** How many members the room may have, ourselves included; at least 2. Read when joining. */
    @property({ attribute: 'max-peers', type: Number }) maxPeers: number | null = 8;
    /** STUN and TURN servers: a list, or its JSON in the attribute. None by default. Read when joining. */
    @property({ attribute: 'ice-servers' }) iceServers: readonly RTCIceServer[] | string | null = [];

    /** @internal */
    protected readonly call = new Call(
      (event) => this.dispatchEvent(event),
      (error) => this.reportError(error),
    );
    readonly #source = new SourceController(this, (stream) => this.call.lend(stream));
    // Once for each life between two releases: whoever leaves is not made to join again by a move of the element.
    #autojoins = true;
    /** Where the last join led to. */
    #at = { room: null as string | null, place: '' };

    /** The call as it is now: frozen, another object after each change. */
    get state(): CallState {
      return this.call.store.snapshot;
    }

    /** The stream of the first of the others who sends one, or null. */
    get stream(): MediaStream | null {
      return remoteStream(this.state);
    }

    /** What is sent, or null. */
    get localStream(): MediaStream | null {
      return this.state.localStream;
    }

    /** The other members: a frozen list. */
    get peers(): readonly PeerState[] {
      return this.state.peers;
    }

    /** Our own id in the room. */
    get localId(): string {
      return this.state.localId;
    }

    /** Joins; while joining or joined it answers with the same promise. Rejects with a `MediaKitError`. */
    join(): Promise<void> {
      const { room, signaling, name, iceServers, maxPeers } = this;
      if (!isActive(this.state)) this.#at = { room, place: place(signaling) };
      const captures = !this.source && !this.srcObject;
      return this.call.join({
        room,
        signaling: signaling ?? 'broadcast:',
        name,
        iceServers,
        maxPeers,
        audio: captures && this.audio,
        video: captures && this.video,
      });
    }

    /** Leaves at once. A join that is under way rejects with `aborted`. */
    leave(): void {
      this.call.leave();
    }

    /** Microphone on or off; without `on` it changes over. A borrowed track itself stays as it is. */
    toggleAudio(on = !this.state.audio): void {
      this.call.room.setAudio(on);
    }

    /** Camera on or off; without `on` it changes over. A borrowed track itself stays as it is. */
    toggleVideo(on = !this.state.video): void {
      this.call.room.setVideo(on);
    }

    /** Asks for a screen and shares it beside the camera, until `stopSharing()`, `leave()` or the browser's own button. Rejects with a `MediaKitError`. */
    shareScreen(options?: DisplayMediaStreamOptions): Promise<void> {
      return this.call.shareScreen(options);
    }

    /** Stops sharing the screen. */
    stopSharing(): void {
      this.call.stopSharing();
    }

    /** Sends `next` wherever `old` is sent. Rejects with a `MediaKitError`. */
    replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void> {
      return this.call.replaceTrack(old, next);
    }

    /** Restarts ICE with one member or with all. */
    restartIce(peerId?: string): void {
      this.call.room.restartIce(peerId);
    }

    /** The connection to one member, or null. */
    getPeerConnection(peerId: string): RTCPeerConnection | null {
      return this.call.room.getPeerConnection(peerId);
    }

    protected override willUpdate(changed: PropertyValues): void {
      super.willUpdate(changed);
      const moves =
        isActive(this.state) && (this.room !== this.#at.room || place(this.signaling) !== this.#at.place);
      if (moves) this.leave();
      const wants = this.#autojoins || ['autojoin', 'room', 'signaling'].some((name) => changed.has(name));
      if (!this.isConnected || !this.room || !(moves || (wants && this.autojoin))) return;
      this.#autojoins = false;
      // A failure has been fired as an event; nobody holds this promise.
      this.join().catch(() => {});
    }

    protected override release(): void {
      super.release();
      this.#autojoins = true;
      this.call.leave();
      // A stream that is still held would hold this element.
      this.#source.release();
    }
  }
  return CallingClass as unknown as Constructor<CallingElement> & T;
}
