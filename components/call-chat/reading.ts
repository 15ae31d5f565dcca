import type { LitElement, ReactiveController } from 'lit';

/** How far from its end a log is still at its end, in px. */
const NEAR = 8;

/**
 * Whether somebody sees the end of the log: what comes while nobody does is unread. The log follows what comes as long
 * as it is at its end. Its host renders it as `.log` with an `.end`.
 */
export class Reading implements ReactiveController {
  readonly #host: LitElement;
  readonly #changed: (unread: number) => void;
  #unread = 0;
  #atEnd = true;
  /** How far it was scrolled when it came to its end, in px. */
  #top = 0;
  #inSight = false;
  #watching: AbortController | undefined;

  constructor(host: LitElement, changed: (unread: number) => void) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  /** How many came that nobody has seen. */
  get unread(): number {
    return this.#unread;
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Something has come. */
  came(): void {
    if (!this.#isSeen) this.#count(this.#unread + 1);
  }

  /** Goes to the end, and stays there with what comes. What came before is no longer new. */
  toEnd(): void {
    this.#atEnd = true;
    this.#count(0);
    this.#host.requestUpdate();
  }

  /** For `@scroll` of the log. */
  readonly onScroll = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = this.#log!;
    // A log that became smaller is not at its end, and nobody has scrolled.
    const stays = this.#atEnd && scrollTop > this.#top - NEAR;
    const atEnd = stays || scrollHeight - scrollTop - clientHeight < NEAR;
    // Of many small steps each is near the one before.
    if (!stays) this.#top = scrollTop;
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#host.requestUpdate();
  };

  hostUpdated(): void {
    if (!this.#watching && this.#host.isConnected) this.#watch();
    this.#stick();
  }

  hostDisconnected(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#inSight = false;
  }

  get #log(): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>('.log');
  }

  get #isSeen(): boolean {
    return this.#inSight && this.#host.ownerDocument.visibilityState === 'visible';
  }

  #watch(): void {
    const { signal } = (this.#watching = new AbortController());
    // It may be in another window than this script.
    const { ownerDocument } = this.#host;
    const view = ownerDocument.defaultView!;
    const seen = new view.IntersectionObserver((entries) => {
      this.#inSight = entries.at(-1)!.isIntersecting;
      this.#look();
    });
    seen.observe(this.#log!.querySelector('.end')!);
    const sized = new view.ResizeObserver(() => this.#stick());
    sized.observe(this.#log!);
    signal.addEventListener('abort', () => {
      seen.disconnect();
      sized.disconnect();
    });
    ownerDocument.addEventListener('visibilitychange', () => this.#look(), { signal });
  }

  #look(): void {
    if (this.#isSeen) this.#count(0);
  }

  #stick(): void {
    const log = this.#log!;
    if (!this.#atEnd) return;
    log.scrollTop = log.scrollHeight;
    this.#top = log.scrollTop;
  }

  #count(unread: number): void {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#changed(unread);
  }
}
