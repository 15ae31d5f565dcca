import type { Speaker } from '../engine/capture/speaker.js';
import { loaded } from '../engine/errors.js';
import { StateStore, type Store } from '../engine/store.js';

/** What a preview shows, as it is now. */
export interface PlaybackState {
  readonly stream: MediaStream | null;
  /** The tracks of the stream that have not ended. */
  readonly tracks: readonly MediaStreamTrack[];
  /** Whether the browser refused to play without a click first. */
  readonly blocked: boolean;
}

/**
 * Shows streams in one `<video>` and borrows them: it never stops a track. It always calls `play()`, and again when the
 * video comes back into the document, where browsers leave it paused.
 */
export class Playback {
  readonly #store = new StateStore<PlaybackState>({ stream: null, tracks: [], blocked: false });
  readonly #dispatch: (event: Event) => void;
  #video: HTMLVideoElement | null = null;
  #volume = 1;
  #muted = false;
  /** Loaded when one is chosen. */
  #speaker: Speaker | null = null;
  /** Whether it should play: until the page or the user says `pause()`. */
  #wanted = true;
  #connection: AbortSignal | undefined;
  #listening: AbortController | undefined;
  readonly #heard = (event: Event): void => {
    this.refresh();
    if ('track' in event) this.#dispatch(event);
  };

  /** `dispatch` gets the native `addtrack` and `removetrack` of the stream. */
  constructor(dispatch: (event: Event) => void) {
    this.#dispatch = dispatch;
  }

  get store(): Store<PlaybackState> {
    return this.#store;
  }

  /** Where it plays, once that is rendered. */
  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  get volume(): number {
    return this.#video?.volume ?? this.#volume;
  }

  set volume(volume: number) {
    this.#volume = Math.min(1, Math.max(0, volume || 0));
    if (this.#video) this.#video.volume = this.#volume;
  }

  /** The speaker that was chosen; the empty text is the system's own. */
  get sinkId(): string {
    return this.#speaker?.id ?? '';
  }

  /** Rejects with `unsupported`, `device-not-found` or `permission-denied`; then the last speaker goes on. */
  async setSinkId(sinkId: string): Promise<void> {
    const speaker = await this.#load();
    await speaker.choose(this.#media, sinkId);
  }

  /** Plays through a speaker that was chosen before, once it is there. */
  async recallSink(sinkId: string): Promise<void> {
    const speaker = await this.#load();
    if (!speaker.id) await speaker.recall(this.#media, sinkId);
  }

  /** The video to play in, once it is rendered. */
  attach(video: HTMLVideoElement): void {
    this.#video = video;
    video.volume = this.#volume;
    video.muted = this.#muted;
    this.#speaker?.add([video]);
    this.#put(this.#store.snapshot.stream);
    this.resume();
  }

  /** Plays and listens to the stream until `signal` aborts. */
  connect(signal: AbortSignal): void {
    this.#connection = signal;
    signal.addEventListener('abort', () => this.#listening?.abort());
    this.#listen();
    this.refresh();
    this.resume();
  }

  /** Shows this stream; the one that is shown already only has its tracks looked at again. */
  show(stream: MediaStream | null, muted: boolean): void {
    const before = this.#muted;
    // Chromium blocks a stream without sound, too, unless it is muted.
    this.#muted = muted || stream?.getAudioTracks().length === 0;
    // Before the stream: whether a browser allows playing by itself depends on it.
    if (this.#video) this.#video.muted = this.#muted;
    if (stream === this.#store.snapshot.stream) {
      // Without a click, Chromium pauses what becomes audible.
      if (before && !this.#muted) this.resume();
      return this.refresh();
    }
    this.#wanted = true;
    this.#put(stream);
    this.#store.patch({ stream, tracks: liveTracks(stream), blocked: false });
    this.#listen();
    this.resume();
  }

  /** Looks at the tracks again: no event tells of those that somebody stopped or added by a method. */
  refresh(): void {
    const { stream, tracks } = this.#store.snapshot;
    const now = liveTracks(stream);
    if (now.length === tracks.length && now.every((track, index) => track === tracks[index])) return;
    this.#hear();
    this.#store.patch({ tracks: now });
    // Firefox does not go on by itself with what comes to a stream that has ended.
    this.resume();
  }

  /** Plays what there is, or what comes. Rejects with `permission-denied` where the browser wants a click first. */
  async play(): Promise<void> {
    this.#wanted = true;
    try {
      await this.#play();
    } catch (cause) {
      throw (await loaded(import('./refused.js'))).refusedPlay(cause);
    }
  }

  /** Pauses until `play()` or another stream. */
  pause(): void {
    this.#wanted = false;
    this.#video?.pause();
  }

  /** Plays on, unless `pause()` has been called: after a move, or where the system has paused it. */
  resume(): void {
    if (!this.#wanted || !this.#connected) return;
    // A refusal is in the state, and anything else has been overtaken.
    this.#play().catch(() => {});
  }

  /** Chromium has the page's `load` wait for a first picture, which may never come: after a moment, `load` goes first. */
  #put(stream: MediaStream | null): void {
    const video = this.#video;
    if (!video || video.srcObject === stream) return;
    video.srcObject = stream;
    if (document.readyState === 'complete') return;
    setTimeout(() => {
      if (video.readyState > 1 || document.readyState === 'complete') return;
      video.srcObject = null;
      addEventListener('load', () => this.attach(video), { once: true });
    }, 500);
  }

  async #play(): Promise<void> {
    const { stream } = this.#store.snapshot;
    if (!stream) return;
    try {
      await this.#video?.play();
      this.#store.patch({ blocked: false });
    } catch (thrown) {
      const blocked = (thrown as Error).name === 'NotAllowedError';
      if (blocked && stream === this.#store.snapshot.stream) this.#store.patch({ blocked });
      throw thrown;
    }
  }

  get #media(): HTMLVideoElement[] {
    return this.#video ? [this.#video] : [];
  }

  async #load(): Promise<Speaker> {
    const { Speaker } = await loaded(import('../engine/capture/speaker.js'));
    return (this.#speaker ??= new Speaker());
  }

  get #connected(): boolean {
    return this.#connection?.aborted === false;
  }

  #listen(): void {
    this.#listening?.abort();
    this.#listening = new AbortController();
    this.#hear();
  }

  /** Once more adds what is new alone: whoever is being told of a track goes on being told. */
  #hear(): void {
    const { stream } = this.#store.snapshot;
    if (!stream || !this.#connected) return;
    const { signal } = this.#listening!;
    // A track that a method stops is silent. Chromium says `inactive` here, Firefox says `ended` on the video.
    for (const type of ['addtrack', 'removetrack', 'inactive'])
      stream.addEventListener(type, this.#heard, { signal });
    for (const track of stream.getTracks()) track.addEventListener('ended', this.#heard, { signal });
  }
}

function liveTracks(stream: MediaStream | null): MediaStreamTrack[] {
  return stream?.getTracks().filter((track) => track.readyState === 'live') ?? [];
}
