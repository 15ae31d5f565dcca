import { MediaKitError, notLoaded } from '../errors.js';
import type { MqttOptions } from './mqtt.js';
import type { Secret } from './secret.js';
import { checkAddress, openingAborted, type Signaling } from './signaling.js';

/** One address, or several of one broker's cluster that are tried in turn. */
export type SignalingUrl = string | readonly string[];

/**
 * What a page may name as its signaling: `broadcast:` or `broadcast:<name>`, the `ws:` or `wss:` address of an MQTT
 * broker (also relative to the page, such as `/mqtt`), a list of such addresses, a function that is asked for one of
 * these at each opening, or an object of its own.
 */
export type SignalingGiven = SignalingUrl | (() => SignalingUrl | Promise<SignalingUrl>) | Signaling;

/**
 * The transport for what a page named. Throws `bad-input` for anything else; nothing is connected before `open`.
 * `credentials` are for brokers; an object of the page's own has its own. With a `secret` all that is said is sealed end
 * to end: `sealed()`, loaded before it is opened. `room`: which one is to be opened later; what takes its time is done
 * ahead for it.
 */
export function signalingFor(
  given: SignalingGiven,
  credentials?: MqttOptions['credentials'],
  secret: Secret | null = null,
  room?: string,
): Signaling {
  const transport = transportFor(given, credentials);
  if (secret === null) return transport;
  return onDemand(async () => {
    const { prepareSealing, sealed } = await import('./sealed.js');
    if (room !== undefined) await prepareSealing(secret, room);
    return sealed(transport, secret);
  });
}

function transportFor(given: SignalingGiven, credentials: MqttOptions['credentials']): Signaling {
  if (typeof given === 'function') {
    return {
      async open(address, handlers, signal) {
        checkAddress(address, signal);
        return forUrl(await asked(given, signal, failure), credentials).open(address, handlers, signal);
      },
    };
  }
  if (typeof given === 'object' && given !== null && 'open' in given && typeof given.open === 'function')
    return given;
  return forUrl(given as SignalingUrl, credentials);
}

const failure = 'The function given as signaling failed to name an address: see the cause.';

/** What a function of the page says, or a rejection that says why it does not: with `words` when it threw. */
export async function asked<T>(
  given: () => T | Promise<T>,
  signal: AbortSignal | undefined,
  words: string,
): Promise<T> {
  const done = new AbortController();
  try {
    if (signal?.aborted) throw openingAborted(signal);
    return await new Promise<T>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(openingAborted(signal)), { signal: done.signal });
      new Promise<T>((called) => called(given())).then(resolve, reject);
    });
  } catch (thrown) {
    throw MediaKitError.from(thrown, 'signaling-unreachable', words);
  } finally {
    done.abort();
  }
}

function forUrl(given: SignalingUrl, credentials: MqttOptions['credentials']): Signaling {
  if (typeof given === 'string' && /^broadcast:/i.test(given)) {
    const name = given.slice('broadcast:'.length);
    return onDemand(async () => new (await import('./broadcast.js')).BroadcastSignaling(name));
  }
  const urls = (typeof given === 'string' ? [given] : Array.isArray(given) ? given : []).map(socketUrl);
  if (!urls.length) throw notAccepted(given);
  return onDemand(async () => new (await import('./mqtt.js')).MqttSignaling(urls, { credentials }));
}

/** A page loads only the transport that it uses, and loads it before it is opened. */
function onDemand(load: () => Promise<Signaling>): Signaling {
  // What goes wrong is told when it is opened.
  load().catch(() => {});
  return {
    async open(address, handlers, signal) {
      checkAddress(address, signal);
      const transport = await load().catch((cause: unknown) => {
        throw cause instanceof MediaKitError ? cause : notLoaded(cause, 'signaling-unreachable');
      });
      return transport.open(address, handlers, signal);
    },
  };
}

function socketUrl(text: unknown): string {
  if (typeof text !== 'string') throw notAccepted(text);
  // Only what is plainly a path is taken as relative: a mistyped address should not become one on this host.
  const relative = /^[./]/.test(text);
  const base = relative ? globalThis.document?.baseURI : undefined;
  if (!URL.canParse(text, base)) throw notAccepted(text);
  const url = new URL(text, base);
  if (relative) url.protocol = url.protocol.replace(/^http/, 'ws');
  if (!/^wss?:$/.test(url.protocol) || !url.hostname) throw notAccepted(text);
  url.hash = '';
  return url.href;
}

function notAccepted(given: unknown): MediaKitError {
  const shown =
    typeof given === 'string'
      ? `"${given.slice(0, 100)}"`
      : Array.isArray(given)
        ? 'an empty list'
        : String(typeof given);
  return new MediaKitError(
    'bad-input',
    `No signaling is reached by ${shown}: give "broadcast:", a ws: or wss: address of an MQTT broker or a path such as ` +
      '"/mqtt", a list of these, a function that returns one, or an object with open().',
  );
}
