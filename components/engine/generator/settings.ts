import { backends, type BackendName } from './backend.js';

/** The two kinds of track. */
export type Kind = 'video' | 'audio';

export const patterns = [
  'smpte',
  'ebu',
  'grid',
  'gradient',
  'noise',
  'clock',
  'ball',
  'solid',
  'sync',
  'none',
] as const;
export const tones = [
  'sine',
  'square',
  'triangle',
  'sawtooth',
  'white-noise',
  'pink-noise',
  'sweep',
  'beep',
  'silence',
  'none',
] as const;

/** A built-in picture. */
export type Pattern = (typeof patterns)[number];
/** A built-in sound. */
export type Tone = (typeof tones)[number];

/** What is asked for, as it comes from attributes: anything may be missing or wrong. */
export interface Wishes {
  readonly kind: string | null;
  readonly pattern: string | null;
  readonly tone: string | null;
  readonly frequency: number | null;
  readonly volume: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly frameRate: number | null;
  readonly sampleRate: number | null;
  readonly channels: number | null;
  readonly text: string | null;
  readonly color: string | null;
  readonly src: string | null;
  readonly source: string | null;
  readonly backend: string | null;
  readonly muted: boolean;
  readonly contentHint: string | null;
  readonly workerPath: string | null;
}

/** What a generator makes; every value is usable. */
export interface Settings {
  readonly video: boolean;
  readonly audio: boolean;
  readonly pattern: Pattern;
  readonly tone: Tone;
  /** Hz. */
  readonly frequency: number;
  /** 0 to 1. */
  readonly volume: number;
  readonly width: number;
  readonly height: number;
  /** Pictures per second. */
  readonly frameRate: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly text: string;
  readonly color: string;
  readonly backend: BackendName | 'auto';
  /** Shows black and plays silence; what is written is dropped. */
  readonly muted: boolean;
  /** As on a track. */
  readonly contentHint: string;
  /** Folder of the scripts for worker and worklet, if not the modules' own. */
  readonly workerPath: string;
}

/** One wish that could not be granted as it was made. */
export interface Problem {
  readonly property: keyof Wishes;
  readonly message: string;
  /** The nearest possible value is used; otherwise the wish makes no sense and the default is used. */
  readonly clamped: boolean;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly standard: number;
  readonly whole?: boolean;
}

const ranges = {
  frequency: { min: 1, max: 20_000, standard: 1000 },
  volume: { min: 0, max: 1, standard: 0.25 },
  width: { min: 1, max: 4096, standard: 640, whole: true },
  height: { min: 1, max: 2160, standard: 360, whole: true },
  frameRate: { min: 1, max: 60, standard: 30 },
  sampleRate: { min: 8000, max: 96_000, standard: 48_000, whole: true },
  channels: { min: 1, max: 8, standard: 1, whole: true },
} satisfies Partial<Record<keyof Wishes, Range>>;

const standardColor = '#2457d6';
/** What is a color only in an element. */
const relative = /^(inherit|initial|unset|revert|revert-layer|currentcolor)$|var\(|light-dark\(/i;

/** Turns wishes into settings that work, and says what was wrong with them; `named`: how a message calls each. */
export function readSettings(
  wishes: Wishes,
  named = (property: keyof Wishes): string => `${property} "${wishes[property]}"`,
): { settings: Settings; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const refuse = (property: keyof Wishes, wanted: string, used: string | number, clamped = false): void => {
    const message = `${named(property)} ${wanted}; ${used} is used.`;
    problems.push({ property, message, clamped });
  };

  const choice = <T extends string>(
    property: 'pattern' | 'tone' | 'backend',
    known: readonly T[],
    standard: T,
  ): T => {
    const wish = wishes[property];
    if (wish === null || known.includes(wish as T)) return (wish as T | null) ?? standard;
    refuse(property, `is not one of ${known.join(', ')}`, standard);
    return standard;
  };

  const number = (property: keyof typeof ranges): number => {
    const { min, max, standard, whole }: Range = ranges[property];
    const wish = wishes[property];
    if (wish === null) return standard;
    if (!(min === 0 ? wish >= 0 : wish > 0)) {
      refuse(property, min === 0 ? 'is not a number from 0' : 'is not a number above 0', standard);
      return standard;
    }
    const near = Math.min(max, Math.max(min, whole ? Math.round(wish) : wish));
    if (wish < min || wish > max) refuse(property, `is not between ${min} and ${max}`, near, true);
    return near;
  };

  const kinds = (): Pick<Settings, Kind> => {
    const wish = wishes.kind;
    const words = wish?.trim().split(/\s+/) ?? [];
    if (wish !== null && words.every((word) => word === 'video' || word === 'audio')) {
      return { video: words.includes('video'), audio: words.includes('audio') };
    }
    const file = wishes.src !== null;
    const audio = file || (wishes.tone ?? 'none') !== 'none';
    const picture = file || wishes.source !== null || (wishes.pattern ?? 'none') !== 'none';
    const implied = { video: !audio || picture, audio };
    if (wish !== null) {
      const used = implied.video ? (audio ? 'audio video' : 'video') : 'audio';
      refuse('kind', 'is not video, audio or "audio video"', used);
    }
    return implied;
  };

  const color = (): string => {
    const wish = wishes.color;
    if (wish === null) return standardColor;
    if (CSS.supports('color', wish) && !relative.test(wish)) return wish;
    refuse('color', 'is not a CSS color by itself', standardColor);
    return standardColor;
  };

  const pattern = choice('pattern', patterns, 'smpte');
  const tone = choice('tone', tones, 'sine');
  const settings: Settings = {
    ...kinds(),
    // An element or a file takes the place of what is built in.
    pattern: wishes.src === null && wishes.source === null ? pattern : 'none',
    tone: wishes.src === null ? tone : 'none',
    frequency: number('frequency'),
    volume: number('volume'),
    width: number('width'),
    height: number('height'),
    frameRate: number('frameRate'),
    sampleRate: number('sampleRate'),
    channels: number('channels'),
    text: wishes.text ?? '',
    color: color(),
    backend: choice('backend', ['auto', ...backends], 'auto'),
    muted: wishes.muted,
    contentHint: wishes.contentHint ?? '',
    workerPath: wishes.workerPath ?? '',
  };
  return { settings, problems };
}
