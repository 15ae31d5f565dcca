import type * as Adjust from '../engine/capture/adjust.js';
import type { Capturer, CaptureState } from '../engine/capture/capturer.js';
import { listDevices } from '../engine/capture/devices.js';
import { featuresOf, type CapturePermission } from '../engine/capture/permission.js';
import { readPreferences, remember, type Preferences } from '../engine/capture/preferences.js';
import { captureConstraints, type CaptureOptions } from '../engine/capture/request.js';
import { loaded, type MediaKitError } from '../engine/errors.js';
import { deviceEvents } from '../internal/device-events.js';
import type { Text } from '../internal/kit-element.js';
import { warnOfOther } from '../internal/wrong-value.js';
import { Asking } from './asking.js';
import { PermissionChangeEvent } from './own-capture.events.js';
import { isUrgent, mayTryAgain, needsPermission, plightKey, unpluggedOf, type Plight } from './plight.js';
import { strings } from './plight.strings.js';
import type { PreviewState } from './stream-preview.state.js';
import { wordsOf } from './words.js';

export { Capturer } from '../engine/capture/capturer.js';

/** The kind of track of each device that an attribute names. */
const DEVICES = [
  ['camera', 'video'],
  ['microphone', 'audio'],
] as const;

/** What `capture` may say. */
const KINDS = ['user', 'environment', 'display'];

/** A `<usermedia>`, where the browser has it. */
interface Offer extends Element {
  readonly stream?: MediaStream | null;
  /** Why there is none. */
  readonly error?: unknown;
  setConstraints?(constraints: MediaStreamConstraints): void;
}

/** What a preview shows of its capture. */
export interface CaptureView {
  readonly state: PreviewState;
  /** Whether our own camera was switched off. */
  readonly cameraOff: boolean;
  /** Whether its attributes say that it captures. */
  readonly captures: boolean;
}

/** The preview that captures. */
export interface CaptureHost extends Element {
  readonly capture: string | null;
  readonly persist: boolean;
  start(): Promise<MediaStream | null>;
  requestUpdate(): void;
}

/** What a preview does about its own capture beside showing it: permission, and devices that go, come back and are remembered. */
export class OwnCapture {
  /** What captures. */
  readonly capturer: Capturer;
  readonly #host: CaptureHost;
  readonly #asking: Asking;
  #connection: AbortSignal | undefined;
  #wanted: CaptureOptions | undefined;
  #before: CaptureState;
  /** What `capture` was last: the page was warned where that is none that is known. */
  #said: string | null = null;
  readonly #answered = ({ type, currentTarget }: Event): void => {
    const { parentNode, stream, error } = currentTarget as Offer;
    // It may be that of another preview by now.
    if (parentNode !== this.#host) return;
    if (type === 'stream') this.#take(stream);
    else void this.#fail(error);
  };

