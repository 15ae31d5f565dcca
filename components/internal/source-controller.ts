import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Anything with a readonly `stream` that fires `stream-change` is a source. */
export interface StreamSource extends Element {
  readonly stream: MediaStream | null;
}

/** What a consumer offers: `srcObject` as a property, `source` as an attribute that names a source's id. */
export interface StreamConsumer extends ReactiveControllerHost, HTMLElement {
  srcObject: MediaStream | null;
  source: string | null;
}

/**
 * Follows the source that `source="id"` names in the same root: waits for its tag to be defined, and hears when the
 * attribute, the element behind the id, or its stream changes. `srcObject`, where it is set, wins.
 */
export class SourceController implements ReactiveController {
  readonly #host: StreamConsumer;
  readonly #changed: (stream: MediaStream | null) => void;
  #stream: MediaStream | null = null;
  #followedId: string | null = null;
  #followed: Element | null = null;
  #warnedId: string | null = null;
  #connection: AbortController | undefined;
  #source: AbortController | undefined;
  #observer: MutationObserver | undefined;

  /** `changed` is called when another stream, or the same stream with other tracks, is to be consumed. */
  constructor(host: StreamConsumer, changed: (stream: MediaStream | null) => void) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  /** The stream to consume now. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  hostConnected(): void {
    this.#connection = new AbortController();
    this.#follow();
  }

  hostDisconnected(): void {
    this.#connection?.abort();
    this.#unfollow();
  }

  hostUpdate(): void {
    if (this.#connection && !this.#connection.signal.aborted) this.#follow();
  }

  #follow(): void {
    const { source: id } = this.#host;
    if (id !== this.#followedId) {
      this.#unfollow();
      this.#followedId = id;
      if (id) this.#watchRoot();
    }
    this.#resolve();
  }

  #unfollow(): void {
    this.#observer?.disconnect();
    this.#source?.abort();
    this.#observer = undefined;
    this.#followed = null;
    this.#followedId = null;
  }

  #watchRoot(): void {
    this.#observer = new MutationObserver(() => this.#resolve());
    this.#observer.observe(this.#host.getRootNode(), {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['id'],
    });
  }

  #resolve(): void {
    const id = this.#followedId;
    const found = id ? (this.#host.getRootNode() as Document | ShadowRoot).getElementById(id) : null;
    if (found !== this.#followed) {
      this.#source?.abort();
      this.#followed = found;
      if (found) this.#listen(found);
    }
    if (id && !found) void this.#warnWhenParsed(id, 'no element has that id');
    this.#publish();
  }

  #listen(element: Element): void {
    const { signal } = (this.#source = new AbortController());
    element.addEventListener('stream-change', () => this.#publish(true), { signal });
    const tag = element.localName;
    if ('stream' in element) return;
    if (!tag.includes('-') || customElements.get(tag)) {
      this.#warn(element.id, `<${tag}> has no stream`);
      return;
    }
    void customElements.whenDefined(tag).then(() => {
      if (signal.aborted) return;
      if (!('stream' in element)) this.#warn(element.id, `<${tag}> has no stream`);
      this.#publish();
    });
  }

  #publish(tracksChanged = false): void {
    const source = this.#followed as StreamSource | null;
    const stream = this.#host.srcObject ?? source?.stream ?? null;
    if (stream === this.#stream && !(tracksChanged && stream === source?.stream)) return;
    this.#stream = stream;
    this.#changed(stream);
  }

  // A source may stand further down the page than its consumer.
  async #warnWhenParsed(id: string, why: string): Promise<void> {
    const signal = this.#connection?.signal;
    if (document.readyState === 'loading') {
      await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
    } else {
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (!signal?.aborted && this.#followedId === id && !this.#followed) this.#warn(id, why);
  }

  #warn(id: string, why: string): void {
    if (this.#warnedId === id) return;
    this.#warnedId = id;
    console.warn(`<${this.#host.localName} source="${id}">: ${why}; it waits for one with a stream.`);
  }
}
