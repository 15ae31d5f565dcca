/** Less than this is no sound of a room: what 16 bits cannot tell from nothing (−90 dB). */
const NOTHING = 3e-5;

/** Hears whether a track of our own is silent, for browsers whose reports do not tell. */
export class Ear {
  /** Borrowed. */
  readonly track: MediaStreamTrack;
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array((this.#analyser.fftSize = 32_768));

  constructor(track: MediaStreamTrack) {
    this.track = track;
    try {
      this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
    } catch {
      // Some browsers take no track of another sample rate.
      this.release();
    }
  }

  /** Whether there was no sound at all over the last half second or more; false while the browser lets nobody listen. */
  get silent(): boolean {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return this.#context.state === 'running' && this.#samples.every((sample) => Math.abs(sample) < NOTHING);
  }

  release(): void {
    // It may be closed already.
    this.#context.close().catch(() => {});
  }
}
