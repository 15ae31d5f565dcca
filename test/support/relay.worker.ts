/** A frame on its way between network and decoder, or encoder and network. */
interface EncodedFrame {
  data: ArrayBuffer;
  readonly type: 'key' | 'delta' | 'empty';
  getMetadata(): { readonly mimeType?: string };
}

/** A frame that was heard: the page is told of the first ones of each way. */
export interface HeardFrame {
  readonly way: string;
  readonly mimeType: string;
  readonly data: ArrayBuffer;
}

interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  /** `way`: where frames with another content come in whose content goes out here. */
  readonly options: { readonly way: string; readonly side: 'heard' | 'told' };
  sendKeyFrameRequest(): Promise<void>;
}

/** How many frames of each way the page is told of. */
const FIRST = 30;

/** What comes in until it goes out. */
class Way {
  readonly #waiting: ArrayBuffer[] = [];
  #told = 0;
  #taken: ((data: ArrayBuffer) => void) | null = null;
  /** Asks for a picture that needs no other. */
  refresh = (): void => {};

  tell(frame: HeardFrame): void {
    if (this.#told++ < FIRST) postMessage(frame);
  }

  put(data: ArrayBuffer): void {
    if (this.#taken) this.#taken(data);
    else this.#waiting.push(data);
    this.#taken = null;
  }

  take(): Promise<ArrayBuffer> {
    return new Promise((resolve) => {
      if (this.#waiting.length > 0) resolve(this.#waiting.shift()!);
      else this.#taken = resolve;
    });
  }
}

const ways = new Map<string, Way>();

/** Hands on, as a relay would, each frame that is heard in place of one that is told, as it is. */
function carry({ readable, writable, options }: Transformer, way: Way): void {
  const transform = async (
    frame: EncodedFrame,
    controller: TransformStreamDefaultController<EncodedFrame>,
  ) => {
    if (options.side === 'heard') {
      const mimeType = frame.getMetadata().mimeType ?? '';
      way.tell({ way: options.way, mimeType, data: frame.data.slice(0) });
      way.put(frame.data.slice(0));
    } else {
      // Whoever is told has asked for one.
      if (frame.type === 'key') way.refresh();
      frame.data = await way.take();
    }
    controller.enqueue(frame);
  };
  readable
    .pipeThrough(new TransformStream({ transform }))
    .pipeTo(writable)
    .catch(() => {});
}

Object.assign(globalThis, {
  onrtctransform: ({ transformer }: { transformer: Transformer }) => {
    const { way: name, side } = transformer.options;
    const way = ways.get(name) ?? new Way();
    ways.set(name, way);
    if (side === 'heard') way.refresh = () => void transformer.sendKeyFrameRequest().catch(() => {});
    carry(transformer, way);
  },
});

export {};
