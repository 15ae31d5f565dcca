import type { Capturer, CaptureState } from '../engine/capture/capturer.js';
import type { LostDevice } from '../engine/capture/devices.js';
import type { CapturePermission } from '../engine/capture/permission.js';
import { remember } from '../engine/capture/preferences.js';
import type { CaptureOptions } from '../engine/capture/request.js';
import { Asking } from './asking.js';
import {
  CaptureInterruptedEvent,
  CaptureResumedEvent,
  DeviceLostEvent,
  DeviceRestoredEvent,
  PermissionChangeEvent,
} from './own-capture.events.js';

export { Capturer } from '../engine/capture/capturer.js';

/** The preview that captures. */
export interface CaptureHost extends EventTarget {
  readonly persist: boolean;
  start(): Promise<MediaStream | null>;
  requestUpdate(): void;
}

/** What a preview does about its own capture beside showing it: permission, and devices that go, come back and are remembered. */
export class OwnCapture {
  /** What captures. */
  readonly capturer: Capturer;
  readonly #host: CaptureHost;
  readonly #asking: Asking;
  #connection: AbortSignal | undefined;
  #before: CaptureState;

  constructor(capturer: Capturer, host: CaptureHost) {
    this.capturer = capturer;
    this.#host = host;
    this.#before = capturer.store.snapshot;
    this.#asking = new Asking(capturer, {
      changed: (permission) => {
        host.requestUpdate();
        host.dispatchEvent(new PermissionChangeEvent(permission));
      },
      // Nobody holds this promise: a failure is in the state and in the event.
      allowed: () => void host.start().catch(() => {}),
    });
    capturer.store.subscribe((now) => {
      const before = this.#before;
      this.#before = now;
      if (now.tracks !== before.tracks) this.#remember(now);
      this.#tell(before, now);
    });
  }

  /** Whether what `follow()` was told of is permitted. */
  get permission(): CapturePermission {
    return this.#asking.permission;
  }

  /** Follows the permission for this, until `signal` aborts. */
  follow(capture: CaptureOptions, signal: AbortSignal): void {
    this.#connection = signal;
    this.#asking.follow(capture, signal);
  }

  /** The stream of a `<usermedia>` in the slot is taken for our own capture. */
  offered(event: Event): void {
    for (const element of (event.target as HTMLSlotElement).assignedElements()) {
      const offer = element as Element & { readonly stream?: MediaStream | null };
      if (offer.localName !== 'usermedia') continue;
      const take = (): void => {
        if (offer.stream) this.capturer.adopt(offer.stream);
      };
      element.addEventListener('stream', take, { signal: this.#connection });
    }
  }

  #remember({ tracks, lost, display }: CaptureState): void {
    if (!this.#host.persist || display || lost.length > 0) return;
    const id = (kind: string): string | undefined =>
      tracks.find((track) => track.kind === kind)?.getSettings().deviceId;
    const [camera, microphone] = [id('video'), id('audio')];
    remember({ ...(camera && { camera }), ...(microphone && { microphone }) });
  }

  #tell(before: CaptureState, now: CaptureState): void {
    const fire = (event: Event): void => void this.#host.dispatchEvent(event);
    for (const device of now.lost) if (!includes(before.lost, device)) fire(new DeviceLostEvent(device));
    // Those that the user has stopped do not come back.
    const back = now.stream && now.stream === before.stream ? before.lost : [];
    for (const device of back) if (!includes(now.lost, device)) fire(new DeviceRestoredEvent(device));
    if (now.interrupted && !before.interrupted) fire(new CaptureInterruptedEvent());
    if (!now.interrupted && before.interrupted) fire(new CaptureResumedEvent());
  }
}

const includes = (devices: readonly LostDevice[], { kind, deviceId }: LostDevice): boolean =>
  devices.some((device) => device.kind === kind && device.deviceId === deviceId);
