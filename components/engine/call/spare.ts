import { COMMON } from './connection.js';
import type { LocalMedia } from './local-media.js';
import { place } from './senders.js';

export interface SpareOptions {
  readonly media: LocalMedia;
  readonly createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A connection that is made before the first peer is there, perhaps before the join, so that neither need wait for it. */
export class Spare {
  readonly #options: SpareOptions;
  #connection: RTCPeerConnection | null = null;
  #configuration = '';

  constructor(options: SpareOptions) {
    this.#options = options;
  }

  /**
   * Makes one before it is known what it is to be configured with, for what is sent now. Firefox keeps no page that has an
   * open one for the way back, and none whose camera is on: without anything to send it is closed, but the next one is
   * made faster. Throws where none can be made.
   */
  prepare(): void {
    this.#make(COMMON);
    if (!this.#options.media.outgoing.some(({ track }) => track)) this.close();
  }

  /** Makes one that is configured like this, of what there is or anew. Throws where none can be made. */
  make(configuration: RTCConfiguration): void {
    try {
      this.#connection?.setConfiguration(configuration);
    } catch {
      this.close();
    }
    this.#make(configuration);
    this.#configuration = JSON.stringify(configuration);
  }

  /** Gives it away; null where there is none, or where it has waited longer than its credentials hold. */
  take(configuration: RTCConfiguration): RTCPeerConnection | null {
    if (this.#configuration !== JSON.stringify(configuration)) this.close();
    const connection = this.#connection;
    this.#connection = null;
    return connection;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  #make(configuration: RTCConfiguration): void {
    this.#connection ??= this.#options.createConnection(configuration);
    place(this.#options.media.outgoing, this.#connection);
  }
}
