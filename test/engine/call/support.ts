import type { NetworkSign } from '../../../components/engine/call/network.js';
import type { Clock } from '../../../components/engine/clock.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { Room, type JoinOptions, type PeerState } from '../../../components/engine/call/room.js';
import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import type {
  Signaling,
  SignalingAddress,
  SignalingChannel,
  SignalingHandlers,
} from '../../../components/engine/signaling/signaling.js';
import { framesShown, pixel, play } from '../../support/media.js';
import { nextEvent, until } from '../../support/wait.js';

/** Time that passes only when it is told to. */
export class FakeClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Map<number, { readonly due: number; readonly callback: () => void }>();

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const id = this.#order++;
    this.#timers.set(id, { due: this.#now + ms, callback });
    return () => void this.#timers.delete(id);
  }

  /** Goes on to what is due next; false where nothing is. */
  step(): boolean {
    const next = Math.min(...[...this.#timers.values()].map(({ due }) => due));
    if (next === Infinity) return false;
    this.advance(Math.max(0, next - this.#now));
    return true;
  }

  /** Time passes, and nothing happens in it: all that is due comes late. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: [number, { readonly due: number; readonly callback: () => void }] | undefined;
      for (const timer of this.#timers) if (!next || timer[1].due < next[1].due) next = timer;
      if (!next || next[1].due > end) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].due);
      next[1].callback();
    }
    this.#now = end;
  }
}

/** Real time, or a multiple of it, with a count of the timers that wait. */
export class CountingClock implements Clock {
  pending = 0;
  readonly #speed: number;

  constructor(speed = 1) {
    this.#speed = speed;
  }

  now(): number {
    return performance.now() * this.#speed;
  }

  after(ms: number, callback: () => void): () => void {
    this.pending++;
    let waits = true;
    const done = (): void => {
      if (waits) this.pending--;
      waits = false;
    };
    const id = setTimeout(() => {
      done();
      callback();
    }, ms / this.#speed);
    return () => {
      clearTimeout(id);
      done();
    };
  }
}

/** How a member under test differs from others. */
export interface MemberOptions {
  /** How fast its clock goes. */
  readonly speed?: number;
  readonly clock?: CountingClock | FakeClock;
}

/** A room under test, with all that it fired and every connection that it made. */
export class Member {
  readonly room: Room;
  readonly events: Event[] = [];
  readonly connections: RTCPeerConnection[] = [];
  readonly clock: CountingClock | FakeClock;
  /** Tells that the network has come or gone. */
  network: (sign: NetworkSign) => void = () => {};
  /** Sees each connection first. */
  made: (connection: RTCPeerConnection) => void = () => {};
  /** How often this side has made an offer. */
  offers = 0;

  constructor({ speed = 1, clock = new CountingClock(speed) }: MemberOptions = {}) {
    this.clock = clock;
    this.room = new Room({
      dispatch: (event) => void this.events.push(event),
      clock,
      network: (told) => void (this.network = told),
      createConnection: (configuration) => {
        const connection = new RTCPeerConnection(configuration);
        this.connections.push(connection);
        this.made(connection);
        connection.addEventListener('signalingstatechange', () => {
          if (connection.signalingState === 'have-local-offer') this.offers++;
        });
        return connection;
      },
    });
  }

  get state() {
    return this.room.store.snapshot;
  }

  get id(): string {
    return this.state.localId;
  }

  get open(): number {
    return this.connections.filter(({ signalingState }) => signalingState !== 'closed').length;
  }

  /** Whether nothing is waited for but the next look at the quality and the speakers. */
  get quiet(): boolean {
    return this.clock.pending <= 2;
  }

  /** What the `error` events said. */
  get errors(): readonly MediaKitError[] {
    return this.events.flatMap((event) =>
      event instanceof ErrorEvent ? (event.error as MediaKitError) : [],
    );
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  peer(other: Member): PeerState | undefined {
    return this.state.peers.find(({ id }) => id === other.id);
  }

  /** The red, green and blue that this member sees of the other, once frames advance. */
  async sees(other: Member, kind: 'stream' | 'screen' = 'stream'): Promise<[number, number, number]> {
    const stream = await until(() => this.peer(other)?.[kind], `the other's ${kind}`);
    await until(() => stream.getVideoTracks().length > 0, 'a video track');
    const video = await play(stream);
    await framesShown(video);
    const color = pixel(video, 0.5, 0.5);
    video.remove();
    return color;
  }

  connected(other: Member): Promise<PeerState> {
    return until(() => {
      const peer = this.peer(other);
      return peer?.connectionState === 'connected' ? peer : null;
    }, 'connected');
  }
}

/** Two members, the first offerer first. */
export function pair(options: MemberOptions = {}): [Member, Member] {
  const members = [new Member(options), new Member(options)];
  return members.sort((one, two) => (one.id < two.id ? -1 : 1)) as [Member, Member];
}

/** Joins all of them to one room. */
export async function joinAll(
  members: readonly Member[],
  options: Partial<JoinOptions> = {},
): Promise<Signaling> {
  const signaling = options.signaling ?? new MemorySignaling();
  await Promise.all(members.map(({ room }) => room.join({ signaling, room: 'test', ...options })));
  return signaling;
}

/** A frame as it travels. */
export interface WireFrame {
  readonly s: string;
  readonly d: string;
  readonly k: string;
  readonly n: number;
  readonly t: string;
  readonly b: unknown;
}

/** A way between members that can be cut, listened to and written on by others. */
export class Wire implements Signaling {
  readonly #inner = new MemorySignaling();
  readonly #places = new Map<
    string,
    { readonly handlers: SignalingHandlers; readonly channel: SignalingChannel }
  >();
  readonly #cut = new Set<string>();
  /** Every message, for replays. */
  readonly log: { readonly to: string; readonly from: string; readonly payload: Uint8Array }[] = [];
  /** What becomes of a message on its way: another one, or null where it gets lost. */
  alter: (frame: WireFrame, to: string) => WireFrame | null = (frame) => frame;
  /** The presence that each announced last. */
  readonly presences = new Map<string, Uint8Array>();

  async open({ room, peer }: SignalingAddress, handlers: SignalingHandlers): Promise<SignalingChannel> {
    const channel = await this.#inner.open(
      { room, peer },
      {
        presence: (id, payload) => void (this.#cut.has(peer) || handlers.presence(id, payload)),
        message: (from, payload) => void (this.#cut.has(peer) || handlers.message(from, payload)),
        reachable: () => {},
      },
    );
    this.#places.set(peer, { handlers, channel });
    return {
      announce: (payload) => {
        this.presences.set(peer, payload);
        if (!this.#cut.has(peer)) channel.announce(payload);
      },
      send: (to, payload) => {
        this.log.push({ to, from: peer, payload });
        const frame = this.alter(JSON.parse(new TextDecoder().decode(payload)) as WireFrame, to);
        if (frame && !this.#cut.has(peer)) channel.send(to, encode(JSON.stringify(frame)));
      },
      close: () => void (this.#cut.has(peer) || channel.close()),
    };
  }

  /** Nothing of this member gets through any longer. With `noticed` its presence is withdrawn for the others. */
  cut(peer: string, noticed: boolean): void {
    this.#cut.add(peer);
    if (noticed) this.#places.get(peer)!.channel.close();
  }

  /** Ends a cut that was not noticed. */
  heal(peer: string): void {
    this.#cut.delete(peer);
  }

  /** Tells a member that its way is lost or there again. */
  reachable(peer: string, yes: boolean): void {
    this.#places.get(peer)!.handlers.reachable(yes);
  }

  message(to: string, from: string, payload: Uint8Array | string): void {
    this.#places.get(to)!.handlers.message(from, typeof payload === 'string' ? encode(payload) : payload);
  }

  presence(to: string, from: string, payload: Uint8Array | string | null): void {
    this.#places.get(to)!.handlers.presence(from, typeof payload === 'string' ? encode(payload) : payload);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Whether a colour is mostly red or mostly blue, as cameras are in these tests. */
export function nameOf([r, g, b]: readonly [number, number, number]): string {
  if (r > 120 && g < 100 && b < 100) return 'red';
  if (b > 120 && r < 100) return 'blue';
  if (g > 90 && r < 100 && b < 100) return 'green';
  return `rgb(${r} ${g} ${b})`;
}

/** A canvas of one colour that keeps drawing; `stop()` ends it. */
export function picture(color: string): MediaStream & { stop(): void } {
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext('2d')!;
  let tick = 0;
  const draw = (): void => {
    context.fillStyle = color;
    context.fillRect(0, 0, 160, 120);
    // Something that moves, so that every frame is a new one.
    context.fillStyle = 'black';
    context.fillRect((tick++ * 4) % 160, 0, 4, 10);
  };
  draw();
  const timer = setInterval(draw, 40);
  const stream = canvas.captureStream(25) as MediaStream & { stop(): void };
  stream.stop = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  return stream;
}

/** A tone; `stop()` ends it. */
export function tone(): MediaStream & { stop(): void } {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const stream = destination.stream as MediaStream & { stop(): void };
  stream.stop = () => {
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  return stream;
}

/**
 * The same picture from a track that ends by itself as that of a lost device does, on `end()`. It goes through a
 * connection, for only the other side of one can end a track: Firefox lets no page dispatch events at tracks.
 */
export async function loseable(stream: MediaStream): Promise<MediaStream & { end(): Promise<void> }> {
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined);
  to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined);
  const negotiate = async (): Promise<void> => {
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription!);
    await to.setLocalDescription();
    await from.setRemoteDescription(to.localDescription!);
  };
  const transceiver = from.addTransceiver(stream.getTracks()[0]!);
  await negotiate();
  const { track } = to.getReceivers()[0]!;
  return Object.assign(new MediaStream([track]), {
    async end() {
      const ended = nextEvent(track, 'ended');
      transceiver.stop();
      await negotiate();
      await ended;
      from.close();
      to.close();
    },
  });
}
