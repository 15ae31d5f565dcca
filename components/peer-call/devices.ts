import { Capturer } from '../engine/capture/capturer.js';
import { loaded } from '../engine/errors.js';

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
  /** The same stream has got another track: the camera is back from a rest, or another one took over for it. */
  readonly camera: () => void;
  readonly screen: (stream: MediaStream | null) => void;
}

/** The camera, the microphone and the screen that a call captures itself. */
export class Devices {
  readonly #camera = new Capturer();
  readonly #screen = new Capturer();

  constructor(options: DevicesOptions) {
    let before = this.#camera.store.snapshot;
    this.#camera.store.subscribe((now) => {
      const exchanged = now.stream !== null && now.stream === before.stream && now.tracks !== before.tracks;
      before = now;
      if (exchanged) options.camera();
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

  /** Rejects with `MediaKitError`. */
  async capture({ audio, video, camera, microphone }: WantedDevices): Promise<void> {
    await this.#camera.start({ kind: 'user', audio, video, camera, microphone });
  }

  /** Changes over to these in the same stream, where something is captured. Rejects with `MediaKitError`. */
  async choose(device: 'camera' | 'microphone', deviceId: string | null): Promise<void> {
    const kind = device === 'camera' ? 'video' : 'audio';
    const isThere = ({ kind: one, readyState }: MediaStreamTrack): boolean =>
      one === kind && readyState === 'live';
    if (!deviceId || !this.stream?.getTracks().some(isThere)) return;
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
    this.#camera.stop();
  }

  stopScreen(): void {
    this.#screen.stop();
  }
}
