import { canvasStream } from './source.js';

export interface FakeDevice {
  readonly kind: 'audioinput' | 'audiooutput' | 'videoinput';
  readonly deviceId: string;
  readonly label: string;
  readonly groupId?: string;
  readonly facingMode?: string;
  /** What a camera sees, if not all colours in turn. */
  readonly color?: string;
  /** What a microphone hears, in Hz, if not what they all do. */
  readonly pitch?: number;
}

type Method = 'enumerateDevices' | 'getUserMedia' | 'getDisplayMedia';

export const camera = (deviceId: string, facingMode?: string): FakeDevice => ({
  kind: 'videoinput',
  deviceId,
  label: `Camera ${deviceId}`,
  ...(facingMode && { facingMode }),
});

export const microphone = (deviceId: string, groupId = deviceId): FakeDevice => ({
  kind: 'audioinput',
  deviceId,
  label: `Microphone ${deviceId}`,
  groupId,
});

export const speaker = (deviceId: string): FakeDevice => ({
  kind: 'audiooutput',
  deviceId,
  label: `Speaker ${deviceId}`,
});

/**
 * Cameras and microphones behind `navigator.mediaDevices` that can be plugged in, unplugged, muted and forbidden. What
 * can be done to real ones is in `test/e2e/devices.test.mjs`, and the permissions of Chromium in `preview.test.mjs` there.
 */
export class FakeDevices {
  /** Every request for devices. */
  readonly asked: MediaStreamConstraints[] = [];
  /** How often the devices were listed. */
  listed = 0;
  /** What the next requests are refused with. */
  refusal: DOMException | null = null;
  #devices: FakeDevice[];
  readonly #tracks = new Map<MediaStreamTrack, FakeDevice>();
  readonly #statuses = new Map<string, EventTarget & { state: PermissionState }>();
  readonly #context = new AudioContext();
  /** Puts back the browser's own speakers. */
  #unplay = (): void => {};
  /** What microphones hear, by its pitch. */
  readonly #hums = new Map<number, OscillatorNode>();

  constructor(...devices: FakeDevice[]) {
    this.#devices = devices;
    const { mediaDevices, permissions } = navigator;
    mediaDevices.enumerateDevices = async () => {
      this.listed++;
      return this.#devices.map((device) => ({ groupId: '', ...device, toJSON: () => ({}) }));
    };
    mediaDevices.getUserMedia = async (constraints = {}) => this.#open(constraints);
    permissions.query = async ({ name }) => this.#status(name) as unknown as PermissionStatus;
  }

  /** The tracks that are live, by the id of their device. */
  get live(): string[] {
    return [...this.#tracks]
      .filter(([{ readyState }]) => readyState === 'live')
      .map(([, { deviceId }]) => deviceId);
  }

  /** Media play through the speakers among these. Like the browsers' own, they stay where they were put. */
  playThrough(): void {
    const { prototype } = HTMLMediaElement;
    const sinkId = Object.getOwnPropertyDescriptor(prototype, 'sinkId')!;
    const { setSinkId } = prototype;
    this.#unplay = () => {
      Object.defineProperty(prototype, 'sinkId', sinkId);
      prototype.setSinkId = setSinkId;
    };
    const sinks = new WeakMap<HTMLMediaElement, string>();
    const has = (id: string): boolean =>
      id === '' || this.#devices.some(({ kind, deviceId }) => kind === 'audiooutput' && deviceId === id);
    Object.defineProperty(prototype, 'sinkId', {
      configurable: true,
      get(this: HTMLMediaElement) {
        return sinks.get(this) ?? '';
      },
    });
    prototype.setSinkId = async function (id) {
      if (!has(id)) throw new DOMException('', 'NotFoundError');
      sinks.set(this, id);
    };
  }

  plug(device: FakeDevice): void {
    this.#devices.push(device);
    this.#changed();
  }

  /** The device goes, and its tracks end. */
  unplug(deviceId: string): void {
    this.#devices = this.#devices.filter((device) => device.deviceId !== deviceId);
    this.end(deviceId);
    this.#changed();
  }

  /** Another set of devices, as when the system's default is another one. */
  replace(...devices: FakeDevice[]): void {
    this.#devices = devices;
    this.#changed();
  }

