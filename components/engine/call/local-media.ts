import { MediaKitError } from '../errors.js';
import type { StateBody } from './frames.js';
import { checkSending, type SendingOptions } from './sending-options.js';
import type { Tuning } from './tuning.js';

export type { SendingOptions } from './sending-options.js';

/** What one connection can carry away from us. */
export type Slot = 'audio' | 'video' | 'screen' | 'screenAudio';

type Kind = 'audio' | 'video';

/** What is to be sent in one slot. */
export interface Outgoing {
  readonly slot: Slot;
  readonly kind: Kind;
  /** Null while muted, or where there is nothing. */
  readonly track: MediaStreamTrack | null;
  readonly direction: RTCRtpTransceiverDirection;
  /** The stream by which the others know what belongs together. */
  readonly label: MediaStream;
}

/** Our own camera, microphone and screen: all borrowed, never stopped. */
export class LocalMedia {
  readonly #ended: () => void;
  #stream: MediaStream | null = null;
  #screen: MediaStream | null = null;
  #sending: SendingOptions = {};
  #warned: SendingOptions | null = null;
  #audioOn = true;
  #videoOn = true;
  #labels: { readonly camera: MediaStream; readonly screen: MediaStream } | undefined;
  #watch = new AbortController();
  #tuning: Promise<Tuning | null> | undefined;

  /** `ended` is called when there is less to send because a track has ended. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** What is sent as camera and microphone. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  get screen(): MediaStream | null {
    return this.#screen;
  }

  /** How it is to be sent. */
  get sending(): SendingOptions {
    return this.#sending;
  }

  /** Throws `bad-input`, and then all stays as it was. */
  setSending(sending: SendingOptions): void {
    checkSending(sending);
    this.#sending = sending;
  }

  /** Decides how much is sent over all connections; loaded for the first of them, and null where it does not load. */
  get tuning(): Promise<Tuning | null> {
    return (this.#tuning ??= this.#loadTuning());
  }

  /** A peer has none of the codecs that the page named. */
  codecsMissing(): void {
    if (this.#warned === this.#sending) return;
    this.#warned = this.#sending;
    const words = 'has none of these codecs, and another one is sent: name one more that all have.';
    console.warn(`${this.#sending.codecs?.join(', ')}: a member ${words}`);
  }

  /** What the others are told. */
  get state(): StateBody {
    const [audio, video, screen] = this.outgoing;
    return {
      audio: audio!.track !== null,
      video: video!.track !== null,
      screen: screen!.track && screen!.label.id,
    };
  }

  get outgoing(): readonly Outgoing[] {
    // Streams of our own as labels: they stay the same whatever is sent, so that nothing is negotiated for them.
    const { camera, screen } = (this.#labels ??= { camera: new MediaStream(), screen: new MediaStream() });
    const receives = this.#sending.direction !== 'sendonly';
    const sends = this.#sending.direction !== 'recvonly';
    const basic = (kind: Kind, on: boolean): Outgoing => {
      const track = live(kind, this.#stream);
      // What has ended keeps its place: the hardware may be off or unplugged, and is back without negotiation.
      const placed = sends && (track ?? tracksOf(kind, this.#stream)[0]);
      const direction = placed ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
      return { slot: kind, kind, track: sends && on ? track : null, direction, label: camera };
    };
    const further = (slot: Slot, kind: Kind): Outgoing => {
      const track = sends ? live(kind, this.#screen) : null;
      return { slot, kind, track, direction: track ? 'sendonly' : 'inactive', label: screen };
    };
    return [
      basic('audio', this.#audioOn),
      basic('video', this.#videoOn),
      further('screen', 'video'),
      further('screenAudio', 'audio'),
    ];
  }

  /** The same stream again means that its tracks are others now. */
  setStream(stream: MediaStream | null): void {
    this.#stream = stream;
    this.#follow();
  }

  setScreen(screen: MediaStream | null): void {
    this.#screen = screen;
    this.#follow();
  }

  setAudio(on: boolean): void {
    this.#audioOn = on;
  }

  setVideo(on: boolean): void {
    this.#videoOn = on;
  }

  /** Sends `next` wherever `old` was sent. Throws `bad-input` where that cannot be. */
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack): void {
    if (old?.kind !== next?.kind) {
      throw new MediaKitError(
        'bad-input',
        `A track of kind "${next?.kind}" cannot replace one of "${old?.kind}".`,
      );
    }
    const [stream, screen] = [exchange(this.#stream, old, next), exchange(this.#screen, old, next)];
    if (stream === this.#stream && screen === this.#screen) {
      throw new MediaKitError('bad-input', 'The old track is not sent: make it a source first.');
    }
    this.#stream = stream;
    this.#screen = screen;
    this.#follow();
  }

  release(): void {
    this.#watch.abort();
    this.#stream = null;
    this.#screen = null;
  }

  async #loadTuning(): Promise<Tuning | null> {
    try {
      const { Tuning } = await import('./tuning.js');
      return new Tuning(this);
    } catch (cause) {
      console.warn(
        'A part of the kit did not load: bitrates, frame rates and sizes are left to the browser.',
        cause,
      );
      return null;
    }
  }

  #follow(): void {
    this.#watch.abort();
    const { signal } = (this.#watch = new AbortController());
    // A screen that shows nothing any longer is no screen, also where that was so from the beginning.
    if (this.#screen && isOver(this.#screen)) this.#screen = null;
    const ended = (): void => {
      this.#follow();
      this.#ended();
    };
    for (const stream of [this.#stream, this.#screen]) {
      for (const track of stream?.getTracks() ?? []) track.addEventListener('ended', ended, { signal });
    }
  }
}

function live(kind: Kind, stream: MediaStream | null): MediaStreamTrack | null {
  return tracksOf(kind, stream).find(({ readyState }) => readyState === 'live') ?? null;
}

/** Whether it has shown all that it will; what has no picture may be heard. */
function isOver(screen: MediaStream): boolean {
  return !live(tracksOf('video', screen).length > 0 ? 'video' : 'audio', screen);
}

function tracksOf(kind: Kind, stream: MediaStream | null): MediaStreamTrack[] {
  return (kind === 'audio' ? stream?.getAudioTracks() : stream?.getVideoTracks()) ?? [];
}

/** The stream with `next` in the place of `old`: a new one, for the given one is not ours to change. */
function exchange(
  stream: MediaStream | null,
  old: MediaStreamTrack,
  next: MediaStreamTrack,
): MediaStream | null {
  if (!stream?.getTracks().includes(old)) return stream;
  return new MediaStream(stream.getTracks().map((track) => (track === old ? next : track)));
}
