import type { Clock } from '../clock.js';
import { leftEarly, loaded, MediaKitError } from '../errors.js';

/** STUN and TURN servers, or a function that is asked for them when joining, before they expire, and for each ICE restart and each new connection to a peer. */
export type IceServersGiven =
  readonly RTCIceServer[] | (() => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>);

export interface IceServersOptions {
  readonly given: IceServersGiven;
  readonly clock: Clock;
  /** A later list could not be had; the earlier one stays in use. */
  readonly failed: (error: MediaKitError) => void;
  /** How long the function may take, in ms; 10 s by default. */
  readonly timeout?: number;
}

/** The servers of one call. */
export interface IceServersSource {
  /** The list that came last. */
  current(): readonly RTCIceServer[];
  /** Asks again, and answers within 1 s; rejects never, for there is a list already. */
  fresh(): Promise<readonly RTCIceServer[]>;
  /** Asks no more. */
  release(): void;
}

/** Asks for the first list. Rejects with `MediaKitError`. */
export async function openIceServers(
  options: IceServersOptions,
  signal: AbortSignal,
): Promise<IceServersSource> {
  const { given } = options;
  if (typeof given !== 'function') {
    const list = iceServersIn(given);
    return { current: () => list, fresh: async () => list, release() {} };
  }
  const { IceServers } = await loaded(import('./ice-servers.js'));
  if (signal.aborted) throw leftEarly();
  const servers = new IceServers(options);
  signal.addEventListener('abort', () => servers.release(), { once: true });
  await servers.fresh();
  return servers;
}

/** Checks that this is a list of servers; throws `bad-input` for anything else. */
export function iceServersIn(given: unknown): readonly RTCIceServer[] {
  try {
    const servers = given as readonly RTCIceServer[];
    // Every server has an address: what else may stand in it is for the browser to judge.
    if (servers.every(({ urls }) => urls.length)) return servers;
  } catch {
    // No list of servers.
  }
  throw new MediaKitError(
    'bad-input',
    'The "ice-servers" must be a list such as [{"urls":"stun:stun.example.org"}], its JSON, or a function that returns one.',
  );
}
