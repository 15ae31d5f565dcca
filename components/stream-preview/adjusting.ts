import type * as Adjust from '../engine/capture/adjust.js';
import { loaded } from '../engine/errors.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { CapturingElement } from './capturing.js';
import type { PlayingElement } from './playing.js';

/** What an element offers that changes a stream while it runs. */
export declare class AdjustingElement {
  protected applyEnabled(): void;
  get audioEnabled(): boolean;
  get videoEnabled(): boolean;
  toggleAudio(on?: boolean): void;
  toggleVideo(on?: boolean): Promise<void>;
  applyConstraints(constraints: MediaStreamConstraints): Promise<void>;
  switchCamera(): Promise<void>;
}

/** Adds what changes a capture while it runs: other constraints, another camera, on and off. */
export function Adjusting<T extends Constructor<KitElement & PlayingElement & CapturingElement>>(
  Superclass: T,
) {
  abstract class AdjustingClass extends Superclass {
    #audioOn = true;
    #videoOn = true;

    /** Whether the microphone that is captured here is on. */
    get audioEnabled(): boolean {
      return this.#audioOn;
    }

    /** Whether the camera that is captured here is on. */
    get videoEnabled(): boolean {
      return this.#videoOn;
    }

    /** Microphone on or off; without `on` it changes over. Of our own capture only: a lent track stays as it is. */
    toggleAudio(on = !this.#audioOn): void {
      this.#audioOn = on;
      this.applyEnabled();
    }

    /** Camera on or off; without `on` it changes over. Its hardware goes off 5 s later, light and all, and comes back in the same stream. Of our own capture only. Rejects with a `MediaKitError` where it cannot be had again. */
    toggleVideo(on = !this.#videoOn): Promise<void> {
      this.#videoOn = on;
      this.applyEnabled();
      return this.try(async () => {
        try {
          await (await this.capturer.load()).look(on);
        } catch (thrown) {
          this.#videoOn = false;
          this.applyEnabled();
          throw thrown;
        }
      });
    }

    /** Constrains the stream while it runs, `{ video: { width: 640 } }`. Rejects with `overconstrained`, which names the constraint and its value, or with `bad-input`. */
    applyConstraints(constraints: MediaStreamConstraints): Promise<void> {
      return this.#adjust(({ applyConstraints }) => applyConstraints(this.stream, constraints));
    }

    /** Puts the camera that faces the other way, or else the next one, in the place of the one that is captured here, in the same stream. Rejects with `device-not-found` where there is no other. */
    switchCamera(): Promise<void> {
      return this.#adjust(async ({ switchCamera }) => switchCamera(await this.capturer.load()));
    }

    /** @internal Switches the tracks of our own capture on or off, as was wanted. */
    protected applyEnabled(): void {
      const { tracks, display } = this.capturer.store.snapshot;
      for (const track of display ? [] : tracks)
        track.enabled = track.kind === 'audio' ? this.#audioOn : this.#videoOn;
      this.requestUpdate();
    }

    #adjust(run: (adjust: typeof Adjust) => Promise<void>): Promise<void> {
      return this.try(async () => {
        await run(await loaded(import('../engine/capture/adjust.js')));
        this.requestUpdate();
      });
    }
  }
  return AdjustingClass as unknown as T & Constructor<AdjustingElement>;
}
