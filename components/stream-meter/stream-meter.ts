import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { MediaKitError } from '../engine/errors.js';
import { Meter, type MeterState } from '../engine/meter/meter.js';
import { KitElement } from '../internal/kit-element.js';
import { SourceController } from '../internal/source-controller.js';
import { asWritten } from '../internal/wrong-value.js';
import { BOTTOM, partOf, spoken, wordFor } from './scale.js';
import { SpeakingChangeEvent } from './stream-meter.events.js';
import { strings } from './stream-meter.strings.js';
import { styles } from './stream-meter.styles.js';

/** Those who do not see the level are told of it again after so many ms. */
const PAUSE = 1000;
/** At which level somebody speaks, in dBFS, where none is named. */
const THRESHOLD = -40;

/**
 * How loud a stream is, with the peak of the last moments, and whether somebody speaks. It measures in a thread of its
 * own, also on a hidden page, and plays nothing. What it says is brought up to date about five times a second, a third
 * as often where more than four measure on a page, and at once when somebody begins to speak.
 *
 * @element stream-meter
 * @fires {SpeakingChangeEvent} speaking-change - Somebody began or stopped to speak: `speaking`.
 * @fires {ErrorEvent} error - The level cannot be measured; `error` is a `MediaKitError`.
 * @csspart level - The bar.
 * @csspart peak - The mark of the peak.
 * @cssprop [--stream-meter-color] - Of the bar.
 * @cssprop [--stream-meter-speaking-color] - Of the bar while somebody speaks.
 * @cssprop [--stream-meter-background] - Behind the bar.
 * @cssprop [--stream-meter-radius=99px] - Radius of the corners.
 * @cssstate speaking - Somebody speaks.
 * @cssstate silent - There is no sound, or none to measure.
 * @cssstate held - The browser wants a click before it measures.
 * @cssstate failed - The level cannot be measured.
 */
export class StreamMeter extends KitElement {
  static override readonly styles = styles;
  static override readonly strings = strings;

  /** Id of the element, in the same root, whose stream to measure. */
  @property() source: string | null = null;
  /** The stream to measure; it goes before `source`. Borrowed: never stopped. */
  @property({ attribute: false }) srcObject: MediaStream | null = null;
  /** At which level somebody speaks, in dBFS. It ends 6 dB below. */
  @property({ type: Number }) threshold: number | null = -40;
  /** What it is called, for those who do not see it; "Level" in the language of `strings` by default. */
  @property() label: string | null = null;

  readonly #meter = new Meter(THRESHOLD);
  readonly #lent = new SourceController(this, (stream) => this.#meter.measure(stream));
  #told: MeterState = this.#meter.store.snapshot;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#meter.store.subscribe((state) => this.#tell(state));
  }

  /** How loud it is, as root mean square in dBFS: 0 is full scale, −100 silence. */
  get level(): number {
    return this.#meter.store.snapshot.level;
  }

  /** The highest sample of late, in dBFS. It is held for 1.5 s and then falls. */
  get peak(): number {
    return this.#meter.store.snapshot.peak;
  }

  /** Whether somebody speaks. */
  get speaking(): boolean {
    return this.#meter.store.snapshot.speaking;
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { status, level, speaking } = this.#meter.store.snapshot;
    return { speaking, silent: level <= BOTTOM, held: status === 'held', failed: status === 'failed' };
  }

  protected override connected(): void {
    // It may come back within the grace, with nothing new to hear of.
    this.#meter.measure(this.#lent.stream);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('threshold')) this.#meter.threshold = this.#readThreshold();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const state = this.#meter.store.snapshot;
    this.#draw(state);
    const now = spoken(state.level);
    const { internals } = this;
    internals.role = 'meter';
    internals.ariaLabel = this.label ?? this.word('label');
    internals.ariaValueMin = String(BOTTOM);
    internals.ariaValueMax = '0';
    internals.ariaValueNow = String(now);
    internals.ariaValueText = this.word(wordFor(state), { level: now });
  }

  protected override release(): void {
    super.release();
    this.#meter.release();
    this.#lent.release();
    this.#stopTelling();
  }

  protected override render(): TemplateResult {
    return html`<div class="scale">
      <div part="level"></div>
      <div part="peak"></div>
    </div>`;
  }

  #readThreshold(): number {
    if (!Number.isNaN(this.threshold)) return this.threshold ?? THRESHOLD;
    const message = `${asWritten(this, 'threshold')} is no number; ${THRESHOLD} is used.`;
    console.warn(`<${this.localName}>: ${message}`);
    this.reportError(new MediaKitError('bad-input', message));
    return THRESHOLD;
  }

  #tell(now: MeterState): void {
    const before = this.#told;
    this.#told = now;
    const same = now.speaking === before.speaking && wordFor(now) === wordFor(before);
    // Some times a second: all the rest is brought up to date when it says something else, or once in a while.
    if (same && this.hasUpdated) {
      this.#draw(now);
      // A timer: nothing more is heard of a sound that stays as it is.
      this.#telling ??= setTimeout(() => {
        this.#stopTelling();
        this.requestUpdate();
      }, PAUSE);
    } else this.requestUpdate();
    if (now.speaking !== before.speaking) this.dispatchEvent(new SpeakingChangeEvent(now.speaking));
    if (now.error && now.error !== before.error) this.reportError(now.error);
  }

  #stopTelling(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
  }

  /** A custom property, not a template, and not by an update: that would cost more than all the measuring. */
  #draw({ level, peak }: MeterState): void {
    this.#place('level', level);
    this.#place('peak', peak);
  }

  #place(part: 'level' | 'peak', level: number): void {
    const { style } = this.renderRoot.querySelector<HTMLElement>(`[part='${part}']`)!;
    style.setProperty('--_at', partOf(level).toFixed(3));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stream-meter': StreamMeter;
  }
}