  constructor(capturer: Capturer, host: CaptureHost) {
    this.capturer = capturer;
    this.#host = host;
    this.#before = capturer.store.snapshot;
    this.#asking = new Asking(capturer, {
      changed: (permission) => {
        host.requestUpdate();
        host.dispatchEvent(new PermissionChangeEvent(permission));
      },
      // Nobody holds this promise: a failure is in the state and in the event.
      allowed: () => void host.start().catch(() => {}),
    });
    capturer.store.subscribe((now) => {
      const before = this.#before;
      this.#before = now;
      if (now.tracks !== before.tracks) this.#remember(now);
      for (const event of deviceEvents(before, now)) host.dispatchEvent(event);
    });
  }

  /** Whether what `follow()` was told of is permitted. */
  get permission(): CapturePermission {
    return this.#asking.permission;
  }

  /** How it goes: `trouble` is what the error of the capture says. */
  plight({ state, cameraOff, captures }: CaptureView, trouble: string | null, text: Text): Plight {
    const capture = this.capturer.store.snapshot;
    const { permission } = this;
    const offers = this.#host.querySelector('usermedia') !== null;
    const asking = captures && needsPermission(state, permission, offers) ? permission : null;
    const facts = { state, capture, cameraOff, asks: asking === 'prompt' && state !== 'failed' };
    const key = plightKey(facts);
    const words = wordsOf(text, strings);
    const device = unpluggedOf(capture)?.label || words('device');
    const urgent = isUrgent(key, facts);
    const again = captures && state === 'failed' && mayTryAgain(capture, permission);
    return {
      words: key === 'trouble' ? trouble : key && words(key, { device }),
      urgent,
      asking,
      again,
      part: urgent || asking !== null || again,
    };
  }

  /** Follows the permission for this, until `signal` aborts. */
  follow(capture: CaptureOptions, signal: AbortSignal): void {
    this.#warn();
    this.#connection = signal;
    this.#wanted = capture;
    this.#asking.follow(capture, signal);
  }

  /**
   * Changes over from what was `asked` for, as JSON, to the devices that are named now, in the same stream. Undefined where more than they are others, or
   * they are not captured at this moment: then it has to be captured anew.
   */
  choose(asked: string, wanted: CaptureOptions): Promise<void> | undefined {
    const before = JSON.parse(asked) as CaptureOptions | null;
    const whichever = (options: CaptureOptions | null): string =>
      JSON.stringify({ ...options, camera: null, microphone: null });
    if (!before || whichever(before) !== whichever(wanted)) return undefined;
    // Those that are not asked for by their names.
    if (wanted.kind === 'display' || wanted.constraints) return Promise.resolve();
    const { tracks } = this.capturer.store.snapshot;
    const named = DEVICES.filter(([name]) => wanted[name] && wanted[name] !== before[name]);
    const live = (kind: string): boolean =>
      tracks.some((track) => track.kind === kind && track.readyState === 'live');
    return named.every(([, kind]) => live(kind)) ? this.#exchange(named, wanted) : undefined;
  }

  /** A `<usermedia>` in the slot is told what is wanted, and what comes of it counts as our own capture. */
  offered(event: Event): void {
    for (const element of (event.target as HTMLSlotElement).assignedElements()) {
      if (element.localName !== 'usermedia') continue;
      (element as Offer).setConstraints?.(this.#offerConstraints());
      // It says `cancel` where the user did not want it, and `error` where anything else failed.
      for (const type of ['stream', 'cancel', 'error']) element.addEventListener(type, this.#answered);
    }
  }

  #take(stream?: MediaStream | null): void {
    if (!stream) return;
    // Nobody is there to stop it, or the permission that it got has begun another capture already.
    const late = this.#connection!.aborted || this.capturer.store.snapshot.status === 'live';
    const wanted = this.#offerConstraints();
    // It asks for sound and picture whatever it is told.
    for (const track of stream.getTracks()) {
      if (!late && wanted[track.kind as 'audio' | 'video']) continue;
      track.stop();
      stream.removeTrack(track);
    }
    if (late) return;
    // Before it is captured, which is remembered.
    const preferred = this.#preferred;
    this.capturer.adopt(stream);
    // Chromium's takes no notice of what it is told.
    void this.#adjust(async ({ conform }) => {
      const options = { preferred: await connected(preferred), ...this.#wanted! };
      await conform(this.capturer, captureConstraints(options, 'exact'));
    });
  }

  async #fail(thrown: unknown): Promise<void> {
    const error = await loaded(import('../engine/capture/capture-error.js')).then(
      ({ captureError }) => captureError(thrown, this.#offerConstraints(), featuresOf(this.#wanted!)),
      (failed: MediaKitError) => failed,
    );
    this.capturer.complain(error);
  }

  /** What a `<usermedia>` understands: no booleans. */
  #offerConstraints(): MediaStreamConstraints {
    const { audio, video } = captureConstraints({ preferred: this.#preferred, ...this.#wanted! });
    return {
      ...(audio && { audio: audio === true ? {} : audio }),
      ...(video && { video: video === true ? {} : video }),
    };
  }

  get #preferred(): Preferences {
    return this.#host.persist ? readPreferences() : {};
  }

  #warn(): void {
    const said = this.#host.capture;
    if (said !== this.#said) warnOfOther(this.#host, 'capture', said, KINDS, 'user is used');
    this.#said = said;
  }

  #exchange(named: readonly (typeof DEVICES)[number][], wanted: CaptureOptions): Promise<void> {
    return this.#adjust(async ({ chooseDevice }) => {
      for (const [name, kind] of named) await chooseDevice(this.capturer, kind, wanted[name]!);
    });
  }

  /** Changes what is captured. What fails is in the state, unless that was stopped meanwhile. */
  async #adjust(run: (adjust: typeof Adjust) => Promise<void>): Promise<void> {
    const { store } = this.capturer;
    const { stream } = store.snapshot;
    try {
      await run(await loaded(import('../engine/capture/adjust.js')));
    } catch (thrown) {
      if (store.snapshot.stream === stream) this.capturer.complain(thrown as MediaKitError);
    }
  }

  #remember({ tracks, lost, display }: CaptureState): void {
    if (!this.#host.persist || display || lost.length > 0) return;
    const id = (kind: string): string | undefined =>
      tracks.find((track) => track.kind === kind)?.getSettings().deviceId;
    const [camera, microphone] = [id('video'), id('audio')];
    remember({ ...(camera && { camera }), ...(microphone && { microphone }) });
  }
}

/** Those of them that are there. */
async function connected({ camera, microphone }: Preferences): Promise<Preferences> {
  const ids = (await listDevices()).map(({ deviceId }) => deviceId);
  const there = (id = ''): string => (ids.includes(id) ? id : '');
  return { camera: there(camera), microphone: there(microphone) };
}
