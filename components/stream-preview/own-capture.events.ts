import type { LostDevice } from '../engine/capture/devices.js';
import type { CapturePermission } from '../engine/capture/permission.js';

/** Fired by a preview when its `permission` became another one. Does not bubble. */
export class PermissionChangeEvent extends Event {
  /** The permission as it is now. */
  readonly permission: CapturePermission;

  constructor(permission: CapturePermission) {
    super('permission-change');
    this.permission = permission;
  }
}

/** Fired by a preview when a device that it captures went away. Another one takes over in the same stream, if there is one. Does not bubble. */
export class DeviceLostEvent extends Event {
  /** The device that went away. */
  readonly device: LostDevice;

  constructor(device: LostDevice) {
    super('device-lost');
    this.device = device;
  }
}

/** Fired by a preview when a device that went away is captured again, in the same stream. Does not bubble. */
export class DeviceRestoredEvent extends Event {
  /** The device that is back. */
  readonly device: LostDevice;

  constructor(device: LostDevice) {
    super('device-restored');
    this.device = device;
  }
}

/** Fired by a preview when the system has muted what it captures, as during a phone call. Does not bubble. */
export class CaptureInterruptedEvent extends Event {
  constructor() {
    super('capture-interrupted');
  }
}

/** Fired by a preview when what the system has muted goes on. Does not bubble. */
export class CaptureResumedEvent extends Event {
  constructor() {
    super('capture-resumed');
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'capture-interrupted': CaptureInterruptedEvent;
    'capture-resumed': CaptureResumedEvent;
    'device-lost': DeviceLostEvent;
    'device-restored': DeviceRestoredEvent;
    'permission-change': PermissionChangeEvent;
  }
}
