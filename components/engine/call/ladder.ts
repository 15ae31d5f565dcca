import type { Clock } from '../clock.js';
import type { ReconnectPolicy, Remedy, Trouble } from './reconnect.js';

/** By how much a timer may be late where the page runs, in ms. */
const LATE = 1000;

export interface LadderOptions {
  readonly clock: Clock;
  readonly policy: ReconnectPolicy;
  /** Whether this device has a network. */
  readonly online: () => boolean;
  /** Whether the peer answers. */
  readonly heard: () => boolean;
  /** Does it. */
  readonly remedy: (remedy: Remedy) => void;
}

type Kept = { -readonly [Key in 'state' | 'restarted' | 'rebuilt']: Trouble[Key] };

/** The way back to a connection that carries media: asks the policy at each change, and does what it says in time. */
export class Ladder {
  readonly #options: LadderOptions;
  /** Null while media flow, and after all was in vain. */
  #trouble: Kept | null = null;
  #since = 0;
  #stepped = 0;
  /** When the next remedy is to be taken. */
  #due = Infinity;
  #failed = false;
  #cancel: (() => void) | undefined;

  constructor(options: LadderOptions) {
    this.#options = options;
  }

  /** Whether all was in vain. Nothing is tried again then before `begin()`. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether something was done, and it is not known yet whether it helps. */
  get climbing(): boolean {
    return this.#trouble !== null && (this.#trouble.restarted || this.#trouble.rebuilt > 0);
  }

  /** The connection has come into another state. */
  follow(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      this.#trouble = null;
      this.#failed = false;
    } else if (!this.#failed) {
      this.#open().state = state;
    }
    this.#plan();
  }

  /** Something may be different now: the network, or whether the peer answers. */
  look(): void {
    this.#plan();
  }

  /** The peer answers again, and hears only now what we did. `back`: after a silence that may have taken all the time. */
  answered(back: boolean): void {
    if (back && this.#failed) return this.begin();
    const trouble = this.#trouble;
    if (!trouble) return;
    if (back) this.#since = this.#now;
    const { state, restarted, rebuilt } = trouble;
    if (restarted || rebuilt > 0 || state === 'new' || state === 'connecting') {
      this.#stepped = this.#now;
      trouble.state = 'connecting';
    }
    this.#plan();
  }

  /** From the lowest rung and at once, where media do not flow. */
  begin(): void {
    if (!this.#trouble && !this.#failed) return;
    const closed = this.#trouble?.state === 'closed';
    this.#trouble = null;
    this.#take(closed ? 'rebuild' : 'restart');
  }

  /**
   * The peer has done it, or asked us to: it counts as our own. After our end it is the peer's try alone: two that began
   * at different times would keep each other at it for ever.
   */
  took(remedy: 'restart' | 'rebuild'): void {
    // An ICE restart leaves what flows as it is.
    if (this.#failed || (remedy === 'restart' && !this.#trouble)) return;
    const trouble = this.#open();
    trouble.state = 'connecting';
    this.#stepped = this.#now;
    if (remedy === 'restart') trouble.restarted = true;
    else trouble.rebuilt++;
    this.#plan();
  }

  /** Ends it as if all had been tried. */
  giveUp(): void {
    if (!this.#failed) this.#take('give-up');
  }

  close(): void {
    this.#cancel?.();
    this.#trouble = null;
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  #open(): Kept {
    this.#failed = false;
    if (!this.#trouble) this.#since = this.#stepped = this.#now;
    return (this.#trouble ??= { state: 'connecting', restarted: false, rebuilt: 0 });
  }

  #plan(): void {
    this.#cancel?.();
    const now = this.#now;
    // While the page was frozen or the machine asleep nothing could be tried: the time begins anew.
    if (now - this.#due > LATE) this.#since = now;
    this.#due = Infinity;
    if (!this.#trouble) return;
    const { clock, policy, online, heard } = this.#options;
    const plan = policy.next({
      ...this.#trouble,
      lasting: now - this.#since,
      waiting: now - this.#stepped,
      heard: heard(),
      online: online(),
    });
    if (!plan) return;
    this.#due = now + plan.after;
    this.#cancel = clock.after(plan.after, () => {
      // Whoever slept has not tried long enough yet; everything else is only overdue.
      if (plan.remedy === 'give-up' && this.#now - this.#due > LATE) this.#plan();
      else this.#take(plan.remedy);
    });
  }

  #take(remedy: Remedy): void {
    if (remedy === 'give-up') {
      this.#cancel?.();
      this.#due = Infinity;
      this.#trouble = null;
      this.#failed = true;
    } else {
      this.#open();
      this.took(remedy);
    }
    this.#options.remedy(remedy);
  }
}
