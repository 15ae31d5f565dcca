import type { Clock } from '../clock.js';
import type { openTrack } from './capture.js';
import {
  defaultMicrophone,
  endedBecause,
  listDevices,
  withoutDevice,
  wishFor,
  type LostDevice,
  type TrackKind,
} from './devices.js';
import { queryPermission } from './permission.js';

/** A device that has just been plugged in may not be ready yet: it is tried again after so many ms, so many times. */
const [RETRY_DELAY, RETRIES] = [1000, 5];

/** What a keeper says of a capture. */
export interface Keeping {
  /** The devices that went away. */
  readonly lost: readonly LostDevice[];
  /** Those of them in whose place none was to be had. */
  readonly missing: readonly LostDevice[];
  /** Whether the system has muted a track. */
  readonly interrupted: boolean;
  /** Whether the permission for a track was taken back. */
  readonly withheld: boolean;
}

/** What a keeper needs of a capture. */
export interface Kept {
  readonly after: Clock['after'];
  readonly openTrack: typeof openTrack;
  /** Whether this kind is to be captured now: a camera that is to rest is not. */
  wants(kind: TrackKind): boolean;
  /** Whether this track was switched off on purpose, and is fetched back by whoever did so. */
  rests(track: MediaStreamTrack): boolean;
  /** Puts `next` in the place of `old` in the same stream, and stops that. */
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): void;
  /** Called with each change. */
  report(keeping: Keeping): void;
  /** The permission for this kind was taken back. */
  revoked(kind: TrackKind): void;
}

/** One place in the stream and who sits there. */
class Place {
  track: MediaStreamTrack;
  readonly kind: TrackKind;
  /** Whether the device was asked for by its id. */
  named: boolean;
  /** The device that is wanted here. */
  deviceId = '';
  label = '';
  lost = false;
  /** Whether another one was looked for since it was lost. */
  sought = false;
  withheld = false;
  muted = false;
  tries = 0;
  /** Whether it is being filled, and has to be looked at once more then. */
  tending = false;
  again = false;
  listening: AbortController | undefined;

  constructor(track: MediaStreamTrack) {
    this.track = track;
    this.kind = track.kind as TrackKind;
    this.named = Boolean(this.constraints.deviceId);
    this.want();
  }

  /** What is asked of whoever sits there, also since it runs. */
  get constraints(): MediaTrackConstraints {
    return this.track.getConstraints();
  }

  /** From now on the device is wanted that is captured. */
  want(): void {
    this.deviceId = this.track.getSettings().deviceId ?? '';
    this.label = this.track.label;
    this.lost = false;
  }

  get filled(): boolean {
    return this.track.readyState === 'live';
  }
}

/**
 * Keeps one capture of cameras and microphones going. Where a device is unplugged another one takes over in the same
 * stream, and gives way when it is back. What follows the system's default microphone goes with it.
 */
export class Keeper {
  readonly #kept: Kept;
  readonly #signal: AbortSignal;
  readonly #places: readonly Place[];
  #default = '';
  #told: Keeping = { lost: [], missing: [], interrupted: false, withheld: false };

