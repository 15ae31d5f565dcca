import type { Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';
import type { PumpAnswer, PumpReport, PumpRequest } from './worker-messages.js';

/** What hears of the pump. */
export interface RemotePumpListener {
  /** Frames or stretches of sound were dropped. */
  readonly dropped?: () => void;
  /** It told how it stands. */
  readonly reported?: (report: PumpReport) => void;
  /** Its stream was closed by somebody else. */
  readonly ended?: () => void;
  /** It has made a track. */
  readonly track?: (track: MediaStreamTrack) => void;
}

/** The page's end of a pump that runs in a worker or a worklet, where a busy page does not disturb it. */
export class RemotePump<T extends VideoFrame | Sound> implements Pump<T> {
  readonly counters: Counters;
  readonly #port: MessagePort;
  readonly #listener: RemotePumpListener;
  readonly #waiting = new Map<number, () => void>();
  #queueLength = 0;
  #frozen = false;
  #lastId = 0;

  constructor(port: MessagePort, counters: Counters, listener: RemotePumpListener) {
    this.#port = port;
    this.counters = counters;
    this.#listener = listener;
    port.onmessage = ({ data }: MessageEvent<PumpAnswer>) => this.#hear(data);
  }

  get queueLength(): number {
    return this.#queueLength;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    this.#ask({ type: 'freeze', frozen });
  }

  update(settings: Settings): void {
    this.#ask({ type: 'update', settings });
  }

  write(item: T): Promise<void> {
    return new Promise((admit) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, admit);
      this.#ask({ type: 'write', id, item }, transferable(item));
    });
  }

  push(item: T): void {
    this.#ask({ type: 'push', item }, transferable(item));
  }

  play(clip: Sound | null): void {
    this.#ask({ type: 'play', clip });
  }

  anchor(position: number, at: number): void {
    this.#ask({ type: 'anchor', position, at });
  }

  /** Sends what comes through the port past the page. */
  connect(port: MessagePort): void {
    this.#ask({ type: 'connect', port }, [port]);
  }

  release(): void {
    this.#ask({ type: 'release' });
    this.#port.onmessage = null;
    this.#port.close();
    for (const admit of this.#waiting.values()) admit();
    this.#waiting.clear();
  }

  #ask(request: PumpRequest<T>, transfer: Transferable[] = []): void {
    this.#port.postMessage(request, transfer);
  }

  #hear(answer: PumpAnswer): void {
    switch (answer.type) {
      case 'admit':
        this.#waiting.get(answer.id)?.();
        this.#waiting.delete(answer.id);
        return;
      case 'report': {
        for (const key of ['written', 'delivered', 'dropped'] as const) {
          this.counters[key] += answer.counted[key];
        }
        this.#queueLength = answer.queueLength;
        if (answer.counted.dropped > 0) this.#listener.dropped?.();
        this.#listener.reported?.(answer);
        return;
      }
      case 'ended':
        return this.#listener.ended?.();
      case 'track':
        return this.#listener.track?.(answer.track);
    }
  }
}

function transferable(item: VideoFrame | Sound): Transferable[] {
  // One array may serve two channels.
  return 'channels' in item ? [...new Set(item.channels.map(({ buffer }) => buffer))] : [item];
}
