import { property } from 'lit/decorators.js';
import type * as Store from '../engine/capture/preferences.js';
import type { Preferences } from '../engine/capture/preferences.js';
import { loaded } from '../engine/errors.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { PlayingElement } from './playing.js';

/** What an element offers around the picture and sound that it plays. */
export declare class PresentingElement {
  persist: boolean;
  poster: string | null;
  get sinkId(): string;
  protected remember(preferences: Preferences): Promise<void>;
  protected recall(): Promise<void>;
  setSinkId(sinkId: string): Promise<void>;
  snapshot(type?: string, quality?: number): Promise<Blob>;
  requestPictureInPicture(): Promise<PictureInPictureWindow>;
}

/** Adds where and how a stream is presented: a speaker, a window of its own, the whole screen, a picture to keep. */
export function Presenting<T extends Constructor<KitElement & PlayingElement>>(Superclass: T) {
  abstract class PresentingClass extends Superclass {
    /** Remember the camera, the microphone, the speaker and the volume for all pages of this origin. A speaker that is not plugged in plays once it is. */
    @property({ type: Boolean }) persist = false;
    /** URL of a picture to show before the first of the stream. */
    @property() poster: string | null = null;

    /** Whether the page has chosen a speaker. */
    #chosen = false;

    /** The id of the speaker that was chosen for the sound, also while it is unplugged; the empty text is the system's own. */
    get sinkId(): string {
      return this.playback.sinkId;
    }

    /** Plays the sound through this speaker, and through the system's own while it is unplugged; the empty text is the system's own. Rejects with `device-not-found`, `permission-denied`, or `unsupported` where the browser knows but one. */
    async setSinkId(sinkId: string): Promise<void> {
      this.#chosen = true;
      await this.try(() => this.playback.setSinkId(sinkId));
      await this.remember({ speaker: sinkId });
    }

    /** The picture as it is now, in its full size and never mirrored: `image/png`, `image/jpeg` or `image/webp`. `quality` from 0 to 1, for those that have one. Rejects with `bad-input` before the first picture, and with `unsupported` for a type that the browser does not write. */
    snapshot(type = 'image/png', quality?: number): Promise<Blob> {
      return this.try(async () => {
        const { snapshot } = await loaded(import('./snapshot.js'));
        return snapshot(this.playback.video, type, quality);
      });
    }

    /** Shows the picture in a window of its own. Call it from a click or a key press. Rejects with `unsupported`, or with `permission-denied` without a click. */
    requestPictureInPicture(): Promise<PictureInPictureWindow> {
      return this.#ask('refusedWindow', () => this.playback.video!.requestPictureInPicture());
    }

    /** Fills the screen. Call it from a click or a key press. Rejects with `permission-denied` without one. */
    override requestFullscreen(options?: FullscreenOptions): Promise<void> {
      return this.#ask('refusedScreen', () => super.requestFullscreen(options));
    }

    /** @internal Remembers these, where `persist` says so. */
    protected async remember(preferences: Preferences): Promise<void> {
      if (this.persist) (await stored())?.remember(preferences);
    }

    /** @internal Takes the speaker and the volume that were chosen before. */
    protected async recall(): Promise<void> {
      const before = this.volume;
      const { volume = before, speaker } = (await stored())?.readPreferences() ?? {};
      if (this.volume === before) this.volume = volume;
      // Where that cannot be loaded, the system's own will do.
      if (speaker && !this.#chosen) this.playback.recallSink(speaker).catch(() => {});
    }

    /** Runs what a browser may refuse at once: only so it knows of the click. */
    #ask<R>(why: 'refusedWindow' | 'refusedScreen', run: () => Promise<R>): Promise<R> {
      return this.try(async () => {
        try {
          return await run();
        } catch (cause) {
          throw (await loaded(import('./refused.js')))[why](cause);
        }
      });
    }
  }
  return PresentingClass as unknown as T & Constructor<PresentingElement>;
}

/** What is remembered; nothing is where this does not load. */
const stored = (): Promise<typeof Store | undefined> =>
  import('../engine/capture/preferences.js').catch(() => undefined);
