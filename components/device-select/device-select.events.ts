import type { DeviceKind } from './choices.js';

/** Fired by a `<device-select>` before it changes a device; unless it is prevented, its owner takes the device. Bubbles. */
export class DeviceRequestEvent extends Event {
  /** What kind of device was chosen. */
  readonly kind: DeviceKind;
  /** The id of the device; the empty text is the system's own speaker. */
  readonly deviceId: string;

  constructor(kind: DeviceKind, deviceId: string) {
    super('device-request', { bubbles: true, composed: true, cancelable: true });
    this.kind = kind;
    this.deviceId = deviceId;
  }
}

/** Fired by a `<device-select>` when `devices` became another list: something was plugged in or out, or has a name now. Does not bubble. */
export class DeviceChangeEvent extends Event {
  /** The devices as they are now. */
  readonly devices: readonly MediaDeviceInfo[];

  constructor(devices: readonly MediaDeviceInfo[]) {
    super('device-change');
    this.devices = devices;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'device-change': DeviceChangeEvent;
    'device-request': DeviceRequestEvent;
  }
}
