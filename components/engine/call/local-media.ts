import { MediaKitError } from '../errors.js';
import type { StateBody } from './frames.js';

/** What one connection can carry away from us. */
export type Slot = 'audio' | 'video' | 'screen' | 'screenAudio';

/** What is to be sent in one slot. */
export interface Outgoing {
  readonly slot: Slot;
  readonly kind: 'audio' | 'video';
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
  #audioOn = true;
  #videoOn = true;
  #labels: { readonly camera: MediaStream; readonly screen: MediaStream } | undefined;
  #watch = new AbortController();

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
    const audioTrack = live('audio', this.#stream);
    const videoTrack = live('video', this.#stream);
    const screenTrack = live('video', this.#screen);
    const screenAudioTrack = live('audio', this.#screen);
    return [
      {
        slot: 'audio',
        kind: 'audio',
        track: this.#audioOn ? audioTrack : null,
        direction: audioTrack ? 'sendrecv' : 'recvonly',
        label: camera,
      },
      {
        slot: 'video',
        kind: 'video',
        track: this.#videoOn ? videoTrack : null,
        direction: videoTrack ? 'sendrecv' : 'recvonly',
        label: camera,
      },
      {
        slot: 'screen',
        kind: 'video',
        track: screenTrack,
        direction: screenTrack ? 'sendonly' : 'inactive',
        label: screen,
      },
      {
        slot: 'screenAudio',
        kind: 'audio',
        track: screenAudioTrack,
        direction: screenAudioTrack ? 'sendonly' : 'inactive',
        label: screen,
      },
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
    if (old.kind !== next.kind) {
      throw new MediaKitError(
        'bad-input',
        `A track of kind "${next.kind}" cannot replace one of "${old.kind}".`,
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

  #follow(): void {
    this.#watch.abort();
    const { signal } = (this.#watch = new AbortController());
    const ended = (): void => {
      // A screen that shows nothing any longer is no screen.
      if (this.#screen && !live('video', this.#screen)) this.setScreen(null);
      this.#ended();
    };
    for (const stream of [this.#stream, this.#screen]) {
      for (const track of stream?.getTracks() ?? []) track.addEventListener('ended', ended, { signal });
    }
  }
}

function live(kind: 'audio' | 'video', stream: MediaStream | null): MediaStreamTrack | null {
  const tracks = kind === 'audio' ? stream?.getAudioTracks() : stream?.getVideoTracks();
  return tracks?.find((track) => track.readyState === 'live') ?? null;
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
