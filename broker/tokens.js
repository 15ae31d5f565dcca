// @ts-check
import { readFile } from 'node:fs/promises';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';
import { isIdentifier } from './member.js';

/**
 * @typedef {object} Admission Whom a token lets in.
 * @property {string} peer
 * @property {string} room
 * @property {number} expires in ms since 1970
 */

const audience = 'peer-call';
/** RFC 7518, 3.2: a key of the same size as the hash, or larger. */
const shortestSecret = 32;
const symmetric = ['HS256', 'HS384', 'HS512'];
const asymmetric = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
];
asymmetric.push('RS512');

/** What is wrong with the keys and not with the token: it may be right another time. */
const ofKeys = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);

/** A token that lets nobody in. `unavailable`: it could not be checked. Its message never holds the token. */
export class TokenError extends Error {
  /** @param {string} reason @param {{ unavailable?: boolean, cause?: unknown }} [options] */
  constructor(reason, { unavailable = false, cause } = {}) {
    super(reason, { cause });
    this.unavailable = unavailable;
  }
}

/**
 * Checks tokens: JWTs with the claims `aud: "peer-call"`, `room`, `sub` (the peer's id) and `exp`. They are signed with
 * a `secret` of 32 bytes or more that the page's server shares (HS256, HS384, HS512), or with a private key whose public
 * one is in a key set: `jwks` is its `https:` address or its file. Rejects with what is wrong with the secret or the set.
 * @param {{ secret?: string, jwks?: string | URL }} keys
 * @returns {Promise<(token: string) => Promise<Admission>>} rejects with a `TokenError`
 */
export async function tokenVerifier({ secret, jwks }) {
  if ((secret === undefined) === (jwks === undefined)) throw new Error('Give either a secret or a key set.');
  const { key, algorithms } =
    secret === undefined
      ? { key: await keySet(/** @type {string | URL} */ (jwks)), algorithms: asymmetric }
      : { key: secretKey(secret), algorithms: symmetric };
  const options = { audience, algorithms, requiredClaims: ['exp', 'sub', 'room'] };
  return async (token) => {
    const { sub, room, exp } = await jwtVerify(token, /** @type {any} */ (key), options).then(
      ({ payload }) => payload,
      (cause) => {
        const { code } = cause;
        const unavailable = !code?.startsWith('ERR_J') || ofKeys.has(code);
        if (!unavailable) throw new TokenError(code, { cause });
        const why = [jwks, cause.message, cause.cause?.message].filter(Boolean).join(': ');
        throw new TokenError('the keys are not to be had', { unavailable, cause: new Error(why, { cause }) });
      },
    );
    if (!isIdentifier(sub) || !isIdentifier(room)) throw new TokenError('a name that is no identifier');
    return { peer: sub, room, expires: /** @type {number} */ (exp) * 1000 };
  };
}

/** @param {string} secret */
function secretKey(secret) {
  const key = new TextEncoder().encode(secret);
  if (key.length >= shortestSecret) return key;
  const words = `The secret has ${key.length} bytes; it needs ${shortestSecret}, as of "openssl rand -base64 32".`;
  throw new Error(words);
}

/** @param {string | URL} place */
async function keySet(place) {
  // A file of Windows, such as C:\keys.json, would pass for an address.
  const url = !/^[a-z]:/i.test(String(place)) && URL.canParse(place) ? new URL(place) : null;
  if (!url || url.protocol === 'file:') return keysOf(url ?? place);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  // Whoever sits between would let in whom they like.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new Error(`A key set comes by https: or from a file, not from "${url.protocol}".`);
  }
  return createRemoteJWKSet(url);
}

/** @param {string | URL} file */
async function keysOf(file) {
  const text = await readFile(file, 'utf8').catch((cause) => {
    const { code } = cause;
    throw Object.assign(new Error(`The file "${file}" cannot be read: ${code}.`, { cause }), { code });
  });
  try {
    const set = JSON.parse(text);
    const local = createLocalJWKSet(set);
    // A set without any is a set, and would let in nobody.
    if (set.keys.length > 0) return local;
  } catch {
    // What is in it may be secret, and is not said.
  }
  throw new Error(`The file "${file}" is no key set: {"keys": […]}, with one public key or more.`);
}
