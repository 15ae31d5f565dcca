// @ts-check

const isLoopback = (/** @type {string} */ host) => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

/**
 * What is to be said of a broker that listens there and would let everybody of a network into every room.
 * @param {string} host
 * @param {{ verify?: unknown, insecureOpenToEverybody?: boolean }} options
 * @returns {string | undefined} undefined where it would not, or is told to
 */
export function exposure(host, { verify, insecureOpenToEverybody }) {
  if (verify || insecureOpenToEverybody || isLoopback(host)) return undefined;
  return `Without tokens everybody who reaches ${host} could read and write in every room.`;
}
