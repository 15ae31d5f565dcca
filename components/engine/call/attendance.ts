import { leftEarly, MediaKitError } from '../errors.js';
import type { Signaling, SignalingChannel, SignalingHandlers } from '../signaling/signaling.js';
import { Entrance, type EntranceOptions } from './entrance.js';
import { cutName, helloBody, type Presence } from './frames.js';
import { randomId } from './identifiers.js';
import { OwnPresence } from './own-presence.js';
import { NO_CONNECTION } from './pair.js';

export interface AttendanceOptions extends Omit<EntranceOptions, 'turnedAway'> {
  readonly signaling: Signaling;
  readonly room: string;
  /** What the others see us called. */
  readonly name: string;
  /** Sees, while the room is opened, that connections can be made; throws where they cannot. */
  readonly prepare: () => void;
  /** What comes from the room, once we can answer, and until the end. */
  readonly handlers: Omit<Required<SignalingHandlers>, 'failed'>;
  /** It is no room for us, or not any longer. */
  readonly failed: (error: MediaKitError) => void;
  /** The end. */
  readonly signal: AbortSignal;
}

/** Our own being in a room: the way there, our presence, and whether the room takes us in. */
export class Attendance {
  readonly #options: AttendanceOptions;
  readonly #presence: Presence;
  readonly #entrance: Entrance;
  #channel: Required<SignalingChannel> | null = null;
  #own: OwnPresence | null = null;
  /** What came before the channel was there. */
  #early: (() => void)[] = [];
  #cancelPreparation: (() => void) | undefined;

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#presence = { sid: randomId(), ts: Date.now(), name: cutName(options.name) };
    this.#entrance = new Entrance({ ...options, turnedAway: (error) => this.#fail(error) });
  }

  /** What tells this stay of ours from all others. */
  get sid(): string {
    return this.#presence.sid;
  }

  /** The body that introduces us. */
  get hello(): unknown {
    return helloBody(this.#presence, this.#entrance.left);
  }

  /** The way to the room; null until it is open. */
  get channel(): Required<SignalingChannel> | null {
    return this.#channel;
  }

  /** Opens the room; resolves when it has taken us in. */
  async open(): Promise<void> {
    const { signaling, room, id, clock, signal } = this.#options;
    // Whatever it throws is a rejection.
    const opening = (async () => signaling.open({ room, peer: id }, this.#handlers(), signal))();
    // A browser takes longer to make a connection than the others to answer.
    this.#cancelPreparation = clock.after(0, () => this.#prepare());
    try {
      // Nobody is let in before the channel is there, but one may be turned away or leave.
      const channel = await Promise.race([opening, this.#entrance.admission as Promise<never>]);
      if (signal.aborted) throw leftEarly();
      this.#enter(channel);
    } catch (thrown) {
      // One that opens all the same is nobody's.
      opening.then((late) => late.close()).catch(() => {});
      if (signal.aborted) throw leftEarly();
      throw MediaKitError.from(
        thrown,
        'signaling-unreachable',
        'The way to the room could not be opened: check the signaling address and the network.',
      );
    }
    return this.#entrance.admission;
  }

  /** Somebody else may be there now: whether there is room for us may be clear. */
  look(): void {
    this.#entrance.look();
  }

  /** Closes the way to the room; where we were not let in, this is the end of it. */
  close(): void {
    this.#cancelPreparation?.();
    this.#own?.close();
    this.#channel?.close();
    this.#early = [];
    this.#entrance.close(leftEarly());
  }

  /** Announces us, and hears what has come so far. */
  #enter(channel: SignalingChannel): void {
    this.#channel = steady(channel);
    this.#own = new OwnPresence({
      presence: this.#presence,
      clock: this.#options.clock,
      announce: (payload) => channel.announce(payload),
      check: this.#channel.check,
      echoed: () => this.#entrance.echoed(),
      denied: () => {
        const words = 'The room does not take our presence: let the rules of the signaling server permit it.';
        this.#fail(new MediaKitError('signaling-refused', words));
      },
    });
    this.#entrance.begin();
    this.#own.announce();
    for (const handle of this.#early.splice(0)) handle();
  }

  #handlers(): SignalingHandlers {
    const whenOpen = <A extends unknown[]>(handle: (...values: A) => void) => {
      const hear = (...values: A): void => {
        if (this.#options.signal.aborted) return;
        if (this.#channel) handle(...values);
        else this.#early.push(() => hear(...values));
      };
      return hear;
    };
    const { id, handlers } = this.#options;
    const { message, ignored, tampered, warned } = handlers;
    return {
      presence: whenOpen((peer, payload) => {
        if (peer === id) this.#own?.heard(payload);
        else handlers.presence(peer, payload);
      }),
      message: whenOpen(message),
      reachable: whenOpen((yes) => {
        this.#own?.reachable(yes);
        handlers.reachable(yes);
      }),
      ignored: whenOpen(ignored),
      tampered: whenOpen(tampered),
      warned: whenOpen(warned),
      failed: whenOpen((error) => this.#fail(error)),
    };
  }

  /** Nobody is let in before it is known that connections can be made. */
  #prepare(): void {
    try {
      this.#options.prepare();
      this.#entrance.prepared();
    } catch (thrown) {
      this.#fail(MediaKitError.from(thrown, 'connection-failed', NO_CONNECTION));
    }
  }

  #fail(error: MediaKitError): void {
    this.#entrance.close(error);
    this.#options.failed(error);
  }
}

/** The same channel where a page's own throws instead of losing what it cannot send: nobody here is to stumble over that. */
function steady(channel: SignalingChannel): Required<SignalingChannel> {
  const told =
    <A extends unknown[]>(act: (...values: A) => void) =>
    (...values: A): void => {
      try {
        act(...values);
      } catch (thrown) {
        console.error(thrown);
      }
    };
  return {
    announce: told((payload) => channel.announce(payload)),
    send: told((to, payload) => channel.send(to, payload)),
    clear: told((peer) => channel.clear?.(peer)),
    check: told(() => channel.check?.()),
    gone: told((peer) => channel.gone?.(peer)),
    close: told(() => channel.close()),
  };
}
