import { roomId } from '../engine/call/identifiers.js';
import { Room, type CallState, type CallStatus } from '../engine/call/room.js';
import { CallStateChangeEvent } from '../engine/call/events.js';
import { aborted } from '../engine/call/stay.js';
import { Capturer } from '../engine/capture/capturer.js';
import { MediaKitError } from '../engine/errors.js';
import { signalingFor, type SignalingGiven } from '../engine/signaling/connect.js';
import { StateStore, type Store } from '../engine/store.js';
import { StreamChangeEvent } from '../internal/events.js';
import { iceServersFrom } from './options.js';

/** What the tag's attributes ask for at the moment of joining, not yet checked. */
export interface CallOptions {
  readonly room: string | null;
  readonly signaling: SignalingGiven;
  readonly name: string;
  readonly iceServers: readonly RTCIceServer[] | string | null;
  readonly maxPeers: number | null;
  /** What to capture for this call; neither sends only what is lent. */
  readonly audio: boolean;
  readonly video: boolean;
}

const statuses = [
  'idle',
  'joining',
  'waiting',
  'connecting',
  'connected',
  'reconnecting',
  'left',
] as const satisfies CallStatus[];

/** Whether somebody is in the room or on the way into it. */
export const isActive = ({ status }: CallState): boolean => status !== 'idle' && status !== 'left';

/** Whether the room has been entered. */
export const isInside = (state: CallState): boolean => isActive(state) && state.status !== 'joining';

/** The custom states of a tag that shows a call. */
export function callStates(state: CallState): Readonly<Record<string, boolean>> {
  const inside = isInside(state);
  return {
    ...Object.fromEntries(statuses.map((status) => [status, status === state.status])),
    alone: inside && state.peers.length === 0,
    sharing: state.localScreen !== null,
    muted: inside && !state.audio,
    'camera-off': inside && !state.video,
  };
}

/** The first stream that comes from another member. */
export const remoteStream = ({ peers }: CallState): MediaStream | null =>
  peers.find(({ stream }) => stream)?.stream ?? null;

/** The room of one `<peer-call>` together with the devices that the tag captures for it. */
export class Call {
  /** For all that needs nothing more. */
  readonly room: Room;
  readonly #store: StateStore<CallState>;
  readonly #camera = new Capturer();
  readonly #screen = new Capturer();
  readonly #dispatch: (event: Event) => void;
  readonly #report: (error: MediaKitError) => void;
  #lent: MediaStream | null = null;
  #joined: Promise<void> | undefined;
  #entrance = new AbortController();
  /** From the page's hiding on, while its return is to join again. */
  #return: AbortController | undefined;
  #entering = false;
  /** The ids of the remote stream and its tracks, as the page was told last. */
  #told = '';

