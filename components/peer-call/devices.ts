import type { CallState } from '../engine/call/call-state.js';
import { Capturer, type CaptureState } from '../engine/capture/capturer.js';
import { featuresOf, PermissionWatch } from '../engine/capture/permission.js';
import { loaded, type MediaKitError } from '../engine/errors.js';
import { deviceEvents } from '../internal/device-events.js';
import { DeviceIssues } from './device-issues.js';
import { LocalStreamChangeEvent } from './devices.events.js';

/** Which devices to capture; neither sound nor picture is nothing. */
export interface WantedDevices {
  readonly audio: boolean;
  readonly video: boolean;
  /** The id of one camera. */
  readonly camera: string | null;
  /** The id of one microphone. */
  readonly microphone: string | null;
}

/** What tells a call of the devices that it captures. */
export interface DevicesOptions {
  /** Another track is to be sent: the camera is back from a rest, another one took over for it, or all was taken away. */
  readonly camera: () => void;
  readonly screen: (stream: MediaStream | null) => void;
  /** Gets the events of the devices. */
  readonly dispatch: (event: Event) => void;
  /** Something went wrong. `quiet`: an issue shows it for as long as it lasts. */
  readonly report: (error: MediaKitError, quiet?: boolean) => void;
  /** The issues are others now. */
  readonly issues: () => void;
}

/** The camera, the microphone and the screen that a call captures itself. */
export class Devices {
  readonly #options: DevicesOptions;
  readonly #camera = new Capturer();
  readonly #screen = new Capturer();
  readonly #issues: DeviceIssues;
  #wanted: WantedDevices | undefined;
  /** One choice after the other. */
  #choosing = Promise.resolve();
  /** While what was taken away may be allowed again. */
  #regaining = new AbortController();

  constructor(options: DevicesOptions) {
    this.#options = options;
    this.#issues = new DeviceIssues(options.dispatch, options.issues);
    let before = this.#camera.store.snapshot;
    this.#camera.store.subscribe((now) => {
      const last = before;
      before = now;
      this.#changed(last, now);
      this.#issues.follow(now);
    });
    this.#screen.store.subscribe(({ status, stream }) => options.screen(status === 'live' ? stream : null));
  }

  /** Whether a camera or microphone is captured. */
  get capturing(): boolean {
    return this.#camera.store.snapshot.status === 'live';
  }

  /** What is captured, or null. */
  get stream(): MediaStream | null {
    return this.#camera.store.snapshot.stream;
  }

  /** The state of a room, with the issues of these devices added. */
  added(room: CallState): CallState {
    return { ...room, issues: this.#issues.among(room.issues) };
  }

  /** Rejects with `MediaKitError`. */
  async capture(wanted: WantedDevices): Promise<void> {
    const before = this.#wanted;
    this.#wanted = wanted;
    const { audio, video, camera, microphone } = wanted;
    const options = { kind: 'user', audio, video, camera, microphone } as const;
    const goesOn = before?.audio === audio && before.video === video;
    await (goesOn ? this.#camera.start(options) : this.#camera.restart(options));
    // Those that were chosen while these were opened.
    for (const device of ['camera', 'microphone'] as const) {
      const chosen = this.#wanted[device];
      if (chosen !== wanted[device]) await this.choose(device, chosen);
    }
  }

  /** Changes over to this one in the same stream, where something is captured: the last choice counts. Rejects with `MediaKitError`. */
  choose(device: 'camera' | 'microphone', deviceId: string | null): Promise<void> {
    if (this.#wanted) this.#wanted = { ...this.#wanted, [device]: deviceId };
    const chosen = this.#choosing.then(() => this.#change(device, deviceId));
    this.#choosing = chosen.catch(() => {});
    return chosen;
  }

  async #change(device: 'camera' | 'microphone', deviceId: string | null): Promise<void> {
    const kind = device === 'camera' ? 'video' : 'audio';
    const isThere = this.stream?.getTracks().some((track) => track.kind === kind);
    if (!deviceId || !isThere || this.#wanted?.[device] !== deviceId) return;
    const { chooseDevice } = await loaded(import('../engine/capture/adjust.js'));
    await chooseDevice(this.#camera, kind, deviceId);
  }

  /** Rejects with `MediaKitError`. */
  async share(constraints: DisplayMediaStreamOptions | null): Promise<void> {
    await this.#screen.restart({ kind: 'display', constraints });
  }

  /**
   * Camera on or off: off with its hardware 5 s later, and on as another track in the same stream. Resolves with whether
   * it is so now: who changes his mind meanwhile is right. Rejects with `MediaKitError` where it cannot be had again.
   */
  setVideo(on: boolean): Promise<boolean> {
    return this.#camera.look(on);
  }

  /** Whether the camera has to be switched on first. */
  get rests(): boolean {
    return this.#camera.rests;
  }

  stopCamera(): void {
    this.#regaining.abort();
    this.#camera.stop();
  }

  stopScreen(): void {
    this.#screen.stop();
  }

  #changed(before: CaptureState, now: CaptureState): void {
    const { camera, dispatch, report } = this.#options;
    if (before.status !== 'live') return;
    const failed = now.status === 'failed';
    const exchanged = now.stream === before.stream && now.tracks !== before.tracks;
    if (failed || exchanged) camera();
    if (exchanged) dispatch(new LocalStreamChangeEvent(now.stream!));
    for (const event of deviceEvents(before, now)) dispatch(event);
    if (now.error && now.error !== before.error) report(now.error, now.error.code === 'permission-denied');
    if (failed) this.#regain();
  }

  /** Captures again when all that was taken away is allowed again. */
  #regain(): void {
    const { signal } = (this.#regaining = new AbortController());
    const watch = new PermissionWatch();
    watch.store.subscribe(({ permission }) => {
      if (permission === 'granted') void this.#again();
    }, signal);
    void watch.follow(featuresOf({ kind: 'user', ...this.#wanted! }), signal);
  }

  async #again(): Promise<void> {
    this.#regaining.abort();
    try {
      await this.capture(this.#wanted!);
      this.#options.camera();
    } catch (thrown) {
      const error = thrown as MediaKitError;
      // Left meanwhile.
      if (error.code !== 'aborted') this.#options.report(error);
    }
  }
}
