import {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type AudioCodec,
  type EncodedPacket,
  type InputTrack,
  type StreamTargetChunk,
  type VideoCodec,
} from 'mediabunny';

/** So many bytes are written at a time. */
const CHUNK = 2 ** 20;

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
 * packet, so that no more than a few of them are held. One that breaks off ends with its last whole packet. Closes
 * `writable`, which takes positions. Rejects where there is nothing that can be played.
 */
export async function repair(
  raw: Blob,
  writable: WritableStream<StreamTargetChunk> | null,
): Promise<Repaired> {
  const input = new Input({ source: new BlobSource(raw), formats: [MP4, WEBM] });
  try {
    const format = (await input.getFormat()) === MP4 ? new Mp4OutputFormat() : new WebMOutputFormat();
    const tracks = await input.getTracks();
    const target = writable
      ? new StreamTarget(writable, { chunked: true, chunkSize: CHUNK })
      : new BufferTarget();
    const output = new Output({ format, target });
    const lines: Line[] = [];
    for (const track of tracks) lines.push(...(await open(track, output)));
    await output.start();
    const duration = await copy(lines);
    await output.finalize();
    return { duration, buffer: target instanceof BufferTarget ? target.buffer : null };
  } finally {
    input.dispose();
  }
}

/** None for a track in which nothing came. */
async function open(track: InputTrack, output: Output): Promise<Line[]> {
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

/** Undefined at the end, and where what follows is not whole. */
async function nextOf(packets: Line['packets']): Promise<EncodedPacket | undefined> {
  try {
    return (await packets.next()).value ?? undefined;
  } catch {
    return undefined;
  }
}

/** Copies all packets in the order of their times, from 0; answers when the last one ends, in seconds. */
async function copy(lines: readonly Line[]): Promise<number> {
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