  /** `report` hears every error once: those of the room itself, and each rejection. */
  constructor(dispatch: (event: Event) => void, report: (error: MediaKitError) => void) {
    this.#dispatch = dispatch;
    this.#report = report;
    this.room = new Room({ dispatch: (event) => this.#pass(event) });
    this.#store = new StateStore(this.room.store.snapshot);
    this.room.store.subscribe(() => this.#publish());
    this.#screen.store.subscribe(({ status, stream }) =>
      this.room.setScreen(status === 'live' ? stream : null),
    );
  }

  /** The room's state, in which capturing before the join is part of joining. */
  get store(): Store<CallState> {
    return this.#store;
  }

  /** Whether what is sent is our own capture of a camera. */
  get capturing(): boolean {
    return this.#camera.store.snapshot.status === 'live';
  }

  /** Captures what was asked for, then joins. While joining or joined it answers with the first promise. */
  join(options: CallOptions): Promise<void> {
    if (this.#joined) return this.#joined;
    this.#return?.abort();
    const { signal } = (this.#entrance = new AbortController());
    // The room is left with the page. One that was kept aside and is shown again comes back, its camera too.
    const returns = (): void => void this.join(options).catch(() => {});
    const hidden = ({ persisted }: PageTransitionEvent): void => {
      if (!persisted) return;
      this.#return = new AbortController();
      globalThis.addEventListener('pageshow', returns, { once: true, signal: this.#return.signal });
    };
    globalThis.addEventListener('pagehide', hidden, { signal });
    const joined = (this.#joined = this.#attempt(() => this.#enter(options, signal)));
    this.#entering = true;
    this.#publish();
    return joined;
  }

  /** Leaves at once and gives the captured devices back. */
  leave(): void {
    this.#return?.abort();
    this.#end();
  }

  /** Sends a borrowed stream, or again what was captured for this call. */
  lend(stream: MediaStream | null): void {
    this.#lent = stream;
    if (stream) this.#camera.stop();
    this.#send();
  }

  shareScreen(options?: DisplayMediaStreamOptions): Promise<void> {
    return this.#attempt(async () => {
      if (!isActive(this.#store.snapshot)) {
        throw new MediaKitError('bad-input', 'No call to share a screen with: join() first.');
      }
      await this.#screen.restart({ kind: 'display', constraints: options ?? null });
    });
  }

  stopSharing(): void {
    this.#screen.stop();
  }

  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void> {
    return this.#attempt(() => this.room.replaceTrack(old, next));
  }

  /** Whatever fails is reported, too. What the engine rejects with is always an error of the kit. */
  async #attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (thrown) {
      this.#report(thrown as MediaKitError);
      throw thrown;
    }
  }

  async #enter(options: CallOptions, signal: AbortSignal): Promise<void> {
    try {
      const { audio, video, name } = options;
      // Before any device is asked for. The promise is kept, and the state told, before it can fail.
      const room = await roomId(options.room ?? '');
      const signaling = signalingFor(options.signaling);
      const iceServers = iceServersFrom(options.iceServers);
      if (!this.#lent && (audio || video)) await this.#capture(audio, video);
      if (signal.aborted) throw aborted();
      await this.room.join({ room, signaling, name, iceServers, maxPeers: options.maxPeers ?? undefined });
    } catch (thrown) {
      // After a leave() these may be the devices and the promise of another join.
      if (!signal.aborted) this.#end();
      throw thrown;
    }
    if (signal.aborted) return;
    this.#entering = false;
    this.#publish();
  }

  #end(): void {
    this.#entrance.abort();
    this.#joined = undefined;
    this.#entering = false;
    this.room.leave();
    this.#stopCapture();
    this.#publish();
  }

  async #capture(audio: boolean, video: boolean): Promise<void> {
    try {
      await this.#camera.start({ kind: 'user', audio, video });
    } catch (thrown) {
      // A stream that was lent meanwhile does as well.
      if (!this.#lent) throw thrown;
    }
    this.#send();
  }

  #send(): void {
    this.room.setStream(this.#lent ?? this.#camera.store.snapshot.stream);
  }

  #stopCapture(): void {
    this.#screen.stop();
    this.#camera.stop();
    this.#send();
  }

  #pass(event: Event): void {
    if (event instanceof ErrorEvent) return this.#report(event.error as MediaKitError);
    this.#dispatch(event);
    // A stream that is known already may have got another track.
    if (event.type === 'track') this.#tellStream();
  }

  #publish(): void {
    const [before, room] = [this.#store.snapshot, this.room.store.snapshot];
    this.#store.patch(this.#entering && !isActive(room) ? { ...room, status: 'joining' } : room);
    const after = this.#store.snapshot;
    if (after === before) return;
    this.#tellStream();
    this.#dispatch(new CallStateChangeEvent(after));
    // The room may end by itself, as when it refuses us.
    if (this.#joined && !this.#entering && !isActive(room)) this.#end();
  }

  #tellStream(): void {
    const stream = remoteStream(this.#store.snapshot);
    const ids = stream ? [stream, ...stream.getTracks()].map(({ id }) => id).join() : '';
    if (ids === this.#told) return;
    this.#told = ids;
    this.#dispatch(new StreamChangeEvent(stream));
  }
}
