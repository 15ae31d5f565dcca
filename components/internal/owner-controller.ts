import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { IdReference } from './id-reference.js';
import { whenRead } from './when-read.js';

/** What a companion offers: the id of its owner, as the attribute `for`. */
export interface Companion extends ReactiveControllerHost, HTMLElement {
  htmlFor: string | null;
}

export interface OwnerOptions<T extends Element> {
  /** The tags that an owner may have: the nearest ancestor with one of them is one, also before its definition. */
  readonly tags: readonly string[];
  /** Whether the companion is of use without an owner: nobody is warned then, unless `for` names one. */
  readonly alone?: boolean;
  /** False also for a tag that is not defined yet. */
  readonly isOwner: (element: Element) => boolean;
  /** Called with each other owner, or null, and again after a reconnection; what it begins ends with `signal`. */
  readonly follow: (owner: T | null, signal: AbortSignal) => void;
}

/**
 * Follows the owner of a companion: the element that `for="id"` names in the same root, else the nearest ancestor, also
 * out of shadow roots. Waits for its tag to be defined, and hears when the attribute or the element behind it changes.
 */
export class OwnerController<T extends Element> implements ReactiveController {
  readonly #host: Companion;
  readonly #options: OwnerOptions<T>;
  readonly #reference: IdReference;
  /** Undefined before the first look. */
  #candidate: Element | null | undefined;
  #id: string | null = null;
  #following: AbortController | undefined;

  constructor(host: Companion, options: OwnerOptions<T>) {
    this.#host = host;
    this.#options = options;
    this.#reference = new IdReference(host, (named) => this.#found(host.htmlFor ? named : this.#ancestor()));
    host.addController(this);
  }

  hostConnected(): void {
    // Not at once: what a page set before the definition arrives with the update.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#reference.release();
    this.#following?.abort();
    this.#candidate = undefined;
  }

  hostUpdate(): void {
    if (this.#host.isConnected) this.#look();
  }

  #look(): void {
    this.#reference.follow(this.#host.htmlFor);
  }

  #found(element: Element | null): void {
    const { htmlFor } = this.#host;
    if (element === this.#candidate && htmlFor === this.#id) return;
    this.#following?.abort();
    this.#id = htmlFor;
    this.#candidate = element;
    const { signal } = (this.#following = new AbortController());
    const isOwner = element !== null && this.#options.isOwner(element);
    if (!isOwner) this.#wait(element, signal);
    this.#options.follow(isOwner ? (element as T) : null, signal);
  }

  #wait(element: Element | null, signal: AbortSignal): void {
    const tag = element?.localName ?? '';
    if (!tag.includes('-') || customElements.get(tag)) {
      if (this.#id || !this.#options.alone) whenRead(() => signal.aborted || this.#warn());
      return;
    }
    void customElements.whenDefined(tag).then(() => {
      if (signal.aborted) return;
      this.#candidate = undefined;
      this.#look();
    });
  }

  #warn(): void {
    const { localName, htmlFor } = this.#host;
    const tag = `<${localName}${htmlFor ? ` for="${htmlFor}"` : ''}>`;
    const owners = this.#options.tags.map((name) => `<${name}>`).join(' or ');
    console.warn(`${tag}: no ${owners} ${htmlFor ? 'has that id' : 'is around it'}; it waits for one.`);
  }

  #ancestor(): Element | null {
    const { tags, isOwner } = this.#options;
    let at = parentOf(this.#host);
    while (at && !tags.includes(at.localName) && !isOwner(at)) at = parentOf(at);
    return at;
  }
}

function parentOf(element: Element): Element | null {
  const root = element.getRootNode();
  return element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
