/** What kind of device is chosen; anything else is `camera`. */
export type DeviceKind = 'camera' | 'microphone' | 'speaker';

const LISTED: Record<DeviceKind, MediaDeviceKind> = {
  camera: 'videoinput',
  microphone: 'audioinput',
  speaker: 'audiooutput',
};

export const deviceKinds = Object.keys(LISTED);

/** What the attribute `kind` says. */
export function deviceKind(kind: string | null): DeviceKind {
  return kind === 'microphone' || kind === 'speaker' ? kind : 'camera';
}

/** The devices of a kind. Before permission browsers list one without an id, which cannot be chosen. */
export function devicesOf(kind: DeviceKind, devices: readonly MediaDeviceInfo[]): readonly MediaDeviceInfo[] {
  return devices.filter((device) => device.kind === LISTED[kind]);
}

/** One line of the list. Without a label it is told by its number. */
export interface Choice {
  readonly deviceId: string;
  readonly label: string;
  /** From 1. */
  readonly number: number;
}

/** The lines of the list. Speakers begin with the system's own, `''`, unless the browser lists it. */
export function choicesOf(kind: DeviceKind, devices: readonly MediaDeviceInfo[]): readonly Choice[] {
  const named = devices
    .filter(({ deviceId }) => deviceId)
    .map(({ deviceId, label }, index) => ({ deviceId, label, number: index + 1 }));
  const needsOwn = kind === 'speaker' && !named.some(({ deviceId }) => deviceId === 'default');
  return needsOwn ? [{ deviceId: '', label: '', number: 0 }, ...named] : named;
}

/** What can take a device: what `<stream-preview>` and `<peer-call>` have in common. */
export interface DeviceOwner extends HTMLElement {
  camera: string | null;
  microphone: string | null;
  readonly updateComplete: Promise<boolean>;
  readonly sinkId: string;
  setSinkId(sinkId: string): Promise<void>;
  readonly source: string | null;
  readonly srcObject: MediaStream | null;
  /** Of a preview: what it captures, if anything. */
  readonly capture?: string | null;
  readonly stream: MediaStream | null;
  /** Of a call: what it sends. */
  readonly localStream?: MediaStream | null;
}

/** Whether a choice would have an effect. `choices`: how many there are to choose from; `asks`: the browser has a list of its own. */
export function isOfUse(
  kind: DeviceKind,
  owner: DeviceOwner | null,
  choices: number,
  asks: boolean,
): boolean {
  if (kind === 'speaker') return 'setSinkId' in HTMLMediaElement.prototype && (choices > 1 || asks);
  return (!owner || captures(owner)) && choices > 0;
}

/**
 * A preview captures devices only where it is told to, and no display; that goes before its `source`. A call sends what
 * it is lent.
 */
function captures({ capture, source, srcObject }: DeviceOwner): boolean {
  if (srcObject) return false;
  return capture === undefined ? !source : capture !== null && capture !== 'display';
}

/** The id of the device that an owner uses now, or the one that it will ask for, or the empty text. */
export function deviceInUse(kind: DeviceKind, owner: DeviceOwner): string {
  if (kind === 'speaker') return owner.sinkId;
  const stream = owner.localStream === undefined ? owner.stream : owner.localStream;
  const [track] = (kind === 'camera' ? stream?.getVideoTracks() : stream?.getAudioTracks()) ?? [];
  return track?.getSettings().deviceId ?? owner[kind] ?? '';
}
