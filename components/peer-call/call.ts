import type { IceServersGiven } from '../engine/call/ice-server-list.js';
import { roomId } from '../engine/call/identifiers.js';
import { Room, type CallState } from '../engine/call/room.js';
import { CallStateChangeEvent } from '../engine/call/events.js';
import { CALM } from '../engine/clock.js';
import { leftEarly, loaded, MediaKitError } from '../engine/errors.js';
import { signalingFor, type SignalingGiven } from '../engine/signaling/connect.js';
import type { Secret } from '../engine/signaling/secret.js';
import type { Admission, TokenGiven } from '../engine/signaling/token.js';
import type { InviteSignaling } from '../engine/signaling/invite.js';
import { StateStore, type Store } from '../engine/store.js';
import { isActive, remoteStream } from '../internal/call-states.js';
import { StreamChangeEvent } from '../internal/events.js';
import type { Devices, WantedDevices } from './devices.js';
import { Invites } from './invites.js';
import { iceServersFrom, transportPolicyFrom } from './options.js';

/** What the tag's attributes ask for at the moment of joining, not yet checked. */
export interface CallOptions extends WantedDevices {
  readonly room: string | null;
  readonly signaling: SignalingGiven;
  readonly secret: Secret | null;
  readonly endToEnd: boolean;
  readonly token: TokenGiven | null;
  readonly name: string;
  readonly iceServers: IceServersGiven | string | null;
  readonly iceTransportPolicy: RTCIceTransportPolicy | null;
  readonly maxPeers: number | null;
}

const MIXED = 'A call goes by a server or by an invite: leave() before the other.';

/** The room of one `<peer-call>` together with the devices that the tag captures for it. */
export class Call {
  /** For all that needs nothing more. */
  readonly room: Room;
  readonly #store: StateStore<CallState>;
  /** Loaded when a device is asked for first, or when there is time. */
  #devices: Devices | null = null;
  #videoOn = true;
  /** Since the beginning, whether or not there was a device to change. */
  #chosen: Pick<Partial<WantedDevices>, 'camera' | 'microphone'> = {};
  /** Whether devices were asked for before joining, as in a lobby: they stay on where that fails. */
  #prepared = false;
  readonly #dispatch: (event: Event) => void;
  readonly #report: (error: MediaKitError, quiet?: boolean) => void;
  #lent: MediaStream | null = null;
  #joined: Promise<void> | undefined;
  #preparation: ReturnType<typeof setTimeout> | undefined;
  #entrance = new AbortController();
  /** Until something else is wanted in the call. */
  #recapturing = new AbortController();
  /** Until what was captured before a join is given back. */
  #preparing = new AbortController();
  /** From the page's hiding on, while its return is to join again. */
  #return: AbortController | undefined;
  #entering = false;
  readonly #invites = new Invites(() => this.#joined !== undefined);
  /** The ids of the remote stream and its tracks, as the page was told last. */
  #told = '';

