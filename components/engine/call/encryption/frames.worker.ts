import { ENCRYPTABLE } from './clear-bytes.js';
import { Outgoing } from './outgoing.js';
import { senderKey, type FrameSender, type KeyPart } from './sender-key.js';
import { Senders } from './senders.js';
import { Verdict, type FrameTrouble } from './verdict.js';
import type { FrameAnswer, FrameRequest, TransformOptions } from './worker-messages.js';

// Every frame between encoder and network, and between network and decoder, comes through here. What cannot be
// encrypted or decrypted goes no further.

/** A frame as an encoder made it or a decoder takes it. */
interface EncodedFrame {
  data: ArrayBuffer;
  getMetadata(): { readonly mimeType?: string };
}

type Transform = TransformerTransformCallback<EncodedFrame, EncodedFrame>;

interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: TransformOptions;
  sendKeyFrameRequest(): Promise<void>;
}

const host = globalThis as unknown as {
  onmessage: (event: MessageEvent<FrameRequest>) => void;
  onrtctransform: (event: { readonly transformer: Transformer }) => void;
  postMessage(message: FrameAnswer): void;
};

const outgoing = new Outgoing();
const senders = new Senders();
/** To whom the connections lead. */
const ends = new Map<number, string>();
let begun: Extract<FrameRequest, { type: 'begin' }>;
let pipes = 0;
/** One key after the other: the last one that was told is the one that counts. */
let keys = Promise.resolve();

const derive = (sender: FrameSender, part: KeyPart) => senderKey(begun.material, begun.room, sender, part);

async function take(request: FrameRequest): Promise<void> {
  switch (request.type) {
    case 'begin':
      begun = request;
      return;
    case 'use':
      outgoing.key = await derive(begun.self, request);
      return;
    case 'learn':
      senders.of(request.sender.id).add(await derive(request.sender, request));
      return;
    case 'assign':
      ends.set(request.connection, request.peer);
      return;
    case 'forget':
      senders.forget(request.peer);
  }
}

/** Frames of a browser that does not name their codec go nowhere. */
const codecOf = (frame: EncodedFrame): string => frame.getMetadata().mimeType ?? '';

function encryptor(): Transform {
  let told = false;
  return async (frame, controller) => {
    const mimeType = codecOf(frame);
    await keys;
    const sealed = await outgoing.seal(mimeType, new Uint8Array(frame.data));
    if (sealed) {
      frame.data = sealed.buffer;
      controller.enqueue(frame);
    } else if (!told && !ENCRYPTABLE.includes(mimeType.toLowerCase())) {
      told = true;
      host.postMessage({ type: 'codec', mimeType });
    }
  };
}

function decryptor(connection: number, transformer: Transformer): Transform {
  const pipe = pipes++;
  const verdict = new Verdict();
  let told: FrameTrouble | null = null;
  let refused = false;
  return async (frame, controller) => {
    await keys;
    const peer = ends.get(connection);
    if (peer === undefined) return;
    const opened = await senders.of(peer).open(codecOf(frame), new Uint8Array(frame.data));
    const refusal = typeof opened === 'string' ? opened : null;
    const trouble = verdict.after(refusal, performance.now());
    if (trouble !== told) host.postMessage({ type: 'trouble', peer, pipe, trouble });
    told = trouble;
    if (typeof opened === 'string') {
      refused = true;
      return;
    }
    // Later pictures need those that were dropped.
    if (refused && 'type' in frame) transformer.sendKeyFrameRequest().catch(() => {});
    refused = false;
    frame.data = opened.buffer;
    controller.enqueue(frame);
  };
}

host.onmessage = ({ data }) => {
  keys = keys.then(() => take(data)).catch(() => {});
};
host.onrtctransform = ({ transformer }) => {
  const { readable, writable, options } = transformer;
  const transform = options.direction === 'send' ? encryptor() : decryptor(options.connection, transformer);
  // It ends with its connection.
  readable
    .pipeThrough(new TransformStream({ transform }))
    .pipeTo(writable)
    .catch(() => {});
};
host.postMessage({ type: 'ready' });
