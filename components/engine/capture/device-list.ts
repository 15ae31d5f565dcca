import { StateStore, type Store } from '../store.js';
import { listDevices, sameDevices } from './devices.js';
import { queryPermission } from './permission.js';

/** The devices of the system, as they come and go. */
export class DeviceList {
  readonly #store = new StateStore<{ devices: readonly MediaDeviceInfo[] }>({ devices: [] });

  /** The devices as they are now. */
  get store(): Store<{ devices: readonly MediaDeviceInfo[] }> {
    return this.#store;
  }

  /** Lists them now and after each change, until `signal` aborts. */
  follow(signal: AbortSignal): void {
    const { mediaDevices } = navigator as Partial<Navigator>;
    const refresh = (): void => void this.refresh();
    mediaDevices?.addEventListener('devicechange', refresh, { signal });
    // A permission gives them names.
    for (const feature of ['camera', 'microphone'] as const) {
      void queryPermission(feature).then((status) => status?.addEventListener('change', refresh, { signal }));
    }
    refresh();
  }

  /** Lists them again: what is captured with a permission for once has a name, and no event tells of that. */
  async refresh(): Promise<void> {
    const devices = await listDevices();
    if (!sameDevices(devices, this.#store.snapshot.devices))
      this.#store.patch({ devices: Object.freeze(devices) });
  }
}
