import { type Clock, systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import type { Card } from './invite/card.js';
import { Link } from './invite/link.js';
import { InvitePlace, readSaying, writeSaying } from './invite/place.js';
import { readLetter, writeLetter } from './invite/text.js';
import {
  checkAddress,
  openingAborted,
  type Signaling,
  type SignalingAddress,
  type SignalingChannel,
  type SignalingHandlers,
} from './signaling.js';

const LOST =
  'The other is out of reach, and without a server nobody brings the two together again: make another invite.';

const NOT_WAITING = 'No invite waits for a reply here: the reply goes to whoever made the invite.';
const TOO_LATE = 'The invite of this reply is void, as its call is over: make another one.';
const used = {
  made: 'This invite is your own: give it to somebody else, and take the reply of theirs.',
  accepted: 'This invite was accepted already: hand over the reply to it, or ask for another invite.',
};
/** Whose call is over, or in whose place another one has come. */
const usedBefore = {
  made: 'This invite is your own, and void meanwhile: make another one.',
  accepted: 'This invite was accepted already, in a call that is over: ask for another invite.',
};

/** What became of each invite here, by its mark. */
export type UsedInvites = Map<number, 'made' | 'accepted'>;

interface OpenPlace {
  readonly peer: string;
  readonly handlers: SignalingHandlers;
  readonly channel: InvitePlace;
}

/**
 * Brings two people together without any server: one makes an invite, the other accepts it and hands the reply back,
 * each as text by whatever way there is. The room is theirs alone, whatever it is called; from then on all signaling
 * goes straight between the two. A room may be opened on it before and after; until they meet, nobody else is there.
 */
export class InviteSignaling implements Signaling {
  readonly #configuration: RTCConfiguration;
  readonly #clock: Clock;
  #link: Link | null = null;
  #place: OpenPlace | null = null;
  readonly #used: UsedInvites;
  /** The mark of the present invite: all others are void. */
  #mark: number | null = null;
  /** Whether a reply was taken. */
  #answered = false;
  /** Whether the room has let go of the other end. */
  #isLeft = false;
  /** Why the two did not meet, for the room that is opened afterwards. */
  #failure: MediaKitError | null = null;
  /** What the other end keeps in the room. */
  #other: { readonly peer: string; presence: Uint8Array | null } | null = null;

  /**
   * `configuration`: of the connection that carries the signaling; no ICE servers by default. `used`: what those that
   * come one after the other share, so that the next one refuses the invites of the one before.
   */
  constructor(
    configuration: RTCConfiguration = {},
    clock: Clock = systemClock,
    used: UsedInvites = new Map(),
  ) {
    this.#configuration = configuration;
    this.#clock = clock;
    this.#used = used;
  }

  /**
   * Makes an invite for one person: text that the other gives to `acceptInvite()`. It holds for a day, as long as this
   * page stays open, and until the next one. Rejects with `bad-input` in a call, `network-blocked`, `unsupported` or
   * `aborted`.
   */
  async createInvite(): Promise<string> {
    const card = await this.#begin((link) => link.offer());
    const text = writeLetter({ kind: 'invite', card, answers: 0 });
    this.#keep(readLetter(text, 'invite').mark, 'made');
    return text;
  }

  /**
   * Accepts the invite of another; resolves with the reply: text that goes back and is given to `acceptReply()` within
   * half an hour. Rejects with `bad-input` for any other text, for an invite of one's own and for one that was accepted.
   */
  async acceptInvite(text: string): Promise<string> {
    const { card, mark } = readLetter(text, 'invite');
    const use = this.#used.get(mark);
    if (use) throw bad((mark === this.#mark ? used : usedBefore)[use]);
    const own = await this.#begin((link) => link.answer(card));
    this.#keep(mark, 'accepted');
    return writeLetter({ kind: 'reply', card: own, answers: mark });
  }

  /**
   * Takes the reply to the present invite; the two connect by themselves then. Rejects with `bad-input` for any other
   * text, and for a second reply. If the two do not reach each other, or lose each other for good, the room is told.
   */
  async acceptReply(text: string): Promise<void> {
    const { card, answers } = readLetter(text, 'reply');
    const link = this.#link;
    if (!link || this.#mark === null || this.#used.get(this.#mark) !== 'made')
      throw bad(this.#used.get(answers) === 'made' ? TOO_LATE : NOT_WAITING);
    if (answers !== this.#mark)
      throw bad('This reply is to another invite: ask for the one to the invite that you made last.');
    if (this.#answered)
      throw bad('A reply to this invite was taken already: make another invite for somebody else.');
    this.#answered = true;
    await this.#use(link, link.accept(card));
  }

  async open(
    address: SignalingAddress,
    handlers: SignalingHandlers,
    signal?: AbortSignal,
  ): Promise<SignalingChannel> {
    checkAddress(address, signal);
    await Promise.resolve();
    if (signal?.aborted) {
      if (!this.#place) this.release();
      throw openingAborted(signal);
    }
    if (this.#place) throw bad('A room is open on this invite: leave it first.');
    if (this.#failure) throw this.#failure;
    const { peer } = address;
    const channel: InvitePlace = new InvitePlace({
      peer,
      handlers,
      say: (saying) => this.#link?.send(writeSaying(saying)),
      gone: () => {
        // It has hung up, or somebody else was invited meanwhile.
        this.#isLeft = true;
        if (this.#link) return;
        channel.close();
        handlers.failed?.(new MediaKitError('connection-failed', LOST));
      },
      closed: () => this.release(),
    });
    this.#place = { peer, handlers, channel };
    if (this.#link?.isUp) channel.met();
    if (this.#other?.presence) this.#tellOther();
    return channel;
  }

  /** Ends all: an open room's channel, too. An invite that is out is void. */
  release(): void {
    const place = this.#place;
    this.#place = null;
    place?.channel.close();
    const link = this.#link;
    this.#forget();
    link?.close();
  }

  #keep(mark: number, use: 'made' | 'accepted'): void {
    this.#mark = mark;
    this.#used.set(mark, use);
  }

  #forget(): void {
    this.#link = null;
    this.#mark = null;
    this.#answered = false;
    this.#isLeft = false;
    this.#other = null;
  }

  /** Makes a link in place of one that did not come up, and has it describe itself. */
  #begin(describe: (link: Link) => Promise<Card>): Promise<Card> {
    if (this.#link?.isUp && !this.#isLeft) throw bad('The call goes on: leave it first.');
    this.#link?.close();
    this.#forget();
    this.#failure = null;
    const link: Link = new Link({
      configuration: this.#configuration,
      clock: this.#clock,
      up: () => this.#place?.channel.met(),
      message: (bytes) => this.#receive(bytes),
      down: (error) => this.#lose(error),
    });
    this.#link = link;
    return this.#use(link, describe(link));
  }

  /** What a link does for us; one that cannot do it is closed. */
  async #use<T>(link: Link, work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, link.ended]);
    } catch (thrown) {
      link.close();
      if (this.#link === link) this.#forget();
      const words = `The browser refuses the text: ${(thrown as Error).message}`;
      throw MediaKitError.from(thrown, 'bad-input', words);
    }
  }

  #lose(error: MediaKitError | undefined): void {
    const [place, other] = [this.#place, this.#other];
    this.#forget();
    if (error) {
      this.#failure = error;
      this.#place = null;
      return place?.channel.failed(error);
    }
    if (other?.presence) place?.handlers.presence(other.peer, null);
    place?.channel.lost();
  }

  #receive(bytes: Uint8Array): void {
    const place = this.#place;
    const saying = readSaying(bytes);
    this.#other ??= saying && { peer: saying.from, presence: null };
    // One end is one peer, and another than we.
    if (!saying || saying.from !== this.#other?.peer || saying.from === place?.peer)
      return place?.handlers.ignored?.();
    const { kind, from, to, payload } = saying;
    if (kind === 'message') {
      if (to === place?.peer) place.handlers.message(from, payload);
    } else if (payload.length || this.#other.presence) {
      this.#other.presence = payload.length ? payload : null;
      this.#isLeft &&= !payload.length;
      this.#tellOther();
    }
  }

  #tellOther(): void {
    const { peer, presence } = this.#other!;
    this.#place?.handlers.presence(peer, presence && presence.slice());
  }
}

function bad(words: string): MediaKitError {
  return new MediaKitError('bad-input', words);
}
