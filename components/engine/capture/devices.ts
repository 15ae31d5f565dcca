/** The two kinds of track, as `MediaStreamTrack` names them. */
export type TrackKind = 'audio' | 'video';

/** A device that a capture has lost. */
export interface LostDevice {
  /** What it is. */
  readonly kind: 'camera' | 'microphone';
  /** Its id, as the browser gives it. */
  readonly deviceId: string;
  /** Its name, where the browser tells it. */
  readonly label: string;
}

/** What is known of a device, the one that was captured in the beginning, when its place in the stream is to be filled. */
export interface Seat {
  readonly kind: TrackKind;
  readonly deviceId: string;
  /** What was asked of it. */
  readonly constraints: MediaTrackConstraints;
  /** Whether another one stands in for it. */
  readonly filled: boolean;
}

/** Every device that the browser tells of; none where it does not. */
export async function listDevices(): Promise<MediaDeviceInfo[]> {
  try {
    return await navigator.mediaDevices.enumerateDevices();
  } catch {
    return [];
  }
}

/** Whether nothing came, went or got a name. */
export function sameDevices(some: readonly MediaDeviceInfo[], others: readonly MediaDeviceInfo[]): boolean {
  const told = (devices: readonly MediaDeviceInfo[]): string =>
    JSON.stringify(devices.map(({ kind, deviceId, label }) => [kind, deviceId, label]));
  return told(some) === told(others);
}

/** The cameras or microphones among them. */
export const inputsOf = (devices: readonly MediaDeviceInfo[], kind: TrackKind): MediaDeviceInfo[] =>
  devices.filter((device) => device.kind === `${kind}input`);

/**
 * Why a track has ended by itself. Without permission browsers list devices without their ids, or the device is there
 * and no longer to be had.
 */
export function endedBecause(
  { kind, deviceId }: Pick<Seat, 'kind' | 'deviceId'>,
  devices: readonly MediaDeviceInfo[],
  permission: PermissionState | null,
): 'lost' | 'revoked' {
  if (permission === 'denied') return 'revoked';
  if (permission !== 'prompt') return 'lost';
  const there = inputsOf(devices, kind);
  return there.some((device) => device.deviceId === deviceId || !device.deviceId) ? 'revoked' : 'lost';
}

/** What to ask for to fill a seat whose device is lost: that device, else any other while the seat is empty; null waits. */
export function wishFor(seat: Seat, devices: readonly MediaDeviceInfo[]): MediaTrackConstraints | null {
  const { kind, deviceId, constraints, filled } = seat;
  const there = inputsOf(devices, kind);
  const any = withoutDevice(constraints);
  if (deviceId && there.some((device) => device.deviceId === deviceId)) {
    return { ...any, deviceId: { exact: deviceId } };
  }
  return filled || there.length === 0 ? null : any;
}

/** The same constraints for whichever device. */
export function withoutDevice(constraints: MediaTrackConstraints): MediaTrackConstraints {
  const any = { ...constraints };
  delete any.deviceId;
  delete any.groupId;
  return any;
}

/** The default microphone: some browsers list it as one of its own, `default`, others first. */
export function defaultMicrophone(devices: readonly MediaDeviceInfo[]): { id: string; identity: string } {
  const [first] = inputsOf(devices, 'audio');
  const named = inputsOf(devices, 'audio').find(({ deviceId }) => deviceId === 'default');
  const { deviceId = '', groupId = '', label = '' } = named ?? first ?? {};
  return { id: deviceId, identity: named ? `${groupId} ${label}` : deviceId };
}

const OPPOSITE: Readonly<Record<string, string>> = { user: 'environment', environment: 'user' };

/** The camera that comes after `current`: one that faces the other way, or the next in the list; null where there is one. */
export function nextCamera(
  current: MediaTrackSettings,
  devices: readonly MediaDeviceInfo[],
): MediaTrackConstraints | null {
  const cameras = inputsOf(devices, 'video');
  if (cameras.length < 2) return null;
  const opposite = OPPOSITE[current.facingMode ?? ''];
  if (opposite) return { facingMode: { exact: opposite } };
  const at = cameras.findIndex(({ deviceId }) => deviceId === current.deviceId);
  return { deviceId: { exact: cameras[(at + 1) % cameras.length]!.deviceId } };
}
