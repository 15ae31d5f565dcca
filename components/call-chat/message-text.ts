/** The longest text that is sent, and of a text that comes how much is shown, in UTF-16 units. */
export const LONGEST = 10_000;

/**
 * What a message of the call says in the chat: a message is a text as it is, so that `send('hello')` of any page is
 * one. Everything else is the page's own, and null.
 */
export function readText(data: unknown): string | null {
  if (typeof data !== 'string') return null;
  const text = data.length > LONGEST ? `${data.slice(0, LONGEST)}…` : data;
  return text.trim() || null;
}
