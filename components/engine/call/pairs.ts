import type { MediaKitError } from '../errors.js';
import type { Encryption } from './encryption/encryption.js';
import type { Network, NetworkSign } from './network.js';
import { Pair, type PairOptions } from './pair.js';
import { Spare, type SpareOptions } from './spare.js';

export interface PairsOptions extends SpareOptions, Pick<PairOptions, 'clock' | 'reconnect' | 'configure'> {
  /** Our own id. */
  readonly id: string;
  readonly network: Network;
  /** Encrypts all that these connections carry, where that is wanted. */
  readonly encryption: Encryption | null;
  /** Whether a member answers what we tell it. */
  readonly heard: (id: string) => boolean;
  readonly send: (id: string, type: string, body: unknown) => void;
  /** A connection fired this. */
  readonly fired: (id: string, event: Event) => void;
  /** What the members see of one may be another now; `tracks`: tracks have come or gone. */
  readonly follow: (id: string, tracks?: boolean) => void;
  readonly ignored: () => void;
  /** Something of a connection failed, or of sending to all. */
  readonly failing: (error: MediaKitError, id?: string) => void;
  /** The end. */
  readonly signal: AbortSignal;
}

/** The connections of a stay: one for each member, and one in advance. */
export class Pairs {
  readonly #options: PairsOptions;
  readonly #pairs = new Map<string, Pair>();
  readonly #spare: Spare;
  #online = true;

  constructor(options: PairsOptions) {
    this.#options = options;
    this.#spare = new Spare(options);
    options.network((sign) => this.#notice(sign), options.signal);
  }

  get(id: string): Pair | undefined {
    return this.#pairs.get(id);
  }

  /** The connections as they are now, by member. */
  get connections(): readonly (readonly [id: string, connection: RTCPeerConnection])[] {
    return [...this.#pairs].map(([id, { connection }]) => [id, connection]);
  }

  /** Makes the first connection before there is anybody to connect to. Throws where none can be made. */
  prepare(): void {
    if (this.#pairs.size === 0) this.#spare.make();
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
    this.#spare.close();
  }

  #pair(id: string): Pair {
    const { id: ownId, media, clock, reconnect, createConnection, configure, encryption } = this.#options;
    const { heard, send, fired, follow, ignored, failing } = this.#options;
    return new Pair({
      id,
      polite: ownId > id,
      media,
      crowd: () => this.#pairs.size,
      clock,
      reconnect,
      createConnection: () => {
        const connection = this.#spare.take() ?? createConnection();
        encryption?.assign(connection, id);
        return connection;
      },
      configure,
      online: () => this.#online,
      heard: () => heard(id),
      send: (type, body) => send(id, type, body),
      dispatch: (event) => fired(id, event),
      changed: (tracks) => follow(id, tracks),
      ignored,
      failed: (error) => failing(error, id),
    });
  }

  /** Each gets its part of what may be sent. */
  #crowdChanged(): void {
    this.applyMedia().catch((error: MediaKitError) => this.#options.failing(error));
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
