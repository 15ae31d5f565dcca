import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { IdReference } from './id-reference.js';
import { whenRead } from './when-read.js';

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
  readonly #reference: IdReference;
  #stream: MediaStream | null = null;
  /** The ids of its tracks when it was published. */
  #tracks: string | undefined;
  #element: Element | null = null;
  #listening: AbortController | undefined;
  /** Of a stream that no element tells about. */
  #hearing: AbortController | undefined;
  /** The last id that was looked for and is no source: it was, or is about to be, warned of. */
  #missing: string | null = null;

  /** `changed` is called when another stream, or the same stream with other tracks, is to be consumed. */
  constructor(host: StreamConsumer, changed: (stream: MediaStream | null) => void) {
    this.#host = host;
    this.#changed = changed;
    this.#reference = new IdReference(host, (element) => this.#found(element));
    host.addController(this);
  }

  /** The stream to consume now. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  hostDisconnected(): void {
    // The stream is kept: a move must not interrupt it.
    this.#reference.release();
    this.#listenTo(null);
  }

  hostUpdate(): void {
    if (this.#host.isConnected) this.#follow();
  }

  /** Lets go of the stream when the grace is over; a connection takes it up again. */
  release(): void {
    if (!this.#stream) return;
    this.#hearing?.abort();
    this.#stream = null;
    this.#changed(null);
  }

  #follow(): void {
    this.#reference.follow(this.#host.source);
  }

  #found(element: Element | null): void {
    this.#listenTo(element);
    const { source: id } = this.#host;
    if (id && !this.#isSource) this.#missed(id);
    this.#publish();
  }

  #listenTo(element: Element | null): void {
    if (element === this.#element) return;
    this.#listening?.abort();
    this.#element = element;
    if (!element) return;
    const { signal } = (this.#listening = new AbortController());
    element.addEventListener('stream-change', () => this.#publish(true), { signal });
    if (this.#isSource || !element.localName.includes('-')) return;
    void customElements.whenDefined(element.localName).then(() => {
      if (signal.aborted) return;
      this.#missing = null;
      this.#follow();
    });
  }

  /** False also for a tag that is not defined yet. An element is no source of its own. */
  get #isSource(): boolean {
    return this.#element !== null && this.#element !== this.#host && 'stream' in this.#element;
  }

  #publish(told = false): void {
    const offered = this.#isSource ? (this.#element as StreamSource).stream : null;
    const stream = this.#host.srcObject ?? offered;
    const tracks = stream
      ?.getTracks()
      .map(({ id }) => id)
      .join();
    // Nobody is told of what changes while the host is away.
    const changed = (told && stream === offered) || tracks !== this.#tracks;
    if (stream === this.#stream && !changed) return;
    this.#hearing?.abort();
    const { signal } = (this.#hearing = new AbortController());
    if (stream !== offered) stream!.addEventListener('addtrack', () => this.#publish(), { signal });
    this.#stream = stream;
    this.#tracks = tracks;
    this.#changed(stream);
  }

  /** Warns once, when the page is read and the script that is at work now is done: a source may come later. */
  #missed(id: string): void {
    if (this.#missing === id) return;
    this.#missing = id;
    const warn = (): void => {
      const tag = this.#element?.localName;
      if (!this.#host.isConnected || this.#host.source !== id || this.#isSource) {
        if (this.#missing === id) this.#missing = null;
      } else if (!tag?.includes('-') || customElements.get(tag)) {
        const why = tag ? `<${tag}> has no stream` : 'no element has that id';
        console.warn(`<${this.#host.localName} source="${id}">: ${why}; it waits for one.`);
      }
    };
    whenRead(warn);
  }
}
