import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from 'lit';
import { titleOf } from '../internal/call-toggles.js';
import { IdReference } from '../internal/id-reference.js';
import type { Text } from '../internal/kit-element.js';
import { whenRead } from '../internal/when-read.js';

/** What may be told of what came meanwhile, as a chat does. */
type Panelled = HTMLElement & { readonly unread?: number };

/** An element of the page that a button shows and hides: a popover as such, anything else by its `hidden`. */
export class Panel implements ReactiveController {
  readonly #host: LitElement;
  readonly #id: () => string | null;
  readonly #reference: IdReference;
  #element: Panelled | null = null;
  #watching: AbortController | undefined;
  /** The last id that named nothing: it was, or is about to be, warned of. */
  #missing: string | null = null;

  /** `id`: of the element, in the root of the host. */
  constructor(host: LitElement, id: () => string | null) {
    this.#host = host;
    this.#id = id;
    this.#reference = new IdReference(host, (element) => this.#found(element as Panelled | null));
    host.addController(this);
  }

  /** Null where there is no element to know it of. */
  get open(): boolean | null {
    const element = this.#element;
    return element && (this.popover ? element.matches(':popover-open') : !element.hidden);
  }

  /** How much came that nobody has seen. */
  get unread(): number {
    return this.#element?.unread ?? 0;
  }

  /** The element where it is a popover: the browser itself opens and closes it for a button that names it so. */
  get popover(): HTMLElement | null {
    return this.#element?.popover ? this.#element : null;
  }

  /** Shows or hides what is no popover, for its button. */
  toggle(button: HTMLElement): void {
    const element = this.#element;
    if (!element || this.popover) return;
    const { activeElement } = element.getRootNode() as Document | ShadowRoot;
    // What is hidden cannot keep the focus.
    if (this.open && element.contains(activeElement)) button.focus();
    element.hidden = !element.hidden;
  }

  hostUpdate(): void {
    if (this.#host.isConnected) this.#reference.follow(this.#id());
  }

  hostDisconnected(): void {
    this.#reference.release();
    this.#watch(null);
  }

  #found(element: Panelled | null): void {
    const id = this.#id();
    if (!element && id && id !== this.#missing) whenRead(() => this.#warn(id));
    this.#missing = element ? null : id;
    if (element !== this.#element) this.#watch(element);
  }

  #watch(element: Panelled | null): void {
    this.#watching?.abort();
    this.#element = element;
    this.#host.requestUpdate();
    if (!element) return;
    const { signal } = (this.#watching = new AbortController());
    const changed = (): void => this.#host.requestUpdate();
    const observer = new MutationObserver(changed);
    observer.observe(element, { attributeFilter: ['hidden', 'popover'] });
    signal.addEventListener('abort', () => observer.disconnect());
    for (const type of ['toggle', 'unread-change']) element.addEventListener(type, changed, { signal });
  }

  #warn(id: string): void {
    if (id === this.#missing && this.#host.isConnected)
      console.warn(`<${this.#host.localName}>: no element has the id "${id}"; it waits for one.`);
  }
}

export interface PanelButton {
  /** Its class, and the key of its word. */
  readonly name: string;
  readonly panel: Panel;
  readonly icon: TemplateResult;
  readonly shortcut: string;
  /** False where the page does it itself. */
  readonly ask: (open: boolean) => boolean;
}

/** The button that shows and hides a panel. */
export function renderPanelButton(
  { name, panel, icon, shortcut, ask }: PanelButton,
  text: Text,
): TemplateResult {
  const { open, unread, popover } = panel;
  const label = unread > 0 ? text('unread', { name: text(name), count: unread }) : text(name);
  return html`
    <button
      class=${name}
      part="button"
      type="button"
      title=${titleOf(label, shortcut)}
      aria-label=${label}
      aria-expanded=${open ?? nothing}
      aria-keyshortcuts=${shortcut || nothing}
      .popoverTargetElement=${popover}
      @click=${(event: Event) => {
        if (ask(!panel.open)) panel.toggle(event.currentTarget as HTMLElement);
        else event.preventDefault();
      }}
    >
      ${icon}${unread > 0 ? html`<span class="unread" aria-hidden="true"></span>` : nothing}
    </button>
  `;
}
