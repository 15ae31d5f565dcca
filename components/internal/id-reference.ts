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

  /** Looks for the id now, and again when the root changes. */
  follow(id: string | null): void {
    this.#id = id;
    // Asked each time: only the observer hears of a moveBefore() into another root.
    const root = id ? (this.#host.getRootNode() as Document | ShadowRoot) : null;
    this.#watch(root);
    this.#found(root?.getElementById(id!) ?? null);
  }

  /** Looks no more, and says nothing. */
  release(): void {
    this.#watch(null);
  }

  #watch(root: Node | null): void {
    if (root === this.#root) return;
    this.#root = root;
    this.#observer?.disconnect();
    if (!root) return;
    this.#observer = new MutationObserver(() => this.follow(this.#id));
    this.#observer.observe(root, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['id'],
    });
  }
}