  /** The tracks of a device end, and it stays. */
  end(deviceId: string): void {
    for (const track of this.#tracksOf(deviceId)) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  }

  mute(deviceId: string, muted: boolean): void {
    for (const track of this.#tracksOf(deviceId)) track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }

  /** The user decides about the camera or the microphone. */
  permit(name: 'camera' | 'microphone', state: PermissionState): void {
    const status = this.#status(name);
    if (status.state === state) return;
    status.state = state;
    status.dispatchEvent(new Event('change'));
  }

  release(): void {
    for (const track of this.#tracks.keys()) track.stop();
    void this.#context.close();
    for (const method of ['enumerateDevices', 'getUserMedia', 'getDisplayMedia'] as Method[])
      delete (navigator.mediaDevices as Partial<MediaDevices>)[method];
    delete (navigator.permissions as Partial<Permissions>).query;
    this.#unplay();
  }

  #status(name: string): EventTarget & { state: PermissionState } {
    let status = this.#statuses.get(name);
    if (!status) {
      status = Object.assign(new EventTarget(), { state: 'granted' as PermissionState });
      this.#statuses.set(name, status);
    }
    return status;
  }

  #tracksOf(deviceId: string): MediaStreamTrack[] {
    return [...this.#tracks.keys()].filter(
      (track) => track.readyState === 'live' && this.#tracks.get(track)!.deviceId === deviceId,
    );
  }

  #changed(): void {
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }

  #open(constraints: MediaStreamConstraints): MediaStream {
    this.asked.push(constraints);
    if (this.refusal) throw this.refusal;
    const found = (['audio', 'video'] as const).flatMap((kind) => {
      const wanted = constraints[kind] === true ? {} : constraints[kind];
      return wanted ? [{ wanted, device: this.#find(kind, wanted) }] : [];
    });
    // Where one is missing none is opened.
    return new MediaStream(found.map(({ wanted, device }) => this.#track(device, wanted)));
  }

  #heard(frequency = 440): MediaStream {
    const output = this.#context.createMediaStreamDestination();
    let hum = this.#hums.get(frequency);
    if (!hum) {
      hum = new OscillatorNode(this.#context, { frequency });
      hum.start();
      this.#hums.set(frequency, hum);
    }
    hum.connect(output);
    return output.stream;
  }

  #find(kind: 'audio' | 'video', constraints: MediaTrackConstraints): FakeDevice {
    const there = this.#devices.filter((device) => device.kind === `${kind}input`);
    const exactly = (name: 'deviceId' | 'facingMode'): unknown =>
      (constraints[name] as ConstrainDOMStringParameters | undefined)?.exact;
    const chosen = there.filter((device) =>
      (['deviceId', 'facingMode'] as const).every((name) =>
        [undefined, device[name]].includes(exactly(name) as string | undefined),
      ),
    );
    if (there.length === 0) throw new DOMException('', 'NotFoundError');
    if (chosen.length === 0)
      throw Object.assign(new Error(''), { name: 'OverconstrainedError', constraint: 'deviceId' });
    const { ideal } = (constraints.facingMode ?? {}) as ConstrainDOMStringParameters;
    // Chromium takes no notice of a device that is only wished for, but of the way it faces.
    return chosen.find(({ facingMode }) => facingMode && facingMode === ideal) ?? chosen[0]!;
  }

  #track(device: FakeDevice, constraints: MediaTrackConstraints): MediaStreamTrack {
    const isCamera = device.kind === 'videoinput';
    const stream = isCamera ? canvasStream(64, 36, device.color) : this.#heard(device.pitch);
    const track = stream.getTracks()[0]!;
    const settings = { ...track.getSettings(), ...device };
    track.getSettings = () => settings as MediaTrackSettings;
    track.getConstraints = () => constraints;
    Object.defineProperty(track, 'label', { value: device.label });
    // Firefox lets no listener of a track hear what a page dispatches.
    const ears = new EventTarget();
    track.addEventListener = ears.addEventListener.bind(ears) as typeof track.addEventListener;
    track.removeEventListener = ears.removeEventListener.bind(ears) as typeof track.removeEventListener;
    track.dispatchEvent = ears.dispatchEvent.bind(ears);
    this.#tracks.set(track, device);
    return track;
  }
}
