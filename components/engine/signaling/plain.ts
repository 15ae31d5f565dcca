/** The first byte of a sealed payload; a plain one begins with a brace. */
export const SEALED = 1;

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i;
const WORDS =
  'Whoever runs or taps this signaling server can read names and addresses, and listen in: give all members the same "secret".';

let told = false;

/** Warns, once for each page, that what goes to these addresses is not sealed. What stays on this machine need not be. */
export function warnOfPlain(urls: readonly string[]): void {
  if (told || urls.every((url) => URL.canParse(url) && loopback.test(new URL(url).hostname))) return;
  told = true;
  console.warn(WORDS);
}
