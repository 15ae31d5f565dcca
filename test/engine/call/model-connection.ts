import type { FakeClock } from './support.js';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

interface Line {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly direction: Direction;
}

interface Description {
  readonly type: RTCSdpType;
  readonly lines: readonly Line[];
  /** The generation of ICE. */
  readonly ice: string;
}

interface Transceiver {
  readonly kind: 'audio' | 'video';
  direction: Direction;
  mid: string | null;
  currentDirection: Direction | null;
  readonly sender: object;
}

const reverse = (direction: Direction): Direction =>
  direction === 'sendonly' ? 'recvonly' : direction === 'recvonly' ? 'sendonly' : direction;

const intersect = (one: Direction, other: Direction): Direction => {
  const sends = one.startsWith('send') && other.startsWith('send');
  const receives =
    one.endsWith('recv') || one === 'recvonly' ? other.endsWith('recv') || other === 'recvonly' : false;
  return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
};

/**
 * As much of an `RTCPeerConnection` as negotiation needs, after the specification: signaling states, m-lines, rollback,
 * the chain of operations, and when `negotiationneeded` is fired. Each operation takes a while of the clock.
 */
export class ModelConnection extends EventTarget {
  readonly connectionState: RTCPeerConnectionState = 'new';
  readonly iceGatheringState: RTCIceGatheringState = 'new';
  signalingState: RTCSignalingState = 'stable';
  readonly transceivers: Transceiver[] = [];
  /** How often an own offer was taken back. */
  rollbacks = 0;
  /** What no browser would have taken. */
  readonly violations: string[] = [];
  readonly #clock: FakeClock;
  readonly #random: () => number;
  readonly #name: string;
  #chain: Promise<unknown> = Promise.resolve();
  #running = 0;
  #needed = false;
  #checkLater = false;
  #restart = false;
  #generations = 0;
  #local: { current: Description | null; pending: Description | null } = { current: null, pending: null };
  #remote: { current: Description | null; pending: Description | null } = { current: null, pending: null };
  /** Who sends by the last own description. */
  #sending: readonly Transceiver[] = [];
  /** In how many rounds each has sent: an answer is one, an own offer that was answered two. */
  readonly #rounds = new Map<Transceiver, number>();
  /** Who got its mid from the offer that is out. */
  #assigned: Transceiver[] = [];

  constructor(name: string, clock: FakeClock, random: () => number) {
    super();
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
  }

