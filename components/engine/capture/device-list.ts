import { StateStore, type Store } from '../store.js';
import { listDevices } from './devices.js';

/** The devices of the system, as they come and go. */
export class DeviceList {
  readonly #store = new StateStore<{ devices: readonly MediaDeviceInfo[] }>({ devices: [] });
  #told = '[]';

  /** The devices as they are now. */
  get store(): Store<{ devices: readonly MediaDeviceInfo[] }> {
    return this.#store;
  }

  /** Lists them now and after each change, until `signal` aborts. */
  follow(signal: AbortSignal): void {
    const { mediaDevices } = navigator as Partial<Navigator>;
    mediaDevices?.addEventListener('devicechange', () => void this.refresh(), { signal });
    void this.refresh();
  }

  /** Lists them again: a permission gives them names, and no event tells of that. */
  async refresh(): Promise<void> {
    const devices = await listDevices();
    const told = JSON.stringify(devices.map(({ kind, deviceId, label }) => [kind, deviceId, label]));
    if (told === this.#told) return;
    this.#told = told;
    this.#store.patch({ devices: Object.freeze(devices) });
  }
}
