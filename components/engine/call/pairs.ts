import type { MediaKitError } from '../errors.js';
import type { Encryption } from './encryption/encryption.js';
import type { Network, NetworkSign } from './network.js';
import { Pair, type PairOptions } from './pair.js';

export interface PairsOptions extends Pick<
  PairOptions,
  'media' | 'clock' | 'reconnect' | 'createConnection' | 'configure'
> {
  /** Our own id. */
  readonly id: string;
  readonly network: Network;
  /** Encrypts all that these connections carry, where that is wanted. */
  readonly encryption: Encryption | null;
  /** What a connection tells of its member, and how it is told to it. */
  readonly between: (
    id: string,
  ) => Pick<PairOptions, 'heard' | 'send' | 'dispatch' | 'changed' | 'ignored' | 'failed'>;
  /** Something could not be sent to all. */
  readonly report: (error: MediaKitError) => void;
  /** The end. */
  readonly signal: AbortSignal;
}

/** The connections of a stay: one for each member. */
export class Pairs {
  readonly #options: PairsOptions;
  readonly #pairs = new Map<string, Pair>();
  #online = true;

  constructor(options: PairsOptions) {
    this.#options = options;
    options.network((sign) => this.#notice(sign), options.signal);
  }

  get(id: string): Pair | undefined {
    return this.#pairs.get(id);
  }

  /** How many there are. */
  get size(): number {
    return this.#pairs.size;
  }

  /** The connections as they are now, by member. */
  get connections(): readonly (readonly [id: string, connection: RTCPeerConnection])[] {
    return [...this.#pairs].map(([id, { connection }]) => [id, connection]);
  }

  /** Connects to a member. Throws where no connection can be made. */
  connect(id: string): void {
    const { encryption } = this.#options;
    encryption?.met(id);
    this.#pairs.set(id, this.#pair(id));
    this.#crowdChanged();
  }

  /** The member is gone. */
  disconnect(id: string): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
    this.#options.encryption?.left(id);
    this.#crowdChanged();
  }

  /** Sends what the local media are now. */
  async applyMedia(): Promise<void> {
    await Promise.all([...this.#pairs.values()].map((pair) => pair.applyMedia()));
  }

  /** With one member or with all. */
  restartIce(id?: string): void {
    if (id === undefined) for (const pair of this.#pairs.values()) pair.restartIce();
    else this.#pairs.get(id)?.restartIce();
  }

  close(): void {
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
  }

  #pair(id: string): Pair {
    const { id: ownId, createConnection, encryption, between } = this.#options;
    return new Pair({
      ...this.#options,
      ...between(id),
      id,
      polite: ownId > id,
      crowd: () => this.#pairs.size,
      createConnection: () => {
        const connection = createConnection();
        encryption?.assign(connection, id);
        return connection;
      },
      online: () => this.#online,
    });
  }

  /** Each gets its part of what may be sent. */
  #crowdChanged(): void {
    this.applyMedia().catch(this.#options.report);
  }

  #notice(sign: NetworkSign): void {
    if (sign !== 'awake') this.#online = sign === 'online';
    for (const pair of this.#pairs.values()) {
      pair.look();
      // Another network may be there: what was tried before counts no longer, and what still seems to flow may hang.
      if (sign === 'online') pair.restartIce();
    }
  }
}