  get localDescription(): RTCSessionDescriptionInit | null {
    return encode(this.#local.pending ?? this.#local.current);
  }

  get remoteDescription(): RTCSessionDescriptionInit | null {
    return encode(this.#remote.pending ?? this.#remote.current);
  }

  /** The m-lines that were agreed on, as text, and the ICE generations, own first. */
  get agreed(): { readonly lines: string; readonly ice: readonly (string | undefined)[] } {
    const lines = this.#local.current?.lines.map(({ mid, kind }) => `${mid} ${kind}`).join() ?? '';
    return { lines, ice: [this.#local.current?.ice, this.#remote.current?.ice] };
  }

  /** Whether nothing is left to agree on. */
  get settled(): boolean {
    return this.signalingState === 'stable' && this.#running === 0 && !this.#isNeeded();
  }

  getTransceivers(): readonly Transceiver[] {
    return this.transceivers;
  }

  addTransceiver(
    kind: 'audio' | 'video',
    { direction = 'sendrecv' }: { direction?: Direction } = {},
  ): Transceiver {
    const transceiver = { kind, direction, mid: null, currentDirection: null, sender: {} };
    this.transceivers.push(transceiver);
    this.#updateNeeded();
    return transceiver;
  }

  direct(index: number, direction: Direction): void {
    const transceiver = this.transceivers[index % (this.transceivers.length || 1)];
    if (!transceiver) return;
    transceiver.direction = direction;
    this.#updateNeeded();
  }

  restartIce(): void {
    this.#restart = true;
    this.#updateNeeded();
  }

  addIceCandidate(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  setLocalDescription(): Promise<void> {
    const sending = this.transceivers.filter(({ direction }) => direction.startsWith('send'));
    return this.#operate(() => {
      this.#sending = sending;
      if (this.signalingState === 'have-remote-offer') this.#answer();
      else this.#offer();
    });
  }

  setRemoteDescription({
    type,
    sdp,
  }: {
    readonly type: 'offer' | 'answer';
    readonly sdp: string;
  }): Promise<void> {
    return this.#operate(() => {
      const description = { type, ...(JSON.parse(sdp) as Omit<Description, 'type'>) };
      if (type === 'offer') this.#takeOffer(description);
      else this.#takeAnswer(description);
    });
  }

  async #operate(act: () => void): Promise<void> {
    this.#running++;
    const before = this.#chain;
    const done = (async () => {
      await before;
      await new Promise<void>((resolve) => void this.#clock.after(this.#random() * 30, resolve));
      try {
        act();
      } finally {
        this.#running--;
        if (this.#running === 0 && this.#checkLater) {
          this.#checkLater = false;
          this.#updateNeeded();
        }
      }
    })();
    this.#chain = done.catch(() => {});
    return done;
  }

  #offer(): void {
    if (this.signalingState === 'have-local-offer') this.#assigned.forEach((one) => (one.mid = null));
    const lines: Line[] = (this.#local.current?.lines ?? []).map(({ mid, kind }) => {
      const { direction } = this.transceivers.find((one) => one.mid === mid)!;
      return { mid, kind, direction };
    });
    this.#assigned = this.transceivers.filter(({ mid }) => mid === null);
    for (const one of this.#assigned) {
      one.mid = String(lines.length);
      lines.push({ mid: one.mid, kind: one.kind, direction: one.direction });
    }
    const before = this.#local.current?.ice;
    const ice = before === undefined || this.#restart ? `${this.#name}${this.#generations++}` : before;
    this.#local.pending = { type: 'offer', lines, ice };
    this.signalingState = 'have-local-offer';
  }

  #answer(): void {
    const offer = this.#remote.pending!;
    const lines = offer.lines.map(({ mid, kind, direction }) => {
      const one = this.transceivers.find((transceiver) => transceiver.mid === mid)!;
      return { mid, kind, direction: intersect(one.direction, reverse(direction)) };
    });
    const before = this.#local.current?.ice;
    const renewed = before === undefined || offer.ice !== this.#remote.current?.ice;
    const ice = renewed ? `${this.#name}${this.#generations++}` : before;
    this.#settle({ type: 'answer', lines, ice }, offer, lines);
    if (renewed) this.#restart = false;
  }

  #takeOffer(offer: Description): void {
    if (this.signalingState === 'have-local-offer') {
      this.rollbacks++;
      if (!this.#local.current) this.violations.push('the first offer was taken back');
      const fresh = this.#sending.filter((one) => !this.#assigned.includes(one) && this.#roundsOf(one) < 2);
      // Chromium would never show again what came there, not even after one answer in which it sent.
      if (fresh.length > 0) this.violations.push('an offer in which something begins to send was taken back');
      for (const one of this.#assigned) one.mid = null;
      this.#local.pending = null;
    } else if (this.signalingState !== 'stable') {
      throw new DOMException('an offer out of turn', 'InvalidStateError');
    }
    const before = this.#local.current?.lines ?? [];
    if (
      before.some(
        ({ mid, kind }, index) => offer.lines[index]?.mid !== mid || offer.lines[index].kind !== kind,
      )
    ) {
      this.violations.push('the m-lines are in another order');
    }
    this.#remote.pending = offer;
    this.signalingState = 'have-remote-offer';
    for (const { mid, kind } of offer.lines) {
      if (this.transceivers.some((one) => one.mid === mid)) continue;
      this.transceivers.push({ kind, direction: 'recvonly', mid, currentDirection: null, sender: {} });
    }
  }

  #takeAnswer(answer: Description): void {
    const offer = this.#local.pending;
    if (this.signalingState !== 'have-local-offer' || !offer) {
      throw new DOMException('an answer out of turn', 'InvalidStateError');
    }
    if (offer.lines.map(({ mid }) => mid).join() !== answer.lines.map(({ mid }) => mid).join()) {
      this.violations.push('the answer is to another offer');
    }
    if (offer.ice !== this.#local.current?.ice) this.#restart = false;
    const lines = answer.lines.map(({ direction, ...line }) => ({ ...line, direction: reverse(direction) }));
    this.#settle(offer, answer, lines);
  }

  #settle(local: Description, remote: Description, lines: readonly Line[]): void {
    this.#local = { current: local, pending: null };
    this.#remote = { current: remote, pending: null };
    this.#assigned = [];
    for (const one of this.#sending) {
      if (one.mid !== null) this.#rounds.set(one, this.#roundsOf(one) + (local.type === 'offer' ? 2 : 1));
    }
    for (const { mid, direction } of lines) {
      this.transceivers.find((one) => one.mid === mid)!.currentDirection = direction;
    }
    this.signalingState = 'stable';
    this.#needed = false;
    this.#updateNeeded();
  }

  #roundsOf(transceiver: Transceiver): number {
    return this.#rounds.get(transceiver) ?? 0;
  }

  #updateNeeded(): void {
    this.#clock.after(0, () => {
      if (this.#running > 0) {
        this.#checkLater = true;
        return;
      }
      if (this.signalingState !== 'stable') return;
      if (!this.#isNeeded()) {
        this.#needed = false;
        return;
      }
      if (this.#needed) return;
      this.#needed = true;
      this.dispatchEvent(new Event('negotiationneeded'));
    });
  }

  #isNeeded(): boolean {
    if (this.#restart) return true;
    const { current: local } = this.#local;
    const { current: remote } = this.#remote;
    return this.transceivers.some(({ mid, direction }) => {
      const own = local?.lines.find((line) => line.mid === mid);
      const other = remote?.lines.find((line) => line.mid === mid);
      if (!own || !other) return true;
      if (local!.type === 'offer')
        return own.direction !== direction && reverse(other.direction) !== direction;
      return own.direction !== intersect(direction, reverse(other.direction));
    });
  }
}

function encode(description: Description | null): RTCSessionDescriptionInit | null {
  if (!description) return null;
  const { type, ...rest } = description;
  return { type, sdp: JSON.stringify(rest) };
}
