/** What stands before an encrypted frame: whose key, and which of the frames under it (RFC 9605, 4.3). */
export interface SFrameHeader {
  readonly kid: bigint;
  readonly ctr: bigint;
  /** How many bytes the header itself has. */
  readonly length: number;
}

/** Both are unsigned numbers of up to 64 bits. */
export function encodeHeader(kid: bigint, ctr: bigint): Uint8Array<ArrayBuffer> {
  const [kidBits, kidBytes] = encodeField(kid);
  const [ctrBits, ctrBytes] = encodeField(ctr);
  return Uint8Array.of((kidBits << 4) | ctrBits, ...kidBytes, ...ctrBytes);
}

/** Null where there are too few bytes. */
export function decodeHeader(bytes: Uint8Array): SFrameHeader | null {
  const config = bytes[0];
  if (config === undefined) return null;
  const kidEnd = 1 + sizeOf(config >> 4);
  const length = kidEnd + sizeOf(config & 15);
  if (bytes.length < length) return null;
  const field = (bits: number, from: number, to: number): bigint =>
    bits < 8 ? BigInt(bits) : bytes.subarray(from, to).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { kid: field(config >> 4, 1, kidEnd), ctr: field(config & 15, kidEnd, length), length };
}

/** How many bytes follow for a field of these four bits: none where they hold the value themselves. */
function sizeOf(bits: number): number {
  return bits < 8 ? 0 : bits - 7;
}

function encodeField(value: bigint): [bits: number, bytes: number[]] {
  if (value < 8n) return [Number(value), []];
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 255n));
  return [7 + bytes.length, bytes];
}
