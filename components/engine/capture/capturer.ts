import { systemClock, type Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { keptStreams } from '../kept-streams.js';
import { StateStore, type Store } from '../store.js';
import { getDisplayMedia, getUserMedia, openTrack } from './capture.js';
import type { LostDevice, TrackKind } from './devices.js';
import type { Keeper, Kept } from './keeper.js';
import { readPreferences } from './preferences.js';
import { captureConstraints, type CaptureOptions, type Strictness } from './request.js';
import { stoppedEarly } from './stopped-early.js';

/** How long the camera stays on after it is not looked through any longer: whoever wants it back soon need not wait. */
const REST_DELAY = 5000;

/** Where a capture stands. `ended`: it ended by itself, as when the user stops sharing a screen. */
export type CaptureStatus = 'idle' | 'starting' | 'live' | 'ended' | 'failed';

/** A capture as it is now. */
export interface CaptureState {
  readonly status: CaptureStatus;
  /** What is captured. During another start it is still the last stream; its tracks are stopped, but a display's. */
  readonly stream: MediaStream | null;
  /** The tracks of the stream: others when a device takes over for another one, in the same stream. */
  readonly tracks: readonly MediaStreamTrack[];
  /** The devices that went away and are taken back when they return. */
  readonly lost: readonly LostDevice[];
  /** Those of them in whose place none was to be had. */
  readonly missing: readonly LostDevice[];
  /** Whether the system has muted what is captured, as during a phone call. */
  readonly interrupted: boolean;
  /** Whether a permission was taken back, and what it is for is not captured again yet. */
  readonly withheld: boolean;
  /** Whether a display is captured, and not a camera or a microphone. */
  readonly display: boolean;
  /** Why the last start failed or was broken off, what has been taken from the capture, or why it could not be changed. */
  readonly error: MediaKitError | null;
}

/** A camera that was switched off, and what it takes to have it back. */
interface Rest {
  readonly track: MediaStreamTrack;
  readonly video: MediaTrackConstraints;
  /** The camera that is to come back, or another one where it is gone. */
  deviceId: string;
  /** While it is asked for. */
  waking: Promise<void> | null;
}

/** A capture that nothing has happened to, and one that is not there. */
const UNHARMED = { lost: [], missing: [], interrupted: false, withheld: false } as const;
const NOTHING = { stream: null, tracks: [], ...UNHARMED } as const;

interface Starting {
  readonly promise: Promise<MediaStream>;
  readonly resolve: (stream: MediaStream) => void;
  readonly reject: (error: MediaKitError) => void;
}

/**
 * Captures one stream at a time and owns it: its tracks are stopped by `stop()`, by the next capture, and when they
 * arrive too late. Every rejection is a `MediaKitError`.
 */
export class Capturer {
  readonly #store = new StateStore<CaptureState>({
    status: 'idle',
    ...NOTHING,
    display: false,
    error: null,
  });
  #starting: Starting | null = null;
  /** Counts the requests: the answer to any but the newest is stopped. */
  #request = 0;
  #listening: AbortController | undefined;
  /** Loaded for what is captured from devices. */
  #keeper: Keeper | null = null;
  /** Whether it is there, or on its way: then it decides what becomes of tracks that have ended. */
  #cared = false;
  readonly #clock: Clock;
  /** Whether the camera is wanted. */
  #awake = true;
  #cancelRest: (() => void) | undefined;
  #rest: Rest | null = null;
  readonly #kept: Kept = {
    after: (ms, callback) => this.#clock.after(ms, callback),
    openTrack,
    wants: (kind) => kind === 'audio' || this.#awake,
    rests: (track) => this.#rest?.track === track,
    replaceTrack: (old, next) => this.#exchange(old, next, false),
    report: (keeping) => this.#store.patch(keeping),
    revoked: (kind) => this.#revoked(kind),
  };

  /** `clock`: the browser's own by default. */
  constructor(clock = systemClock) {
    this.#clock = clock;
  }

  /** The state of the capture. */
  get store(): Store<CaptureState> {
    return this.#store;
  }

  /** Whether the camera is off, as `rest()` wanted it. */
  get rests(): boolean {
    return this.#rest !== null;
  }

  /** Starts, unless it is starting or live already: then it answers with that. */
  start(options: CaptureOptions): Promise<MediaStream> {
    if (this.#starting) return this.#starting.promise;
    const { stream } = this.#store.snapshot;
    return stream && (this.rests || isLive(stream)) ? Promise.resolve(stream) : this.restart(options);
  }

  /**
   * Captures anew. While another start is under way both promises settle with the newer one's outcome. A display that is
   * live stays so until another one is there: to cancel the choice changes nothing.
   */
  restart(options: CaptureOptions): Promise<MediaStream> {
    const display = options.kind === 'display';
    const request = ++this.#request;
    const { promise } = (this.#starting ??= starting());
    const { status, display: wasDisplay } = this.#store.snapshot;
    if (display && wasDisplay && status === 'live') this.#store.patch({ error: null });
    else {
      // Before the next is asked for: a phone cannot open two cameras at once.
      this.#stopTracks();
      this.#store.patch({ ...UNHARMED, status: 'starting', display, error: null });
    }
    capture(options).then(
      (stream) => {
        if (request === this.#request) this.#adopt(stream);
        else for (const track of stream.getTracks()) track.stop();
      },
      (thrown: unknown) => {
        if (request !== this.#request) return;
        const words = 'Capturing failed: see the cause, and start again.';
        const error = MediaKitError.from(thrown, 'device-in-use', words);
        const live = this.#store.snapshot.status === 'live';
        // Also what has come in its stream meanwhile.
        if (!live) this.#stopTracks();
        this.#settle(live ? { error } : { ...NOTHING, status: 'failed', error });
      },
    );
    return promise;
  }

  /** Stops the devices. A start that is under way rejects with `aborted`. */
  stop(): void {
    this.#request++;
    const error = this.#starting ? stoppedEarly() : null;
    this.#stopTracks();
    this.#settle({ ...NOTHING, status: 'idle', display: false, error });
  }

  /**
   * Nobody looks through the camera: in 5 s it is switched off, and its track ends. The sound goes on, and the stream
   * stays the same. This holds for what is captured later, too, until `wake()`; a display does not rest.
   */
  rest(): void {
    this.#awake = false;
    this.#keeper?.seek();
    const { status, display } = this.#store.snapshot;
    if (status !== 'live' || display || this.rests) return;
    this.#cancelRest?.();
    this.#cancelRest = this.#clock.after(REST_DELAY, () => this.#switchOff());
  }

  /**
   * The camera is wanted again. Resolves when it is on: after a rest as another track in the same stream. Rejects with a
   * `MediaKitError` when it cannot be had, and rests on then; with `aborted` when it is not wanted any longer.
   */
  async wake(): Promise<void> {
    this.#awake = true;
    this.#cancelRest?.();
    const rest = this.#rest;
    try {
      if (rest) await (rest.waking ??= this.#wake(rest));
    } catch (thrown) {
      // What is captured later rests, too.
      if (this.#rest === rest) this.#awake = false;
      throw thrown;
    }
    this.#keeper?.seek();
  }

  /** Has another camera come back after the rest. Resolves with whether there is one: who wakes it already is waited for. */
  async wakeAs(deviceId: string): Promise<boolean> {
    await this.#rest?.waking?.catch(() => {});
    if (!this.#rest) return false;
    this.#rest.deviceId = deviceId;
    return true;
  }

  /** Camera on or off, by `wake()` and `rest()`. Resolves with whether it is so now: who changes his mind meanwhile is right. */
  async look(on: boolean): Promise<boolean> {
    if (!on) this.rest();
    else {
      try {
        await this.wake();
      } catch (thrown) {
        if ((thrown as MediaKitError).code === 'aborted') return false;
        throw thrown;
      }
    }
    return true;
  }

  /** One more camera or microphone, which the caller stops or gives to `replaceTrack()`. Rejects with `MediaKitError`. */
  openTrack(kind: TrackKind, constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
    return openTrack(kind, constraints);
  }

  /** Takes over a stream that somebody else captured, and owns it from now on. */
  adopt(stream: MediaStream): void {
    if (stream === this.#store.snapshot.stream) return;
    this.#request++;
    this.#adopt(stream, false);
  }

  /**
   * Puts `next`, which it owns then, in the place of `old` in the same stream, and stops `old`. Throws `bad-input` when
   * `old` is not captured (any longer).
   */
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): void {
    this.#exchange(old, next, true);
  }

  /** The device of this track is the one that is wanted, also where it only stands in for a lost one. */
  keepTo(track: MediaStreamTrack): void {
    this.#keeper?.follow(track, track, true);
  }

  /** Something else failed, as to change over to another device: what is captured goes on, if anything is, and `error` tells why. */
  complain(error: MediaKitError): void {
    const { status } = this.#store.snapshot;
    this.#store.patch(status === 'live' || status === 'starting' ? { error } : { status: 'failed', error });
  }

  /** The same as `stop()`. */
  release(): void {
    this.stop();
  }

  #exchange(old: MediaStreamTrack, next: MediaStreamTrack, chosen: boolean): void {
    const { stream } = this.#store.snapshot;
    if (!stream?.getTracks().includes(old)) {
      throw new MediaKitError('bad-input', 'The old track is not captured: replace one that is.');
    }
    next.enabled = old.enabled;
    next.contentHint = old.contentHint;
    old.stop();
    stream.removeTrack(old);
    stream.addTrack(next);
    // Browsers tell of their own changes alone, and whoever was given the stream has to know.
    stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track: next }));
    if (this.#rest?.track === old) this.#rest = null;
    this.#watch(stream, [next]);
    this.#keeper?.follow(old, next, chosen);
    this.#store.patch({ tracks: stream.getTracks(), error: null });
    if (!this.#awake) this.rest();
  }

  #adopt(stream: MediaStream, display = this.#store.snapshot.display): void {
    this.#stopTracks();
    const { signal } = (this.#listening = new AbortController());
    this.#watch(stream);
    this.#settle({ ...NOTHING, status: 'live', stream, tracks: stream.getTracks(), display, error: null });
    if (!this.#awake) this.rest();
    if (!display) void this.#keep(stream, signal);
  }

  /** Has somebody look after the devices. Where that does not load, a lost one is lost. */
  async #keep(stream: MediaStream, signal: AbortSignal): Promise<void> {
    this.#cared = true;
    keptStreams.set(stream, signal);
    try {
      const { Keeper } = await import('./keeper.js');
      if (!signal.aborted) this.#keeper = new Keeper(stream, this.#kept, signal);
    } catch (cause) {
      console.warn('A part of the kit did not load: no other device will take over for a lost one.', cause);
      if (signal.aborted) return;
      this.#cared = false;
      keptStreams.delete(stream);
      this.#check(stream);
    }
  }

  #revoked(kind: TrackKind): void {
    const { stream } = this.#store.snapshot;
    const device = kind === 'video' ? 'camera' : 'microphone';
    const error = new MediaKitError(
      'permission-denied',
      `The permission for the ${device} was taken back: allow it again, and it goes on.`,
    );
    if (stream && isLive(stream)) return this.#store.patch({ error });
    this.#stopTracks();
    this.#store.patch({ ...NOTHING, status: 'failed', withheld: true, error });
  }

  #watch(stream: MediaStream, tracks: readonly MediaStreamTrack[] = stream.getTracks()): void {
    const { signal } = this.#listening!;
    for (const track of tracks) track.addEventListener('ended', () => this.#check(stream), { signal });
  }

  /** Whether it has ended by itself. */
  #check(stream: MediaStream): void {
    if (this.#cared || this.rests || isLive(stream)) return;
    // A display may end while another one is being chosen.
    this.#store.patch({ ...NOTHING, status: this.#starting ? 'starting' : 'ended' });
  }

  #switchOff(): void {
    const { stream } = this.#store.snapshot;
    const track = stream?.getVideoTracks().find(({ readyState }) => readyState === 'live');
    if (!track) return;
    const { deviceId = '' } = track.getSettings();
    this.#rest = { track, video: track.getConstraints(), deviceId, waking: null };
    track.stop();
  }

  async #wake(rest: Rest): Promise<void> {
    const { track: old, video, deviceId } = rest;
    try {
      const track = await insist((how) => openTrack('video', { ...video, deviceId: { [how]: deviceId } }));
      if (!this.#awake || this.#rest !== rest) {
        track.stop();
        throw new MediaKitError(
          'aborted',
          'The camera is not wanted any longer: switch it on again if it is.',
        );
      }
      this.#exchange(old, track, false);
    } finally {
      rest.waking = null;
    }
  }

  /** Publishes first, so that whoever awaits the promise finds the state as it is. */
  #settle(changes: Partial<CaptureState>): void {
    const starting = this.#starting;
    this.#starting = null;
    this.#store.patch(changes);
    if (changes.error) starting?.reject(changes.error);
    else if (changes.stream) starting?.resolve(changes.stream);
  }

  #stopTracks(): void {
    this.#cancelRest?.();
    this.#rest = null;
    this.#keeper = null;
    this.#cared = false;
    this.#listening?.abort();
    const { stream } = this.#store.snapshot;
    if (!stream) return;
    keptStreams.delete(stream);
    for (const track of stream.getTracks()) track.stop();
  }
}

/** Not `stream.active`: Firefox brings it up to date later. */
function isLive(stream: MediaStream): boolean {
  return stream.getTracks().some(({ readyState }) => readyState === 'live');
}

async function capture(options: CaptureOptions): Promise<MediaStream> {
  if (options.kind === 'display') return getDisplayMedia(captureConstraints(options));
  if (!options.persist) return getUserMedia(captureConstraints(options));
  const preferred = readPreferences();
  return insist((how) => getUserMedia(captureConstraints({ preferred, ...options }, how)));
}

/** Asks for the very device, and where it is gone, wishes for it: of a wish alone Chromium takes no notice. */
function insist<R>(ask: (how: Strictness) => Promise<R>): Promise<R> {
  return ask('exact').catch((error: MediaKitError) => {
    if (error.code !== 'overconstrained') throw error;
    return ask('ideal');
  });
}

function starting(): Starting {
  let resolve!: Starting['resolve'];
  let reject!: Starting['reject'];
  const promise = new Promise<MediaStream>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
