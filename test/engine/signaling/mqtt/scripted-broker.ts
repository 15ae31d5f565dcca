import { publishPacket } from '../../../../components/engine/signaling/mqtt/packets.js';

/** A socket whose other side the test plays, byte by byte: for the faults that a real broker cannot be made to show. */
export class ScriptedSocket {
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;
  readonly sent: Uint8Array[] = [];
  /** What `close` was called with. */
  closed: [code: number, reason: string] | null = null;

  constructor(url: string) {
    this.url = url;
  }

  send(data: Uint8Array): void {
    this.sent.push(data.slice());
  }

  close(code: number, reason: string): void {
    if (new TextEncoder().encode(reason).length > 123) throw new DOMException('reason', 'SyntaxError');
    this.closed ??= [code, reason];
  }

  /** What was sent since the last time, by its type and flags: `10` is CONNECT, `33` a retained QoS 1 PUBLISH. */
  take(): string[] {
    return this.sent.splice(0).map((packet) => packet[0]!.toString(16));
  }

  receive(...bytes: number[]): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }

  /** The other side hangs up. */
  lose(reason = '', code = 1006): void {
    this.onclose?.({ code, reason });
  }

  /** The usual beginning, up to the answer to the subscriptions. */
  greet(): void {
    this.onopen?.();
    this.receive(0x20, 2, 0, 0);
    this.receive(0x90, 4, 0, 1, 0, 0);
  }

  publish(topic: string, payload: Uint8Array, id = 0): void {
    this.receive(...publishPacket(topic, payload, id, false));
  }
}

/** Makes scripted sockets in place of the browser's, and keeps them. */
export class ScriptedBroker {
  readonly sockets: ScriptedSocket[] = [];
  /** What the constructor throws from now on. */
  refusal: Error | null = null;

  get WebSocket(): typeof WebSocket {
    const make = (url: string): ScriptedSocket => {
      if (this.refusal) throw this.refusal;
      const socket = new ScriptedSocket(url);
      this.sockets.push(socket);
      return socket;
    };
    return function (url: string) {
      return make(url);
    } as unknown as typeof WebSocket;
  }

  get last(): ScriptedSocket {
    return this.sockets.at(-1)!;
  }
}
