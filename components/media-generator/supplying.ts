import type { MediaKitError } from '../engine/errors.js';
import type { Supply } from '../engine/generator/feed.js';
import type { Kind } from '../engine/generator/settings.js';
import { IdReference } from '../internal/id-reference.js';

/** What the element says of where its pictures and its sound come from. */
interface Host extends HTMLElement {
  readonly src: string | null;
  readonly source: string | null;
}

/** Whom it tells. */
interface Listener {
  supply(supply: Supply | null): Promise<void>;
  failed(error: MediaKitError): void;
}

type Picture = HTMLCanvasElement | HTMLVideoElement | HTMLImageElement;

/** Opens the file that `src` names, which goes first, or follows the element that `source` names. */
export class Supplier {
  readonly #host: Host;
  readonly #listener: Listener;
  readonly #reference: IdReference;
  #element: Element | null = null;
  #src: string | null = null;
  #opening = new AbortController();
  #warned: string | null = null;

  constructor(host: Host, listener: Listener) {
    this.#host = host;
    this.#listener = listener;
    this.#reference = new IdReference(host, (element) => this.#found(element));
  }

  /** Does as the attributes say. Rejects with `bad-input` where a file cannot be used. */
  async follow(kinds: Readonly<Record<Kind, boolean>>): Promise<void> {
    const { src, source } = this.#host;
    if (src !== this.#src) {
      this.#opening.abort();
      this.#src = src;
      if (src === null) await this.#listener.supply(null);
      else await this.#open(src, kinds);
    }
    if (src === null) this.#reference.follow(source);
    else this.release(src);
  }

  /** Looks no more. What a file or an element supplied goes on until it is replaced. */
  release(src: string | null = null): void {
    this.#reference.release();
    this.#element = null;
    if (src === null) this.#opening.abort();
    this.#src = src;
  }

  async #open(src: string, { video, audio }: Readonly<Record<Kind, boolean>>): Promise<void> {
    const { signal } = (this.#opening = new AbortController());
    try {
      // Most generators need no file.
      const { MediaFile } = await import('../engine/generator/media-file.js');
      const url = new URL(src, document.baseURI).href;
      const file = await MediaFile.open(url, {
        video,
        audio,
        signal,
        onProblem: (error) => this.#listener.failed(error),
      });
      if (signal.aborted) file.release();
      else await this.#listener.supply(file);
    } catch (thrown) {
      // To be tried again at the next start.
      if (this.#src === src) this.#src = null;
      if (!signal.aborted) throw thrown;
    }
  }

  #found(element: Element | null): void {
    const { source } = this.#host;
    const picture = element && 'canvas video img'.split(' ').includes(element.localName);
    if (source && !picture && this.#warned !== source) {
      this.#warned = source;
      const why = element ? `<${element.localName}> is no canvas, video or img` : 'no element has that id';
      console.warn(`<${this.#host.localName} source="${source}">: ${why}; it waits for one.`);
    }
    // One that vanishes leaves its last picture.
    if (source && !picture) return;
    if (element === this.#element) return;
    this.#element = element;
    void this.#show(element as Picture | null);
  }

  async #show(element: Picture | null): Promise<void> {
    if (!element) return this.#listener.supply(null);
    const { ElementFeed } = await import('../engine/generator/element-feed.js');
    if (this.#element !== element) return;
    const feed = new ElementFeed(element, { onError: (error) => this.#listener.failed(error) });
    await this.#listener.supply({ feed, clip: null, release: () => feed.release() });
  }
}
