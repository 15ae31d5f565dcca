/**
 * 30 digits are about 100 bits. Whoever stands between two people has to find one certificate for each of them so that
 * both read the same: with n bits that takes about 2^(n / 2) tries at each side and no more, so a string as short as one
 * that is merely guessed at (20 bits) would be no protection. It has to be done while the two wait for each other, because
 * their own certificates are new with each connection, and each try takes `ROUNDS` hashes: 2^64 of them in all.
 */
const GROUPS = 6;
const DIGITS = 5;
/** Some milliseconds for each connection. */
const ROUNDS = 10_000;
/** A number of as many digits is all but evenly spread when it is made of so many bytes. */
const GROUP_BYTES = 6;

/**
 * What two people read to each other to know that nobody stands between them, or null before both certificates are known:
 * six groups of five digits, the same at both ends of a connection that nobody has broken into two. Rejects with the
 * browser's error where the page may not hash.
 */
export async function verificationOf(connection: RTCPeerConnection, room: string): Promise<string | null> {
  const ends = [connection.localDescription, connection.remoteDescription].map(fingerprints);
  if (ends.some((end) => end === '')) return null;
  return digitsOf(ends.sort().join('\n'), room);
}

/** What the certificates of one end hash to, as it is written in a description: the same for every media section. */
function fingerprints(description: RTCSessionDescription | null): string {
  const found = description?.sdp.matchAll(/^a=fingerprint:(\S+) +(\S+)/gm) ?? [];
  const written = [...found].map(([, hash, value]) => `${hash!.toLowerCase()} ${value!.toUpperCase()}`);
  return [...new Set(written)].sort().join(' ');
}

async function digitsOf(certificates: string, room: string): Promise<string> {
  const text = new TextEncoder();
  const base = await crypto.subtle.importKey('raw', text.encode(certificates), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const salt = text.encode(`peer-call/1|${room}|verification`);
  const way = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(way, base, GROUPS * GROUP_BYTES * 8));
  const groups = Array.from({ length: GROUPS }, (_, at) => {
    const number = bytes
      .subarray(at * GROUP_BYTES, (at + 1) * GROUP_BYTES)
      .reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
  });
  return groups.join(' ');
}
