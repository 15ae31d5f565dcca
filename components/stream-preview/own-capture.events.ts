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

declare global {
  interface GlobalEventHandlersEventMap {
    'permission-change': PermissionChangeEvent;
  }
}
