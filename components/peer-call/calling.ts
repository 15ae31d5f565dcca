import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { IceServersGiven } from '../engine/call/ice-server-list.js';
import type { CallState, PeerState } from '../engine/call/room.js';
import type { SignalingGiven } from '../engine/signaling/connect.js';
import type { Secret } from '../engine/signaling/secret.js';
import type { TokenGiven } from '../engine/signaling/token.js';
import { isActive, remoteStream } from '../internal/call-states.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { SourceController } from '../internal/source-controller.js';
import { Call, type CallOptions } from './call.js';
import { textOf } from './text-of.js';

/** What an element that is a member of a room offers. */
export declare class CallingElement {
  protected readonly call: Call;
  protected get joining(): CallOptions;
  protected enter(capture?: boolean): Promise<void>;
  room: string | null;
  signaling: SignalingGiven | null;
  secret: Secret | null;
  endToEnd: boolean;
  token: TokenGiven | null;
  name: string;
  source: string | null;
  srcObject: MediaStream | null;
  audio: boolean;
  video: boolean;
  camera: string | null;
  microphone: string | null;
  autojoin: boolean;
  lobby: boolean;
  maxPeers: number | null;
  iceServers: IceServersGiven | string | null;
  iceTransportPolicy: RTCIceTransportPolicy | null;
  get state(): CallState;
  get stream(): MediaStream | null;
  get localStream(): MediaStream | null;
  get peers(): readonly PeerState[];
  get localId(): string;
  prepare(): Promise<void>;
  join(): Promise<void>;
  leave(): void;
  toggleAudio(on?: boolean): void;
  toggleVideo(on?: boolean): void;
  shareScreen(options?: DisplayMediaStreamOptions): Promise<void>;
  stopSharing(): void;
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void>;
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
    /** What all members share and nobody else knows: a passphrase, or 32 random bytes. All signaling is sealed with it end to end, and whoever has another one or none is not heard. Never shown or logged. Read when joining. */
    @property({ attribute: false }) secret: Secret | null = null;
    /** Encrypt every frame of sound and picture with keys made of `secret`, so that no server on the way can play them. For all members or none; Opus, VP8 and VP9 alone. Where it cannot be, `join()` rejects with `unsupported` or, without a secret, `bad-input`. Read when joining. */
    @property({ attribute: 'end-to-end', type: Boolean }) endToEnd = false;
    /** What lets us into the room at a broker that asks for it: a JWT whose `sub` becomes our id and whose `room` is this one, or a function, also asynchronous, that is asked for a fresh one before each connection. Never shown or logged. Read when joining. */
    @property({ attribute: false }) token: TokenGiven | null = null;
    /** What the others call us. Read when joining. */
    @property({ converter: textOf }) name = '';
    /** Id of the element, in the same root, whose stream to send. */
    @property() source: string | null = null;
    /** The stream to send. It is borrowed: its tracks are never stopped here. */
    @property({ attribute: false }) srcObject: MediaStream | null = null;
    /** Capture the microphone for the call, where neither `source` nor `srcObject` is given. Read when joining. */
    @property({ type: Boolean }) audio = false;
    /** Capture the camera for the call, where neither `source` nor `srcObject` is given. Read when joining. */
    @property({ type: Boolean }) video = false;
    /** Device id of the one camera to capture. Another one takes its place in the call at once. */
    @property() camera: string | null = null;
    /** Device id of the one microphone to capture. Another one takes its place in the call at once. */
    @property() microphone: string | null = null;
    /** Join as soon as there is a room. Does nothing while there is a lobby. */
    @property({ type: Boolean }) autojoin = false;
    /** Show our own picture first, and join when the user wants to: `prepare()` is called when the element is there. */
    @property({ type: Boolean }) lobby = false;
    /** How many members the room may have, ourselves included; at least 2. Read when joining. */
    @property({ attribute: 'max-peers', type: Number }) maxPeers: number | null = 8;
    /** STUN and TURN servers: a list, its JSON in the attribute, or a function, also asynchronous, that is asked for them when joining, before they expire, and for each ICE restart and each new connection to a peer. None by default. Read when joining. */
    @property({ attribute: 'ice-servers' }) iceServers: IceServersGiven | string | null = [];
    /** `all`, or `relay` to take no other way than through a TURN server. Read when joining. */
    @property({ attribute: 'ice-transport-policy' }) iceTransportPolicy: RTCIceTransportPolicy | null = 'all';

