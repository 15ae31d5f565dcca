import type { LitElement, ReactiveController } from 'lit';

/** One tab stop for the toolbar of its host; arrow keys, in reading direction, Home and End move inside it. */
export class RovingFocus implements ReactiveController {
  readonly #host: LitElement;
  #current: HTMLElement | undefined;
  /** The button that had the focus before the update. */
  #focused: HTMLElement | undefined;

  constructor(host: LitElement) {
    this.#host = host;
    host.addController(this);
  }

  /** For `@keydown` of the toolbar. */
  readonly onKeydown = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const from = buttons.indexOf(event.target as HTMLElement);
    const step = this.#host.matches(':dir(rtl)') ? -1 : 1;
    const to: Record<string, number> = {
      ArrowRight: from + step,
      ArrowLeft: from - step,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = to[event.key];
    // With another key they are the browser's, such as for the page before.
    const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (held || from < 0 || next === undefined) return;
    event.preventDefault();
    const button = buttons.at(next % buttons.length)!;
    this.#stopAt(button);
    button.focus();
  };

  /** For `@focusin` of the toolbar. */
  readonly onFocusin = (event: FocusEvent): void => {
    this.#stopAt(event.target as HTMLElement);
  };

  hostUpdate(): void {
    const { activeElement } = this.#host.shadowRoot ?? {};
    this.#focused = this.#buttons().find((button) => button === activeElement);
  }

  hostUpdated(): void {
    this.#mark();
    // Whoever was on one that is gone stays in the bar.
    if (this.#focused?.isConnected === false)
      this.#buttons()
        .find(({ tabIndex }) => tabIndex === 0)
        ?.focus();
  }

  #mark(): void {
    const buttons = this.#buttons();
    const current = buttons.find((button) => button === this.#current) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  #stopAt(button: HTMLElement): void {
    this.#current = button;
    this.#mark();
  }

  #buttons(): HTMLElement[] {
    return [...this.#host.renderRoot.querySelectorAll<HTMLElement>('[role="toolbar"] button')];
  }
}
