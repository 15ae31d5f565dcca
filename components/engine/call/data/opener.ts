import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import type { PeerStatus } from '../pair.js';
import { LABEL } from '../identifiers.js';
import { protocolOf, type Purpose } from './wire.js';

/** How long to wait before a channel that the other end has closed is opened again, in ms, and how often in vain. */
const PAUSE = 1000;
const ATTEMPTS = 3;
/** How long the other end may take until it says something on a channel, in ms: on each further one twice as long. */
const PATIENCE = 4000;
const CLOSED = 'The member does not take any more data: every channel for it was closed, or did not open.';
const LOST = 'The connection to the member is lost: send again when it is back.';

/** What fails where the connection is given up. */
export const lost = (): MediaKitError => new MediaKitError('connection-failed', LOST);

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
  /** What it is for; null as long as that cannot begin. */
  readonly purpose: () => Purpose | null;
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
  #patience = PATIENCE;
  #cancelPause: (() => void) | undefined;
  #cancelPatience: (() => void) | undefined;

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  get channel(): RTCDataChannel | null {
    return this.#channel;
  }

  /** Whether the channel takes what is sent: nobody has to `look()`, which in Firefox takes as long as sending does. */
  get isOpen(): boolean {
    return this.#channel?.readyState === 'open' && this.#options.link()?.connection === this.#connection;
  }

  /** Opens a channel where one is wanted, can be had, and is not there. */
  look(): void {
    const { link, wanted, failed } = this.#options;
    const there = link();
    if (!there) return;
    const { connection, status } = there;
    if (status === 'failed') return wanted() ? failed(lost()) : this.close();
    // A connection that is on its way may be replaced before it is up.
    if (status !== 'connected' || !wanted()) return;
    const isOther = connection !== this.#connection;
    if (isOther) this.works();
    if (isOther || (!this.#channel && !this.#cancelPause)) this.#open(connection);
  }

  /** The other end has said something on the channel. */
  heard(): void {
    this.#cancelPatience?.();
  }

  /** The other end has got further. */
  works(): void {
    this.#attempts = 0;
    this.#patience = PATIENCE;
  }

  /** Whether the channel has taken it. Where it does not, although it is open, another one is opened a moment later. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#channel;
    if (channel?.readyState !== 'open') return false;
    try {
      // It takes either, one overload each.
      channel.send(data as string);
      return true;
    } catch {
      this.#closed(channel);
      return false;
    }
  }

  close(): void {
    this.#drop();
    this.#connection = null;
    this.works();
  }

  #open(connection: RTCPeerConnection): void {
    const { clock, purpose, opened, failed } = this.#options;
    this.#drop();
    this.#connection = connection;
    const what = purpose();
    if (!what) return;
    let channel: RTCDataChannel;
    try {
      channel = connection.createDataChannel(LABEL, { protocol: protocolOf(what) });
    } catch (cause) {
      // The page has closed the connection, and another one comes; or there are too many channels.
      if (connection.signalingState === 'closed') return;
      return failed(new MediaKitError('connection-failed', 'No data channel can be opened.', { cause }));
    }
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onclose = () => this.#closed(channel);
    this.#cancelPatience = clock.after(this.#patience, () => this.#silent(channel));
    opened(channel);
  }

  /** Firefox tells its page nothing of a channel with the number of one that is not quite closed there. */
  #silent(channel: RTCDataChannel): void {
    this.#patience *= 2;
    if (channel.readyState === 'connecting') return this.#closed(channel);
    this.#drop();
    this.look();
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
    this.#cancelPatience?.();
    const channel = this.#channel;
    this.#channel = null;
    if (!channel) return;
    channel.onmessage = channel.onclose = channel.onopen = channel.onbufferedamountlow = null;
    channel.close();
  }
}
