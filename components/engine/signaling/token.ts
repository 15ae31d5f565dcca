import { MediaKitError } from '../errors.js';
import { asked } from './connect.js';
import type { MqttCredentials } from './mqtt.js';
import { isIdentifier } from './signaling.js';

/**
 * What lets us into a room: a JWT with the claims `sub`, which becomes our peer id, and `room`, or a function that is
 * asked for a fresh one before each connection.
 */
export type TokenGiven = string | (() => string | Promise<string>);

/** As whom a token lets us in, and how to show it. */
export interface Admission {
  readonly peer: string;
  /** For the transport: the token of now, as a password. Rejects with `signaling-refused` where it is another's. */
  readonly credentials: () => Promise<MqttCredentials>;
}

/**
 * Asks for a token. Rejects with `bad-input` for what is none, `signaling-refused` for one of another room,
 * `signaling-unreachable` when the function fails, and `aborted`. Whether it holds is for the broker to say.
 */
export async function admit(given: TokenGiven, room: string, signal?: AbortSignal): Promise<Admission> {
  const ask = (): Promise<string> =>
    typeof given === 'function'
      ? asked(given, signal, 'The function given as token failed to give one: see the cause.')
      : Promise.resolve(given);
  let first: string | null = await ask();
  const peer = holder(first, room);
  return {
    peer,
    credentials: async () => {
      const token = first ?? (await ask());
      first = null;
      const now = holder(token, room);
      if (now === peer) return { username: peer, password: token, holdsFor: timeLeft(given, token) };
      throw refused(
        `The new token is for the peer "${now}", and we are "${peer}": keep its "sub" in a call.`,
      );
    },
  };
}

/** Whom a token names, once it is for this room. Its signature is the broker's business. */
function holder(token: unknown, room: string): string {
  const { sub, room: place = room } = claims(token);
  if (!isIdentifier(sub)) {
    throw refused('The claim "sub" of the token is no peer id: take 1 to 64 of A–Z, a–z, 0–9, "_" and "-".');
  }
  if (place !== room) {
    const words = `The token is for the room "${String(place)}" and not for "${room}": ask for one of this room.`;
    throw refused(words);
  }
  return sub;
}

/** For how many ms a token holds, as far as our clock is right; undefined where there is no other one after it. */
function timeLeft(given: TokenGiven, token: string): number | undefined {
  const { exp } = claims(token);
  return typeof given === 'function' && typeof exp === 'number' ? exp * 1000 - Date.now() : undefined;
}

function claims(token: unknown): {
  readonly sub?: unknown;
  readonly room?: unknown;
  readonly exp?: unknown;
} {
  try {
    const payload = (token as string).split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof found === 'object' && found !== null) return found;
  } catch {
    // Said below.
  }
  throw new MediaKitError(
    'bad-input',
    'The token is no JWT: give the text of one, or a function that gives it.',
  );
}

function refused(words: string): MediaKitError {
  return new MediaKitError('signaling-refused', words);
}
