import type { LocalMedia } from './local-media.js';
import { place } from './senders.js';

export interface SpareOptions {
  readonly media: LocalMedia;
  readonly createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** What a join is expected to configure connections with; null where that is not known. */
  readonly expected: RTCConfiguration | null;
}

/** A connection that is made before the first peer is there, perhaps before the join, so that neither need wait for it. */
export class Spare {
  readonly #options: SpareOptions;
  #connection: RTCPeerConnection | null = null;
  #configuration = '';
  #closed = false;

  constructor(options: SpareOptions) {
    this.#options = options;
  }

  /**
   * Makes one before the join, or puts into it what is sent by now. Firefox keeps no page that has an open one for the way
   * back, and none whose camera is on: without anything to send it is closed, but the next one is made faster. Throws where
   * none can be made.
   */
  prepare(): void {
    const { media, expected } = this.#options;
    const wanted = expected && media.outgoing.some(({ track }) => track);
    if (wanted || !this.#configuration) this.make(expected ?? {});
    if (!wanted) this.#drop();
  }

  /** Makes one that is configured like this, unless there is one. Throws where none can be made. */
  make(configuration: RTCConfiguration): void {
    if (this.#closed) return;
    const { media, createConnection } = this.#options;
    this.#check(configuration);
    this.#connection ??= createConnection(configuration);
    this.#configuration = JSON.stringify(configuration);
    place(media.outgoing, this.#connection);
  }

  /** Gives it away; null where there is none, or where it has waited longer than its credentials hold. */
  take(configuration: RTCConfiguration): RTCPeerConnection | null {
    this.#check(configuration);
    const connection = this.#connection;
    this.#connection = null;
    return connection;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #check(configuration: RTCConfiguration): void {
    if (this.#configuration !== JSON.stringify(configuration)) this.#drop();
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}
