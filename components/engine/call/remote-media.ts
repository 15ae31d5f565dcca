// Ours names one in all; a hostile peer may name many.
const FORMER_SCREENS = 16;

type Received = Map<RTCRtpTransceiver, readonly string[]>;

/** The tracks that come from one peer, put together to its camera and its screen, over one connection after the other. */
export class RemoteMedia {
  /** What is received, with the ids of the streams that the peer put it in. */
  #received: Received = new Map();
  /** What of that does not come now, and may come again: Firefox tells only once of a track. */
  readonly #idle = new WeakSet<RTCRtpTransceiver>();
  /** The same of a new connection, until it carries media: the last picture of the old one stays as long. */
  #next: Received | null = null;
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

  /** What is added from now on comes over a new connection. */
  begin(): void {
    this.#next = this.#received.size > 0 ? new Map() : null;
  }

  /** The new connection carries media: the old one is of no use any longer. */
  exchange(): void {
    if (!this.#next) return;
    this.#received = this.#next;
    this.#next = null;
    this.#arrange();
  }

  add({ transceiver, streams }: RTCTrackEvent): void {
    (this.#next ?? this.#received).set(
      transceiver,
      streams.map(({ id }) => id),
    );
    this.#judge(transceiver, transceiver.direction);
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
    for (const transceiver of (this.#next ?? this.#received).keys()) {
      this.#judge(transceiver, transceiver.currentDirection);
    }
    this.#arrange();
  }

  #judge(transceiver: RTCRtpTransceiver, direction: string | null): void {
    if (direction?.includes('recv')) this.#idle.delete(transceiver);
    else this.#idle.add(transceiver);
  }

  #arrange(): void {
    const camera = new Set<MediaStreamTrack>();
    const screen = new Set<MediaStreamTrack>();
    for (const [transceiver, ids] of this.#received) {
      if (this.#idle.has(transceiver)) continue;
      const { receiver } = transceiver;
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
  const gone = before.filter((track) => !tracks.has(track));
  const come = [...tracks].filter((track) => !before.includes(track));
  // A player ends with the last track, and Firefox shows a picture that has come only where there is no other.
  const bridge = gone.length > 0 ? come[0]?.clone() : undefined;
  if (bridge) stream.addTrack(bridge);
  for (const track of gone) stream.removeTrack(track);
  for (const track of come) stream.addTrack(track);
  if (bridge) {
    stream.removeTrack(bridge);
    bridge.stop();
  }
  return gone.length + come.length > 0;
}
