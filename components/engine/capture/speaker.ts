import { MediaKitError } from '../errors.js';

/** The speaker that a page's media play through; while it is unplugged, the system's own takes its place. */
export class Speaker {
  #id = '';
  #away = false;
  #media: readonly HTMLMediaElement[] = [];
  #listening = new AbortController();

  /** The id of the chosen one, also while it is unplugged; the empty text is the system's own. */
  get id(): string {
    return this.#id;
  }

  /** Plays all of these through another speaker. Rejects with `unsupported`, `permission-denied` or `device-not-found`; then the last one goes on. */
  async choose(media: readonly HTMLMediaElement[], id: string): Promise<void> {
    if (!isSupported()) {
      const words = 'This browser lets no page choose a speaker: choose it in the system.';
      throw new MediaKitError('unsupported', words);
    }
    this.#media = media;
    try {
      // One that plays there already is not asked: the system may have no speaker at all.
      await Promise.all(others(media, id).map((one) => one.setSinkId(id)));
    } catch (cause) {
      for (const one of media) one.setSinkId(this.#current).catch(() => {});
      throw (cause as Error).name === 'NotAllowedError'
        ? new MediaKitError('permission-denied', 'This speaker is not allowed: have the user choose it.', {
            cause,
          })
        : new MediaKitError('device-not-found', 'There is no such speaker: choose another.', { cause });
    }
    this.#keep(id, false);
  }

  /** Plays all of these through one that was chosen before, once it is there. */
  async recall(media: readonly HTMLMediaElement[], id: string): Promise<void> {
    if (!isSupported()) return;
    this.#media = media;
    this.#keep(id, true);
    await this.look();
  }

  /** Plays these through it, too; they are all that play. */
  add(media: readonly HTMLMediaElement[]): void {
    this.#media = media;
    this.#play();
  }

  #keep(id: string, away: boolean): void {
    this.#id = id;
    this.#away = away;
    this.#listen();
    // For lists of speakers: the platform has no event for that.
    document.dispatchEvent(new Event('rtc-elements-speaker'));
  }

  get #current(): string {
    return this.#away ? '' : this.#id;
  }

  #play(): void {
    const id = this.#current;
    for (const one of others(this.#media, id)) one.setSinkId?.(id).catch(() => this.look());
  }

  /** For a change of devices. Browsers leave a medium whose speaker goes silent, or elsewhere, and do not bring it back. */
  async look(): Promise<void> {
    const id = this.#id;
    // The list of devices may hide what a page may use.
    const away = await new Audio().setSinkId(id).then(
      () => false,
      () => true,
    );
    if (id !== this.#id || away === this.#away) return;
    this.#away = away;
    this.#play();
  }

  /** Nobody says when it is no longer needed, and what listens to the browser lives on: it holds this but weakly. */
  #listen(): void {
    this.#listening.abort();
    if (!this.#id) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const self = new WeakRef(this);
    const changed = (): void => void self.deref()?.look();
    navigator.mediaDevices.addEventListener('devicechange', changed, { signal });
    collected.register(this, this.#listening);
  }
}

const collected = new FinalizationRegistry<AbortController>((listening) => listening.abort());

const isSupported = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

const others = (media: readonly HTMLMediaElement[], id: string): HTMLMediaElement[] =>
  media.filter(({ sinkId }) => sinkId !== id);
