import { MediaKitError } from '../errors.js';

/** What files may be made of: containers and codecs, what plays in most places first. Unlike `avc1`, `avc3` may change its size. */
const pictures: readonly [container: string, video: readonly string[], audio: readonly string[]][] = [
  ['video/mp4', ['avc3', 'avc1', 'vp9'], ['mp4a.40.2', 'opus']],
  ['video/webm', ['vp9', 'vp8'], ['opus']],
];
const sounds: readonly [container: string, codecs: readonly string[]][] = [
  ['audio/mp4', ['mp4a.40.2', 'opus']],
  ['audio/webm', ['opus']],
  ['audio/ogg', ['opus']],
];

const extensions: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/mp4': 'm4a',
  'audio/webm': 'webm',
  'audio/ogg': 'ogg',
};

/** What a stream has. */
export interface Kinds {
  readonly video: boolean;
  readonly audio: boolean;
}

/** The MIME types to try, the best first. */
function candidates({ video, audio }: Kinds): string[] {
  const of = (container: string, codecs: string[]): string => `${container};codecs=${codecs.join(',')}`;
  if (!video) {
    return sounds.flatMap(([container, codecs]) => [
      ...codecs.map((codec) => of(container, [codec])),
      container,
    ]);
  }
  return pictures.flatMap(([container, codecs, others]) => [
    ...codecs.flatMap((codec) =>
      audio ? others.map((other) => of(container, [codec, other])) : [of(container, [codec])],
    ),
    container,
  ]);
}

/**
 * The MIME type to record with: the best of what is wished for, which may be a container alone; without a wish MP4, and
 * WebM where the browser cannot. Throws `unsupported` where it cannot do what is wished for.
 */
export function typeFor(wish: string | null, kinds: Kinds, supports: (type: string) => boolean): string {
  const all = candidates(kinds);
  const fitting = wish ? [...all.filter((type) => containerOf(type) === wish.toLowerCase()), wish] : all;
  // Browsers say that they support it, and refuse at the start without a reason.
  const lacksPicture = wish !== null && kinds.video && containerOf(wish).startsWith('audio/');
  const type = lacksPicture ? undefined : fitting.find(supports);
  if (type) return type;
  throw new MediaKitError(
    'unsupported',
    wish
      ? `This browser cannot record type="${wish}": leave it out, or try video/webm.`
      : 'This browser records nothing that is known: set type to what it can.',
  );
}

/** The type without its codecs, in small letters. */
export function containerOf(type: string): string {
  return type.split(';')[0]!.trim().toLowerCase();
}

/** The name with the ending that the type has; without a name, the date. */
export function fileName(name: string | null, type: string, date: Date): string {
  const extension = extensions[containerOf(type)] ?? 'bin';
  const given = name?.trim() || `recording-${date.toISOString().slice(0, 19).replaceAll(':', '-')}`;
  return given.toLowerCase().endsWith(`.${extension}`) ? given : `${given}.${extension}`;
}
