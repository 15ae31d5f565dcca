import { iceServersIn, type IceServersGiven } from '../engine/call/ice-server-list.js';

/** The servers of a list, or of its JSON as the attribute has it, or a function for them. Throws `bad-input` for anything else. */
export function iceServersFrom(given: IceServersGiven | string | null): IceServersGiven {
  if (typeof given === 'function') return given;
  return iceServersIn(typeof given === 'string' ? parse(given || '[]') : (given ?? []));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
