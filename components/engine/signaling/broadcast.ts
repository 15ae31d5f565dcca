import { MediaKitError } from '../errors.js';
import {
  checkAddress,
  isIdentifier,
  openingAborted,
  payloadLimit,
  type Signaling,
  type SignalingAddress,
  type SignalingChannel,
  type SignalingHandlers,
} from './signaling.js';

/** What travels on the channel. Whoever wants to know who is there asks; the holders of presences answer. */
type Note =
  | { readonly type: 'ask'; readonly from: string }
  | {
      readonly type: 'presence';
      readonly from: string;
      /** Only this peer is meant: an answer. */
      readonly to?: string;
      readonly payload: Uint8Array | null;
      /** The web lock that the holder of the presence keeps as long as it lives. */
      readonly lock?: string;
    }
  | { readonly type: 'message'; readonly from: string; readonly to: string; readonly payload: Uint8Array };

/** Reaches the other tabs, windows and frames of this origin in this browser, and the other rooms of this page. No server. */
export class BroadcastSignaling implements Signaling {
  readonly #name: string;

  /** Rooms of different names do not hear each other, whatever they are called. */
  constructor(name = '') {
    this.#name = name;
  }

  async open(
    address: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel> {
    checkAddress(address, signal);
    await Promise.resolve();
    if (signal?.aborted) throw openingAborted(signal);
    let place;
    try {
      place = new BroadcastPlace(`rtc-elements/1/${this.#name}/${address.room}`, address.peer, handlers);
    } catch (cause) {
      // Missing, or forbidden to documents without an origin.
      throw new MediaKitError(
        'unsupported',
        'This page has no BroadcastChannel: give a ws: or wss: address instead.',
        { cause },
      );
    }
    place.open();
    return place;
  }
}

class BroadcastPlace implements SignalingChannel {
  readonly #channel: BroadcastChannel;
  readonly #peer: string;
  readonly #handlers: SignalingHandlers;
  readonly #closing = new AbortController();
  readonly #lock: string;
  #locked = false;
  #presence: Uint8Array | null = null;
  /** The locks of the peers that are present: whoever's lock we get is gone. */
  readonly #watched = new Map<string, { lock: string; stop: AbortController }>();

  constructor(name: string, peer: string, handlers: SignalingHandlers) {
    this.#peer = peer;
    this.#handlers = handlers;
    // A name of its own for each life, so that the same peer may come back before the others noticed that it left.
    this.#lock = `${name}/${peer}/${Math.random().toString(36).slice(2)}`;
    this.#channel = new BroadcastChannel(name);
  }

  open(): void {
    const { signal } = this.#closing;
    this.#channel.onmessage = ({ data }) => this.#receive(data);
    this.#channel.onmessageerror = () => this.#handlers.ignored?.();
    // What was said while the page was in the back/forward cache was not heard.
    globalThis.addEventListener?.('pageshow', ({ persisted }) => persisted && this.#greet(), { signal });
    this.#greet();
    this.#hold();
  }

  announce(payload: Uint8Array): void {
    if (this.#closing.signal.aborted) return;
    const kept = payload.slice();
    this.#presence = kept;
    this.#tellPresence();
    queueMicrotask(() => {
      if (!this.#closing.signal.aborted) this.#handlers.presence(this.#peer, kept.slice());
    });
  }

  send(to: string, payload: Uint8Array): void {
    if (!this.#closing.signal.aborted) this.#post({ type: 'message', from: this.#peer, to, payload });
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    if (this.#presence) {
      this.#presence = null;
      this.#tellPresence();
    }
    this.#channel.close();
    for (const { stop } of this.#watched.values()) stop.abort();
    this.#closing.abort();
  }

  #post(note: Note): void {
    this.#channel.postMessage(note);
  }

  #greet(): void {
    this.#post({ type: 'ask', from: this.#peer });
    if (this.#presence) this.#tellPresence();
  }

  #tellPresence(to?: string): void {
    const lock = this.#locked ? this.#lock : undefined;
    this.#post({ type: 'presence', from: this.#peer, to, payload: this.#presence, lock });
  }

  #receive(data: unknown): void {
    const note = readNote(data);
    if (!note || note.from === this.#peer) this.#handlers.ignored?.();
    else if (note.type === 'ask') {
      if (this.#presence) this.#tellPresence(note.from);
    } else if (note.to !== undefined && note.to !== this.#peer) return;
    else if (note.type === 'message') this.#handlers.message(note.from, note.payload);
    else {
      this.#watch(note.from, note.payload ? note.lock : undefined);
      this.#handlers.presence(note.from, note.payload);
    }
  }

  /**
   * Takes our own lock and keeps it until we close. The others hear of it only when we hold it, for one that is not held
   * looks like one that is held no more. Where there are no locks a crash stays unnoticed, and no more.
   */
  #hold(): void {
    const { signal } = this.#closing;
    const held = (): Promise<void> | undefined => {
      if (signal.aborted) return;
      this.#locked = true;
      if (this.#presence) this.#tellPresence();
      return new Promise((release) => signal.addEventListener('abort', () => release()));
    };
    globalThis.navigator?.locks?.request(this.#lock, held).catch(() => undefined);
  }

  /** Waits for the lock of a peer: we get it when the peer's page is gone, however it went. */
  #watch(peer: string, lock: string | undefined): void {
    const before = this.#watched.get(peer);
    if (before?.lock === lock) return;
    before?.stop.abort();
    this.#watched.delete(peer);
    if (!lock || !globalThis.navigator?.locks) return;
    const stop = new AbortController();
    this.#watched.set(peer, { lock, stop });
    navigator.locks
      .request(lock, { mode: 'shared', signal: stop.signal }, () => {
        if (stop.signal.aborted) return;
        this.#watched.delete(peer);
        this.#handlers.presence(peer, null);
      })
      .catch(() => undefined);
  }
}

/** Any script of the origin may post on the channel: what is not a note of ours is null. */
function readNote(data: unknown): Note | null {
  if (typeof data !== 'object' || data === null) return null;
  const { type, from, to, payload, lock } = data as Record<string, unknown>;
  if (!isIdentifier(from)) return null;
  if (type === 'ask') return { type, from };
  const fits = payload instanceof Uint8Array && payload.length <= payloadLimit;
  if (type === 'message') return isIdentifier(to) && fits ? { type, from, to, payload } : null;
  if (type !== 'presence' || (payload !== null && !fits)) return null;
  if ((to !== undefined && !isIdentifier(to)) || (lock !== undefined && typeof lock !== 'string'))
    return null;
  // An empty presence is none, as at a broker.
  return { type, from, to, payload: payload?.length ? payload : null, lock };
}
