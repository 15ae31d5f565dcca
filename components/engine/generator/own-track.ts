import { systemClock } from '../clock.js';

/** Hears each frame, or stretch of sound, of a track from now on, which it owns; the returned function ends that. */
export type Tap = (listener: (item: VideoFrame | AudioData) => void) => () => void;

/** Under this key a track that we feed has the source that it is of. */
const sourceKey = Symbol.for('rtc-elements.source');

/** Fires on a track of ours that was stopped, of which the platform says nothing. */
export const stopped = 'rtc-elements-stop';

/** Reads what is sent through a track, just as it was sent: undefined where that is not possible. */
export function tapOf(track: MediaStreamTrack): Tap | undefined {
  return (track as { readonly [sourceKey]?: OwnSource })[sourceKey]?.tap;
}

export interface AdoptOptions {
  /** The last live track of the source, clones included, was stopped, or ended by itself. */
  readonly ended: () => void;
  /** What is known of the source before the browser knows it. */
  readonly settings?: () => MediaTrackSettings;
  readonly tap?: Tap;
}

const hints: Readonly<Record<string, readonly string[]>> = {
  video: ['', 'motion', 'detail', 'text'],
  audio: ['', 'speech', 'speech-recognition', 'music'],
};

/**
 * Makes a track that we feed, and its clones, tell the truth, whatever the browser made it of. Clones that the browser
 * makes by itself, in `MediaStream.clone()`, are not known.
 */
export function adopt(track: MediaStreamTrack, options: AdoptOptions): OwnSource {
  return new OwnSource(track, options);
}

/** One source of tracks that we feed. */
class OwnSource {
  /** How its tracks are read. */
  tap: Tap | undefined;
  #options: AdoptOptions;
  readonly #live = new Set<MediaStreamTrack>();
  #muted = false;
  #shown = false;

  constructor(track: MediaStreamTrack, options: AdoptOptions) {
    this.#options = options;
    this.tap = options.tap;
    this.#adopt(track);
  }

  /** Whether any of its tracks is live. */
  get live(): boolean {
    return this.#live.size > 0;
  }

  /** Whether its live tracks are muted. They, and their events, follow in a task of their own. */
  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    const waiting = this.#muted !== this.#shown;
    this.#muted = muted;
    if (!waiting && muted !== this.#shown) systemClock.after(0, () => this.#showMuted());
  }

  /** Ends all its tracks because there is nothing more to come: `ended` fires on each that was live. */
  end(): void {
    const tracks = [...this.#live].filter(({ readyState }) => readyState === 'live');
    this.#live.clear();
    for (const track of tracks) track.stop();
    for (const track of tracks) track.dispatchEvent(new Event('ended'));
    this.#letGo();
  }

  #showMuted(): void {
    if (this.#muted === this.#shown) return;
    this.#shown = this.#muted;
    const type = this.#shown ? 'mute' : 'unmute';
    for (const track of [...this.#live]) track.dispatchEvent(new Event(type));
  }

  #adopt(track: MediaStreamTrack): void {
    if (track.readyState === 'live') this.#live.add(track);
    const native = Object.getPrototypeOf(track) as MediaStreamTrack;
    const define = (members: Record<PropertyKey, unknown>): void => {
      const all = Object.getOwnPropertyDescriptors<Record<PropertyKey, unknown>>(members);
      for (const key of Reflect.ownKeys(all)) {
        Object.defineProperty(track, key, { ...all[key], enumerable: false });
      }
    };
    define({
      [sourceKey]: this,
      clone: () => {
        const clone = native.clone.call(track);
        // In WebKit the clone of a canvas track that has ended is live, for ever.
        if (track.readyState === 'ended') Object.defineProperty(clone, 'readyState', { value: 'ended' });
        this.#adopt(clone);
        // Where the browser has none, it is not copied.
        clone.contentHint = track.contentHint;
        return clone;
      },
      stop: () => {
        native.stop.call(track);
        this.#over(track);
      },
      getSettings: () => this.#settingsOf(track, native.getSettings.call(track)),
      // Firefox lets listeners of tracks hear what script dispatches only if the fourth argument says so.
      addEventListener: (...[type, listener, options]: Parameters<EventTarget['addEventListener']>) => {
        const add = Reflect.get(native, 'addEventListener') as (...all: unknown[]) => void;
        add.call(track, type, listener, options, true);
      },
    });
    const muted = (): unknown => this.#shown || Reflect.get(native, 'muted', track);
    Object.defineProperty(track, 'muted', { get: muted, configurable: true });
    if (!('contentHint' in track)) define(contentHint((track as MediaStreamTrack).kind));
    track.addEventListener('ended', () => this.#over(track));
  }

  #over(track: MediaStreamTrack): void {
    if (track.readyState !== 'ended' || !this.#live.delete(track)) return;
    track.dispatchEvent(new Event(stopped));
    if (this.live) return;
    const { ended } = this.#options;
    this.#letGo();
    ended();
  }

  /** Browsers may hold on to an ended track for long: it is not to hold on to whoever made it. */
  #letGo(): void {
    const settings = this.#options.settings?.();
    this.#options = { ended: () => {}, settings: () => settings ?? {} };
    this.tap = undefined;
  }

  #settingsOf(track: MediaStreamTrack, native: MediaTrackSettings): MediaTrackSettings {
    const known = this.#options.settings?.() ?? {};
    // What a track makes of its source by constraints only the browser knows.
    const changed = Object.keys(track.getConstraints()).length > 0;
    return changed ? { ...known, ...native } : { ...native, ...known };
  }
}

export type { OwnSource };

function contentHint(kind: string): Record<PropertyKey, unknown> {
  let current = '';
  return {
    get contentHint(): string {
      return current;
    },
    set contentHint(hint: string) {
      if (hints[kind]!.includes(hint)) current = hint;
    },
  };
}
