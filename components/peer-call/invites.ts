import { leftEarly, loaded } from '../engine/errors.js';
import type { InviteSignaling, UsedInvites } from '../engine/signaling/invite.js';
import type { CallOptions } from './call.js';

interface Inviting {
  readonly opening: Promise<InviteSignaling>;
  /** How many texts are being made or taken. */
  texts: number;
}

/** The ways of a call to one other without a server, one at a time: from the first invite until the call ends. */
export class Invites {
  /** Of this call and those before. */
  readonly #used: UsedInvites = new Map();
  readonly #isJoined: () => boolean;
  #present: Inviting | undefined;

  constructor(isJoined: () => boolean) {
    this.#isJoined = isJoined;
  }

  /** Whether there is such a way. */
  get present(): boolean {
    return this.#present !== undefined;
  }

  /** Makes or takes a text, and then joins. What fails before leaves no way behind, unless another text is on its way. */
  async use<T>(
    options: CallOptions,
    work: (signaling: InviteSignaling) => Promise<T>,
    join: (signaling: InviteSignaling) => void,
  ): Promise<T> {
    const inviting = (this.#present ??= { opening: this.#open(options), texts: 0 });
    inviting.texts++;
    try {
      const signaling = await inviting.opening;
      if (this.#present !== inviting) throw leftEarly();
      const answer = await work(signaling);
      join(signaling);
      return answer;
    } catch (thrown) {
      if (!this.#isJoined() && inviting.texts === 1 && this.#present === inviting) this.drop();
      throw thrown;
    } finally {
      inviting.texts--;
    }
  }

  /** Whatever is out is void. */
  drop(): void {
    this.#present?.opening.then((signaling) => signaling.release()).catch(() => {});
    this.#present = undefined;
  }

  async #open(options: CallOptions): Promise<InviteSignaling> {
    const { inviteSignaling } = await loaded(import('./inviting.js'));
    return inviteSignaling(options, this.#used);
  }
}
