import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { MediaKitError } from '../engine/errors.js';
import type { GeneratorState } from '../engine/generator/generator.js';
import { StreamChangeEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { Describing } from './describing.js';
import { Generating } from './generating.js';
import { GeneratorStateChangeEvent } from './media-generator.events.js';
import { styles } from './media-generator.styles.js';

/**
 * A source made of nothing: test pictures, test tones, a looped file, an element of the page, and whatever a page writes
 * to it, as one `MediaStream`. It is never displayed itself. Its tracks follow mediacapture-transform's
 * `MediaStreamTrackGenerator` in every browser.
 *
 * @element media-generator
 * @fires {StreamChangeEvent} stream-change - `stream` became another one, or null.
 * @fires {GeneratorStateChangeEvent} generator-state-change - It started, paused or ended; see its `state`.
 * @fires {FrameDropEvent} frame-drop - Pushed data came faster than the track takes it; at most once a second.
 * @fires {Event} ended - It was stopped, or somebody else stopped its tracks.
 * @fires {ErrorEvent} error - An attribute, a file, data or a start was refused; `error` is the `MediaKitError`.
 * @cssstate running - It makes a stream.
 * @cssstate paused - It holds the last picture, and silence.
 * @cssstate ended - It was stopped.
 * @cssstate blocked - The browser holds the sound back until the next click or key; it goes on by itself then.
 */
export class MediaGenerator extends Generating(Describing(KitElement)) {
  static override readonly styles = styles;
  static override readonly commands: Commands = { '--start': 'start', '--pause': 'pause', '--stop': 'stop' };

  /** Starts by itself when it is connected. */
  @property({ type: Boolean }) autostart = false;

  #told: GeneratorState = this.generator.store.snapshot;
  #reported: MediaKitError | undefined;
  /** Autostart is for a new life of the element, not for each move. */
  #fresh = true;

  constructor() {
    super();
    this.generator.store.subscribe((state) => this.#tell(state));
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { status, blocked } = this.generator.store.snapshot;
    return { running: status === 'running', paused: status === 'paused', ended: status === 'ended', blocked };
  }

  // Not `updated()`: what a start changes is to be part of the same update.
  protected override update(changed: PropertyValues<this>): void {
    this.warn(changed);
    this.try(() => this.#change()).catch(() => {});
    const anew = changed.has('autostart') || (changed.has('src') && !this.stream);
    if (this.autostart && this.isConnected && (this.#fresh || anew)) {
      this.#fresh = false;
      this.start().catch(() => {});
    }
    super.update(changed);
  }

  protected override release(): void {
    this.supplier.release();
    this.generator.release();
    this.#fresh = true;
  }

  /** Two that wait for the same file hear the same error: it is told once. */
  protected override reportError(error: MediaKitError): void {
    if (error === this.#reported) return;
    this.#reported = error;
    super.reportError(error);
  }

  async #change(): Promise<void> {
    await this.generator.update(this.wanted);
    if (this.stream) await this.supplier.follow(this.wanted);
  }

  #tell(state: GeneratorState): void {
    const before = this.#told;
    this.#told = state;
    if (state.stream !== before.stream) this.dispatchEvent(new StreamChangeEvent(state.stream));
    if (state.status !== before.status) {
      if (state.status === 'ended') {
        this.supplier.release();
        this.streams.end();
      }
      this.dispatchEvent(new GeneratorStateChangeEvent(state.status));
      if (state.status === 'ended') this.dispatchEvent(new Event('ended'));
    }
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-generator': MediaGenerator;
  }
}
