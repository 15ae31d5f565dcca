import { CALM, type Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { byPreference, codecNames } from './codecs.js';
import type { ViewBody } from './frames.js';
import type { LocalMedia, Outgoing, Slot } from './local-media.js';
import { isTuned } from './sending-options.js';
import type { Tuned, Tuning } from './tuning.js';

export const NOT_SENT = 'A track could not be sent: use one of the usual size, or leave and join again.';

export interface SendersOptions {
  /** Ends what is listened to: Chromium keeps some connections for good that were closed early. */
  readonly signal: AbortSignal;
  readonly connection: RTCPeerConnection;
  readonly polite: boolean;
  readonly media: LocalMedia;
  readonly clock: Clock;
  /** How many others are sent to. */
  readonly crowd: () => number;
}

/** What carries one slot. */
interface Lane {
  readonly transceiver: RTCRtpTransceiver;
  /** What the sender was given last: it tells only later. */
  sent: MediaStreamTrack | null;
}

/** What is sent over one connection: a transceiver for each slot, and its track. */
export class Senders implements Tuned {
  readonly lanes = new Map<Slot, Lane>();
  readonly #options: SendersOptions;
  readonly #refused = new Set<RTCRtpTransceiver>();
  /** Whether there is something to send with: the polite side waits for the first offer. */
  #ready: boolean;
  /** How large the peer shows us, as far as it has told. */
  #view: Partial<ViewBody> = {};
  /** Decides how much is sent; null until it is loaded. */
  #tuning: Tuning | null = null;
  #asked = false;
  /** Resolves at the end: Firefox leaves what a connection was asked for undecided when it closes. */
  readonly #ended: Promise<void>;

  constructor(options: SendersOptions) {
    this.#options = options;
    const { connection, polite, clock, signal } = options;
    this.#ready = !polite;
    this.#ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#take(connection.getTransceivers());
    // Before an answer is made to what brings a track.
    connection.addEventListener('track', () => this.#direct(), { signal });
    // Which codecs there are to choose from is known when both have agreed.
    connection.addEventListener('signalingstatechange', () => this.tune(), { signal });
    signal.addEventListener(
      'abort',
      clock.after(CALM, () => void this.#loadTuning()),
      { once: true },
    );
  }

  get closed(): boolean {
    return this.#options.connection.signalingState === 'closed';
  }

  get crowd(): number {
    return this.#options.crowd();
  }

  get view(): Partial<ViewBody> {
    return this.#view;
  }

  /** The peer told how large it shows what we send. */
  set view(view: ViewBody) {
    this.#view = view;
    this.tune();
  }

  /** Sends what the local media are now; resolves when the tracks are exchanged, rejects with `MediaKitError`. */
  async apply(): Promise<void> {
    // A transceiver of our own would stand beside the one that is offered.
    if (!this.#ready) return;
    this.#direct();
    try {
      await Promise.all(this.#options.media.outgoing.map((outgoing) => this.#apply(outgoing)));
    } finally {
      this.tune();
    }
  }

  /** Our tracks go into what the peer offers, so that one offer and one answer do for both directions. */
  adopt(): void {
    this.#ready = true;
    this.#take(this.#options.connection.getTransceivers());
  }

  /** Gives each sender how it is to send now, or as soon as what decides it is loaded. */
  tune(): void {
    const { sending, screen } = this.#options.media;
    if (this.#tuning) this.#tuning.tune(this);
    // What the page has asked for holds from the beginning, and a text that is shared is to be read.
    else if (screen || isTuned(sending)) void this.#loadTuning();
  }

  #take(transceivers: readonly RTCRtpTransceiver[]): void {
    for (const outgoing of this.#options.media.outgoing.filter(isBasic)) {
      const transceiver = transceivers.find(({ receiver }) => receiver.track.kind === outgoing.kind);
      if (!transceiver || this.lanes.has(outgoing.slot)) continue;
      const { sender } = transceiver;
      if (!sender.track) sender.setStreams(outgoing.label);
      // On the polite side it is in the peer's offer, or will be.
      this.#open(outgoing, transceiver, sender.track, this.#options.polite);
    }
  }

  async #loadTuning(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    // What takes long to load does not keep a connection that has ended.
    const self = new WeakRef(this);
    const tuning = await this.#options.media.tuning;
    const senders = self.deref();
    if (!senders) return;
    senders.#tuning = tuning;
    senders.tune();
  }

  async #apply(outgoing: Outgoing): Promise<void> {
    const { connection, polite } = this.#options;
    const { slot, kind, track, direction, label } = outgoing;
    const lane = this.lanes.get(slot);
    if (!lane || lane.transceiver.direction === 'stopped') {
      const sends = direction.startsWith('send');
      if (!sends && (polite || !isBasic(outgoing))) return;
      const init = { direction, streams: [label] };
      this.#open(outgoing, connection.addTransceiver(track ?? kind, init), track);
      return;
    }
    const { transceiver, sent } = lane;
    if (transceiver.direction !== direction) transceiver.direction = direction;
    if (sent === track) return;
    lane.sent = track;
    try {
      await Promise.race([transceiver.sender.replaceTrack(track), this.#ended]);
    } catch (thrown) {
      // A connection that closes meanwhile has nothing to send.
      if (!this.closed) throw MediaKitError.from(thrown, 'connection-failed', NOT_SENT);
    }
  }

  #open(
    { slot, kind }: Outgoing,
    transceiver: RTCRtpTransceiver,
    sent: MediaStreamTrack | null,
    offered = false,
  ): void {
    const names = codecNames(kind, this.#options.media.sending.codecs);
    // What the sender's own parameters choose needs no negotiation, but not every browser can. What an offer has brought goes
    // by the order of that: Firefox numbers its codecs anew otherwise, in an offer of its own that Chromium refuses.
    if (names.length && !offered) {
      const { codecs = [] } = RTCRtpReceiver.getCapabilities(kind) ?? {};
      transceiver.setCodecPreferences(byPreference(codecs, names));
    }
    this.lanes.set(slot, { transceiver, sent });
  }

  /** Refuses what the peer sends beside what we send it, or takes it again. What the page itself has added is left alone. */
  #direct(): void {
    const { connection, media } = this.#options;
    const refuses = media.sending.direction === 'sendonly';
    const ours = [...this.lanes.values()].map(({ transceiver }) => transceiver);
    for (const transceiver of connection.getTransceivers()) {
      if (ours.includes(transceiver)) continue;
      if (refuses && transceiver.direction === 'recvonly') {
        transceiver.direction = 'inactive';
        this.#refused.add(transceiver);
      } else if (!refuses && this.#refused.delete(transceiver) && transceiver.direction === 'inactive') {
        transceiver.direction = 'recvonly';
      }
    }
  }
}

/** Puts what is sent now into a connection that waits for its peer: less is left to do when that comes. */
export function place(outgoing: readonly Outgoing[], connection: RTCPeerConnection): void {
  const placed = connection.getTransceivers().map(({ receiver }) => receiver.track.kind);
  for (const { track, kind, direction, label } of outgoing.filter(isBasic)) {
    // Unlike a transceiver, a track goes into what the peer offers, should that be the first.
    if (track && direction === 'sendrecv' && !placed.includes(kind)) connection.addTrack(track, label);
  }
}

/** Whether the first offer has a place for it in any case. */
function isBasic({ slot }: Outgoing): boolean {
  return slot === 'audio' || slot === 'video';
}
