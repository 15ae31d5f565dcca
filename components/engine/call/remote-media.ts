// Ours names one in all; a hostile peer may name many.
const FORMER_SCREENS = 16;

/** The tracks that come from one peer, put together to its camera and its screen. */
export class RemoteMedia {
  /** What is received, with the ids of the streams that the peer put it in. */
  readonly #received = new Map<RTCRtpTransceiver, readonly string[]>();
  // The same objects as long as the peer is there: whoever plays them need not be told of each track.
  readonly #camera = new MediaStream();
  readonly #screen = new MediaStream();
  #screenId: string | null = null;
  /** What was named as a screen before: its tracks stay for a moment after it has ended, and are no camera then. */
  readonly #formerScreens = new Set<string>();
  readonly #changed: () => void;

  /** `changed` is called when tracks have come or gone: the streams stay the same objects. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Camera and microphone, or null while there is no track. */
  get stream(): MediaStream | null {
    return this.#camera.getTracks().length > 0 ? this.#camera : null;
  }

  /** The screen, or null while none is shared. */
  get screen(): MediaStream | null {
    return this.#screen.getTracks().length > 0 ? this.#screen : null;
  }

  add({ transceiver, streams }: RTCTrackEvent): void {
    this.#received.set(
      transceiver,
      streams.map(({ id }) => id),
    );
    this.#arrange();
  }

  /** The stream that is the peer's screen: it may be named before and after its tracks come. */
  nameScreen(id: string | null): void {
    if (this.#screenId !== null && this.#formerScreens.size < FORMER_SCREENS) {
      this.#formerScreens.add(this.#screenId);
    }
    this.#screenId = id;
    this.#arrange();
  }

  /** To be called when a negotiation is done: lets go of what is not received any longer. */
  settle(): void {
    for (const transceiver of this.#received.keys()) {
      if (!transceiver.currentDirection?.includes('recv')) this.#received.delete(transceiver);
    }
    this.#arrange();
  }

  #arrange(): void {
    const camera = new Set<MediaStreamTrack>();
    const screen = new Set<MediaStreamTrack>();
    for (const [{ receiver }, ids] of this.#received) {
      if (this.#screenId !== null && ids.includes(this.#screenId)) screen.add(receiver.track);
      else if (!ids.some((id) => this.#formerScreens.has(id))) camera.add(receiver.track);
    }
    const filled = [fill(this.#camera, camera), fill(this.#screen, screen)];
    if (filled.includes(true)) this.#changed();
  }
}

/** Whether any track has come or gone. */
function fill(stream: MediaStream, tracks: ReadonlySet<MediaStreamTrack>): boolean {
  const before = stream.getTracks();
  for (const track of before) if (!tracks.has(track)) stream.removeTrack(track);
  for (const track of tracks) stream.addTrack(track);
  return before.length !== tracks.size || before.some((track) => !tracks.has(track));
}
