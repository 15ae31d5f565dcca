import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import type { PeerStatus } from '../pair.js';
import { LABEL } from './label.js';
import { protocolOf, type Purpose } from './wire.js';

/** How long to wait before a channel that the other end has closed is opened again, in ms, and how often in vain. */
const PAUSE = 1000;
const ATTEMPTS = 3;
const CLOSED = 'The member does not take any more data: it has closed every channel for it.';
const LOST = 'The connection to the member is lost: send again when it is back.';

/** The connection to one member, as it is now. */
export interface Link {
  readonly connection: RTCPeerConnection;
  readonly status: PeerStatus;
}

export interface OpenerOptions {
  readonly clock: Clock;
  readonly link: () => Link | undefined;
  /** Whether there is anything that needs a channel now. */
  readonly wanted: () => boolean;
  readonly purpose: () => Purpose;
  readonly opened: (channel: RTCDataChannel) => void;
  /** There will be no channel as long as nobody begins anew. */
  readonly failed: (error: MediaKitError) => void;
}

/** Keeps a channel to one member for one purpose: another one on each connection that comes, and where one was closed. */
export class Opener {
  readonly #options: OpenerOptions;
  #channel: RTCDataChannel | null = null;
  #connection: RTCPeerConnection | null = null;
  #attempts = 0;
  #cancelPause: (() => void) | undefined;

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  get channel(): RTCDataChannel | null {
    return this.#channel;
  }

  /** Opens a channel where one is wanted, can be had, and is not there. */
  look(): void {
    const { link, wanted, failed } = this.#options;
    const { connection, status } = link() ?? {};
    if (!connection || !wanted()) return;
    if (status === 'failed') return failed(new MediaKitError('connection-failed', LOST));
    // A connection that is on its way may be replaced before it is up.
    if (status !== 'connected') return;
    const isOther = connection !== this.#connection;
    if (isOther) this.#attempts = 0;
    if (isOther || (!this.#channel && !this.#cancelPause)) this.#open(connection);
  }

  /** The other end has answered. */
  works(): void {
    this.#attempts = 0;
  }

  close(): void {
    this.#drop();
    this.#connection = null;
    this.#attempts = 0;
  }

  #open(connection: RTCPeerConnection): void {
    const { purpose, opened, failed } = this.#options;
    this.#drop();
    this.#connection = connection;
    let channel: RTCDataChannel;
    try {
      channel = connection.createDataChannel(LABEL, { protocol: protocolOf(purpose()) });
    } catch (cause) {
      // The page has closed the connection, and another one comes; or there are too many channels.
      if (connection.signalingState === 'closed') return;
      return failed(new MediaKitError('connection-failed', 'No data channel can be opened.', { cause }));
    }
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onclose = () => this.#closed(channel);
    opened(channel);
  }

  #closed(channel: RTCDataChannel): void {
    if (channel !== this.#channel) return;
    const { clock, failed, wanted } = this.#options;
    this.#drop();
    if (++this.#attempts > ATTEMPTS) {
      if (wanted()) failed(new MediaKitError('connection-failed', CLOSED));
      return;
    }
    this.#cancelPause = clock.after(PAUSE, () => {
      this.#cancelPause = undefined;
      this.look();
    });
  }

  #drop(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    const channel = this.#channel;
    this.#channel = null;
    if (!channel) return;
    channel.onmessage = channel.onclose = channel.onopen = channel.onbufferedamountlow = null;
    channel.close();
  }
}