  /** Keeps the tracks until `signal` aborts. */
  constructor(stream: MediaStream, kept: Kept, signal: AbortSignal) {
    this.#kept = kept;
    this.#signal = signal;
    this.#places = stream.getTracks().map((track) => new Place(track));
    for (const place of this.#places) {
      this.#listen(place);
      // It may have gone while this was loaded.
      if (!place.filled) void this.#ended(place);
    }
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#devicesChanged(), { signal });
    void listDevices().then((devices) => (this.#default = defaultMicrophone(devices).identity));
    this.#publish();
  }

  /** A track was replaced by somebody else. `chosen`: its device is wanted from now on. */
  follow(old: MediaStreamTrack, next: MediaStreamTrack, chosen: boolean): void {
    const place = this.#places.find(({ track }) => track === old);
    if (!place) return;
    place.track = next;
    place.named ||= chosen;
    if (chosen || !place.lost) place.want();
    this.#listen(place);
    this.#publish();
  }

  /** Looks for what was lost where it is wanted, which it may not have been before. */
  seek(): void {
    for (const place of this.#places) if (place.lost) void this.#tend(place);
  }

  #listen(place: Place): void {
    const { track } = place;
    place.listening?.abort();
    // As during a phone call that has begun before.
    place.muted = track.muted;
    place.withheld = false;
    const { signal } = (place.listening = new AbortController());
    this.#signal.addEventListener('abort', () => place.listening?.abort(), { signal });
    track.addEventListener('ended', () => void this.#ended(place), { signal });
    for (const type of ['mute', 'unmute'] as const) {
      track.addEventListener(
        type,
        () => {
          place.muted = type === 'mute';
          this.#publish();
        },
        { signal },
      );
    }
  }

  async #ended(place: Place): Promise<void> {
    place.muted = false;
    const feature = place.kind === 'video' ? 'camera' : 'microphone';
    const permission = await queryPermission(feature);
    const state = permission?.state ?? null;
    // Only where they decide: Firefox lists none until the page is in focus, and a loss is to be told at once.
    const devices = state === 'prompt' ? await listDevices() : [];
    if (this.#signal.aborted || place.filled || this.#kept.rests(place.track)) return;
    place.tries = 0;
    if (endedBecause(place, devices, state) === 'revoked') {
      const { signal } = place.listening!;
      const changed = (): void => {
        if (permission?.state === 'granted') void this.#tend(place);
      };
      permission?.addEventListener('change', changed, { signal });
      place.withheld = true;
      this.#kept.revoked(place.kind);
      this.#publish();
      return;
    }
    place.lost = true;
    place.sought = false;
    this.#publish();
    await this.#tend(place);
  }

  async #devicesChanged(): Promise<void> {
    const devices = await listDevices();
    const before = this.#default;
    const { id, identity } = defaultMicrophone(devices);
    this.#default = identity;
    const moved = before !== identity && before !== '' && id !== '';
    for (const place of this.#places) {
      place.tries = 0;
      if (place.lost) void this.#tend(place);
      else if (moved && this.#isDefault(place, before)) void this.#goWithDefault(place, id);
    }
  }

  /** Whether a place was filled with whichever microphone was the default one. */
  #isDefault({ kind, named, deviceId, filled }: Place, before: string): boolean {
    if (kind !== 'audio' || !filled) return false;
    return deviceId === 'default' || (!named && deviceId === before);
  }

  async #goWithDefault(place: Place, deviceId: string): Promise<void> {
    // Not where the browser would ask for it.
    if ((await queryPermission('microphone'))?.state !== 'granted') return;
    const wish = { ...withoutDevice(place.constraints), deviceId: { exact: deviceId } };
    if (await this.#fill(place, wish)) place.want();
  }

  /** Fills a place as well as can be now. */
  async #tend(place: Place): Promise<void> {
    place.again = place.tending;
    if (place.tending) return;
    place.tending = true;
    const wish = this.#kept.wants(place.kind) && wishFor(place, await listDevices());
    if (wish && !this.#signal.aborted && !(await this.#fill(place, wish))) this.#tryAgain(place);
    place.tending = false;
    if (place.again && !this.#signal.aborted) return this.#tend(place);
    place.sought = true;
    this.#publish();
  }

  #tryAgain(place: Place): void {
    if (place.tries++ >= RETRIES || this.#signal.aborted) return;
    const cancel = this.#kept.after(RETRY_DELAY, () => {
      this.#signal.removeEventListener('abort', cancel);
      void this.#tend(place);
    });
    this.#signal.addEventListener('abort', cancel, { once: true });
  }

  async #fill(place: Place, wish: MediaTrackConstraints): Promise<boolean> {
    const old = place.track;
    let next: MediaStreamTrack | undefined;
    try {
      next = await this.#kept.openTrack(place.kind, wish);
    } catch {
      // It is not to be had: the next change of the devices brings another chance.
    }
    if (!next) return false;
    // Over, or somebody has chosen another one meanwhile.
    if (this.#signal.aborted || place.track !== old) {
      next.stop();
      return !this.#signal.aborted;
    }
    place.track = next;
    this.#listen(place);
    try {
      this.#kept.replaceTrack(old, next);
    } catch {
      // The page has taken the old one out of the stream.
      place.track = old;
      next.stop();
      return true;
    }
    if (next.getSettings().deviceId === place.deviceId) place.lost = false;
    return true;
  }

  #publish(): void {
    const lost = this.#places.filter((place) => place.lost);
    const missing = lost.filter(({ kind, sought, filled }) => sought && !filled && this.#kept.wants(kind));
    const now: Keeping = {
      lost: lost.map(described),
      missing: missing.map(described),
      interrupted: this.#places.some(({ muted, filled }) => muted && filled),
      withheld: this.#places.some(({ withheld }) => withheld),
    };
    if (this.#signal.aborted || JSON.stringify(now) === JSON.stringify(this.#told)) return;
    this.#told = now;
    this.#kept.report(now);
  }
}

const described = ({ kind, deviceId, label }: Place): LostDevice => ({
  kind: kind === 'video' ? 'camera' : 'microphone',
  deviceId,
  label,
});
