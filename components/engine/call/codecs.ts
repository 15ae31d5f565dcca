import { MediaKitError } from '../errors.js';

const CODECS = {
  audio: ['g722', 'opus', 'pcma', 'pcmu'],
  video: ['av1', 'h264', 'h265', 'vp8', 'vp9'],
} as const satisfies Record<string, readonly string[]>;

/** Throws `bad-input` for a name that no codec has. One that only this browser lacks is no mistake of the page. */
export function checkCodecs(names: readonly string[]): void {
  const known: readonly string[] = Object.values(CODECS).flat();
  const unknown = names.find((name) => !known.includes(name.toLowerCase()));
  if (unknown === undefined) return;
  throw new MediaKitError(
    'bad-input',
    `There is no codec "${unknown}" for "codecs": choose from ${known.join(', ')}.`,
  );
}

/** The names that are meant for this kind of track. */
export function codecNames(kind: 'audio' | 'video', names: readonly string[] = []): readonly string[] {
  const ofKind: readonly string[] = CODECS[kind];
  return names.map((name) => name.toLowerCase()).filter((name) => ofKind.includes(name));
}

/**
 * Those that are named come first, as they are named; the others stay behind them in the browser's own order. None is
 * left out: a call comes about even where the two have none of the names in common, and what helps against loss stays.
 */
export function byPreference<T extends { readonly mimeType: string }>(
  codecs: readonly T[],
  names: readonly string[],
): T[] {
  const rank = ({ mimeType }: T): number => {
    const at = names.indexOf(nameOf(mimeType));
    return at < 0 ? names.length : at;
  };
  return [...codecs].sort((one, other) => rank(one) - rank(other));
}

/** An offer in which those that are named come first: its order is that of its answer. */
export function orderOffer(sdp: string, names?: readonly string[]): string {
  const found = sdp.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm);
  // What is bundled has a number for each codec.
  const known = new Map([...found].map(([, type, name]) => [type, name]));
  const ordered = (_line: string, start: string, kind: 'audio' | 'video', types: string): string => {
    const codecs = types.split(' ').map((type) => ({ type, mimeType: `${kind}/${known.get(type)}` }));
    return (
      start +
      byPreference(codecs, codecNames(kind, names))
        .map(({ type }) => type)
        .join(' ')
    );
  };
  return sdp.replace(/^(m=(audio|video) \S+ \S+ )(.*)/gm, ordered);
}

/** The codec to send of those that both have, or null: the first, by name. */
export function preferred<T extends { readonly mimeType: string }>(
  codecs: readonly T[],
  names: readonly string[],
): T | null {
  const [first] = byPreference(codecs, names);
  return first && names.includes(nameOf(first.mimeType)) ? first : null;
}

function nameOf(mimeType: string): string {
  return mimeType.slice(mimeType.indexOf('/') + 1).toLowerCase();
}
