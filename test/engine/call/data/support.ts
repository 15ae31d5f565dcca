import {
  FileEvent,
  FileOfferEvent,
  FileProgressEvent,
  PeerMessageEvent,
} from '../../../../components/engine/call/data/events.js';
import { Exchange } from '../../../../components/engine/call/data/exchange.js';
import { LABEL } from '../../../../components/engine/call/identifiers.js';
import type { Link } from '../../../../components/engine/call/data/opener.js';
import type { FileTransfer } from '../../../../components/engine/call/data/transfer.js';
import { systemClock, type Clock } from '../../../../components/engine/clock.js';
import type { MediaKitError } from '../../../../components/engine/errors.js';
import { until } from '../../../support/wait.js';

/** One member: what it says and what came. */
export class Talker {
  readonly exchange: Exchange;
  readonly events: Event[] = [];
  /** Why others were cut off. */
  readonly cuts: string[] = [];
  /** Who was cut off because it sent too much. */
  readonly floods: string[] = [];
  readonly links = new Map<string, Link>();
  /** What the page does with each event, first of all. */
  heard: (event: Event) => void = () => {};

  constructor(
    readonly id: string,
    clock: Clock = systemClock,
  ) {
    this.exchange = new Exchange({
      clock,
      members: () => [...this.links.keys()],
      link: (id) => this.links.get(id),
      dispatch: (event) => {
        this.events.push(event);
        this.heard(event);
      },
      report: ({ message }) => this.cuts.push(message),
      flooded: (id) => this.floods.push(id),
    });
  }

  get messages(): unknown[] {
    return this.events.flatMap((event) => (event instanceof PeerMessageEvent ? [event.data] : []));
  }

  get offers(): FileOfferEvent[] {
    return this.events.filter((event) => event instanceof FileOfferEvent);
  }

  get files(): FileEvent[] {
    return this.events.filter((event) => event instanceof FileEvent);
  }

  get progress(): FileTransfer[] {
    return this.events.flatMap((event) => (event instanceof FileProgressEvent ? [event.transfer] : []));
  }

  /** Resolves with the next file that has arrived. */
  arrival(count = 1): Promise<FileEvent> {
    return until(() => this.files[count - 1], `${count} files at ${this.id}`, 15_000);
  }

  link(id: string, link: Link | null): void {
    if (link) this.links.set(id, link);
    else this.links.delete(id);
    this.exchange.look(id);
  }
}

/** Two members with a connection between them that can be lost and made anew. */
export class Two {
  readonly one: Talker;
  readonly two: Talker;
  connections: readonly RTCPeerConnection[] = [];

  constructor(clock?: Clock) {
    this.one = new Talker('one', clock);
    this.two = new Talker('two', clock);
  }

  /** A connection in place of the one that there is. */
  async connect(): Promise<void> {
    for (const connection of this.connections) connection.close();
    const [from, to] = (this.connections = [new RTCPeerConnection(), new RTCPeerConnection()]) as [
      RTCPeerConnection,
      RTCPeerConnection,
    ];
    from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined).catch(() => {});
    to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined).catch(() => {});
    from.ondatachannel = ({ channel }) => this.#take(this.one, 'two', channel);
    to.ondatachannel = ({ channel }) => this.#take(this.two, 'one', channel);
    // The test's own, so that there is something to connect.
    from.createDataChannel('test');
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription!);
    await to.setLocalDescription();
    await from.setRemoteDescription(to.localDescription!);
    await until(() => this.connections.every(({ connectionState }) => connectionState === 'connected'));
    this.one.link('two', { connection: from, status: 'connected' });
    this.two.link('one', { connection: to, status: 'connected' });
  }

  /** The connection is lost at both ends, as where one end has closed it. */
  lose(): void {
    for (const [talker, id] of [
      [this.one, 'two'],
      [this.two, 'one'],
    ] as const) {
      const { connection } = talker.links.get(id)!;
      connection.close();
      talker.link(id, { connection, status: 'reconnecting' });
    }
  }

  close(): void {
    this.one.exchange.close();
    this.two.exchange.close();
    for (const connection of this.connections) connection.close();
  }

  #take(talker: Talker, from: string, channel: RTCDataChannel): void {
    if (channel.label === LABEL) talker.exchange.take(from, channel);
  }
}

/** A channel whose other end is the test. */
export class FakeChannel {
  readonly sent: unknown[] = [];
  readyState: RTCDataChannelState = 'open';
  bufferedAmount = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;
  bufferedAmountLowThreshold = 0;

  constructor(readonly protocol = '') {}

  send(data: unknown): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError');
    // A channel takes a copy.
    this.sent.push(data instanceof Uint8Array ? data.slice() : data);
  }

  close(): void {
    this.readyState = 'closed';
  }
}
export const asChannel = (channel: FakeChannel): RTCDataChannel => channel as unknown as RTCDataChannel;

/** A file of so many bytes, none of them like its neighbours, that no memory holds twice. */
export function fileOf(size: number, name = 'some.bin', type = 'application/octet-stream'): File {
  const piece = new Uint8Array(2 ** 16);
  const parts: BlobPart[] = [];
  for (let left = size; left > 0; left -= piece.length) {
    const bytes = piece.slice(0, Math.min(left, piece.length));
    for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + parts.length * 13) & 255;
    parts.push(bytes);
  }
  return new File(parts, name, { type });
}

export async function isSame(one: Blob, other: Blob): Promise<boolean> {
  if (one.size !== other.size) return false;
  const [a, b] = await Promise.all([one.arrayBuffer(), other.arrayBuffer()]);
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

/** The code of what it rejects with, or the empty string. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    (error: MediaKitError) => error.code,
  );
