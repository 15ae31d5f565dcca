/** Follows the element that an id names in the root of its host: through changes of the id and of the document. */
export class IdReference {
  readonly #host: Element;
  readonly #found: (element: Element | null) => void;
  #id: string | null = null;
  /** The root that is watched: only while there is an id to look for. */
  #root: Node | null = null;
  #observer: MutationObserver | undefined;

  /** `found` is called at each `follow()` and after each change in the root that may concern it. */
  constructor(host: Element, found: (element: Element | null) => void) {
    this.#host = host;
    this.#found = found;
  }

  /** Looks for the id in the root of its host now, and again when that changes. */
  follow(id: string | null): void {
    this.#id = id;
    // Asked each time: only the observer hears of a moveBefore() into another root.
    const root = id ? (this.#host.getRootNode() as Document | ShadowRoot) : null;
    if (root !== this.#root) {
      this.release();
      this.#root = root;
      this.#observer ??= new MutationObserver(() => this.follow(this.#id));
      if (root) this.#observer.observe(root, { subtree: true, childList: true, attributeFilter: ['id'] });
    }
    // A fragment and a document know ids; an element that is in neither does not.
    this.#found(root?.getElementById?.(id!) ?? null);
  }

  /** Looks no more, and says nothing. */
  release(): void {
    this.#observer?.disconnect();
    this.#root = null;
  }
}
