import { MediaKitError } from '../errors.js';

/** The speaker that a page's media play through. */
export class Speaker {
  #id = '';

  /** Its id; the empty text is the system's own. */
  get id(): string {
    return this.#id;
  }

  /** Plays all of these through another speaker. Rejects with `unsupported`, `permission-denied` or `device-not-found`; then the last one goes on. */
  async choose(media: readonly HTMLMediaElement[], id: string): Promise<void> {
    if (!('setSinkId' in HTMLMediaElement.prototype)) {
      const words = 'This browser lets no page choose a speaker: choose it in the system.';
      throw new MediaKitError('unsupported', words);
    }
    try {
      // One that plays there already is not asked: the system may have no speaker at all.
      await Promise.all(others(media, id).map((one) => one.setSinkId(id)));
    } catch (cause) {
      for (const one of media) one.setSinkId(this.#id).catch(() => {});
      throw (cause as Error).name === 'NotAllowedError'
        ? new MediaKitError('permission-denied', 'This speaker is not allowed: have the user choose it.', {
            cause,
          })
        : new MediaKitError('device-not-found', 'There is no such speaker: choose another.', { cause });
    }
    this.#id = id;
  }

  /** Plays these through it, too. Where it is not there any longer, the system's own takes its place. */
  add(media: readonly HTMLMediaElement[]): void {
    for (const one of others(media, this.#id)) one.setSinkId?.(this.#id).catch(() => (this.#id = ''));
  }
}

const others = (media: readonly HTMLMediaElement[], id: string): HTMLMediaElement[] =>
  media.filter(({ sinkId }) => sinkId !== id);
