import type { Clock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { ENTRANCE } from './frames.js';
import type { Member } from './member.js';

export interface EntranceOptions {
  /** Our own id. */
  readonly id: string;
  readonly maxPeers: number;
  readonly clock: Clock;
  /** Those who are known so far. */
  readonly members: () => readonly Member[];
  /** Called at once when we are let in. */
  readonly admitted: () => void;
  /** The room is full: it is not for us. */
  readonly turnedAway: (error: MediaKitError) => void;
}

/**
 * The way into a room, from our announcement on. Those who are inside stay, and of several newcomers the smaller ids come
 * first. Nobody waits for the whole of the time in which others may still turn up: who is let in may be turned away in it,
 * and after it by those who were there before and answer late.
 */
export class Entrance {
  /** Resolves when we are let in. */
  readonly admission: Promise<void>;
  readonly #options: EntranceOptions;
  #welcome!: () => void;
  #refuse!: (error: MediaKitError) => void;
  /** Whether it may turn us away. */
  #entering = true;
  /** Until when others count us as one who may be turned away. */
  #settles = 0;
  #settled = false;
  #echoed = false;
  #prepared = false;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.admission = new Promise((resolve, reject) => {
      this.#welcome = resolve;
      this.#refuse = reject;
    });
    // Refusals are told where the promise is awaited; it may never be.
    this.admission.catch(() => {});
  }

  /** For how many ms others are to count us as one who may be turned away. */
  get left(): number {
    return this.#settled ? 0 : Math.ceil(this.#settles - this.#options.clock.now());
  }

  /** The others are about to hear of us. */
  begin(): void {
    const { clock } = this.#options;
    this.#settles = clock.now() + ENTRANCE;
    this.#cancel = clock.after(ENTRANCE, () => {
      this.look();
      this.#settled = true;
      this.look();
    });
  }

  /** The room has our presence. */
  echoed(): void {
    this.#echoed = true;
    this.look();
  }

  /** It is known that connections can be made. */
  prepared(): void {
    this.#prepared = true;
    this.look();
  }

  /** Lets us in, or turns us away, when that is clear from who is there now. */
  look(): void {
    if (this.#closed) return;
    const { id, maxPeers, clock, members, admitted, turnedAway } = this.#options;
    const all = members();
    const confirmed = all.filter((member) => member.confirmed);
    const settled = this.#settled;
    const now = settled ? this.#settles : clock.now();
    const before = confirmed.filter((member) => member.settles <= now || (!settled && member.id < id));
    if (this.#entering && before.length >= maxPeers) {
      const words = `The room is full: it takes ${maxPeers}. Try again when somebody has left.`;
      turnedAway(new MediaKitError('room-full', words));
    } else if (this.#echoed && this.#prepared && (settled || all.length < maxPeers)) {
      // Who has not answered yet may be a ghost: nobody waits for that.
      if (settled && confirmed.length === all.length) this.#entering = false;
      admitted();
      this.#welcome();
    }
  }

  /** Nobody waits here any longer; where we are not in, this is why. */
  close(error: MediaKitError): void {
    this.#closed = true;
    this.#cancel?.();
    this.#refuse(error);
  }
}
