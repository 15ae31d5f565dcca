import { systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { ElementFeed } from './element-feed.js';
import type { Feed, Supply } from './feed.js';
import type { Sound } from './input.js';

export interface MediaFileOptions {
  /** Whether its pictures are wanted. */
  readonly video: boolean;
  /** Whether its sound is wanted. */
  readonly audio: boolean;
  /** Releases the file; an opening rejects with `aborted`. */
  readonly signal?: AbortSignal;
  /** Hears of what is wrong with the file but does not end it. */
  readonly onProblem?: (problem: MediaKitError) => void;
}

/** Samples per second of the clip. */
const RATE = 48_000;
/** The clip is held in memory as a whole: so many seconds. */
const LONGEST_CLIP = 600;
/** How often, in ms, it is told where the file is. */
const ANCHOR_INTERVAL = 1000;
/** How long, in ms, a file that the browser stopped is left alone after it was started. */
const RETRY_INTERVAL = 1000;

/** How long, in ms, a page takes to tell what it forbids. */
const VERDICT_TIME = 50;

/** When a browser that refused to play may think otherwise. */
const occasions = ['visibilitychange', 'pointerdown', 'pointerup', 'keydown'] as const;

/** A media file that is played over and over: its pictures as a feed, its sound as a clip. */
export class MediaFile implements Supply {
  readonly #url: string;
  readonly #options: MediaFileOptions;
  readonly #video = document.createElement('video');
  readonly #life = new AbortController();
  #feed: ElementFeed | null = null;
  #clip: Sound | null = null;
  #onAnchor: ((position: number, at: number) => void) | null = null;
  #duration = Infinity;
  #held = false;
  #refused = false;
  /** The directive of the page's content security policy that the file has met. */
  #forbidden: string | null = null;
  #triedAt = -Infinity;
  /** Where it was, in seconds, at a time of `performance.now()`; null until it runs. */
  #anchor: { readonly position: number; readonly at: number } | null = null;

  private constructor(url: string, options: MediaFileOptions) {
    this.#url = url;
    this.#options = options;
  }

  /**
   * Opens the file and plays it. Rejects with `bad-input`, saying why, where nothing that is wanted can be had, and
   * with `aborted`.
   */
  static async open(url: string, options: MediaFileOptions): Promise<MediaFile> {
    const file = new MediaFile(url, options);
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => file.release(), { signal: file.#life.signal });
      await file.#open();
      file.#life.signal.throwIfAborted();
      return file;
    } catch (thrown) {
      const aborted = file.#life.signal.aborted || signal?.aborted;
      file.release();
      if (aborted)
        throw new MediaKitError('aborted', `Opening ${file.#name} was given up.`, { cause: thrown });
      throw thrown;
    }
  }

  /** Its pictures; null if they are not wanted, or it has none. */
  get feed(): Feed | null {
    return this.#feed;
  }

  /** Its sound, as long as its pictures; null if it is not wanted, or cannot be had. */
  get clip(): Sound | null {
    return this.#clip;
  }

  /** Where it is now, in seconds. */
  get position(): number {
    if (!this.#anchor) return 0;
    const { position, at } = this.#anchor;
    return this.#held ? position : (position + (performance.now() - at) / 1000) % this.#duration;
  }

  /**
   * Hears where the file is, in seconds, at a wall-clock time in ms: at once, at each start, and with pictures at each
   * loop and about every second.
   */
  set onAnchor(listener: ((position: number, at: number) => void) | null) {
    this.#onAnchor = listener;
    if (this.#anchor && !this.#held) this.#mark(this.position);
  }

  /** Stands still until `resume()`. */
  pause(): void {
    if (this.#held) return;
    if (this.#anchor) this.#anchor = { position: this.position, at: 0 };
    this.#held = true;
    this.#video.pause();
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#start();
  }

  /** Ends it and gives everything back. */
  release(): void {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#feed?.release();
    this.#onAnchor = null;
    this.#unload();
  }

  /** The URL for messages: data URLs are long. */
  get #name(): string {
    return this.#url.length > 100 ? `${this.#url.slice(0, 99)}…` : this.#url;
  }

  async #open(): Promise<void> {
    const { video, audio } = this.#options;
    await this.#load();
    const pictures = video && this.#video.videoWidth > 0;
    if (video && !pictures)
      this.#miss(`There are no pictures in ${this.#name} that this browser can show.`, audio);
    this.#duration = this.#video.duration;
    if (audio) {
      try {
        this.#clip = await this.#decode(pictures);
      } catch (thrown) {
        if (!pictures || this.#life.signal.aborted) throw thrown;
        this.#options.onProblem?.(thrown as MediaKitError);
      }
    }
    if (pictures) {
      this.#feed = new ElementFeed(this.#video, { onError: this.#options.onProblem });
      this.#follow();
    } else {
      // Its sound needs no element.
      this.#unload();
    }
    this.#start();
  }

  async #load(): Promise<void> {
    const video = this.#video;
    Object.assign(video, {
      muted: true,
      loop: true,
      playsInline: true,
      disableRemotePlayback: true,
      crossOrigin: 'anonymous',
      preload: 'auto',
      src: this.#url,
    });
    // In a hidden page Chromium plays no video that it has not looked into.
    const { signal } = this.#life;
    document.addEventListener(
      'securitypolicyviolation',
      ({ blockedURI, effectiveDirective }) => {
        if (video.src.startsWith(blockedURI)) this.#forbidden ??= effectiveDirective;
      },
      { signal },
    );
    const loaded = await new Promise<boolean>((resolve, reject) => {
      video.addEventListener('loadedmetadata', () => resolve(true), { signal });
      video.addEventListener('error', () => resolve(false), { signal });
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    if (!loaded) throw await this.#diagnose();
  }

  #unload(): void {
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  /** Says that something is missing: no more than a problem if there is `rest`. */
  #miss(message: string, rest: boolean): void {
    const problem = new MediaKitError('bad-input', message);
    if (!rest) throw problem;
    this.#options.onProblem?.(problem);
  }

  /** The sound, which is as long as the file is where there are pictures to go with. */
  async #decode(whole: boolean): Promise<Sound> {
    const duration = this.#duration;
    if (!(duration <= LONGEST_CLIP)) {
      const length = Number.isFinite(duration)
        ? `lasts ${Math.round(duration)} s`
        : 'does not say how long it lasts';
      throw new MediaKitError(
        'bad-input',
        `${this.#name} ${length}: the sound of up to ${LONGEST_CLIP} s is played, so cut it, or set kind="video".`,
      );
    }
    const { signal } = this.#life;
    const response = await fetch(this.#url, { signal }).catch(() => null);
    signal.throwIfAborted();
    const bytes = response?.ok ? await response.arrayBuffer().catch(() => null) : null;
    signal.throwIfAborted();
    if (!bytes) throw response?.ok ? this.#fault(null, null) : await this.#diagnose();
    let decoded: AudioBuffer;
    try {
      decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
    } catch (cause) {
      const message = `There is no sound in ${this.#name} that this browser can decode.`;
      throw new MediaKitError('bad-input', message, { cause });
    }
    const length = whole ? Math.max(decoded.length, Math.round(duration * RATE)) : decoded.length;
    const channels = Array.from({ length: decoded.numberOfChannels }, (_, channel) => {
      const samples = new Float32Array(length);
      decoded.copyFromChannel(samples, channel);
      return samples;
    });
    return { channels, rate: RATE };
  }

  /** Why the file cannot be had: the element does not tell, but asking for it does. */
  async #diagnose(): Promise<MediaKitError> {
    const { signal } = this.#life;
    const asking = new AbortController();
    const ask = (mode: RequestMode): Promise<Response | null> =>
      fetch(this.#url, { mode, signal: AbortSignal.any([signal, asking.signal]) }).catch(() => null);
    try {
      const response = await ask('cors');
      const opaque = response ?? (await ask('no-cors'));
      // What the page's own policy forbids is told a moment later.
      if (!opaque) await new Promise((resolve) => systemClock.after(VERDICT_TIME, () => resolve(null)));
      signal.throwIfAborted();
      return this.#fault(response, opaque);
    } finally {
      // The answer is enough; what follows may be long.
      asking.abort();
    }
  }

  #fault(response: Response | null, opaque: Response | null): MediaKitError {
    const why = this.#forbidden
      ? `is forbidden by the content security policy of the page: permit it in ${this.#forbidden}.`
      : faultOf(response, opaque);
    return new MediaKitError('bad-input', `${this.#name} ${why}`, { cause: this.#video.error });
  }

  #follow(): void {
    const { signal } = this.#life;
    const video = this.#video;
    let settled = false;
    const mark = (): void => this.#mark(video.currentTime);
    for (const type of ['playing', 'seeked']) {
      video.addEventListener(
        type,
        () => {
          // What says that it runs may take a moment more to do so.
          settled = false;
          mark();
        },
        { signal },
      );
    }
    video.addEventListener(
      'timeupdate',
      () => {
        // Some browsers stop the time of a file that goes on.
        if (video.currentTime === this.#anchor?.position) return;
        const due = !this.#anchor || performance.now() - this.#anchor.at > ANCHOR_INTERVAL;
        if (settled && !due) return;
        settled = true;
        mark();
      },
      { signal },
    );
    const again = (): void => {
      if (!this.#held && video.paused) void this.#play();
    };
    video.addEventListener(
      'pause',
      () => {
        if (performance.now() - this.#triedAt > RETRY_INTERVAL) again();
      },
      { signal },
    );
    for (const type of occasions)
      document.addEventListener(type, again, { capture: true, passive: true, signal });
    const failed = async (): Promise<void> => this.#options.onProblem?.(await this.#diagnose());
    video.addEventListener('error', () => void failed().catch(() => {}), { signal });
  }

  #start(): void {
    if (this.#feed) void this.#play();
    else this.#mark(this.#anchor?.position ?? 0);
  }

  async #play(): Promise<void> {
    this.#triedAt = performance.now();
    try {
      await this.#video.play();
    } catch (cause) {
      if ((cause as Error).name !== 'NotAllowedError' || this.#refused) return;
      this.#refused = true;
      const message = `The browser does not play ${this.#name} yet: it begins at the next click or key.`;
      this.#options.onProblem?.(new MediaKitError('permission-denied', message, { cause }));
    }
  }

  #mark(position: number): void {
    if (this.#held) return;
    const at = performance.now();
    this.#anchor = { position, at };
    this.#onAnchor?.(position, performance.timeOrigin + at);
  }
}

/** What is wrong with a file: `response` is what the page may read, `opaque` whether anybody answers at all. */
function faultOf(response: Response | null, opaque: Response | null): string {
  if (response && !response.ok) return `is not there (HTTP ${response.status}): check the address.`;
  if (response)
    return 'is no media file, or of a kind that this browser cannot play: WebM (VP8, Opus) plays in all.';
  if (opaque)
    return 'is of another origin that does not permit its use: serve it with Access-Control-Allow-Origin.';
  return 'cannot be reached: check the address and the network.';
}
