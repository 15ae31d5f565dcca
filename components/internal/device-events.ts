import type { CaptureState } from '../engine/capture/capturer.js';
import type { LostDevice } from '../engine/capture/devices.js';

/** Fired when a device that is captured went away. Another one takes over in the same stream, if there is one. Does not bubble. */
export class DeviceLostEvent extends Event {
  /** The device that went away. */
  readonly device: LostDevice;

  constructor(device: LostDevice) {
    super('device-lost');
    this.device = device;
  }
}

/** Fired when a device that went away is captured again, in the same stream. Does not bubble. */
export class DeviceRestoredEvent extends Event {
  /** The device that is back. */
  readonly device: LostDevice;

  constructor(device: LostDevice) {
    super('device-restored');
    this.device = device;
  }
}

/** Fired when the system has muted what is captured, as during a phone call. Does not bubble. */
export class CaptureInterruptedEvent extends Event {
  constructor() {
    super('capture-interrupted');
  }
}

/** Fired when what the system has muted goes on. Does not bubble. */
export class CaptureResumedEvent extends Event {
  constructor() {
    super('capture-resumed');
  }
}

/** What has happened to the devices from one state of a capture to the next. */
export function* deviceEvents(before: CaptureState, now: CaptureState): Generator<Event> {
  for (const device of now.lost) if (!includes(before.lost, device)) yield new DeviceLostEvent(device);
  // Not where the user has stopped, or chosen another one meanwhile.
  const captured = ({ deviceId }: LostDevice): boolean =>
    now.tracks.some((track) => track.getSettings().deviceId === deviceId);
  for (const device of before.lost)
    if (!includes(now.lost, device) && captured(device)) yield new DeviceRestoredEvent(device);
  if (now.interrupted && !before.interrupted) yield new CaptureInterruptedEvent();
  if (!now.interrupted && before.interrupted && now.stream) yield new CaptureResumedEvent();
}

const includes = (devices: readonly LostDevice[], { kind, deviceId }: LostDevice): boolean =>
  devices.some((device) => device.kind === kind && device.deviceId === deviceId);

declare global {
  interface GlobalEventHandlersEventMap {
    'capture-interrupted': CaptureInterruptedEvent;
    'capture-resumed': CaptureResumedEvent;
    'device-lost': DeviceLostEvent;
    'device-restored': DeviceRestoredEvent;
  }
}
