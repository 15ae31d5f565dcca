// @ts-check

/** The largest packet, in bytes: a message with its topic, or a greeting with a token. */
const packetLimit = 70_000;
/** So many bytes of a packet, begun, count as one more message. */
const portion = 4096;

/**
 * @typedef {'malformed' | 'size' | 'rate'} InboundFault
 */

/**
 * A bucket of tokens that is full at first and fills by `rate` each second, up to `burst`.
 * @param {{ rate: number, burst: number }} limits
 * @param {() => number} now in ms
 */
function tokenBucket({ rate, burst }, now) {
  let tokens = burst;
  let last = now();
  /** @param {number} cost */
  return (cost) => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - last) / 1000) * rate);
    last = time;
    if (tokens < cost) return false;
    tokens -= cost;
    return true;
  };
}

/**
 * Reads along what a client sends, however it is split, and says what is wrong with it before any of it is kept: the
 * parser behind would gather a packet of 256 MB, and packets of any kind and number.
 * @param {{ rate: number, burst: number }} limits
 * @param {() => number} [now] in ms
 * @returns {(chunk: Uint8Array) => InboundFault | undefined}
 */
export function inboundGuard(limits, now = () => performance.now()) {
  const take = tokenBucket(limits, now);
  /** How many bytes of the packet are still to come. */
  let rest = 0;
  /** MQTT 2.2.3, the remaining length: `unit` is what the next byte counts, 0 before the first byte of a packet. */
  let unit = 0;
  let length = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      const skipped = Math.min(rest, chunk.length - at);
      rest -= skipped;
      at += skipped;
      if (at === chunk.length) return undefined;
      const byte = chunk[at++] ?? 0;
      if (unit === 0) {
        unit = 1;
        length = 0;
        continue;
      }
      length += (byte & 127) * unit;
      unit *= 128;
      if (byte > 127) {
        if (unit > 128 ** 3) return 'malformed';
        continue;
      }
      unit = 0;
      rest = length;
      if (length > packetLimit) return 'size';
      if (!take(1 + Math.floor(length / portion))) return 'rate';
    }
    return undefined;
  };
}
