import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { QualityScore } from '../engine/call/quality.js';
import { bars } from '../internal/bars.js';
import { KitElement, type Text } from '../internal/kit-element.js';
import { languageOf } from '../internal/language.js';
import { OwnerController } from '../internal/owner-controller.js';
import { asWritten } from '../internal/wrong-value.js';
import type { PeerCall } from '../peer-call/peer-call.js';
import { ScoreChangeEvent } from './call-stats.events.js';
import { strings } from './call-stats.strings.js';
import { styles } from './call-stats.styles.js';
import { Formats } from './formats.js';
import { SAMPLE } from './history.js';
import { renderPlots } from './plots.js';
import { longestRoundTrip, Records, worstScore } from './records.js';
import { report } from './report.js';
import { renderTable } from './table.js';

/** The connections are measured one after the other within less, and are drawn together, in ms. */
const TOGETHER = 250;

/**
 * How well the connections of a call work: a plot of each figure for each member, and the same in a table for those who
 * do not see it. It shows what the call measures by itself, every 2 s, and measures nothing.
 *
 * @element call-stats
 * @fires {ScoreChangeEvent} score-change - `score` is another.
 * @csspart peer - The figures of one member.
 * @csspart plot - A plot.
 * @csspart badge - What `compact` shows.
 * @cssprop [--call-stats-background] - Behind the figures.
 * @cssprop [--call-stats-radius=12px] - Radius of the corners.
 * @cssprop [--call-stats-received] - What is received.
 * @cssprop [--call-stats-sent] - What is sent.
 * @cssstate compact - Shown as a badge.
 * @cssstate empty - There is nobody to measure a connection to.
 * @cssstate good - The worst connection is good.
 * @cssstate fair - The worst connection is fair.
 * @cssstate poor - The worst connection is poor, or lost.
 */
export class CallStats extends KitElement {
  static override readonly styles = styles;
  static override readonly strings = strings;

  /** Id of the `<peer-call>`, in the same root, whose figures these are. Without one it is the nearest around this element. */
  @property({ attribute: 'for' }) htmlFor: string | null = null;
  /** From one point of a plot to the next, in ms: each is the mean of what was measured in between. At least 2000, which is how often a call measures. A plot has 60 points. */
  @property({ type: Number }) interval = 2000;
  /** Show no more than how well the worst connection works, in the room of a few words. */
  @property({ type: Boolean }) compact = false;

  readonly #text: Text = this.word.bind(this);
  #call: PeerCall | null = null;
  #records = new Records();
  #score: QualityScore = 'none';
  #formats: Formats | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new OwnerController<PeerCall>(this, {
      tags: ['peer-call'],
      isOwner: (element) => 'peers' in element,
      follow: (call, signal) => this.#follow(call, signal),
    });
  }

  /** How well the worst connection works; one that is lost is `poor`. `none` before the first figures. */
  get score(): QualityScore {
    return this.#score;
  }

  /** All that is known of the call now and over the time of the plots, as text to paste into a bug: in English, with no names, addresses, rooms or secrets in it. */
  snapshot(): string {
    const { userAgent: browser } = navigator;
    const [date, now] = [new Date(), performance.now()];
    return report(this.#call?.state ?? null, this.#records.all, { date, now, browser });
  }

  /** What is around it may be another call. */
  override connectedMoveCallback(): void {
    this.requestUpdate();
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const score = this.#score;
    return {
      compact: this.compact,
      empty: this.#records.all.length === 0,
      good: score === 'good',
      fair: score === 'fair',
      poor: score === 'poor',
    };
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('interval') && !((this.interval ?? SAMPLE) >= SAMPLE)) {
      const words = `${asWritten(this, 'interval')} is not a number from ${SAMPLE}; ${SAMPLE} is used.`;
      console.warn(`<${this.localName}>: ${words}`);
    }
    const language = languageOf(this);
    if (this.#formats?.language !== language) this.#formats = new Formats(language, this.#text);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.word('label');
  }

  protected override release(): void {
    super.release();
    this.#follow(null);
    this.#draw();
  }

  protected override render(): TemplateResult {
    if (this.compact) return this.#renderBadge();
    const records = this.#records.all;
    if (records.length === 0) return html`<p class="empty">${this.word('empty')}</p>`;
    const view = { records, interval: this.#interval, text: this.#text, formats: this.#formats! };
    return html`${renderPlots(view)}${renderTable(view)}`;
  }

  #renderBadge(): TemplateResult {
    const score = this.#score;
    const peers = this.#records.all.map(({ peer }) => peer);
    const roundTrip = this.#formats!.value('round-trip', longestRoundTrip(peers));
    return html`
      <p class="badge" part="badge">
        <span class="score ${score}">${bars(score)}${this.word(`quality-${score}`)}</span>
        <bdi class="more">${roundTrip}</bdi>
      </p>
    `;
  }

  get #interval(): number {
    return Math.max(SAMPLE, this.interval || 0);
  }

  #follow(call: PeerCall | null, signal?: AbortSignal): void {
    if (call !== this.#call) {
      this.#records = new Records();
      this.requestUpdate();
    }
    this.#call = call;
    this.#take();
    call?.addEventListener('call-state-change', () => this.#take(), { signal });
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.requestUpdate();
  }

  #take(): void {
    const peers = this.#call?.peers ?? [];
    if (this.#records.take(peers, performance.now(), this.#interval))
      this.#drawing ??= setTimeout(() => this.#draw(), TOGETHER);
    const score = worstScore(peers);
    if (score === this.#score) return;
    this.#score = score;
    this.dispatchEvent(new ScoreChangeEvent(this.#score));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-stats': CallStats;
  }
}
