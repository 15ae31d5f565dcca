import type { Clock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import { Scratch } from '../../scratch.js';
import { Contact } from './contact.js';
import { canHash } from './digest.js';
import type { Link } from './opener.js';
import { pack } from './payload.js';

const LEFT = 'The member has left before it had got everything.';
const ENDED = 'The call was left before everything had arrived.';
const NO_HASH = 'Files need a page from https: or localhost: without one they cannot be checked.';

/** Whom to send to; everybody by default. */
export interface SendOptions {
  readonly to?: string;
}

export interface SendFileOptions extends SendOptions {
  /** Gives the file up. */
  readonly signal?: AbortSignal;
}

export interface ExchangeOptions {
  readonly clock: Clock;
  /** The ids of the other members. */
  readonly members: () => readonly string[];
  /** The connection to one of them. */
  readonly link: (id: string) => Link | undefined;
  readonly dispatch: (event: Event) => void;
  readonly report: (error: MediaKitError) => void;
  /** No data of a member are taken any longer, because there were far too many. */
  readonly flooded: (id: string) => void;
}

/** The messages and files of one stay in a room. Loaded when somebody sends the first. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #contacts = new Map<string, Contact>();
  readonly #scratch = new Scratch();
  #closed = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Resolves when each of them has got it; rejects with `MediaKitError`. Whoever leaves meanwhile does not count, unless it was named. */
  async send(data: unknown, { to }: SendOptions = {}): Promise<void> {
    const message = pack(data);
    await this.#each(to, (contact) => contact.send(message));
  }

  /** Resolves when each of them has stored and checked it; rejects with `MediaKitError`. Whoever leaves meanwhile does not count, unless it was named. */
  async sendFile(file: Blob, { to, signal }: SendFileOptions = {}): Promise<void> {
    if (!(file instanceof Blob)) {
      throw new MediaKitError(
        'bad-input',
        'sendFile() takes a File or a Blob: use send() for anything else.',
      );
    }
    if (!canHash()) throw new MediaKitError('insecure-context', NO_HASH);
    if (signal?.aborted) {
      throw new MediaKitError('aborted', 'The file was given up before it was offered.', {
        cause: signal.reason,
      });
    }
    await this.#each(to, (contact) => contact.sendFile(file, signal));
  }

  /** A channel of ours that this member has opened. */
  take(id: string, channel: RTCDataChannel): void {
    // It may have left while this was loaded.
    if (this.#options.link(id)) this.#contact(id).take(channel);
  }

  /** The connection to this member may be another, or in another state. */
  look(id: string): void {
    this.#contacts.get(id)?.look();
  }

  /** The member has left. */
  forget(id: string): void {
    const contact = this.#contacts.get(id);
    this.#contacts.delete(id);
    contact?.close(new MediaKitError('connection-failed', LEFT));
  }

  /** We have left. */
  close(): void {
    this.#closed = true;
    for (const contact of this.#contacts.values()) contact.close(new MediaKitError('aborted', ENDED));
    this.#contacts.clear();
  }

  async #each(to: string | undefined, act: (contact: Contact) => Promise<void>): Promise<void> {
    const { members } = this.#options;
    if (this.#closed) throw new MediaKitError('aborted', ENDED);
    if (to !== undefined && !members().includes(to)) {
      throw new MediaKitError('bad-input', `No member "${to}" is here: name one of the ids in "peers".`);
    }
    const sent = (to === undefined ? members() : [to]).map((id) => {
      const contact = this.#contact(id);
      // Whoever has left may be back already, and has heard nothing of it.
      const isHere = (): boolean => this.#contacts.get(id) === contact;
      return act(contact).then(
        () => null,
        (error: MediaKitError) => (to !== undefined || isHere() || error.code === 'aborted' ? error : null),
      );
    });
    let failed: MediaKitError | null = null;
    for (const failing of sent) {
      const error = await failing;
      failed ??= error;
    }
    if (failed) throw failed;
  }

  #contact(id: string): Contact {
    const { clock, link, dispatch, report, flooded } = this.#options;
    let contact = this.#contacts.get(id);
    if (!contact) {
      contact = new Contact({
        ...{ id, clock, dispatch, scratch: this.#scratch },
        link: () => link(id),
        cutOff: (what, why) => {
          if (why === 'flooding') flooded(id);
          const words = `No messages and files of the member "${id}" are taken any longer: it has sent ${what}.`;
          report(new MediaKitError('connection-failed', words));
        },
      });
      this.#contacts.set(id, contact);
    }
    return contact;
  }
}
