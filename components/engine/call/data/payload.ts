import { MediaKitError } from '../../errors.js';
import { decodeJson, isShort, MESSAGE_LIMIT, PART_LIMIT, type WireMessage } from './wire.js';

const UNSENDABLE = 'Only text, JSON values, ArrayBuffers and their views can be sent';

/** What travels in place of what the page sends. Throws `bad-input` for what would not arrive as it is. */
export function pack(data: unknown): WireMessage {
  const message = isBytes(data) ? packBytes(data) : packJson(data);
  if (message.body.length <= MESSAGE_LIMIT) return message;
  const words = `A message has at most ${MESSAGE_LIMIT / 2 ** 20} MiB, not ${message.body.length} bytes: use sendFile().`;
  throw new MediaKitError('bad-input', words);
}

/** What the page gets, in an object of its own; undefined where it makes no sense. */
export function unpack({ kind, body }: WireMessage): { readonly value: unknown } | undefined {
  return kind === 'bytes' ? { value: body.buffer } : decodeJson(body);
}

const isBytes = (data: unknown): data is ArrayBuffer | ArrayBufferView =>
  data instanceof ArrayBuffer || ArrayBuffer.isView(data);

/** A copy: the page may write into its own at once. */
function packBytes(data: ArrayBuffer | ArrayBufferView): WireMessage {
  try {
    const bytes =
      data instanceof ArrayBuffer
        ? new Uint8Array(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { kind: 'bytes', body: new Uint8Array(bytes) };
  } catch (thrown) {
    throw MediaKitError.from(thrown, 'bad-input', `${UNSENDABLE}: the bytes of this one were given away.`);
  }
}

function packJson(data: unknown): WireMessage {
  if (data instanceof Blob) {
    throw new MediaKitError('bad-input', `${UNSENDABLE}: send a Blob with sendFile(), or its arrayBuffer().`);
  }
  try {
    const text = JSON.stringify(data, asItIs);
    // What goes in one part is read sooner as it is.
    return { kind: 'json', body: isShort(text, PART_LIMIT) ? text : new TextEncoder().encode(text) };
  } catch (thrown) {
    throw MediaKitError.from(thrown, 'bad-input', `${UNSENDABLE}: this one cannot be written as JSON.`);
  }
}

/** For `JSON.stringify()`: throws for what would arrive as something else. A property that is undefined is none. */
function asItIs(this: Record<string, unknown>, key: string): unknown {
  // Before its `toJSON()`.
  const value = this[key];
  const isProperty = key !== '' && !Array.isArray(this);
  if (isJson(value) || (value === undefined && isProperty)) return value;
  const name = typeof value === 'object' ? value!.constructor.name : typeof value;
  throw new MediaKitError('bad-input', `${UNSENDABLE}, not ${typeof value === 'number' ? value : name}.`);
}

/** Maps, sets and all that has a life of its own would arrive as empty objects. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object')
    return ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  if (value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Also an object of another window's.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
