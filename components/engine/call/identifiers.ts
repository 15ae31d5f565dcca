import { MediaKitError } from '../errors.js';
import { isIdentifier } from '../signaling/signaling.js';

// 9 bytes are 12 characters: nobody guesses or meets them by chance.
const RANDOM_BYTES = 9;
const HASH_LENGTH = 22;

/** The label of the data channels that are the kit's own. A page's may have any other. */
export const LABEL = 'rtc-elements';

/** A new identifier of 12 random characters. */
export function randomId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

/**
 * The identifier of the room that `text` names: the text itself where it is one, else made of its hash. Rejects with
 * `bad-input` for no text, and with `insecure-context` where the page may not hash.
 */
export async function roomId(text: string): Promise<string> {
  if (typeof text !== 'string' || text === '') {
    throw new MediaKitError('bad-input', 'The room has no name: give it one, such as "standup".');
  }
  if (isIdentifier(text)) return text;
  if (!globalThis.crypto?.subtle) {
    throw new MediaKitError(
      'insecure-context',
      'This room name needs a page from https: or localhost, or at most 64 letters, digits, "_" and "-".',
    );
  }
  // Keyboards write one text in several ways.
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode((text as string).normalize()));
  return `h-${base64url(new Uint8Array(hash)).slice(0, HASH_LENGTH)}`;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