  /**
   * `report` hears every error once: those of the room itself, and each rejection. `quiet`: the user or the page wanted
   * it so.
   */
  constructor(dispatch: (event: Event) => void, report: (error: MediaKitError, quiet?: boolean) => void) {
    this.#dispatch = dispatch;
    this.#report = report;
    this.room = new Room({ dispatch: (event) => this.#pass(event) });
    this.#store = new StateStore(this.room.store.snapshot);
    this.room.store.subscribe(() => this.#publish());
  }

  /** The room's state with the issues of our own devices, in which capturing before the join is part of joining. */
  get store(): Store<CallState> {
    return this.#store;
  }

  /** Whether what is sent is our own capture of a camera. */
  get capturing(): boolean {
    return this.#devices?.capturing ?? false;
  }

  /** Whether the call has no server, and so no place that an attribute names. */
  get serverless(): boolean {
    return this.#invites.present;
  }

  /** Camera on or off. Our own goes off with its hardware 5 s later, and takes its time to come back. */
  setVideo(on: boolean): void {
    this.#videoOn = on;
    if (on && this.#devices?.rests) return void this.#wake(this.#devices);
    void this.#devices?.setVideo(on);
    this.room.setVideo(on);
  }

  /** Another camera or microphone from now on, where we capture one. */
  choose(kind: 'camera' | 'microphone', deviceId: string | null): void {
    this.#chosen = { ...this.#chosen, [kind]: deviceId };
    // A failure has been reported.
    this.#attempt(async () => this.#devices?.choose(kind, deviceId)).catch(() => {});
  }

  /** Loads what joining will need, and does ahead what takes its time. What is wrong with it is told then. */
  expect(options: CallOptions): void {
    const { room, signaling, secret } = options;
    clearTimeout(this.#preparation);
    const prepare = (id?: string): void => void signalingFor(signaling, undefined, secret, id);
    try {
      this.room.expect({
        iceServers: iceServersFrom(options.iceServers),
        iceTransportPolicy: transportPolicyFrom(options.iceTransportPolicy),
      });
      prepare();
    } catch {
      // Not yet of interest.
    }
    if (secret === null || this.#joined) return;
    // Who types a passphrase is not done with each letter.
    const pause = typeof secret === 'string' ? CALM : 0;
    this.#preparation = setTimeout(() => {
      roomId(room ?? '')
        .then(prepare)
        .catch(() => {});
    }, pause);
  }

  /** Captures what was asked for and stays outside. */
  prepare(wanted: CallOptions): Promise<void> {
    return this.#attempt(async () => {
      if (this.#joined || this.#lent) return;
      this.#prepared = true;
      await this.#capture(wanted, this.#preparing.signal);
    });
  }

  /** Calls without a server: `use` makes or takes the texts, and the call goes on by itself. */
  invite<T>(given: CallOptions, use: (invites: InviteSignaling) => Promise<T>): Promise<T> {
    // The invite is the room.
    const options = { ...given, room: 'invite', token: null };
    return this.#attempt(async () => {
      if (!this.#invites.present && this.#joined) throw new MediaKitError('bad-input', MIXED);
      // What fails in joining is reported.
      return this.#invites.use(options, use, (signaling) => {
        this.#join({ ...options, signaling }).catch(() => {});
      });
    });
  }

