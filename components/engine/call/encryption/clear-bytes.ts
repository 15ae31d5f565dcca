/** The codecs whose frames can be encrypted: of the others, packetizers read more than a few first bytes. */
export const ENCRYPTABLE: readonly string[] = ['audio/opus', 'video/vp8', 'video/vp9'];

/**
 * How many bytes at the beginning of a frame stay in the clear, authenticated all the same; null for what cannot be
 * encrypted. Receivers read from those of VP8 (RFC 6386, 9.1) whether it is a key frame, and of one its size.
 */
export function clearBytes(mimeType: string, frame: Uint8Array): number | null {
  const codec = mimeType.toLowerCase();
  if (!ENCRYPTABLE.includes(codec)) return null;
  if (codec !== 'video/vp8') return 0;
  const clear = (frame[0] ?? 0) & 1 ? 3 : 10;
  return frame.length < clear ? null : clear;
}
