import { loaded, MediaKitError, notLoaded } from '../engine/errors.js';
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

/** Holds the last picture. */
const nothingNew: Supply = { feed: { next: () => null, release() {} }, clip: null, release() {} };

type Picture = HTMLCanvasElement | HTMLVideoElement | HTMLImageElement;

/** Opens the file that `src` names, which goes first, or follows the element that `source` names. */
export class Supplier {
  readonly #host: Host;
  readonly #listener: Listener;
  readonly #reference: IdReference;
  #element: Element | null = null;
  /** The id of the element that was found last. */
  #shown: string | null = null;
  /** The file that is wanted, and what of it. */
  #wanted: string | null = null;
  #opened: Promise<void> | undefined;
  #opening = new AbortController();
  #warned: string | null = null;
  /** What was wanted last and could not be had. */
  #failed: string | null = null;

  constructor(host: Host, listener: Listener) {
    this.#host = host;
    this.#listener = listener;
    this.#reference = new IdReference(host, (element) => this.#found(element));
  }

  /**
   * Does as the attributes say; answers whether they still say so: not after `release()`. Rejects with `bad-input` where
   * a file cannot be used.
   */
  async follow({ video, audio }: Readonly<Record<Kind, boolean>>, again = false): Promise<boolean> {
    const { src } = this.#host;
    const wanted = src === null ? null : `${video} ${audio} ${src}`;
    if (wanted !== null && wanted === this.#failed && !again) return false;
    this.#failed = null;
    if (wanted !== this.#wanted) {
      this.#opening.abort();
      this.#opening = new AbortController();
      this.#wanted = wanted;
      this.#opened = src === null ? this.#listener.supply(null) : this.#open(src, { video, audio });
    }
    let signal: AbortSignal;
    do {
      ({ signal } = this.#opening);
      await this.#opened;
      // Another file may be wanted by then: whoever waits for this one waits for that.
    } while (signal.aborted && this.#wanted !== null);
    if (signal.aborted) return false;
    if (this.#host.src === null) this.#reference.follow(this.#host.source);
    else {
      this.#reference.release();
      this.#element = null;
    }
    return true;
  }

  /** Looks no more. What an element supplied goes on until it is replaced. */
  release(): void {
    this.#reference.release();
    this.#element = null;
    this.#opening.abort();
    this.#opening = new AbortController();
    this.#wanted = null;
  }

  async #open(src: string, { video, audio }: Readonly<Record<Kind, boolean>>): Promise<void> {
    const { signal } = this.#opening;
    try {
      // Most generators need no file.
      const { MediaFile } = await loaded(import('../engine/generator/media-file.js'));
      if (!URL.canParse(src, document.baseURI)) {
        throw new MediaKitError('bad-input', `src "${src}" is no address: give the URL of a media file.`);
      }
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
      if (signal.aborted) return;
      this.#failed = this.#wanted;
      this.#wanted = null;
      this.#opened = undefined;
      throw thrown;
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
    if (source && !picture) {
      // One that vanishes leaves its last picture, as does one that is not meant any more.
      if (this.#shown !== null && source !== this.#shown) void this.#listener.supply(nothingNew);
      this.#element = null;
      return;
    }
    if (element === this.#element && source === this.#shown) return;
    this.#shown = source;
    this.#element = element;
    this.#show(element as Picture | null).catch((thrown: unknown) =>
      this.#listener.failed(notLoaded(thrown)),
    );
  }

  async #show(element: Picture | null): Promise<void> {
    if (!element) return this.#listener.supply(null);
    const { ElementFeed } = await import('../engine/generator/element-feed.js');
    if (this.#element !== element) return;
    const feed = new ElementFeed(element, { onError: (error) => this.#listener.failed(error) });
    await this.#listener.supply({ feed, clip: null, release: () => feed.release() });
  }
}
