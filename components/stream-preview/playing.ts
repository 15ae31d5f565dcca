import { property } from 'lit/decorators.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { Playback } from './playback.js';

/** The settings of a stream's first tracks, as the browser reports them. */
export interface StreamSettings {
  readonly audio: MediaTrackSettings | null;
  readonly video: MediaTrackSettings | null;
}

/** What an element that shows a stream offers of it, in the words of `<video>` and `MediaStream`. */
export declare class PlayingElement {
  protected readonly playback: Playback;
  protected refire(event: Event): void;
  srcObject: MediaStream | null;
  muted: boolean;
  volume: number;
  get stream(): MediaStream | null;
  get streamId(): string;
  get active(): boolean;
  get videoWidth(): number;
  get videoHeight(): number;
  get paused(): boolean;
  get settings(): StreamSettings;
  play(): Promise<void>;
  pause(): void;
  getAudioTracks(): MediaStreamTrack[];
  getVideoTracks(): MediaStreamTrack[];
  clone(): MediaStream | null;
}

/** Adds the facts and methods of the stream that is shown. */
export function Playing<T extends Constructor<KitElement>>(Superclass: T) {
  abstract class PlayingClass extends Superclass {
    /** The stream to show; it goes before `source`, and setting it ends a capture. Borrowed: never stopped. */
    @property({ attribute: false }) srcObject: MediaStream | null = null;
    /** No sound. What the element itself captures is always muted: it would hear itself. */
    @property({ type: Boolean }) muted = false;

    /** @internal */
    protected readonly playback = new Playback((event) => this.refire(event));

    /** Loudness, from 0 to 1. */
    @property({ attribute: false })
    get volume(): number {
      return this.playback.volume;
    }

    set volume(volume: number) {
      this.playback.volume = volume;
    }

    /** The stream that is shown, or null. */
    get stream(): MediaStream | null {
      return this.playback.store.snapshot.stream;
    }

    /** The id of the stream, or the empty text. */
    get streamId(): string {
      return this.stream?.id ?? '';
    }

    /** Whether the stream has a track that has not ended. */
    get active(): boolean {
      return this.stream?.active ?? false;
    }

    /** Width of the picture, in its own pixels; 0 before the first. */
    get videoWidth(): number {
      return this.playback.video?.videoWidth ?? 0;
    }

    /** Height of the picture, in its own pixels; 0 before the first. */
    get videoHeight(): number {
      return this.playback.video?.videoHeight ?? 0;
    }

    /** Whether it does not play. */
    get paused(): boolean {
      return this.playback.video?.paused ?? true;
    }

    /** The settings of the first audio and the first video track, as the browser reports them. */
    get settings(): StreamSettings {
      const [audio] = this.getAudioTracks();
      const [video] = this.getVideoTracks();
      return { audio: audio?.getSettings() ?? null, video: video?.getSettings() ?? null };
    }

    /** Plays what there is, or what comes. Rejects with `permission-denied` where the browser wants a click first. */
    play(): Promise<void> {
      return this.try(() => this.playback.play());
    }

    /** Pauses until `play()` or another stream. */
    pause(): void {
      this.playback.pause();
    }

    /** The audio tracks of the stream. */
    getAudioTracks(): MediaStreamTrack[] {
      return this.stream?.getAudioTracks() ?? [];
    }

    /** The video tracks of the stream. */
    getVideoTracks(): MediaStreamTrack[] {
      return this.stream?.getVideoTracks() ?? [];
    }

    /** A copy of the stream with tracks of its own, which the caller stops; null when there is no stream. */
    clone(): MediaStream | null {
      return this.stream?.clone() ?? null;
    }

    /** @internal Fires a native event once more, on the element. */
    protected refire(event: Event): void {
      const { constructor: Same } = event as Event & {
        constructor: new (type: string, init: Event) => Event;
      };
      this.dispatchEvent(new Same(event.type, event));
    }
  }
  return PlayingClass as unknown as T & Constructor<PlayingElement>;
}
