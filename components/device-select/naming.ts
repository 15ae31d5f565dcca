import { deviceInUse, type DeviceOwner } from './choices.js';

/** Has the owner use this device; the empty text is any. */
export function nameDevice(owner: DeviceOwner, kind: 'camera' | 'microphone', deviceId: string): void {
  const isNamed = deviceId !== '' && deviceId === owner[kind];
  if (isNamed && deviceId !== deviceInUse(kind, owner)) void nameAgain(owner, kind, deviceId);
  else owner[kind] = deviceId || null;
}

/** It is named already, and another one has been switched to since: that would be nothing new. */
async function nameAgain(owner: DeviceOwner, kind: 'camera' | 'microphone', deviceId: string): Promise<void> {
  // Once more where the page names it at that moment, too: its owner sees no change.
  for (let times = 0; times < 2 && owner[kind] === deviceId; times++) {
    owner[kind] = null;
    await owner.updateComplete;
  }
  // Unless another one was named meanwhile.
  owner[kind] ??= deviceId;
}
