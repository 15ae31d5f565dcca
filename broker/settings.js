// @ts-check
import { parseArgs } from 'node:util';

export const help = `rtc-elements-broker: an MQTT broker over WebSocket for the rooms of <peer-call>.

  --port <number>         where to listen; 9001 by default, 0 is a free one
  --host <address>        at which address; 127.0.0.1 by default
  --jwt-secret <text>     lets in whoever has a token signed with this, 32 bytes or more;
                          better in the environment as JWT_SECRET, where no list of processes shows it
  --jwks <url or file>    lets in whoever has a token signed with a key of this set
  --allow-origin <origin> turns away pages of other origins; may be given several times
  --max-connections <n>   open at once; 10000 by default
  --max-members <n>       in a room; 50 by default
  --max-rate <n>          messages a client may send each second; 200 by default
  --max-burst <n>         messages a client may send at once after a rest; 2000 by default
  --insecure-open-to-everybody
                          listens beyond this machine without tokens: everybody reads and writes in every room
  --help                  this text

Tokens are JWTs with the claims aud: "peer-call", room, sub (the id of the peer) and exp. What happens is written to the
standard output, one JSON object a line. GET /healthz says whether it runs, GET /metrics gives figures for Prometheus.
It speaks no TLS: beyond this machine, put a proxy that does in front.
`;

/** What is wrong with the words of the command, for whoever wrote them. */
export class SettingsError extends Error {}

/**
 * @typedef {object} Settings
 * @property {boolean} help
 * @property {number} port
 * @property {string} host
 * @property {{ secret: string } | { jwks: string } | undefined} keys
 * @property {string[] | undefined} allowOrigin
 * @property {Partial<import('./broker.js').Limits>} limits
 * @property {boolean} insecureOpenToEverybody
 */

const text = /** @type {const} */ ({ type: 'string' });
const flag = /** @type {const} */ ({ type: 'boolean', default: false });
const options = {
  port: { ...text, default: '9001' },
  host: { ...text, default: '127.0.0.1' },
  'jwt-secret': text,
  jwks: text,
  'allow-origin': { ...text, multiple: /** @type {const} */ (true) },
  'max-connections': text,
  'max-members': text,
  'max-rate': text,
  'max-burst': text,
  'insecure-open-to-everybody': flag,
  help: { ...flag, short: /** @type {const} */ ('h') },
};

/**
 * What the words of the command and the environment ask for. Throws a `SettingsError`.
 * @param {string[]} args
 * @param {Record<string, string | undefined>} environment
 * @returns {Settings}
 */
export function settingsFrom(args, environment) {
  const { values } = parse(args);
  const { jwks } = values;
  const secret = values['jwt-secret'] ?? environment.JWT_SECRET;
  if (values['jwt-secret'] !== undefined && jwks !== undefined) {
    throw new SettingsError('Give either --jwt-secret or --jwks.');
  }
  /** @type {Partial<import('./broker.js').Limits>} */
  const limits = {};
  for (const name of /** @type {const} */ (['connections', 'members', 'rate', 'burst'])) {
    const given = values[`max-${name}`];
    if (given !== undefined) limits[name] = whole(`max-${name}`, given, 1);
  }
  // Node would listen at every address.
  if (!values.host) throw new SettingsError('--host takes an address; it is "".');
  return {
    help: values.help,
    port: whole('port', values.port, 0, 65_535),
    host: values.host,
    keys: jwks !== undefined ? { jwks } : secret !== undefined ? { secret } : undefined,
    allowOrigin: values['allow-origin']?.map(origin),
    limits,
    insecureOpenToEverybody: values['insecure-open-to-everybody'],
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({ args, options });
  } catch (thrown) {
    const { message } = /** @type {Error} */ (thrown);
    // There are no arguments without a name.
    const [words] = message.replaceAll('\n', ' ').split(/\.?$|\. To specify a positional/);
    throw new SettingsError(`${words}.`);
  }
}

/**
 * What is wrong with the secret or the key set.
 * @param {NonNullable<Settings['keys']>} keys
 * @param {Error} cause
 */
export function keysError(keys, cause) {
  const name = 'jwks' in keys ? '--jwks' : '--jwt-secret, or JWT_SECRET in the environment';
  return new SettingsError(`${name}: ${cause.message}`, { cause });
}

/**
 * Why it cannot listen there; undefined where the error is of another kind.
 * @param {Pick<Settings, 'host' | 'port'>} settings
 * @param {NodeJS.ErrnoException} cause
 */
export function placeError({ host, port }, cause) {
  const { code, syscall } = cause;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined;
  const words =
    {
      EADDRINUSE: `--port ${port} is taken by another program: choose another port, or 0 for a free one.`,
      EACCES: `--port ${port} is not permitted to this user: choose one from 1024 on.`,
    }[String(code)] ?? `--host ${host} is no address of this machine: ${code}.`;
  return new SettingsError(words, { cause });
}

/** @param {string} name @param {string} given @param {number} least @param {number} [most] */
function whole(name, given, least, most = Number.MAX_SAFE_INTEGER) {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  throw new SettingsError(`--${name} takes a whole number ${range}; it is "${given}".`);
}

/** @param {string} given */
function origin(given) {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url && url.origin !== 'null' && given.replace(/\/$/, '') === url.origin) return url.origin;
  throw new SettingsError(`--allow-origin takes an origin such as https://app.example; it is "${given}".`);
}
