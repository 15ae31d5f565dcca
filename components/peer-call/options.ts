import { iceServersIn, type IceServersGiven } from '../engine/call/ice-server-list.js';
import { MediaKitError } from '../engine/errors.js';

/** The servers of a list, or of its JSON as the attribute has it, or a function for them. Throws `bad-input` for anything else. */
export function iceServersFrom(given: IceServersGiven | string | null): IceServersGiven {
  if (typeof given === 'function') return given;
  return iceServersIn(typeof given === 'string' ? parse(given || '[]') : (given ?? []));
}

/** All ways where none is said. Throws `bad-input` for what is no policy: a way that was not meant may tell an address. */
export function transportPolicyFrom(given: RTCIceTransportPolicy | null): RTCIceTransportPolicy {
  const policy = given || 'all';
  if (policy === 'all' || policy === 'relay') return policy;
  throw new MediaKitError(
    'bad-input',
    `"ice-transport-policy" must be "all" or "relay", not "${policy as string}".`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
