import type { Flow, Reading } from '../../../components/engine/call/reading.js';
import { canvasStream } from '../../support/source.js';
import { until } from '../../support/wait.js';

/** A microphone whose loudness (0–1) can be changed. */
export async function microphone(volume = 0.3) {
  const context = new AudioContext();
  const gain = context.createGain();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(gain).connect(destination);
  gain.gain.value = volume;
  oscillator.start();
  await context.resume();
  const [track] = destination.stream.getAudioTracks();
  return {
    track: track!,
    set volume(value: number) {
      gain.gain.value = value;
    },
    stop() {
      track!.stop();
      void context.close();
    },
  };
}

/** Two real connections, of which the first sends a picture and a tone to the second, where both are played. */
export class Link {
  readonly connections = [new RTCPeerConnection(), new RTCPeerConnection()] as const;
  readonly #camera = canvasStream(160, 120);
  readonly senders: RTCRtpSender[] = [];
  readonly #player = document.createElement('video');
  readonly #microphone: Awaited<ReturnType<typeof microphone>>;

  private constructor(mic: Awaited<ReturnType<typeof microphone>>) {
    this.#microphone = mic;
  }

  static async open(): Promise<Link> {
    const link = new Link(await microphone());
    const [from, to] = link.connections;
    const { track } = link.#microphone;
    for (const [one, other] of [[from, to] as const, [to, from] as const]) {
      one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined);
    }
    to.ontrack = ({ streams }) => void (link.#player.srcObject = streams[0]!);
    const together = new MediaStream();
    link.senders.push(from.addTrack(track, together));
    link.senders.push(from.addTrack(link.#camera.getVideoTracks()[0]!, together));
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription!);
    await to.setLocalDescription();
    await from.setRemoteDescription(to.localDescription!);
    document.body.append(link.#player);
    await link.#player.play();
    await until(() => link.connections.every(({ connectionState }) => connectionState === 'connected'), 'up');
    return link;
  }

  get microphone() {
    return this.#microphone;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    for (const track of this.#camera.getTracks()) track.stop();
    this.#microphone.stop();
    this.#player.remove();
  }
}

/** A flow as it is counted at a time, of nothing but what is given. */
export function flow(given: Partial<Flow> = {}): Flow {
  return {
    sent: false,
    kind: 'video',
    time: 0,
    bytes: 0,
    packets: 0,
    frames: 0,
    lost: 0,
    missed: 0,
    proof: 0,
    jitter: 0,
    width: 0,
    height: 0,
    codec: null,
    limitation: null,
    playout: null,
    ...given,
  };
}

/** A reading of these flows, each at the reading's time. */
export function reading(
  time: number,
  flows: Readonly<Record<string, Partial<Flow>>> = {},
  rest: Partial<Reading> = {},
): Reading {
  return {
    time,
    flows: new Map(Object.entries(flows).map(([id, given]) => [id, flow({ time, ...given })])),
    sounds: new Map(),
    roundTrip: null,
    candidatePair: null,
    availableBitrate: null,
    ...rest,
  };
}
