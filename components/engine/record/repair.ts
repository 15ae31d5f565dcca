import {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MATROSKA,
  MkvOutputFormat,
  MP4,
  Mp4OutputFormat,
  Output,
  ReadableStreamSource,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type AudioCodec,
  type EncodedPacket,
  type InputFormat,
  type InputTrack,
  type OutputFormat,
  type StreamTargetChunk,
  type VideoCodec,
} from 'mediabunny';

/** So many bytes are written at a time. */
const CHUNK = 2 ** 18;
/** So many are kept of what comes by, in which the packets of all tracks lie close together. */
const KEPT = 16 * 2 ** 20;

/** The packets of one track on their way into another file. */
interface Line {
  readonly packets: AsyncGenerator<EncodedPacket, void, unknown>;
  readonly add: (packet: EncodedPacket) => Promise<void>;
  next: EncodedPacket | undefined;
}

/** What became of a recording. */
export interface Repaired {
  /** In seconds. */
  readonly duration: number;
  /** The file, where there was no stream to write it to. */
  readonly buffer: ArrayBuffer | null;
}

/**
 * Writes a recording anew, with the duration and the index that a browser leaves out because it cannot go back: packet by
 * packet, so that no more than a few of them are held. A blob that breaks off ends with its last whole packet; a stream, which
 * may still be recorded, has to be whole. Closes `writable`, which takes positions; or aborts it, and rejects, where it is no
 * recording. Null where nothing is in it: Firefox writes what a file begins with before anything came.
 */
export async function repair(
  raw: Blob | ReadableStream<Uint8Array>,
  writable: WritableStream<StreamTargetChunk> | null,
): Promise<Repaired | null> {
  const source =
    raw instanceof Blob
      ? new BlobSource(raw)
      : new ReadableStreamSource(raw, { maxCacheSize: KEPT, handleUnhandledError: () => {} });
  const input = new Input({ source, formats: [MP4, WEBM, MATROSKA] });
  const writer = writable?.getWriter();
  try {
    const format = formatOf(await input.getFormat());
    const tracks = await input.getTracks();
    const target = writer
      ? new StreamTarget(through(writer), { chunked: true, chunkSize: CHUNK })
      : new BufferTarget();
    const output = new Output({ format, target });
    const lines: Line[] = [];
    const nextOf = raw instanceof Blob ? wholeNext : anyNext;
    for (const track of tracks) lines.push(...(await open(track, output, nextOf)));
    if (lines.length === 0) {
      await writer?.abort();
      return null;
    }
    await output.start();
    const duration = await copy(lines, nextOf);
    await output.finalize();
    return { duration, buffer: target instanceof BufferTarget ? target.buffer : null };
  } catch (thrown) {
    // What was closed already cannot be undone.
    await writer?.abort().catch(() => {});
    throw thrown;
  } finally {
    input.dispose();
  }
}

/** For an output, which locks it for good: what it writes to can still be aborted. */
function through(writer: WritableStreamDefaultWriter<StreamTargetChunk>): WritableStream<StreamTargetChunk> {
  return new WritableStream({ write: (chunk) => writer.write(chunk), close: () => writer.close() });
}

function formatOf(format: InputFormat): OutputFormat {
  if (format === MP4) return new Mp4OutputFormat();
  return format === WEBM ? new WebMOutputFormat() : new MkvOutputFormat();
}

/** None for a track in which nothing came. */
async function open(track: InputTrack, output: Output, nextOf: Next): Promise<Line[]> {
  const packets = new EncodedPacketSink(track).packets();
  const next = await nextOf(packets);
  const codec = await track.getCodec();
  if (!next || !codec) return [];
  if (track.isVideoTrack()) {
    const source = new EncodedVideoPacketSource(codec as VideoCodec);
    output.addVideoTrack(source);
    return [{ packets, next, add: adder(source, await track.getDecoderConfig()) }];
  }
  if (!track.isAudioTrack()) return [];
  const source = new EncodedAudioPacketSource(codec as AudioCodec);
  output.addAudioTrack(source);
  return [{ packets, next, add: adder(source, await track.getDecoderConfig()) }];
}

/** The first packet says how all are decoded. */
function adder<C>(
  source: { add(packet: EncodedPacket, meta?: { decoderConfig?: C }): Promise<void> },
  decoderConfig: C | null,
): Line['add'] {
  let meta: { decoderConfig?: C } | undefined = decoderConfig ? { decoderConfig } : {};
  return (packet) => {
    const first = meta;
    meta = undefined;
    return source.add(packet, first);
  };
}

/** The next packet of a track; undefined at the end. */
type Next = (packets: Line['packets']) => Promise<EncodedPacket | undefined>;

const anyNext: Next = async (packets) => (await packets.next()).value ?? undefined;

/** Takes what is not whole for the end. */
const wholeNext: Next = async (packets) => {
  try {
    return await anyNext(packets);
  } catch (cause) {
    // Of the disk: the recording would be cut short.
    if (cause instanceof DOMException) throw cause;
    return undefined;
  }
};

/** Copies all packets in the order of their times, from 0; answers when the last one ends, in seconds. */
async function copy(lines: readonly Line[], nextOf: Next): Promise<number> {
  const start = Math.min(...lines.map(({ next }) => next!.timestamp));
  let end = 0;
  for (;;) {
    const line = earliest(lines);
    if (!line) return end;
    const packet = line.next!;
    const timestamp = packet.timestamp - start;
    end = Math.max(end, timestamp + packet.duration);
    await line.add(packet.clone({ timestamp }));
    line.next = await nextOf(line.packets);
  }
}

function earliest(lines: readonly Line[]): Line | undefined {
  let first: Line | undefined;
  for (const line of lines) {
    if (line.next && !(first && first.next!.timestamp <= line.next.timestamp)) first = line;
  }
  return first;
}
