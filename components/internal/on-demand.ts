import { adoptStyles, type CSSResult } from 'lit';
import type { KitElement } from './kit-element.js';

/** A part of the screen, often with `styles`, that is loaded when it is first needed. Until then its host is rendered without it. */
export class OnDemand<T extends object> {
  readonly #host: KitElement;
  readonly #load: () => Promise<T>;
  readonly #added: (part: T) => void;
  #asked = false;
  #part: T | null = null;
  #failed = false;

  /** `added` is called once, before its host is rendered with it. */
  constructor(host: KitElement, load: () => Promise<T>, added: (part: T) => void = () => {}) {
    this.#host = host;
    this.#load = load;
    this.#added = added;
  }

  /** Whether it could not be loaded. */
  get failed(): boolean {
    return this.#failed;
  }

  /** When it is needed next, what failed is tried again. */
  retry(): void {
    if (this.#failed) this.#asked = false;
  }

  /** The part, where it is there; `needed` has it loaded. */
  get(needed = true): T | null {
    if (needed && !this.#asked) void this.#add();
    return this.#part;
  }

  async #add(): Promise<void> {
    this.#asked = true;
    try {
      const part = await this.#load();
      const { styles } = part as { readonly styles?: CSSResult };
      if (styles) this.#dress(styles);
      this.#added((this.#part = part));
      this.#failed = false;
    } catch (cause) {
      this.#failed = true;
      console.warn('A part of the kit did not load.', cause);
    }
    this.#host.requestUpdate();
  }

  /** All of its kind have them from now on. */
  #dress(styles: CSSResult): void {
    const host = this.#host;
    const { elementStyles } = host.constructor as typeof KitElement;
    if (!elementStyles.includes(styles)) elementStyles.push(styles);
    if (host.ownerDocument === document) adoptStyles(host.renderRoot as ShadowRoot, elementStyles);
    else host.adoptedCallback();
  }
}
