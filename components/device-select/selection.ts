import { DeviceList } from '../engine/capture/device-list.js';
import { sameDevices } from '../engine/capture/devices.js';
import { readPreferences, remember } from '../engine/capture/preferences.js';
import {
  choicesOf,
  deviceInUse,
  deviceKind,
  devicesOf,
  type Choice,
  type DeviceKind,
  type DeviceOwner,
} from './choices.js';
import { DeviceChangeEvent } from './device-select.events.js';
import { nameDevice } from './naming.js';

/** After these an owner may use another device. */
const CHANGES = [
  'stream-change',
  'local-stream-change',
  'call-state-change',
  'preview-state-change',
  'error',
];

/** The element that shows the list. */
export interface SelectionHost extends EventTarget {
  readonly kind: string | null;
  readonly persist: boolean;
  requestUpdate(): void;
}

/**
 * The devices of a kind, and which of them is chosen. Its owner uses that, also one that comes later; where the owner
 * uses another one, that is chosen.
 */
export class Selection {
  readonly #host: SelectionHost;
  readonly #taken: (before: string) => void;
  readonly #list = new DeviceList();
  #owner: DeviceOwner | null = null;
  #devices: readonly MediaDeviceInfo[] = [];
  #value = '';
  /** Whether the value was chosen before there was an owner to take it. */
  #due = false;
  #recalled = false;
  /** How many speakers the owner has not answered for. */
  #asked = 0;

  /** `taken` is called when something was chosen, perhaps what was chosen before. */
  constructor(host: SelectionHost, taken: (before: string) => void) {
    this.#host = host;
    this.#taken = taken;
    this.#list.store.subscribe(() => this.#listed());
  }

  get kind(): DeviceKind {
    return deviceKind(this.#host.kind);
  }

  /** What takes the device, or null. */
  get owner(): DeviceOwner | null {
    return this.#owner;
  }

  /** The devices of the kind. */
  get devices(): readonly MediaDeviceInfo[] {
    return this.#devices;
  }

  /** The lines of the list. */
  get choices(): readonly Choice[] {
    return choicesOf(this.kind, this.#devices);
  }

  /** The id of what was chosen, until the owner uses another one. */
  get value(): string {
    return this.#value;
  }

  /** Follows what is plugged in and out, until `signal` aborts. */
  connect(signal: AbortSignal): void {
    this.#list.follow(signal);
  }

  /** Lists the devices again, where no event tells of others. */
  refresh(): Promise<void> {
    return this.#list.refresh();
  }

  /** Has this owner use what was chosen before there was one, and hears what it uses, until `signal` aborts. */
  follow(owner: DeviceOwner | null, signal: AbortSignal): void {
    this.#owner = owner;
    const look = (): void => {
      // What is captured now was permitted, and has a name; Firefox lists no speaker before.
      if (this.#list.store.snapshot.devices.some(({ label }) => !label)) void this.refresh();
      this.#use();
    };
    for (const type of CHANGES) owner?.addEventListener(type, look, { signal });
    document.addEventListener('rtc-elements-speaker', () => this.kind === 'speaker' && this.#use(), {
      signal,
    });
    if (owner && this.#due) this.#give(this.#value);
    this.recall();
    this.#use();
  }

  /** Has the owner use it; where there is none yet, the next one. */
  choose(value: string): void {
    this.#take(value);
    this.#give(value);
  }

  /** Remembers it, where that is wanted. */
  remember(value: string): void {
    if (this.#host.persist) remember({ [this.kind]: value });
  }

  /** Makes the remembered choice again, once for a kind, where the page has made none. */
  recall(): void {
    const { kind } = this;
    const owner = this.#owner;
    const id = readPreferences()[kind];
    const there = this.#devices.some(({ deviceId }) => deviceId === id);
    if (this.#recalled || !this.#host.persist || !id || !there || !owner) return;
    this.#recalled = true;
    if (!(kind === 'speaker' ? owner.sinkId : owner[kind])) this.choose(id);
  }

  /** What is in use is what was chosen. */
  reset(): void {
    this.#due = false;
    this.#take(this.#inUse);
  }

  /** Another kind has another list, and was remembered by itself. `forget`: what was chosen is of the last one. */
  exchange(forget: boolean): void {
    this.#recalled = false;
    if (forget) {
      this.#due = false;
      this.#take('');
    }
    this.#listed();
  }

  get #inUse(): string {
    return this.#owner ? deviceInUse(this.kind, this.#owner) : '';
  }

  /** The owner is right: it may have fallen back to another device, or been told otherwise. */
  #use(): void {
    const inUse = this.#inUse;
    if (!this.#asked && (inUse || (this.#owner && this.kind === 'speaker'))) this.#take(inUse);
    this.#host.requestUpdate();
  }

  #listed(): void {
    const now = devicesOf(this.kind, this.#list.store.snapshot.devices);
    if (sameDevices(this.#devices, now)) return;
    this.#devices = Object.freeze(now);
    this.recall();
    this.#use();
    this.#host.dispatchEvent(new DeviceChangeEvent(now));
  }

  #take(value: string): void {
    const before = this.#value;
    this.#value = value;
    this.#taken(before);
  }

  /** What fails in the owner is an `error` event there, and what is in use is chosen again. */
  #give(value: string): void {
    const { kind } = this;
    const owner = this.#owner;
    this.#due = !owner;
    if (!owner) return;
    if (kind !== 'speaker') return nameDevice(owner, kind, value);
    const told = (): void => {
      this.#asked -= 1;
      this.#use();
    };
    this.#asked += 1;
    owner.setSinkId(value).then(told, told);
  }
}
