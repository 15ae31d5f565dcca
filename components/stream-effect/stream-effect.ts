import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { Effect, type EffectStats } from '../engine/effect/effect.js';
import type { ProcessorGiven } from '../engine/effect/processor.js';
import { readEffect, type EffectWishes } from '../engine/effect/settings.js';
import { MediaKitError } from '../engine/errors.js';
import { StreamChangeEvent } from '../internal/events.js';
import { KitElement } from '../internal/kit-element.js';
import { SourceController } from '../internal/source-controller.js';
import { asWritten } from '../internal/wrong-value.js';
import { styles } from './stream-effect.styles.js';

/**
 * A source made from a source: its pictures or its sound go through an effect, or a processor of the page, and what is
 * not for the effect is handed on as it is. It is never displayed itself. Hidden pages go on; what an effect is too slow
 * for is dropped and counted. One that fails is told of once, and what comes then goes on untouched: of an effect that
 * hides what is behind people, nothing goes on.
 *
 * @element stream-effect
 * @fires {StreamChangeEvent} stream-change - `stream` became another one, or null.
 * @fires {ErrorEvent} error - An attribute or a processor was refused, or has failed; `error` is the `MediaKitError`.
 * @cssstate active - It makes a stream.
 */
export class StreamEffect extends KitElement implements EffectWishes {
  static override readonly styles = styles;

  /** The stream to make its own of; goes before `source`. */
  @property({ attribute: false }) srcObject: MediaStream | null = null;
  /** Id of the element, in the same root, whose stream to make its own of. */
  @property() source: string | null = null;
  /**
   * `none` (default), `grayscale`, `blur`, `pixelate`, `mirror`, `text`, `background-blur` and `background-replace` of
   * pictures, `gain` and `delay` of sound, or `custom`, which a `processor` implies.
   */
  @property() effect: string | null = null;
  /**
   * How much: `grayscale` 0 to 1 (all), `blur` and `background-blur` 0 to 100 pixels (12), `pixelate` 1 to 200 pixels
   * (16), `gain` 0 to 10 times (2), `delay` 0 to 5000 ms (200).
   */
  @property({ type: Number }) amount: number | null = null;
  /** Words over the picture, for `effect="text"`. */
  @property() text: string | null = null;
  /**
   * A function, or a class with the method `process()`, that gets a `VideoFrame` or an `AudioData` and returns one, or
   * nothing; what it was given is closed for it. As a URL, that of a module with one as its default export, which runs
   * in a worker. A class is made anew for each track; at the end its `release()` is called, and a worker is ended. What
   * comes after it has thrown goes on untouched: one that is to hide something returns nothing instead.
   */
  @property() processor: ProcessorGiven | null = null;
  /** What `processor` gets: `video` (default), `audio` or `audio video`. */
  @property() kind: string | null = null;
  /** Folder of `effect.worker.js`, if it is not beside the modules. */
  @property({ attribute: 'worker-path' }) workerPath: string | null = null;
  /** URL of the picture to show behind people, for `background-replace`. */
  @property() background: string | null = null;
  /** Folder of `vision_bundle.mjs` and `wasm/` of the package `@mediapipe/tasks-vision`, for both backgrounds. */
  @property({ attribute: 'vision-path' }) visionPath: string | null = null;
  /** URL of the model that finds people, for both backgrounds: a selfie segmenter as MediaPipe has them. */
  @property({ attribute: 'vision-model' }) visionModel: string | null = null;

  readonly #effect = new Effect({
    settings: readEffect(this).settings,
    onError: (error) => this.reportError(error),
  });
  readonly #lent = new SourceController(this, (stream) => this.#effect.follow(stream));

  constructor() {
    super();
    this.#effect.store.subscribe(({ stream }) => {
      this.dispatchEvent(new StreamChangeEvent(stream));
      this.requestUpdate();
    });
  }

  /** What it makes, or null while there is nothing to make it of. Its own tracks end with it; others are the source's. */
  get stream(): MediaStream | null {
    return this.#effect.store.snapshot.stream;
  }

  /**
   * For `video` (frames) and `audio` (stretches of sound), since the track was made: `processed`, `dropped` because the
   * effect was too slow, or hides something and has failed, and `passed` by another that has failed.
   */
  get stats(): EffectStats {
    return this.#effect.stats;
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { active: this.stream !== null };
  }

  // Not `updated()`: an effect that is wrong from the start sees no picture.
  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { settings, problems } = readEffect(this, (property) => asWritten(this, property));
    for (const { property, message, clamped } of problems) {
      if (!changed.has(property)) continue;
      console.warn(`<${this.localName}>: ${message}`);
      if (!clamped) this.reportError(new MediaKitError('bad-input', message));
    }
    this.#effect.update(settings);
  }

  protected override release(): void {
    super.release();
    this.#lent.release();
    this.#effect.release();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stream-effect': StreamEffect;
  }
}
