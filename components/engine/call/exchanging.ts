import { loaded, type MediaKitError } from '../errors.js';
import type { Exchange, ExchangeOptions } from './data/exchange.js';

/** Has messages and files carried by what is loaded for it, when the first one is sent or comes. */
export class Exchanging {
  readonly #options: ExchangeOptions;
  #current: Exchange | null = null;
  #loading: Promise<Exchange> | undefined;
  #closed = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Null until there is something to carry. */
  get current(): Exchange | null {
    return this.#current;
  }

  /** Rejects where it does not load; the next time it is tried again. */
  load(): Promise<Exchange> {
    return (this.#loading ??= this.#load());
  }

  /** A member has opened its channel. */
  take(id: string, channel: RTCDataChannel): void {
    this.load().then(
      (exchange) => exchange.take(id, channel),
      (error: MediaKitError) => this.#options.report(error),
    );
  }

  /** We have left: what is still to be sent is not. */
  close(): void {
    this.#closed = true;
    this.#current?.close();
  }

  async #load(): Promise<Exchange> {
    try {
      const { Exchange } = await loaded(import('./data/exchange.js'));
      this.#current = new Exchange(this.#options);
      if (this.#closed) this.#current.close();
      return this.#current;
    } catch (thrown) {
      this.#loading = undefined;
      throw thrown;
    }
  }
}
