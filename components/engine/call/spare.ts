import type { LocalMedia } from './local-media.js';
import { place } from './senders.js';

export interface SpareOptions {
  readonly media: LocalMedia;
  readonly createConnection: () => RTCPeerConnection;
  /** What it is configured with now. */
  readonly configuration: () => RTCConfiguration;
}

/** A connection that is made while the first peer is looked for, so that it need not wait for it. */
export class Spare {
  readonly #options: SpareOptions;
  #connection: RTCPeerConnection | null = null;
  #configuration = '';

  constructor(options: SpareOptions) {
    this.#options = options;
  }

  /** Throws where no connection can be made. */
  make(): void {
    const { createConnection, media } = this.#options;
    this.#configuration = this.#present;
    this.#connection = createConnection();
    place(media.outgoing, this.#connection);
  }

  /** Gives it away; null where there is none, or where it has waited longer than its credentials hold. */
  take(): RTCPeerConnection | null {
    const connection = this.#connection;
    this.#connection = null;
    if (!connection || this.#configuration === this.#present) return connection;
    connection.close();
    return null;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  get #present(): string {
    return JSON.stringify(this.#options.configuration());
  }
}
