import type { LitElement, ReactiveController } from 'lit';
import type { Speaker } from '../engine/capture/speaker.js';
import { loaded } from '../engine/errors.js';

/** Plays what its host shows, until the browser wants a click first. */
export class Playback implements ReactiveController {
  readonly #host: LitElement;
  readonly #refused: () => void;
  #media: readonly HTMLMediaElement[] = [];
  #blocked = false;
  /** Loaded when one is chosen. */
  #speaker: Speaker | null = null;

  /** `refused` is called when the browser wants a click. */
  constructor(host: LitElement, refused: () => void) {
    this.#host = host;
    this.#refused = refused;
    host.addController(this);
  }

  /** Whether the browser wants a click before it plays sound. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** The speaker that was chosen; the empty text is the system's own. */
  get sinkId(): string {
    return this.#speaker?.id ?? '';
  }

  /** Rejects where there is no such speaker; then the last one goes on. */
  async setSinkId(sinkId: string): Promise<void> {
    const { Speaker } = await loaded(import('../engine/capture/speaker.js'));
    this.#speaker ??= new Speaker();
    await this.#speaker.choose(this.#media, sinkId);
    this.#play();
  }

  /** For a click, in which the browser lets everything play. */
  readonly unblock = (): void => {
    this.reset();
    this.#host.requestUpdate();
    this.#play();
  };

  /** What was refused may be allowed in the next call. */
  reset(): void {
    this.#blocked = false;
  }

  hostConnected(): void {
    document.addEventListener('resume', this.#resume);
  }

  hostDisconnected(): void {
    document.removeEventListener('resume', this.#resume);
  }

  hostUpdated(): void {
    this.#play();
  }

  /** A page that was frozen comes back with everything paused. */
  readonly #resume = (): void => this.#play();

  /** `autoplay` alone would not tell that the browser refused, and is not enough after a move. */
  #play(): void {
    const media = [...this.#host.renderRoot.querySelectorAll<HTMLMediaElement>('video, audio')];
    // One that waits for its first frame would wait forever, and hold its element.
    for (const gone of this.#media) if (!media.includes(gone)) gone.srcObject = null;
    this.#media = media;
    this.#speaker?.add(media);
    if (this.#blocked || !this.#host.isConnected) return;
    // Any other refusal only says that the stream was changed once more.
    const refused = ({ name }: Error): void => void (name === 'NotAllowedError' && this.#block());
    // Firefox shows nothing of what comes to a stream that was without a live track when it was to play.
    const waiting = media.filter(
      ({ paused, srcObject }) => paused && (srcObject as MediaStream | null)?.active,
    );
    for (const one of waiting) one.play().catch(refused);
  }

  #block(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    this.#host.requestUpdate();
    this.#refused();
  }
}