    /** @internal */
    protected readonly call = new Call(
      (event) => this.dispatchEvent(event),
      (error, quiet) => this.reportError(error, quiet),
    );
    readonly #source = new SourceController(this, (stream) => this.call.lend(stream));
    // Once for each life between two releases: whoever leaves is not made to join again by a move of the element.
    #autojoins = true;
    #prepares = true;
    /** Whether another room, or another way there, was set away from the document. */
    #moves = false;
    /** Where the last join led to. */
    #at = { room: null as string | null, place: '' };

    /** The call as it is now: frozen, another object after each change. */
    get state(): CallState {
      return this.call.store.snapshot;
    }

    /** The stream of the one who speaks or spoke last, else of the first who sends one, or null. Each sends the size at which this element shows it. */
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

    /** Captures what `audio` and `video` ask for, before joining: `localStream` shows it, also after a join that failed. Rejects with a `MediaKitError`. */
    prepare(): Promise<void> {
      return this.call.prepare(this.joining);
    }

    /** Joins; while joining or joined it answers with the same promise. Rejects with a `MediaKitError`. That the room is full may be noticed only after it has resolved, within 2 s or when others answer late: then it is left, with an `error` event. */
    join(): Promise<void> {
      return this.enter();
    }

    /** Leaves at once. A join that is under way rejects with `aborted`. */
    leave(): void {
      // Whoever was not inside yet is in the lobby again.
      if (this.state.status === 'joining') this.#prepares = true;
      this.#moves = false;
      this.call.leave();
    }

    /** Microphone on or off; without `on` it changes over. A borrowed track itself stays as it is. */
    toggleAudio(on = !this.state.audio): void {
      this.call.room.setAudio(on);
    }

    /** Camera on or off; without `on` it changes over. A borrowed track itself stays as it is; a camera of our own is switched off 5 s later, light and all, and takes a moment to come back. */
    toggleVideo(on = !this.state.video): void {
      this.call.setVideo(on);
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

    /** Joins; without devices where they were refused and the user wants in all the same. */
    protected enter(capture = true): Promise<void> {
      if (!isActive(this.state)) this.#at = { room: this.room, place: place(this.signaling) };
      return this.call.join(capture ? this.joining : { ...this.joining, audio: false, video: false });
    }

    protected get joining(): CallOptions {
      const { room, signaling, secret, endToEnd, token, name } = this;
      const { iceServers, iceTransportPolicy, maxPeers, camera, microphone } = this;
      const captures = !this.source && !this.srcObject;
      return {
        room,
        signaling: signaling ?? 'broadcast:',
        // A page may wipe its own bytes at once. A framework gives undefined for what it has not got yet.
        secret: secret?.slice?.() ?? secret,
        endToEnd,
        token,
        name: textOf(name),
        iceServers,
        iceTransportPolicy,
        maxPeers,
        audio: captures && this.audio,
        video: captures && this.video,
        camera,
        microphone,
      };
    }

    protected override willUpdate(changed: PropertyValues): void {
      super.willUpdate(changed);
      const moves =
        isActive(this.state) &&
        !this.call.serverless &&
        (this.room !== this.#at.room || place(this.signaling) !== this.#at.place);
      if (moves) {
        this.leave();
        this.#moves = !this.isConnected;
      }
      for (const kind of ['camera', 'microphone'] as const)
        if (changed.has(kind)) this.call.choose(kind, this[kind]);
      if (['audio', 'video', 'direction'].some((name) => changed.has(name))) this.#prepares = true;
      if (this.isConnected && this.lobby && this.#prepares && !isActive(this.state)) {
        this.#prepares = false;
        this.prepare().catch(() => {});
      }
      const wants = this.#autojoins || ['autojoin', 'room', 'signaling'].some((name) => changed.has(name));
      const joins = moves || this.#moves || (wants && this.autojoin && !this.lobby);
      if (!this.isConnected || !this.room || !joins) return;
      this.#autojoins = this.#moves = false;
      // A failure has been fired as an event; nobody holds this promise.
      this.join().catch(() => {});
    }

    protected override updated(changed: PropertyValues): void {
      super.updated(changed);
      if (this.room && ['room', 'signaling', 'secret'].some((name) => changed.has(name)))
        this.call.expect(this.joining);
    }

    protected override release(): void {
      super.release();
      this.#autojoins = true;
      this.#prepares = true;
      this.#moves = false;
      this.call.leave();
      // A stream that is still held would hold this element.
      this.#source.release();
    }
  }
  return CallingClass as unknown as Constructor<CallingElement> & T;
}
