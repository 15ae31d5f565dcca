import { MediaKitError } from '../engine/errors.js';

/** The servers of a list, or of its JSON as the attribute has it. Throws `bad-input` for anything else. */
export function iceServersFrom(given: readonly RTCIceServer[] | string | null): readonly RTCIceServer[] {
  try {
    const servers = (typeof given === 'string' ? JSON.parse(given || '[]') : (given ?? [])) as RTCIceServer[];
    // Every server has an address: what else may stand in it is for the browser to judge.
    if (servers.every(({ urls }) => urls.length)) return servers;
  } catch {
    // Not JSON, or no list of servers.
  }
  throw new MediaKitError(
    'bad-input',
    'ice-servers must be a list such as [{"urls":"stun:stun.example.org"}], as JSON.',
  );
}