  /** Captures what was asked for, then joins. While joining or joined it answers with the first promise. */
  join(options: CallOptions): Promise<void> {
    if (this.#joined || !this.#invites.present) return this.#join(options);
    return this.#attempt(() => Promise.reject(new MediaKitError('bad-input', MIXED)));
  }

  #join(options: CallOptions): Promise<void> {
    if (this.#joined) return this.#joined;
    clearTimeout(this.#preparation);
    this.#return?.abort();
    const { signal } = (this.#entrance = new AbortController());
    // The room is left with the page. One that was kept aside and is shown again comes back, its camera too, but for
    // an invite, which is void then.
    const returns = (): void => void this.join(options).catch(() => {});
    const hidden = ({ persisted }: PageTransitionEvent): void => {
      this.#prepared = false;
      if (!persisted || this.#invites.present) return;
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
    if (stream) this.#devices?.stopCamera();
    this.#send();
  }

  /** Captures, in a call, what is wanted there from now on. */
  recapture(wanted: WantedDevices): void {
    this.#recapturing.abort();
    this.#recapturing = new AbortController();
    const signal = AbortSignal.any([this.#entrance.signal, this.#recapturing.signal]);
    const capture = async (): Promise<void> => {
      try {
        if (!this.#lent && !signal.aborted) await this.#capture(wanted, signal);
      } catch (thrown) {
        // It is wanted no longer.
        if (!signal.aborted) throw thrown;
      }
    };
    // A failure has been reported.
    this.#joined?.then(() => this.#attempt(capture)).catch(() => {});
  }

  shareScreen(options?: DisplayMediaStreamOptions): Promise<void> {
    return this.#attempt(async () => {
      // A browser may want it asked for within the click itself, as it is where this is loaded already.
      if (!this.#devices) await this.#load();
      if (!isActive(this.#store.snapshot)) {
        throw new MediaKitError('bad-input', 'No call to share a screen in: join() first.');
      }
      await this.#devices!.share(options ?? null);
      // Who declines in the browser's own window knows.
    }, /^aborted|^permission/);
  }

  stopSharing(): void {
    this.#devices?.stopScreen();
  }

  send(...given: Parameters<Room['send']>): Promise<void> {
    return this.#attempt(() => this.room.send(...given));
  }

  sendFile(...given: Parameters<Room['sendFile']>): Promise<void> {
    return this.#attempt(() => this.room.sendFile(...given));
  }

  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): Promise<void> {
    return this.#attempt(() => this.room.replaceTrack(old, next));
  }

  /** Whatever fails is reported, too. What the engine rejects with is always an error of the kit. */
  async #attempt<T>(run: () => Promise<T>, quiet = /^aborted/): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      const error = thrown as MediaKitError;
      this.#report(error, quiet.test(error.code));
      throw thrown;
    }
  }

  async #enter(options: CallOptions, signal: AbortSignal): Promise<void> {
    try {
      const { name, token } = options;
      // Before any device is asked for. The promise is kept, and the state told, before it can fail.
      const room = await roomId(options.room ?? '');
      let admission: Admission | undefined;
      const credentials = token === null ? undefined : () => admission!.credentials();
      const signaling = signalingFor(options.signaling, credentials, options.secret);
      const iceServers = iceServersFrom(options.iceServers);
      const iceTransportPolicy = transportPolicyFrom(options.iceTransportPolicy);
      if (!this.#lent) await this.#capture(options, signal);
      if (signal.aborted) throw leftEarly();
      if (token !== null) admission = await admit(token, room, signal);
      const maxPeers = options.maxPeers ?? undefined;
      const id = admission?.peer;
      // One that is missing is told of by what needs it.
      const endToEnd = options.endToEnd ? (options.secret ?? '') : null;
      await this.room.join({ room, id, signaling, name, iceServers, iceTransportPolicy, maxPeers, endToEnd });
    } catch (thrown) {
      // After a leave() these may be the devices and the promise of another join.
      if (!signal.aborted) this.#end(this.#prepared);
      throw thrown;
    }
    if (signal.aborted) return;
    this.#entering = false;
    this.#publish();
    // A screen may be wanted soon, but not before the others are seen.
    setTimeout(() => {
      if (!signal.aborted) this.#load().catch(() => {});
    }, CALM);
  }

  #end(prepared = false): void {
    clearTimeout(this.#preparation);
    this.#entrance.abort();
    this.#joined = undefined;
    this.#entering = false;
    this.#invites.drop();
    if (!prepared) {
      this.#prepared = false;
      this.#preparing.abort();
      this.#preparing = new AbortController();
    }
    this.room.leave();
    this.#devices?.stopScreen();
    if (!prepared) this.#stopCamera();
    this.#publish();
  }

  async #capture(wanted: WantedDevices, signal: AbortSignal): Promise<void> {
    // What was asked for before may be on.
    if (!wanted.audio && !wanted.video) return this.#stopCamera();
    try {
      const devices = await this.#load();
      if (signal.aborted) throw leftEarly();
      if (this.#lent) return;
      // Which devices may have changed while that was loaded.
      await devices.capture({ ...wanted, ...this.#chosen });
    } catch (thrown) {
      // A stream that was lent meanwhile does as well.
      if (!this.#lent) throw thrown;
    }
    this.#send();
  }

  async #load(): Promise<Devices> {
    const { Devices } = await loaded(import('./devices.js'));
    if (this.#devices) return this.#devices;
    this.#devices = new Devices({
      camera: () => this.#send(),
      screen: (stream) => this.room.setScreen(stream),
      dispatch: this.#dispatch,
      report: this.#report,
      issues: () => this.#publish(),
    });
    if (!this.#videoOn) void this.#devices.setVideo(false);
    return this.#devices;
  }

  async #wake(devices: Devices): Promise<void> {
    try {
      const isOn = await devices.setVideo(true);
      // Another capture may have taken the place of the one that was to wake.
      if (isOn || (this.#videoOn && !devices.rests)) this.room.setVideo(true);
    } catch (thrown) {
      this.setVideo(false);
      this.#report(thrown as MediaKitError);
    }
  }

  #send(): void {
    this.room.setStream(this.#lent ?? this.#devices?.stream ?? null);
  }

  #stopCamera(): void {
    this.#devices?.stopCamera();
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
    // The room may end by itself, as when it refuses us. Before that is told: whoever hears of it may join again.
    if (this.#joined && !this.#entering && !isActive(room)) return this.#end(this.#prepared);
    const now = this.#devices?.added(room) ?? room;
    this.#store.patch(this.#entering && !isActive(room) ? { ...now, status: 'joining' } : now);
    const after = this.#store.snapshot;
    if (after === before) return;
    this.#tellStream();
    this.#dispatch(new CallStateChangeEvent(after));
  }

  #tellStream(): void {
    const stream = remoteStream(this.#store.snapshot);
    const ids = stream ? [stream, ...stream.getTracks()].map(({ id }) => id).join() : '';
    if (ids === this.#told) return;
    this.#told = ids;
    this.#dispatch(new StreamChangeEvent(stream));
  }
}

/** As whom the page's token lets us in. */
async function admit(token: TokenGiven, room: string, signal: AbortSignal): Promise<Admission> {
  const module = await loaded(import('../engine/signaling/token.js'));
  const admission = await module.admit(token, room, signal);
  if (signal.aborted) throw leftEarly();
  return admission;
}
